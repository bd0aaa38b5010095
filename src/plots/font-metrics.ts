/** How wide the characters of a font are. */
export interface FontMetrics {
  /** The width of a character in parts of the font size; null where the font does not have it. */
  advance(codePoint: number): number | null;
}

/**
 * Reads the widths of a TrueType font (tables `head`, `hhea`, `hmtx` and a `cmap` of format 4 or 12,
 * https://learn.microsoft.com/typography/opentype/spec). Kerning is left out: it moves a label by less than a pixel.
 *
 * @param bytes the file
 */
export function readFontMetrics(bytes: Uint8Array): FontMetrics {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<string, number>();
  for (let index = 0; index < view.getUint16(4); index += 1) {
    const record = 12 + index * 16;
    tables.set(String.fromCharCode(...bytes.subarray(record, record + 4)), view.getUint32(record + 8));
  }
  const at = (table: string): number => tables.get(table) ?? 0;
  const unitsPerEm = view.getUint16(at('head') + 18);
  const metricCount = view.getUint16(at('hhea') + 34);
  const glyphOf = readCharacterMap(view, at('cmap'));
  const known = new Map<number, number | null>();

  function advance(codePoint: number): number | null {
    const glyph = glyphOf(codePoint);
    // Glyphs behind the last metric are as wide as that one.
    return glyph === 0 ? null : view.getUint16(at('hmtx') + Math.min(glyph, metricCount - 1) * 4) / unitsPerEm;
  }

  return {
    advance(codePoint) {
      const remembered = known.get(codePoint);
      if (remembered !== undefined) return remembered;
      const found = advance(codePoint);
      known.set(codePoint, found);
      return found;
    },
  };
}

/** A function from a character to its glyph, 0 for none. */
function readCharacterMap(view: DataView, cmap: number): (codePoint: number) => number {
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, index) => cmap + view.getUint32(cmap + 4 + index * 8 + 4));
  const full = subtables.find((start) => view.getUint16(start) === 12);
  if (full !== undefined) return (codePoint) => glyphInGroups(view, full, codePoint);
  const basic = subtables.find((start) => view.getUint16(start) === 4);
  return basic === undefined ? () => 0 : (codePoint) => glyphInSegments(view, basic, codePoint);
}

/** Format 12: groups of consecutive characters, sorted. */
function glyphInGroups(view: DataView, start: number, codePoint: number): number {
  let [low, high] = [0, view.getUint32(start + 12) - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const group = start + 16 + middle * 12;
    if (codePoint < view.getUint32(group)) high = middle - 1;
    else if (codePoint > view.getUint32(group + 4)) low = middle + 1;
    else return view.getUint32(group + 8) + codePoint - view.getUint32(group);
  }
  return 0;
}

/** Format 4: segments of the basic plane, with a shift or a list of glyphs each. */
function glyphInSegments(view: DataView, start: number, codePoint: number): number {
  const count = view.getUint16(start + 6) / 2;
  for (let index = 0; index < count; index += 1) {
    const end = start + 14 + index * 2;
    if (codePoint > view.getUint16(end)) continue;
    const first = view.getUint16(end + count * 2 + 2);
    if (codePoint < first) return 0;
    const shift = view.getUint16(end + count * 4 + 2);
    const range = end + count * 6 + 2;
    const offset = view.getUint16(range);
    if (offset === 0) return (codePoint + shift) & 0xffff;
    const glyph = view.getUint16(range + offset + (codePoint - first) * 2);
    return glyph === 0 ? 0 : (glyph + shift) & 0xffff;
  }
  return 0;
}
