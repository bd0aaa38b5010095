import type { ReadingOptions } from '../../../base/reading.ts';
import type { Account } from './account.ts';
import type { FoundMarks } from './find-marks.ts';
import { marksInBytes } from './marks.ts';
import { createNormaliser } from './normaliser.ts';
import { createOutliner } from './outline.ts';
import { planReading, type TablePlan } from './plan.ts';
import { skippedLinesOf, type HeadPlan, type TextReading, type TextSource } from './read-text.ts';
import { createByteWriter, readRecords } from './text-file.ts';
import { plainRecord, type TextRecord } from './tokenizer.ts';
import { unwrapRecord } from './wrapped.ts';

/** How many records are held back: a footer begins among them, if there is one. */
const heldBack = 128;

/**
 * Reads all of a text tolerantly, and writes the rows of its table as plain CSV: no header, double quotes, one line end. It is read once
 * where its end agrees with the plan by its beginning, else twice.
 *
 * @param head the plan by the beginning; null where there is none
 * @param targetPath where the plain CSV is written
 * @returns what was read, and where each line of the file went
 * @throws ChildFailure UNSUPPORTED_FILE
 */
export async function normalise(
  source: TextSource,
  found: FoundMarks,
  reading: TextReading,
  head: HeadPlan | null,
  targetPath: string,
  signal: AbortSignal,
): Promise<{ readonly plan: TablePlan; readonly account: Account }> {
  const text = { source, found, options: reading.options, targetPath };
  if (head !== null && source.isWholeInHead) return { plan: head.plan, account: await write(text, head.plan, signal) };
  const first = await readOnce(text, reading, head, signal);
  return { plan: first.plan, account: first.account ?? (await write(text, first.plan, signal)) };
}

interface Text {
  readonly source: TextSource;
  readonly found: FoundMarks;
  readonly options: ReadingOptions;
  readonly targetPath: string;
}

/** Plans by all of a text, and writes it at the same time by the plan of its beginning; without an account where that plan was wrong. */
async function readOnce(
  { source, found, options, targetPath }: Text,
  { maxColumns }: TextReading,
  head: HeadPlan | null,
  signal: AbortSignal,
): Promise<{ readonly plan: TablePlan; readonly account: Account | null }> {
  const marks = marksInBytes(found.marks);
  const parameters = { marks, expectedWidth: found.width, skippedLines: skippedLinesOf(found, options) };
  const outliner = createOutliner(marks.delimiter, found.width);
  const normaliser = head === null ? null : createNormaliser(head.plan, found.width);
  await using writer = await createByteWriter(targetPath);
  let held: (TextRecord | string)[] = [];
  let firstHeld = 1;
  let line = 1;
  const handOn = (kept: TextRecord | string): void => {
    if (normaliser === null) return;
    if (typeof kept === 'string') {
      if (normaliser.takePlain(kept, firstHeld)) writer.write(`${kept}\n`);
      else writer.write(normaliser.take(plainRecord(kept, firstHeld, marks.delimiter)) ?? '');
      firstHeld += 1;
      return;
    }
    writer.write(normaliser.take(kept) ?? '');
    firstHeld = kept.line + kept.lineCount;
  };
  const hold = (kept: TextRecord | string): void => {
    held.push(kept);
    if (held.length < heldBack * 2) return;
    for (const old of held.slice(0, heldBack)) handOn(old);
    held = held.slice(heldBack);
  };
  await readRecords(
    source.path,
    {
      ...parameters,
      take: (record) => {
        outliner.take(found.isWrapped ? (unwrapRecord(record, marks) ?? record) : record);
        hold(record);
        line = record.line + record.lineCount;
      },
      takePlain: (raw) => {
        if (!outliner.takePlain(raw, line)) return false;
        hold(raw);
        line += 1;
        return true;
      },
      afterPiece: () => writer.flush(),
    },
    signal,
  );
  const plan = planReading(outliner.finish(), found, options, maxColumns);
  if (normaliser === null || head === null || !isSamePlan(plan, head.plan) || plan.lastLine < firstHeld - 1) {
    return { plan, account: null };
  }
  normaliser.endAt(plan.lastLine);
  for (const kept of held) handOn(kept);
  return { plan, account: normaliser.account() };
}

/** Whether two plans make the same rows of the lines that both hold for a table. */
function isSamePlan(one: TablePlan, other: TablePlan): boolean {
  const keyOf = ({ names, headerLines, firstLine, shape }: TablePlan): string =>
    JSON.stringify([names, headerLines, firstLine, shape.width, shape.dropsFirst, shape.dropsLast, shape.hasRowNames]);
  return keyOf(one) === keyOf(other);
}

/** Writes the rows of a plan. */
async function write({ source, found, options, targetPath }: Text, plan: TablePlan, signal: AbortSignal): Promise<Account> {
  const normaliser = createNormaliser(plan, found.width);
  await using writer = await createByteWriter(targetPath);
  const take = (record: TextRecord): void => writer.write(normaliser.take(record) ?? '');
  const takePlain = (raw: string, line: number): boolean => {
    const isTaken = normaliser.takePlain(raw, line);
    if (isTaken) writer.write(`${raw}\n`);
    return isTaken;
  };
  const parameters = { marks: plan.marks, expectedWidth: found.width, skippedLines: skippedLinesOf(found, options) };
  await readRecords(source.path, { ...parameters, take, takePlain, afterPiece: () => writer.flush() }, signal);
  return normaliser.account();
}
