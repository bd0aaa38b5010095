import { isTyped, kindOf, mainKind } from './cell-kinds.ts';
import { textOfBytes } from './marks.ts';
import { cellsOf, filledWidth, type Block } from './outline.ts';
import type { TextRecord } from './tokenizer.ts';

const totals = /^(grand |sub-?|sub )?(total|totals|sum|summe|gesamt|gesamtsumme|insgesamt|zwischensumme|totale|somma|suma|somme|subtotal)\b\s*:?/i;
const notes =
  /^([*(\u00a9\u2020]|source|sources|note|notes|quelle|hinweis|stand|export|exported|generated|created|report|printed|page|end of|eof|last update|updated|disclaimer|copyright|data from|remark|fuente|fonte|legend|total|rows?\b|records?\b|\d+ (rows|records|zeilen)|--|__|==)/i;

const plainNotes = /^(sources?|notes?|quellen?|hinweis|fuente|fonte|disclaimer|copyright)\s*:|^[*\u00a9\u2020]\s?\p{L}/iu;

/** Whether a text alone in its row reads like a note below a table. */
export function readsLikeNote(text: string): boolean {
  const trimmed = text.trim();
  return notes.test(trimmed) || trimmed.split(/\s+/).length >= 4 || /:(\s|$)/.test(trimmed);
}

/**
 * Which rows at the end of a block are no rows of the table: notes, sources, totals.
 *
 * @param sample the first rows of the table
 * @param above how many rows of the block stand above the first of them
 */
export function findFooter(block: Block, sample: readonly TextRecord[], above: number): { readonly lastLine: number; readonly rowCount: number } {
  const firstKind = mainKind(sample.map(({ fields }) => textOfBytes(fields[0] ?? '')));
  const most = Math.min(block.tail.length - 1, block.rowCount - above - 1, 20);
  const totalsFrom = firstOfTotals(block.tail);
  let rowCount = 0;
  while (rowCount < most) {
    const record = block.tail[block.tail.length - 1 - rowCount];
    if (record === undefined || !isFooter(record, block.width, { firstKind, sample, totalsFrom })) break;
    rowCount += 1;
  }
  const last = block.tail[block.tail.length - 1 - rowCount];
  return { lastLine: rowCount === 0 || last === undefined ? block.lastLine : last.line + last.lineCount - 1, rowCount };
}

interface Table {
  readonly firstKind: ReturnType<typeof mainKind>;
  readonly sample: readonly TextRecord[];
  readonly totalsFrom: number;
}

function isFooter(record: TextRecord, width: number, { firstKind, sample, totalsFrom }: Table): boolean {
  const cells = cellsOf(record);
  const filled = cells.filter((cell) => cell.trim() !== '');
  const [first] = filled;
  if (first === undefined) return true;
  if (width < 2) return false;
  const at = cells.indexOf(first);
  // Where other rows are called so, it is a category.
  const isGrand = /^(grand|overall|gesamt)/i.test(first.trim());
  const isCategory = sample.some(({ line, fields }) => {
    const cell = textOfBytes(fields[at] ?? '').trim();
    return line < totalsFrom && (isGrand ? cell.toLowerCase() === first.trim().toLowerCase() : totals.test(cell));
  });
  const isTotal = totals.test(first.trim()) && at <= 1 && !isCategory;
  if (isTotal && (filled.length < width || width > 1)) return true;
  if (plainNotes.test(first.trim()) && !fitsColumns(cells, sample, record.line)) return true;
  if (filledWidth(record.fields) !== 1 || filled.length !== 1) return record.fields.length !== width && notes.test(first.trim()) && filled.length <= width / 2;
  const fitsColumn = isTyped(firstKind.kind) && kindOf(first) === firstKind.kind;
  if (fitsColumn) return false;
  return (isTyped(firstKind.kind) && firstKind.share >= 0.9 && kindOf(first) !== 'empty') || readsLikeNote(first);
}

/** The line of the first of the totals at the end. */
function firstOfTotals(tail: readonly TextRecord[]): number {
  const isTotal = (record: TextRecord): boolean => totals.test(textOfBytes(record.fields.find((field) => field.trim() !== '') ?? '').trim());
  const last = tail.findLastIndex(isTotal);
  let first = last;
  for (let before = tail[first - 1]; before !== undefined && isTotal(before); before = tail[first - 1]) first -= 1;
  return tail[first]?.line ?? 0;
}

/** Whether a row holds values where the rows above it do. */
function fitsColumns(cells: readonly string[], sample: readonly TextRecord[], line: number): boolean {
  const above = sample.filter((record) => record.line < line);
  return cells.every((cell, index) => {
    const { kind, share } = mainKind(above.map(({ fields }) => textOfBytes(fields[index] ?? '')));
    return !isTyped(kind) || share < 0.8 || cell.trim() === '' || kindOf(cell) === kind;
  });
}
