/** What the text of a cell looks like; `odd` is text in which marks seem to be left over. */
export type CellKind = 'empty' | 'number' | 'date' | 'time' | 'truth' | 'code' | 'word' | 'text' | 'odd';

const patterns: readonly (readonly [CellKind, RegExp])[] = [
  ['empty', /^(na|n\/a|#n\/a|nan|null|none|nil|missing|-|--|\.|\?|\\n)?$/i],
  ['truth', /^(true|false|yes|no|ja|nein|oui|non|y|n|t|f)$/i],
  ['number', /^[-+\u2212(]{0,2}\s*\p{Sc}?\s*[-+\u2212]?(\d{1,3}([.,'\u2019 \u00a0\u202f]\d{3})+|\d+)?([.,]\d+)?(e[-+]?\d+)?\s*(%|\p{Sc}|[A-Z]{3})?\s*\)?$/iu],
  ['date', /^\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*([ap]m|z|[-+]\d{2}:?\d{2}|utc)?)?\.?$/i],
  ['date', /^(\d{1,2}[- .]+)?(jan|feb|mar|m\u00e4r|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*[- .,]+(\d{1,2}[- .,]+)?\d{2,4}$/i],
  ['time', /^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s*[ap]m)?$/i],
  ['code', /^(https?:\/\/\S+|[^\s@,;|]+@[^\s@,;|]+\.[a-z]{2,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{13,}|\d{1,3}(\.\d{1,3}){3})$/i],
  ['word', /^[\p{L}\p{N}_.-]+$/u],
];

/** What a cell looks like. Rough and quick: it compares readings of a file, and decides no types. */
export function kindOf(cell: string): CellKind {
  const text = cell.trim();
  if (text === '') return 'empty';
  if (text.length > 60) return isOdd(text) ? 'odd' : 'text';
  for (const [kind, pattern] of patterns) if (pattern.test(text) && (kind !== 'number' || /\d/.test(text))) return kind;
  return isOdd(text) ? 'odd' : 'text';
}

function isOdd(text: string): boolean {
  if (/[;|\t\u0001-\u001f]|,(?=[^\s\d])|(?<!\d),(?=\S)|^["']|["']$/.test(text) && !/^[^"]*\d"$/.test(text)) return true;
  return (text.match(/"/g)?.length ?? 0) % 2 === 1 && !/\d"/.test(text);
}

/** Whether a kind is one that the name of a column rarely looks like. */
export function isTyped(kind: CellKind): boolean {
  return kind === 'number' || kind === 'date' || kind === 'time' || kind === 'truth' || kind === 'code';
}

/** The kind of most of the cells that are not empty, and its share of them. */
export function mainKind(cells: readonly string[]): { readonly kind: CellKind; readonly share: number } {
  const counts = new Map<CellKind, number>();
  let filled = 0;
  for (const cell of cells) {
    const found = kindOf(cell);
    if (found === 'empty') continue;
    // Words and texts are one kind of column.
    const kind = found === 'word' ? 'text' : found;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    filled += 1;
  }
  let best: CellKind = 'empty';
  for (const [kind, count] of counts) if (best === 'empty' || count > (counts.get(best) ?? 0)) best = kind;
  return { kind: best, share: filled === 0 ? 0 : (counts.get(best) ?? 0) / filled };
}
