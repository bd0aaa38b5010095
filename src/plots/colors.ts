import type { Json, JsonObject } from '../base/json.ts';
import { isObject } from './spec-tree.ts';
import { colorsOf, ink, paper, type PlotTheme } from './theme.ts';

type Rgb = readonly [number, number, number];

/** Names of CSS that are too dark for a dark background. */
const darkNames: Readonly<Record<string, string>> = {
  black: '#000000',
  blue: '#0000ff',
  brown: '#a52a2a',
  darkblue: '#00008b',
  darkgreen: '#006400',
  darkmagenta: '#8b008b',
  darkred: '#8b0000',
  darkslateblue: '#483d8b',
  darkslategray: '#2f4f4f',
  darkslategrey: '#2f4f4f',
  dimgray: '#696969',
  dimgrey: '#696969',
  gray: '#808080',
  green: '#008000',
  grey: '#808080',
  indigo: '#4b0082',
  maroon: '#800000',
  mediumblue: '#0000cd',
  midnightblue: '#191970',
  navy: '#000080',
  purple: '#800080',
  saddlebrown: '#8b4513',
  teal: '#008080',
  white: '#ffffff',
};

const colorKeys = new Set(['color', 'fill', 'stroke', 'labelColor', 'titleColor', 'subtitleColor', 'tickColor', 'domainColor']);
const textKeys = new Set(['labelColor', 'titleColor', 'subtitleColor']);

/** Text needs this much contrast (WCAG 2.2, 1.4.3). */
const leastContrast = 4.5;

/**
 * Makes the colours that a specification names readable in a theme. In the dark one paper and ink change places, and what is too dark is
 * made lighter; in the light one only titles and labels are looked at, since a pale mark may be meant.
 *
 * @param spec a specification without data
 */
export function adaptColors(spec: JsonObject, theme: PlotTheme): JsonObject {
  const adapted = walk(spec, [], theme);
  return isObject(adapted) ? adapted : spec;
}

function walk(node: Json, path: readonly string[], theme: PlotTheme): Json {
  if (typeof node === 'string') return isColorPlace(path) ? adapt(node, path, theme) : node;
  if (Array.isArray(node)) return node.map((child: Json) => walk(child, path, theme));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => [key, key === 'data' || key === 'datasets' || key === 'transform' ? child : walk(child, [...path, key], theme)]),
  );
}

function isColorPlace(path: readonly string[]): boolean {
  const key = path.at(-1) ?? '';
  if (colorKeys.has(key)) return true;
  return (key === 'value' || key === 'range') && path.some((step) => step === 'color' || step === 'fill' || step === 'stroke');
}

function adapt(color: string, path: readonly string[], theme: PlotTheme): string {
  const rgb = parseColor(color);
  if (rgb === null) return color;
  const colors = colorsOf(theme);
  const hex = toHex(rgb);
  const isText = textKeys.has(path.at(-1) ?? '') || path.includes('title');
  if (theme === 'LIGHT')
    return isText && contrast(rgb, parsed(colors.background)) < leastContrast ? towards(rgb, parsed(colors.ink), colors.background) : color;
  if (hex === paper && !isText) return colors.background;
  if (hex === ink) return colors.ink;
  return contrast(rgb, parsed(colors.background)) < leastContrast ? towards(rgb, [255, 255, 255], colors.background) : color;
}

/** Mixes a colour with another one until it can be read. */
function towards(rgb: Rgb, target: Rgb, background: string): string {
  for (let share = 0.1; share < 1; share += 0.1) {
    const mixed: Rgb = [mix(rgb[0], target[0], share), mix(rgb[1], target[1], share), mix(rgb[2], target[2], share)];
    if (contrast(mixed, parsed(background)) >= leastContrast) return toHex(mixed);
  }
  return toHex(target);
}

function mix(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share);
}

function parsed(hex: string): Rgb {
  return parseColor(hex) ?? [0, 0, 0];
}

/** Reads hexadecimal, `rgb()` and the names of dark colours; null for anything else, which is left as it is. */
function parseColor(color: string): Rgb | null {
  const text = (darkNames[color.toLowerCase()] ?? color).toLowerCase();
  const short = /^#([\da-f])([\da-f])([\da-f])$/.exec(text);
  if (short !== null) return [twice(short[1]), twice(short[2]), twice(short[3])];
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/.exec(text);
  if (long !== null) return [Number.parseInt(long[1] ?? '', 16), Number.parseInt(long[2] ?? '', 16), Number.parseInt(long[3] ?? '', 16)];
  const numbers = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(text);
  return numbers === null ? null : [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])];
}

function twice(digit: string | undefined): number {
  return Number.parseInt(`${digit}${digit}`, 16);
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** The contrast of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(left: Rgb, right: Rgb): number {
  const [high, low] = [luminance(left), luminance(right)].toSorted((one, other) => other - one);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}
