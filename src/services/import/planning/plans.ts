import type { DailyPlanDocument, WeeklyPlanDocument } from '../../export-archive/planning-formats.ts';
import { longestBody } from '../../goal/goal-input.ts';
import { linkPlans, mostDailyPlans, mostWeeklyPlans } from '../../plan/ensure-plans.ts';
import { longestFocusArea, mostFocusAreas } from '../../plan/plan-input.ts';
import { calendarDate, databaseDate } from '../../planner/calendar.ts';
import { cleanBody, cleanMoments, fitting, idOf, idsHere, missing, type Writing } from './writing.ts';

/** Of plans that are not here those whose day has none here either, one a day: there is one of each, and the one that is there is used. */
function withoutTaken<Document>(documents: readonly Document[], dayOf: (document: Document) => string, taken: Iterable<string>): readonly Document[] {
  const days = new Set(taken);
  return documents.filter((document) => {
    const day = dayOf(document);
    if (days.has(day)) return false;
    days.add(day);
    return true;
  });
}

function cleanFocusAreas({ cleaner, tell }: Writing, areas: readonly string[]): string[] {
  const kept = areas.flatMap((area) => cleaner.label(area, longestFocusArea) ?? []).slice(0, mostFocusAreas);
  if (kept.length < areas.length)
    tell(`A week has at most ${mostFocusAreas} focus areas, none of them empty; others were left out.`, areas.length - kept.length);
  return kept;
}

/** Writes the plans of weeks that have none here. @returns how many are new */
export async function writeWeeklyPlans(writing: Writing, documents: readonly WeeklyPlanDocument[]): Promise<number> {
  const { transaction, planner } = writing;
  const ownerId = planner.userId;
  const here = await idsHere(
    writing,
    'weeklyPlan',
    documents.map(({ id }) => id),
  );
  const absent = missing(documents, here);
  const weekStart = { in: absent.map((document) => databaseDate(document.weekStart)) };
  const taken = await transaction.weeklyPlan.findMany({ where: { ownerId, weekStart }, select: { weekStart: true } });
  const room = mostWeeklyPlans - (await transaction.weeklyPlan.count({ where: { ownerId } }));
  const fresh = withoutTaken(
    absent,
    (document) => document.weekStart,
    taken.map((plan) => calendarDate(plan.weekStart)),
  );
  const rows = fitting(writing, fresh, room, 'weekly plans', mostWeeklyPlans).map((document) => ({
    id: idOf(writing, here, 'weeklyPlan', document.id),
    ownerId,
    weekStart: databaseDate(document.weekStart),
    summary: cleanBody(writing, document.summary, longestBody),
    focusAreas: cleanFocusAreas(writing, document.focusAreas),
    status: document.status,
    version: document.version,
    ...cleanMoments(writing, document),
  }));
  const { count } = await transaction.weeklyPlan.createMany({ data: rows });
  await linkPlans(
    transaction,
    planner,
    rows.map(({ id }) => id),
  );
  return count;
}

/** Writes the plans of days that have none here. @returns how many are new */
export async function writeDailyPlans(writing: Writing, documents: readonly DailyPlanDocument[]): Promise<number> {
  const { transaction, planner } = writing;
  const ownerId = planner.userId;
  const here = await idsHere(
    writing,
    'dailyPlan',
    documents.map(({ id }) => id),
  );
  const absent = missing(documents, here);
  const date = { in: absent.map((document) => databaseDate(document.date)) };
  const taken = await transaction.dailyPlan.findMany({ where: { ownerId, date }, select: { date: true } });
  const room = mostDailyPlans - (await transaction.dailyPlan.count({ where: { ownerId } }));
  const fresh = withoutTaken(
    absent,
    (document) => document.date,
    taken.map((plan) => calendarDate(plan.date)),
  );
  const rows = fitting(writing, fresh, room, 'daily plans', mostDailyPlans).map((document) => ({
    id: idOf(writing, here, 'dailyPlan', document.id),
    ownerId,
    date: databaseDate(document.date),
    summary: cleanBody(writing, document.summary, longestBody),
    status: document.status,
    version: document.version,
    ...cleanMoments(writing, document),
  }));
  const { count } = await transaction.dailyPlan.createMany({ data: rows });
  await linkPlans(
    transaction,
    planner,
    rows.map(({ id }) => id),
  );
  return count;
}
