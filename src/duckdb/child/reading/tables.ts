import { isTyped, kindOf, mainKind } from './cell-kinds.ts';
import { couldBeNames, headerEvidence, isUnitRow, joinNames } from './header.ts';
import type { Marks } from './marks.ts';
import { textOfBytes } from './marks.ts';
import { cellsOf, filledWidth, type Block, type Outline } from './outline.ts';
import type { TextRecord } from './tokenizer.ts';
import { findFooter } from './footer.ts';

/** A table that was found in a text. */
export interface FoundTable {
  readonly block: Block;
  /** The lines above its first row that hold its names; empty where it has none. */
  readonly headerLines: readonly number[];
  /** How many rows of the block hold names. */
  readonly headerRowCount: number;
  /** The names as they stand in the file; null where there are none. */
  readonly header: readonly string[] | null;
  /** Its first and its last line, the header included. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** The rows that are left, about. */
  readonly rowCount: number;
  /** The first rows, for what else must be decided by them. */
  readonly sample: readonly TextRecord[];
  /** 0 to 1: how sure it is whether there is a header. */
  readonly headerConfidence: number;
  /** Whether the header came from a line that looks like a comment. */
  readonly isHeaderInComment: boolean;
  /** The title above it; null where there is none. */
  readonly name: string | null;
}

/** What is known about the header beforehand. */
export interface HeaderWish {
  /** What a person said; undefined where nobody did. */
  readonly header: boolean | undefined;
  readonly marks: Marks;
}

/** The tables of a text in their order; never empty where it has a row. What is too small to be one is a note. */
export function tablesOf(outline: Outline, wish: HeaderWish): readonly FoundTable[] {
  const largest = outline.blocks.toSorted((one, other) => sizeOf(other) - sizeOf(one))[0];
  if (largest === undefined) return [];
  const tables: FoundTable[] = [];
  let title: string | null = null;
  for (const block of outline.blocks) {
    const found = block === largest || block.width > 1 ? tableOf(block, wish, title) : null;
    if (found !== null && (block === largest || isTable(found))) {
      tables.push(found);
      title = null;
    } else title = textOfBytes(block.tail.at(-1)?.raw ?? '').trim() || null;
  }
  return tables;
}

function sizeOf(block: Block): number {
  return block.rowCount * block.width - (block.width === 1 ? block.rowCount * 0.9 : 0);
}

/** Pairs of a name and a value are a preamble; a row alone is a note. */
function isTable({ block, header, rowCount, headerConfidence }: FoundTable): boolean {
  if (header === null) return block.width >= 3 && rowCount >= 3;
  return rowCount >= 1 && (block.width >= 3 || (rowCount >= 2 && headerConfidence >= 0.9));
}

function tableOf(block: Block, wish: HeaderWish, title: string | null): FoundTable {
  const rows = block.head;
  const start = wish.header === undefined ? titleRows(rows, block.width) : 0;
  const body = rows.slice(start);
  const names = namesOf(body, wish, block);
  const data = body.slice(names.lineCount);
  const firstLine = body[0]?.line ?? block.firstLine;
  const footer = findFooter(block, data, names.lineCount + start);
  return {
    block,
    header: names.header,
    headerLines: names.isInComment && block.comment !== null ? [block.comment.line] : body.slice(0, names.lineCount).map(({ line }) => line),
    headerRowCount: names.lineCount,
    headerConfidence: names.confidence,
    isHeaderInComment: names.isInComment,
    firstLine: names.isInComment ? (block.comment?.line ?? firstLine) : firstLine,
    lastLine: footer.lastLine,
    rowCount: Math.max(0, block.rowCount - start - names.lineCount - footer.rowCount),
    sample: data,
    name:
      start > 0
        ? cellsOf(rows[0] ?? emptyRecord)
            .join(' ')
            .trim()
        : title,
  };
}

const emptyRecord: TextRecord = { kind: 'row', fields: [], line: 0, lineCount: 1, raw: '', unclosedField: null, quoted: null, strayQuotes: 0 };

/** How many rows at the beginning of a block are titles that a program padded to the width of the table. */
function titleRows(rows: readonly TextRecord[], width: number): number {
  if (width < 2) return 0;
  const filledOf = (record: TextRecord | undefined): number => record?.fields.filter((field) => field.trim() !== '').length ?? 0;
  let start = 0;
  while (start < Math.min(rows.length - 2, 20)) {
    const row = rows[start];
    const first = row?.fields[0]?.trim() ?? '';
    const filled = filledOf(row);
    // The upper line of a header begins with an empty cell.
    if (first === '' || filled > Math.max(1, Math.floor(width / 3))) break;
    const next = rows.slice(start + 1).findIndex((other) => filledOf(other) > Math.max(1, width * 0.6));
    if (next === -1 || next > 12 || (width === 2 && (row?.fields.length ?? 0) === 2 && !isPlainHeader(rows, start + 1 + next))) break;
    start += 1;
  }
  return start;
}

