import * as vega from 'vega';

import { readFontMetrics, type FontMetrics } from './font-metrics.ts';
import type { Fonts } from './fonts.ts';

/** Measures a text in the house font: its width in pixels at a size. Weights of 500 and more are measured as semi-bold. */
export type TextWidth = (text: string, fontSize: number, isBold?: boolean) => number;

/** How wide a character is that no font has: East Asian ones fill their square. */
function unknownAdvance(codePoint: number): number {
  return codePoint >= 0x11_00 ? 1 : 0.6;
}

/** Makes the measure from the fonts. */
export function createTextWidth(fonts: Fonts): TextWidth {
  const [regular, semiBold, fallback] = [fonts.regular, fonts.semiBold, fonts.fallback].map(readFontMetrics);
  return (text, fontSize, isBold = false) => {
    const first: FontMetrics | undefined = isBold ? semiBold : regular;
    let width = 0;
    for (const character of text) {
      const codePoint = character.codePointAt(0) ?? 0;
      width += first?.advance(codePoint) ?? fallback?.advance(codePoint) ?? unknownAdvance(codePoint);
    }
    return width * fontSize;
  };
}

/**
 * Makes Vega lay plots out by this measure. Without a canvas it takes every character for eight tenths of the font size, which cuts labels
 * that would fit and tears legends apart.
 */
export function measureTextBy(textWidth: TextWidth): void {
  // The declarations of Vega leave it out; its own converter sets it in the same way.
  const metrics: unknown = Reflect.get(vega, 'textMetrics');
  if (typeof metrics !== 'object' || metrics === null) throw new Error('Vega has no text metrics any more.');
  Reflect.set(metrics, 'width', (item: TextItem, text: unknown): number => {
    const fontSize = item.fontSize ?? 11;
    if (!(fontSize > 0) || text === null || text === undefined) return 0;
    const width = textWidth(String(text).trim(), fontSize, item.fontWeight === 'bold' || Number(item.fontWeight) >= 500);
    // A text longer than its limit will be cut there.
    return item.limit !== undefined && item.limit > 0 ? Math.min(width, item.limit) : width;
  });
}

/** The part of a text of a scene that its width depends on. */
interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  readonly limit?: number;
}
