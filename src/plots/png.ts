import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { fontFamily, type Fonts } from './fonts.ts';

/** Turns an SVG into a PNG. */
export type PngRenderer = (svg: string, scale: number) => Promise<Uint8Array>;

/**
 * A renderer in WebAssembly: the process of plots may not load native code, and every platform gets the same pixels.
 *
 * @param fonts used instead of those of the machine
 */
export function createPngRenderer(fonts: Fonts): PngRenderer {
  let ready: Promise<void> | null = null;
  return async (svg, scale) => {
    ready ??= Promise.resolve(initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm'))));
    await ready;
    const renderer = new Resvg(svg, {
      fitTo: { mode: 'zoom', value: scale },
      font: {
        fontBuffers: [fonts.regular, fonts.semiBold, fonts.fallback],
        defaultFontFamily: fontFamily,
        sansSerifFamily: fontFamily,
        loadSystemFonts: false,
      },
    });
    try {
      const image = renderer.render();
      try {
        return image.asPng();
      } finally {
        image.free();
      }
    } finally {
      renderer.free();
    }
  };
}
