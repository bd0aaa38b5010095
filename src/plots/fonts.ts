import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The family that the house style names first; its files ship with the product, so that plots look the same on every machine. */
export const fontFamily = 'Inter';

/** The fonts of plots: Inter for Latin, Greek and Cyrillic, DejaVu Sans for Arabic, Hebrew, Armenian, Georgian and symbols. */
export interface Fonts {
  readonly regular: Uint8Array;
  readonly semiBold: Uint8Array;
  /** For what the first two do not have. Chinese, Japanese and Korean it does not have either. */
  readonly fallback: Uint8Array;
}

/** Reads the fonts from their packages, once in the life of a worker. */
export function readFonts(): Fonts {
  const require = createRequire(import.meta.url);
  const read = (path: string): Uint8Array => readFileSync(require.resolve(path));
  return {
    regular: read('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
    semiBold: read('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
    fallback: read('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  };
}