function isPlainHeader(rows: readonly TextRecord[], at: number): boolean {
  const row = rows[at];
  return row !== undefined && headerEvidence(cellsOf(row), rows.slice(at + 1, at + 50).map(cellsOf)).sum >= 1;
}

interface Names {
  readonly header: readonly string[] | null;
  readonly lineCount: number;
  readonly confidence: number;
  readonly isInComment: boolean;
}

function namesOf(rows: readonly TextRecord[], { header: wish, marks }: HeaderWish, block: Block): Names {
  const [first, second] = rows;
  if (first === undefined) return { header: null, lineCount: 0, confidence: 0.5, isInComment: false };
  const cells = cellsOf(first);
  const below = rows.slice(1).map(cellsOf);
  if (wish === false) return { header: null, lineCount: 0, confidence: 1, isInComment: false };
  // A row alone is a header where nothing in it is a value.
  const sum = below.length > 0 ? headerEvidence(cells, below).sum : cells.some((cell) => isTyped(kindOf(cell))) ? -0.5 : 0.1;
  const inComment = wish === true ? null : commentNames(block, marks, rows);
  if (inComment !== null && sum < 1) return { header: inComment, lineCount: 0, confidence: 0.9, isInComment: true };
  const isHeader = wish ?? (sum > 0 || (sum > -0.15 && couldBeNames(cells)));
  const confidence = wish === undefined ? Math.min(0.99, 0.55 + Math.abs(sum) * 0.44) : 1;
  if (!isHeader) return { header: null, lineCount: 0, confidence, isInComment: false };
  if (second !== undefined && isSecondLine(cells, cellsOf(second), below.slice(1))) {
    const isUnits = isUnitRow(cellsOf(second));
    return {
      header: joinNames(isUnits ? cells.map((cell) => (cell.trim() === '' ? '\u00a0' : cell)) : cells, cellsOf(second)),
      lineCount: 2,
      confidence: Math.min(confidence, 0.85),
      isInComment: false,
    };
  }
  return { header: cells, lineCount: 1, confidence, isInComment: false };
}

/** Whether a second row belongs to the header: it names units, or the columns of the groups that the first one names. */
function isSecondLine(upper: readonly string[], lower: readonly string[], below: readonly (readonly string[])[]): boolean {
  if (below.length < 2 || lower.length < 2) return false;
  const { sum, typedColumns } = headerEvidence(lower, below);
  if (sum < 1 || typedColumns === 0) return false;
  const typed = Array.from({ length: lower.length }, (_, index) => mainKind(below.map((row) => row[index] ?? ''))).filter(
    ({ kind, share }, index) => isTyped(kind) && share >= 0.6 && (lower[index] ?? '').trim() !== '',
  ).length;
  if (typedColumns < typed) return false;
  const hasGroups = upper.some((cell, index) => cell.trim() === '' && index < lower.length) && lower.every((cell) => cell.trim() !== '');
  const named = upper.filter((cell) => cell.trim() !== '');
  return (
    hasGroups ||
    new Set(named).size < named.length ||
    isUnitRow(lower) ||
    (typedColumns >= 2 && filledWidth(lower) === lower.length && new Set(lower).size < lower.length)
  );
}

/** The names that stand in the comment above the first row: `# date temperature wind`. */
function commentNames(block: Block, marks: Marks, rows: readonly TextRecord[]): readonly string[] | null {
  if (block.comment === null || marks.comment === '') return null;
  const text = textOfBytes(block.comment.raw)
    .trimStart()
    .slice(marks.comment.length)
    .replace(/^[\s#]+/, '')
    .replace(/^fields:\s*/i, '');
  const fields = text.split(marks.delimiter).map((field) => field.trim().replaceAll(marks.quote === '' ? '\u0000' : marks.quote, ''));
  const width = rows[0]?.fields.length ?? 0;
  if (width < 2 || fields.length !== width || fields.some((field) => field === '')) return null;
  return couldBeNames(fields) && headerEvidence(fields, rows.map(cellsOf)).sum > 0 ? fields : null;
}
