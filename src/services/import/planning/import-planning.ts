import { z } from 'zod';
import { jsonElements } from '../../../base/json-elements.ts';
import {
  carryDocument,
  dailyPlanDocument,
  goalDocument,
  itemDocument,
  plannerDocument,
  recurrenceDocument,
  weeklyPlanDocument,
} from '../../export-archive/planning-formats.ts';
import { addDays, databaseDate, dateIn, timeZoneOf } from '../../planner/calendar.ts';
import { differences } from '../../planner/input.ts';
import { defaultSettings } from '../../planner/planner-row.ts';
import { createCleaner } from '../clean.ts';
import type { ImportJob } from '../import-job.ts';
import type { ImportCounts } from '../import-row.ts';
import { maxJsonDepth, noBytes, readList, readWhole, valueOf } from '../json-values.ts';
import type { Tell } from '../sources/source-conversation.ts';
import type { OpenEntry, Units } from '../units.ts';
import { writeGoals } from './goals.ts';
import { writeItems } from './items.ts';
import { writeDailyPlans, writeWeeklyPlans } from './plans.ts';
import { writeCarries, writeRecurrences } from './recurrences.ts';
import type { Writing } from './writing.ts';

/** So many things are written at once, while nobody else changes anything of the person's planning. */
const batchSize = 200;

/** A list of things that are planned. */
interface PlannedList<Shape extends z.ZodType> {
  readonly name: string;
  /** For the report: "A goal". */
  readonly what: string;
  readonly shape: Shape;
  readonly write: (writing: Writing, documents: readonly z.output<Shape>[]) => Promise<number>;
  /** What those are counted as that are new; null for what is not counted. */
  readonly counts: keyof ImportCounts | null;
}

/** The entries of an archive that are about planning. */
export const planningEntryNames = ['settings', 'goals', 'weekly-plans', 'daily-plans', 'recurrences', 'items', 'carries', 'proposals'].map(
  (name) => `planning/${name}.json`,
);

/**
 * Takes over what somebody plans: goals, plans, series and items that are not here yet, and settings where none were chosen yet. It comes before
 * the conversations, which are about some of it. Each list is one thing to do: what is there of one that was cut off is found again by its ids.
 */
export async function importPlanning(job: ImportJob, units: Units, open: OpenEntry): Promise<void> {
  const { ids, userId, report, limits, signal } = job;
  const { maxElementBytes } = limits;

  const { noteDone } = units;

  /** Writes some of a list. What it does again after a deadlock counts once. */
  async function writeBatch<Shape extends z.ZodType>({ write, counts }: PlannedList<Shape>, documents: readonly z.output<Shape>[], tell: Tell): Promise<void> {
    let told: (readonly [reason: string, count: number | undefined])[] = [];
    let counted = 0;
    await job.withPlannerOf(userId, async (transaction, planner) => {
      told = [];
      const note: Tell = (reason, count) => void told.push([reason, count]);
      const made = await write({ transaction, planner, ids, cleaner: createCleaner(planner.now, note), tell: note }, documents);
      if (counts !== null) report.add(counts, made - counted);
      counted = made;
      await job.note(transaction);
    });
    for (const [reason, count] of told) tell(reason, count);
  }

  async function importList<Shape extends z.ZodType>(list: PlannedList<Shape>): Promise<void> {
    const entry = `planning/${list.name}.json`;
    await units.next(entry, async () => {
      const tell: Tell = (reason, count) => report.tell(entry, reason, count);
      let batch: z.output<Shape>[] = [];
      for await (const document of readList(open(entry), list, { maxElementBytes, signal, tell })) {
        batch.push(document);
        if (batch.length < batchSize) continue;
        await writeBatch(list, batch, tell);
        batch = [];
      }
      if (batch.length > 0) await writeBatch(list, batch, tell);
      await noteDone();
    });
  }

  /** Where nothing was chosen yet; in the end, so that nothing is carried on by itself that is only half there. */
  async function importSettings(): Promise<void> {
    const name = 'planning/settings.json';
    const tell: Tell = (reason) => report.tell(name, reason);
    const source = open(name);
    const bytes = source === null ? null : await readWhole(source, maxElementBytes, name);
    const value = bytes === null ? undefined : valueOf({ bytes, byteCount: bytes.length }, 'The document', maxElementBytes, tell);
    if (value !== undefined) {
      const parsed = plannerDocument.safeParse(value);
      const timeZone = parsed.success ? timeZoneOf(parsed.data.timeZone) : null;
      if (!parsed.success) tell(`It cannot be read: ${z.prettifyError(parsed.error).split('\n').slice(0, 2).join(' ')}`);
      else if (timeZone === null) tell(`The time zone "${parsed.data.timeZone}" is not known here; choose how you plan with "updatePlannerSettings".`);
      else {
        const { rolledOverThrough: through, ...chosen } = parsed.data;
        await job.withPlannerOf(userId, async (transaction, planner) => {
          const { id: _own, ...untouched } = defaultSettings(userId);
          if (differences(planner, untouched) !== null) return;
          // A day that is not over yet has nothing that was carried on.
          const yesterday = addDays(dateIn(timeZone, planner.now), -1);
          const rolledOverThrough = through === null ? null : databaseDate(through < yesterday ? through : yesterday);
          await transaction.plannerSettings.update({ where: { userId }, data: { ...chosen, timeZone, rolledOverThrough, updatedAt: planner.now } });
        });
      }
    }
    await noteDone();
  }

  /** They are about things as they were, which nobody has seen since: only that they were there is told. */
  async function tellOfProposals(): Promise<void> {
    const name = 'planning/proposals.json';
    let count = 0;
    for await (const _proposal of jsonElements(open(name) ?? noBytes(), { maxElementBytes, maxDepth: maxJsonDepth })) count += 1;
    if (count > 0) report.tell(name, 'Proposals of an assistant are not taken over: they are about plans as they were then. Ask for new ones.', count);
    await noteDone();
  }

  await importList({ name: 'goals', what: 'A goal', shape: goalDocument, write: writeGoals, counts: 'goals' });
  await importList({ name: 'weekly-plans', what: 'A weekly plan', shape: weeklyPlanDocument, write: writeWeeklyPlans, counts: 'weeklyPlans' });
  await importList({ name: 'daily-plans', what: 'A daily plan', shape: dailyPlanDocument, write: writeDailyPlans, counts: 'dailyPlans' });
  await importList({ name: 'recurrences', what: 'A series', shape: recurrenceDocument, write: writeRecurrences, counts: 'recurrences' });
  await importList({ name: 'items', what: 'An item', shape: itemDocument, write: writeItems, counts: 'planItems' });
  await importList({ name: 'carries', what: 'A note on how an item was carried on', shape: carryDocument, write: writeCarries, counts: null });
  await units.next('planning/proposals.json', tellOfProposals);
  await units.next('planning/settings.json', importSettings);
}
