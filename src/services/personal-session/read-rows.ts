import type { Statements } from '../../stores/statements.ts';
import { addDays, dateIn, dateSql, startOfDay, type CalendarDate } from '../planner/calendar.ts';
import type { Planner } from '../planner/planner-row.ts';
import { isHandedOnSql } from '../progress/tally.ts';
import type { PersonalTableName } from './personal-tables.ts';

/** A value of a row. */
export type Cell = string | number | boolean | null;

/** The rows of each table, values in the order of `personalColumns`. */
export type PersonalRows = Readonly<Record<PersonalTableName, readonly (readonly Cell[])[]>>;

/** How many rows of what has no limit of its own are taken, the newest first. */
const mostRows = { moods: 100_000, usage: 100_000, conversations: 20_000 } as const;

// What vanishes must not stay here: of temporary conversations nothing is taken.
const ownConversations = `participations p JOIN conversations c ON c.id = p.conversation_id AND c.expires_at IS NULL`;

const goalsStatement = `
  SELECT g.id, g.title, g.parent_id AS "parentId", g.horizon, g.status, g.priority, ${dateSql('g.target_date')} AS "targetDate", g.created_at AS "createdAt",
    g.completed_at AS "completedAt" FROM goals g WHERE g.owner_id = $1::uuid ORDER BY g.created_at, g.id`;

const itemsStatement = `
  SELECT i.id, i.title, i.status, i.priority, ${dateSql('d.date')} AS date, ${dateSql('w.week_start')} AS "weekStart", i.completed_at AS "completedAt",
    i.created_at AS "createdAt", i.goal_id AS "goalId", i.estimate_minutes AS "estimateMinutes", i.actual_minutes AS "actualMinutes",
    i.carried_count AS "carriedCount", i.recurrence_id IS NOT NULL AS "isRecurring", ${isHandedOnSql} AS "isHandedOn"
  FROM plan_items i LEFT JOIN daily_plans d ON d.id = i.daily_plan_id LEFT JOIN weekly_plans w ON w.id = i.weekly_plan_id
  WHERE i.owner_id = $1::uuid ORDER BY i.created_at, i.id`;

const moodsStatement = `
  SELECT * FROM (
    SELECT m.created_at AS at, s.score, s.magnitude, s.label, s.emotion, s.conversation_id AS "conversationId"
    FROM ${ownConversations} JOIN sentiments s ON s.conversation_id = c.id JOIN messages m ON m.id = s.message_id
    WHERE p.user_id = $1::uuid AND m.author_id = $1::uuid AND m.is_active ORDER BY m.created_at DESC LIMIT ${mostRows.moods}
  ) AS newest ORDER BY at`;

// The clocks of all time zones differ by quarters of an hour.
const usageStatement = `
  SELECT * FROM (
    SELECT date_bin('15 minutes', e.created_at, 'epoch') AS at, e.provider, e.model, e.purpose, count(*)::int AS calls, sum(e.input_tokens)::float8 AS "inputTokens",
      sum(e.output_tokens)::float8 AS "outputTokens", coalesce(sum(e.cost_micros), 0)::float8 AS "costMicros"
    FROM usage_entries e WHERE e.user_id = $1::uuid AND NOT e.is_open GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC LIMIT ${mostRows.usage}
  ) AS newest ORDER BY at`;

const conversationsStatement = `
  SELECT found.*, counted.* FROM (
    SELECT c.id, c.title, c.created_at AS "createdAt", c.updated_at AS "updatedAt", c.session_id IS NOT NULL AS "isAboutData"
    FROM ${ownConversations} WHERE p.user_id = $1::uuid ORDER BY c.updated_at DESC LIMIT ${mostRows.conversations}
  ) AS found CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE m.author_id = $1::uuid)::int AS "ownMessages", count(*) FILTER (WHERE m.role = 'ASSISTANT')::int AS answers
    FROM messages m WHERE m.conversation_id = found.id AND m.is_active
  ) AS counted ORDER BY found."createdAt", found.id`;

interface GoalFacts {
  readonly id: string;
  readonly title: string;
  readonly parentId: string | null;
  readonly horizon: string;
  readonly status: string;
  readonly priority: string;
  readonly targetDate: CalendarDate | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
}

interface ItemFacts {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly priority: string;
  readonly date: CalendarDate | null;
  readonly weekStart: CalendarDate | null;
  readonly completedAt: Date | null;
  readonly createdAt: Date;
  readonly goalId: string | null;
  readonly estimateMinutes: number | null;
  readonly actualMinutes: number | null;
  readonly carriedCount: number;
  readonly isRecurring: boolean;
  readonly isHandedOn: boolean;
}

