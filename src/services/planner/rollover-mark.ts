import { addDays, databaseDate, dateIn } from './calendar.ts';
import type { PlannerSettingsRow } from './planner-row.ts';

/** What of the settings says which days were carried on by themselves. */
type Marked = Pick<PlannerSettingsRow, 'rollover' | 'rolledOverThrough'> & { readonly today: string };

/** Whether days of a person are over whose unfinished items were to be carried on by themselves, and were not yet. */
export function isRolloverDue({ rollover, rolledOverThrough, today }: Marked): boolean {
  return rollover !== null && (rolledOverThrough === null || rolledOverThrough < addDays(today, -1));
}

/**
 * The mark of the last day that was carried on, after the settings have changed. Who turns rollover on has only the days carried on that end
 * from then on. Who travels to where it is still the day before has that day once more, and it ends once more.
 */
export function markAfter(
  planner: Marked & { readonly timeZone: string; readonly now: Date },
  changes: { readonly rollover?: 'MOVE' | 'COPY' | null; readonly timeZone?: string },
): { readonly rolledOverThrough?: Date } {
  const { rolledOverThrough, rollover, now, timeZone } = planner;
  const yesterday = addDays(dateIn(changes.timeZone ?? timeZone, now), -1);
  if (changes.rollover != null && rollover === null) return { rolledOverThrough: databaseDate(yesterday) };
  if (rolledOverThrough === null || rolledOverThrough <= yesterday) return {};
  return { rolledOverThrough: databaseDate(yesterday) };
}
