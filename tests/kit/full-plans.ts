import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { TestApp, TestPerson } from './app.ts';
import { trickyText } from './full-account.ts';
import { rowId } from './ids.ts';

/** Somebody's plans, by the ids of their rows. */
export interface FullPlans {
  readonly goalId: string;
  readonly itemId: string;
}

/** Gives somebody plans: settings, two goals, a week, a day, three items. */
export async function fillPlans(person: TestPerson): Promise<FullPlans> {
  const { goal, part } = await person.client.request(`mutation {
    updatePlannerSettings(input: { timeZone: "Europe/Berlin", rollover: MOVE }) { user { id } }
    goal: createGoal(input: { title: "Speak Italian", targetDate: "2027-06-30" }) { goal { id } }
    part: createGoal(input: { title: "Verbs", status: COMPLETED }) { goal { id } }
    saveWeeklyPlan(input: { date: "2026-11-25", focusAreas: ["Verbs"] }) { weeklyPlan { id } }
    saveDailyPlan(input: { date: "2026-11-25", summary: "Went well" }) { dailyPlan { id } }
  }`);
  const { one } = await person.client.request(
    `mutation ($part: ID!, $goal: ID!, $notes: String!) {
      updateGoal(input: { id: $part, parentId: $goal }) { goal { id } }
      one: createPlanItem(input: { title: "Learn ten verbs", date: "2026-11-25", goalId: $part, status: DONE, notes: $notes }) { planItem { id } }
      two: createPlanItem(input: { title: "Repeat them", week: "2026-11-25", startTime: "09:30" }) { planItem { id } }
      three: createPlanItem(input: { title: "Rest" }) { planItem { id } }
    }`,
    { part: part.goal.id, goal: goal.goal.id, notes: trickyText },
  );
  return { goalId: rowId(goal.goal.id), itemId: rowId(one.planItem.id) };
}

/** Adds what comes to be by and by: a series with an item of it, an item that was carried on, conversations about all of it, a proposal, a feed. */
export async function fillTime(app: Pick<TestApp, 'connectionString'>, person: TestPerson, { goalId, itemId }: FullPlans): Promise<void> {
  const database = new Client({ connectionString: app.connectionString });
  await database.connect();
  try {
    const ownerId = rowId(person.userId);
    const seriesId = randomUUID();
    await database.query(
      `INSERT INTO recurrences (id, owner_id, rule, mode, start_date, excluded_dates, made_through, title, notes, goal_id, estimate_minutes, start_time, created_at, updated_at)
       VALUES ($1, $2, 'FREQ=WEEKLY;BYDAY=MO,TH', 'SCHEDULED', '2026-11-02', '{2026-11-05}', '2199-12-31', 'Read a page', $3, $4, 15, '21:00', '2026-11-01', '2026-11-02')`,
      [seriesId, ownerId, trickyText, goalId],
    );
    await database.query(
      `INSERT INTO plan_items (id, owner_id, daily_plan_id, title, position, recurrence_id, occurrence_date, carried_count, origin_date, origin_item_id, actual_minutes, created_at, updated_at)
       SELECT $1, $2, id, 'Read a page', 'a0V', $3, '2026-11-23', 2, '2026-11-23', $4, 20, '2026-11-02', '2026-11-03' FROM daily_plans WHERE owner_id = $2`,
      [randomUUID(), ownerId, seriesId, itemId],
    );
    await database.query(
      `INSERT INTO item_carries (id, owner_id, item_id, from_date, to_date, policy, copy_id, is_automatic, created_at)
       SELECT gen_random_uuid(), $1, $2, '2026-11-23', '2026-11-24', 'COPY', id, true, '2026-11-24' FROM plan_items WHERE origin_item_id = $2`,
      [ownerId, itemId],
    );
    for (const [column, table] of [
      ['goal_id', 'goals'],
      ['weekly_plan_id', 'weekly_plans'],
      ['daily_plan_id', 'daily_plans'],
    ]) {
      const id = randomUUID();
      await database.query(
        `INSERT INTO conversations (id, owner_id, title, title_source, ${column}, created_at, updated_at)
         SELECT $1, $2, 'About ${table}', 'PERSON', id, '2026-11-02', '2026-11-02' FROM ${table} WHERE owner_id = $2 LIMIT 1`,
        [id, ownerId],
      );
      await database.query(`INSERT INTO participants (conversation_id, user_id, joined_at) VALUES ($1, $2, '2026-11-02')`, [id, ownerId]);
    }
    await database.query(
      `INSERT INTO plan_proposals (id, owner_id, operations, status, summary, undo, created_at)
       VALUES (gen_random_uuid(), $1, '[]', 'PENDING', 'Less', '{"secret":"for undoing"}', '2026-11-02')`,
      [ownerId],
    );
    await database.query(
      `INSERT INTO calendar_feeds (id, owner_id, name, token_hash, created_at) VALUES (gen_random_uuid(), $1, 'A secret feed', $2, '2026-11-02')`,
      [ownerId, randomUUID()],
    );
  } finally {
    await database.end();
  }
}
