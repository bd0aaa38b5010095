import { Readable } from 'node:stream';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { goalOf } from '../goal/goal-row.ts';
import { dailyPlanOf, weeklyPlanOf } from '../plan/plan-row.ts';
import { calendarDate } from '../planner/calendar.ts';
import { settingsOf } from '../planner/planner-row.ts';
import type {
  CarryDocument,
  DailyPlanDocument,
  GoalDocument,
  ItemDocument,
  PlannerDocument,
  RecurrenceDocument,
  WeeklyPlanDocument,
} from './planning-formats.ts';
import type { ZipSource } from './zip-writer.ts';

/** How many there are of each thing that is planned. */
export interface PlanningCounts {
  goals?: number;
  weeklyPlans?: number;
  dailyPlans?: number;
  recurrences?: number;
  planItems?: number;
  planProposals?: number;
}

/** Rows are read so many at a time. */
const pageSize = 500;

const dateOf = (date: Date | null | undefined): string | null => (date == null ? null : calendarDate(date));

/** Rows in pages, in the order of their ids. */
async function* rowsOf<Row extends { readonly id: string }>(read: (after: string | null) => Promise<readonly Row[]>): AsyncGenerator<Row> {
  for (let rows = await read(null); rows.length > 0; rows = rows.length < pageSize ? [] : await read(rows.at(-1)?.id ?? null)) yield* rows;
}

/** A list of documents, one on a line, read while it is written. */
async function* listOf<Row>(rows: AsyncIterable<Row>, documentOf: (row: Row) => object, count: () => void): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const row of rows) {
    yield `${separator}${JSON.stringify(documentOf(row))}`;
    separator = ',\n';
    count();
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

/** Goals, each behind the one that it is a part of: whoever reads them has the larger one already. */
async function* goalsOf(prisma: PrismaClient, ownerId: string) {
  const inOrder = await prisma.$queryRaw<{ id: string }[]>`
    WITH RECURSIVE tree AS (
      SELECT id, 1 AS depth FROM goals WHERE owner_id = ${ownerId}::uuid AND parent_id IS NULL
      UNION ALL SELECT g.id, t.depth + 1 FROM goals g JOIN tree t ON g.parent_id = t.id WHERE t.depth < 100
    ) SELECT g.id FROM goals g LEFT JOIN tree t ON t.id = g.id WHERE g.owner_id = ${ownerId}::uuid ORDER BY t.depth NULLS LAST, g.id`;
  for (let start = 0; start < inOrder.length; start += pageSize) {
    const ids = inOrder.slice(start, start + pageSize).map(({ id }) => id);
    const rows = new Map((await prisma.goal.findMany({ where: { id: { in: ids } } })).map((goal) => [goal.id, goal]));
    for (const id of ids) {
      const goal = rows.get(id);
      if (goal !== undefined) yield goal;
    }
  }
}

/**
 * What somebody plans, as entries of an archive: settings, goals, plans of weeks and days, series, items, how they were carried on, and what
 * assistants proposed. Days are written as `2026-11-29`. What one refers to stands before it.
 *
 * @param counts what is counted on the way
 */
export async function* planningEntries(prisma: PrismaClient, userId: string, counts: PlanningCounts): AsyncGenerator<ZipSource> {
  const entry = (name: string, texts: Iterable<string> | AsyncIterable<string>): ZipSource => ({
    path: `planning/${name}.json`,
    isPacked: false,
    open: () => Readable.from(texts, { objectMode: false }),
  });
  const page = (after: string | null) => ({
    where: { ownerId: userId, ...(after !== null && { id: { gt: after } }) },
    orderBy: { id: 'asc' as const },
    take: pageSize,
  });
  const counted = (name: keyof PlanningCounts) => {
    counts[name] = 0;
    return () => void (counts[name] = (counts[name] ?? 0) + 1);
  };

  const settings = await prisma.plannerSettings.findUnique({ where: { userId } });
  if (settings !== null) {
    const { id: _own, ...chosen } = settingsOf(settings);
    const document: PlannerDocument = chosen;
    yield entry('settings', [JSON.stringify(document, null, 1)]);
  }
  yield entry(
    'goals',
    listOf(goalsOf(prisma, userId), (goal): GoalDocument => goalOf(goal), counted('goals')),
  );
  yield entry(
    'weekly-plans',
    listOf(
      rowsOf((after) => prisma.weeklyPlan.findMany(page(after))),
      (plan): WeeklyPlanDocument => weeklyPlanOf(plan),
      counted('weeklyPlans'),
    ),
  );
  yield entry(
    'daily-plans',
    listOf(
      rowsOf((after) => prisma.dailyPlan.findMany(page(after))),
      (plan): DailyPlanDocument => {
        const { weeklyPlanId: _toldByItsDay, ...document } = dailyPlanOf(plan);
        return document;
      },
      counted('dailyPlans'),
    ),
  );
  yield entry(
    'recurrences',
    listOf(
      rowsOf((after) => prisma.recurrence.findMany({ ...page(after), omit: { ownerId: true } })),
      ({ startDate, excludedDates, madeThrough, ...series }): RecurrenceDocument => ({
        ...series,
        startDate: calendarDate(startDate),
        excludedDates: excludedDates.map(calendarDate),
        madeThrough: dateOf(madeThrough),
      }),
      counted('recurrences'),
    ),
  );
  const ofPlans = { dailyPlan: { select: { date: true } }, weeklyPlan: { select: { weekStart: true } } };
  yield entry(
    'items',
    listOf(
      rowsOf((after) => prisma.planItem.findMany({ ...page(after), omit: { ownerId: true, dailyPlanId: true, weeklyPlanId: true }, include: ofPlans })),
      ({ dailyPlan, weeklyPlan, ...item }): ItemDocument => ({
        ...item,
        date: dateOf(dailyPlan?.date),
        weekStart: dateOf(weeklyPlan?.weekStart),
        occurrenceDate: dateOf(item.occurrenceDate),
        originDate: dateOf(item.originDate),
      }),
      counted('planItems'),
    ),
  );
  yield entry(
    'carries',
    listOf(
      rowsOf((after) => prisma.itemCarry.findMany({ ...page(after), omit: { ownerId: true } })),
      (carry): CarryDocument => ({ ...carry, fromDate: calendarDate(carry.fromDate), toDate: calendarDate(carry.toDate) }),
      () => undefined,
    ),
  );
  yield entry(
    'proposals',
    listOf(
      rowsOf((after) => prisma.planProposal.findMany({ ...page(after), omit: { ownerId: true, undo: true } })),
      (proposal) => proposal,
      counted('planProposals'),
    ),
  );
}