interface MoodFacts {
  readonly at: Date;
  readonly score: number;
  readonly magnitude: number;
  readonly label: string;
  readonly emotion: string | null;
  readonly conversationId: string;
}

interface UsageFacts {
  readonly at: Date;
  readonly provider: string;
  readonly model: string;
  readonly purpose: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicros: number;
}

interface ConversationFacts {
  readonly id: string;
  readonly title: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly isAboutData: boolean;
  readonly ownMessages: number;
  readonly answers: number;
}

/** Finds the day of moments. One after another they mostly lie on the same day, whose ends are kept. */
function createDayFinder(timeZone: string): (moment: Date) => CalendarDate {
  let known: { readonly day: CalendarDate; readonly from: Date; readonly to: Date } | null = null;
  return (moment) => {
    if (known !== null && moment >= known.from && moment < known.to) return known.day;
    const day = dateIn(timeZone, moment);
    known = { day, from: startOfDay(day, timeZone), to: startOfDay(addDays(day, 1), timeZone) };
    return day;
  };
}

/** Reads what there is of a person: everything is theirs, and of conversations only those that they may see now. */
export async function readPersonalRows(statements: Statements, planner: Planner): Promise<PersonalRows> {
  const { userId, timeZone, weekStartOf } = planner;
  const weeks = new Map<CalendarDate, CalendarDate>();
  const weekOf = (day: CalendarDate): CalendarDate => weeks.get(day) ?? weeks.set(day, weekStartOf(day)).get(day) ?? day;
  const finder = () => {
    const dayOf = createDayFinder(timeZone);
    return (moment: Date | null): CalendarDate | null => (moment === null ? null : dayOf(moment));
  };
  const [createdOn, completedOn, at] = [finder(), finder(), createDayFinder(timeZone)];
  const goals = await statements.query<GoalFacts>(goalsStatement, [userId]);
  const items = await statements.query<ItemFacts>(itemsStatement, [userId]);
  const moods = await statements.query<MoodFacts>(moodsStatement, [userId]);
  const usage = await statements.query<UsageFacts>(usageStatement, [userId]);
  const conversations = await statements.query<ConversationFacts>(conversationsStatement, [userId]);
  return {
    goals: goals.rows.map((goal) => [
      goal.id,
      goal.title,
      goal.parentId,
      goal.horizon,
      goal.status,
      goal.priority,
      goal.targetDate,
      createdOn(goal.createdAt),
      completedOn(goal.completedAt),
    ]),
    plan_items: items.rows.map((item) => [
      item.id,
      item.title,
      item.status,
      item.priority,
      item.date,
      item.date === null ? item.weekStart : weekOf(item.date),
      completedOn(item.completedAt),
      createdOn(item.createdAt),
      item.goalId,
      item.estimateMinutes,
      item.actualMinutes,
      item.carriedCount,
      item.isRecurring,
      item.isHandedOn,
    ]),
    moods: moods.rows.map((mood) => {
      const day = at(mood.at);
      return [day, weekOf(day), mood.score, mood.magnitude, mood.label, mood.emotion, mood.conversationId];
    }),
    usage: byDay(usage.rows, at).map(({ day, ...row }) => [
      day,
      weekOf(day),
      row.provider,
      row.model,
      row.purpose,
      row.calls,
      row.inputTokens,
      row.outputTokens,
      row.costMicros / 1_000_000,
    ]),
    conversations: conversations.rows.map((row) => [
      row.id,
      row.title,
      createdOn(row.createdAt),
      completedOn(row.updatedAt),
      row.ownMessages,
      row.answers,
      row.isAboutData,
    ]),
  };
}

/** The usage of each day, by what was called and for what. */
function byDay(rows: readonly UsageFacts[], dayOf: (moment: Date) => CalendarDate): readonly (Omit<UsageFacts, 'at'> & { readonly day: CalendarDate })[] {
  const groups = Map.groupBy(rows, ({ at, provider, model, purpose }) => JSON.stringify([dayOf(at), provider, model, purpose]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const sum = (of: (row: UsageFacts) => number): number => group.reduce((total, row) => total + of(row), 0);
    const { provider, model, purpose } = first;
    return [
      {
        day: dayOf(first.at),
        provider,
        model,
        purpose,
        calls: sum(({ calls }) => calls),
        inputTokens: sum(({ inputTokens }) => inputTokens),
        outputTokens: sum(({ outputTokens }) => outputTokens),
        costMicros: sum(({ costMicros }) => costMicros),
      },
    ];
  });
}
