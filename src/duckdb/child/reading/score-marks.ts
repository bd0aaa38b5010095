import { isTyped, kindOf, mainKind, type CellKind } from './cell-kinds.ts';
import type { Marks } from './marks.ts';
import { recordsOf, type TextRecord } from './tokenizer.ts';
import { unwrapRecord, unwrapRecords } from './wrapped.ts';

/** How well marks fit a sample. */
export interface Score {
  readonly marks: Marks;
  /** 0 to about 1; only comparable among marks for the same sample. */
  readonly score: number;
  /** How many fields most rows have. */
  readonly width: number;
  /** Whether whole rows stand in quotes. */
  readonly isWrapped: boolean;
}

const weights: Readonly<Record<CellKind, number>> = { number: 1, date: 1, time: 1, truth: 1, code: 1, word: 0.9, text: 0.8, empty: 0.6, odd: 0.1 };
/** What a text without any delimiter is worth: less than two columns in half of the rows. */
const singleColumn = 0.12;
const mostScoredRows = 500;

/** How likely a mark delimits fields before one has looked. */
function priorOf(delimiter: string): number {
  switch (delimiter) {
    case ':':
      return 0.6;
    case ' ':
    case '  ':
      return 0.55;
    case '\t':
      return 1.05;
    default:
      return 1;
  }
}

/**
 * Scores marks by what they make of a sample, after van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type
 * patterns" (2019): how regular the rows are, times how much the cells look like values. Unlike theirs, the regularity weighs the patterns of
 * rows by their shares, so that a few ragged rows cost little; and columns of one kind count for more.
 */
export function scoreMarks(sample: string, marks: Marks): Score {
  const read = recordsOf(sample, marks, 0).filter(({ kind }) => kind === 'row');
  const unwrapped = unwrapRecords(read, marks);
  const rows = (unwrapped ?? unwrapSome(read, marks)).slice(0, mostScoredRows);
  const { regularity, width } = regularityOf(rows);
  const broken = rows.filter(({ unclosedField }) => unclosedField !== null).length;
  const stray = rows.filter(({ strayQuotes }) => strayQuotes > 0).length;
  // Double quotes stay quotes when some are broken: those rows are rejected, and the others are right.
  const tolerated = marks.quote === '"' ? Math.max(1, rows.length * 0.34) : 0;
  const intact = rows.length === 0 ? 0 : 1 - (Math.max(0, broken - tolerated) + (tolerated > 0 ? 0.05 : 0.3) * stray) / rows.length;
  const isProse = marks.delimiter.trim() === '' && marks.delimiter !== '\t' && !hasColumns(rows, width);
  const score =
    (isProse ? 0.3 : 1) *
    regularity *
    likenessOf(rows, width) *
    intact ** 2 *
    priorOf(marks.delimiter) *
    (marks.quote === '' && sample.includes('"') ? 0.9 : 1);
  return { marks, score, width, isWrapped: unwrapped !== null };
}

/** Whether words between spaces are columns: nearly all rows have as many, and one column holds values. */
function hasColumns(rows: readonly TextRecord[], width: number): boolean {
  const regular = rows.filter(({ fields }) => fields.length === width);
  if (width < 2 || regular.length < rows.length * 0.75) return false;
  const body = regular.length > 1 ? regular.slice(1) : regular;
  return Array.from({ length: width }, (_, index) => mainKind(body.map(({ fields }) => fields[index] ?? ''))).some(
    ({ kind, share }) => isTyped(kind) && share >= 0.8,
  );
}

/** How much the rows are alike in their number of fields, and what most of them have. */
function regularityOf(rows: readonly TextRecord[]): { readonly regularity: number; readonly width: number } {
  const all = regularityWithin(rows);
  const first = rows.findIndex(({ fields }) => fields.length > 1);
  const last = rows.findLastIndex(({ fields }) => fields.length > 1);
  // A long preamble says little about the table below it.
  const inner = rows.slice(first, last + 1);
  if (first === -1 || inner.length < 3 || inner.length === rows.length) return all;
  const body = regularityWithin(inner);
  const share = inner.filter(({ fields }) => fields.length === body.width).length / inner.length;
  return share >= 0.8 && body.regularity * 0.6 > all.regularity ? { ...body, regularity: body.regularity * 0.6 } : all;
}

function regularityWithin(rows: readonly TextRecord[]): { readonly regularity: number; readonly width: number } {
  const widths = new Map<number, number>();
  for (const { fields } of rows) widths.set(fields.length, (widths.get(fields.length) ?? 0) + 1);
  let regularity = 0;
  let width = 1;
  for (const [length, count] of widths) {
    regularity += (count / rows.length) ** 2 * (length === 1 ? singleColumn : (length - 1) / length);
    const best = widths.get(width) ?? 0;
    if (count * (length > 1 ? 1.5 : 1) > best * (width > 1 ? 1.5 : 1)) width = length;
  }
  return { regularity, width };
}

/** A row that stands in quotes as a whole among others that do not is one of them. */
function unwrapSome(rows: readonly TextRecord[], marks: Marks): readonly TextRecord[] {
  const width = rows[0]?.fields.length ?? 1;
  if (width < 2) return rows;
  return rows.map((row) => {
    const inner = unwrapRecord(row, marks);
    return inner?.fields.length === width ? inner : row;
  });
}

/** How much the cells look like values, and the columns as if each were of one kind. */
function likenessOf(rows: readonly TextRecord[], width: number): number {
  const regular = rows.filter(({ fields }) => fields.length === width);
  if (regular.length === 0) return 0;
  let sum = 0;
  let count = 0;
  for (const { fields, quoted } of regular) {
    for (const [index, field] of fields.entries()) {
      const kind = kindOf(field);
      sum += kind === 'odd' && quoted?.[index] === true ? 0.8 : weights[kind];
      count += 1;
    }
  }
  const body = regular.length > 1 ? regular.slice(1) : regular;
  let purity = 0;
  for (let index = 0; index < width; index += 1) {
    const { kind, share } = mainKind(body.map(({ fields }) => fields[index] ?? ''));
    purity += kind === 'empty' ? 0.5 : share;
  }
  return (sum / count) * (0.5 + (0.5 * purity) / width);
}
