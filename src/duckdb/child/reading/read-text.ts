import type { ReadingOptions } from '../../../base/reading.ts';
import { ChildFailure } from '../failure.ts';
import { findComment } from './comments.ts';
import { findMarks, type FoundMarks } from './find-marks.ts';
import { marksInBytes } from './marks.ts';
import { createOutliner } from './outline.ts';
import { planReading, type TablePlan } from './plan.ts';
import { createTokenizer, type TextRecord } from './tokenizer.ts';
import { unwrapRecord } from './wrapped.ts';

/** A text of which one table is read. */
export interface TextSource {
  /** A file in UTF-8. */
  readonly path: string;
  /** Its beginning, without a byte order mark. */
  readonly head: string;
  readonly isWholeInHead: boolean;
}

/** What else a reading depends on. */
export interface TextReading {
  readonly options: ReadingOptions;
  /** The delimiter that the name of the file promises. */
  readonly hint: string | null;
  readonly maxColumns: number;
}

/** Finds the marks of a text by its beginning, the mark of comments among them. */
export function marksOf({ head }: TextSource, { options, hint }: TextReading): FoundMarks {
  const text = head.includes('\u0000') ? head.replaceAll('\u0000', '') : head;
  const start = skipLines(text, options.skipLines ?? 0);
  const found = findMarks(start, options, hint);
  const comment = options.comment ?? findComment(start.slice(0, 65_536), found.marks, found.width);
  return { ...found, marks: { ...found.marks, comment } };
}

function skipLines(text: string, count: number): string {
  const end = /\r\n|\n|\r/g;
  for (let skipped = 0; skipped < count; skipped += 1) {
    if (end.exec(text) === null)
      throw new ChildFailure('UNSUPPORTED_FILE', `The file has no more than ${skipped + 1} lines in its beginning; ${count} cannot be skipped.`);
  }
  return text.slice(end.lastIndex);
}

/** How many lines at the beginning are not looked at. */
export function skippedLinesOf(found: FoundMarks, options: ReadingOptions): number {
  return Math.max(options.skipLines ?? 0, found.hasSeparatorLine ? 1 : 0);
}

/** What the beginning of a text tells, as if it were all of it. */
export interface HeadPlan {
  readonly plan: TablePlan;
  readonly records: readonly TextRecord[];
}

/**
 * Plans by the beginning of a text.
 *
 * @returns null where the beginning alone is not enough
 */
export function planHead({ head, isWholeInHead }: TextSource, found: FoundMarks, { options, maxColumns }: TextReading): HeadPlan | null {
  const marks = marksInBytes(found.marks);
  const outliner = createOutliner(marks.delimiter, found.width);
  const records: TextRecord[] = [];
  const take = (record: TextRecord): void => {
    records.push(record);
    outliner.take(found.isWrapped ? (unwrapRecord(record, marks) ?? record) : record);
  };
  const bytes = Buffer.from(head.replaceAll('\u0000', '')).toString('latin1');
  const text = isWholeInHead ? bytes : bytes.slice(0, bytes.lastIndexOf('\n') + 1);
  createTokenizer(marks, found.width, skippedLinesOf(found, options)).push(text, isWholeInHead, take);
  const outline = outliner.finish();
  if (isWholeInHead) return { plan: planReading(outline, found, options, maxColumns), records };
  if (outline.blocks.length === 0 || options.table !== undefined) return null;
  // The last line of the beginning is not the last line of the table.
  return { plan: { ...planReading(outline, found, options, maxColumns), lastLine: Number.MAX_SAFE_INTEGER }, records };
}
