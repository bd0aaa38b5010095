import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../src/base/id.ts';
import { createPlannerLock } from '../../../src/services/planner/with-planner.ts';
import { openPlanning, type OpenPlanning } from '../../kit/planning.ts';
import { rowId } from '../../kit/ids.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`;
const until = async (query: string, count: number): Promise<void> =>
  expect.poll(async () => (await planning.pool.query(waiting, [query])).rows).toEqual([{ count }]);

/** Somebody else in the database, in a transaction that is rolled back at the end. */
async function open(): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: planning.connectionString });
  await client.connect();
  await client.query('BEGIN');
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

describe('a change of somebody’s planning', () => {
  it('that fails leaves nothing behind, not even settings', async () => {
    const { viewer } = await planning.planner();
    const { withPlanner } = createPlannerLock({ prisma: planning.prisma, clock: planning.clock, newId: uuidv7 });
    const failing = withPlanner(viewer, async (transaction, planner) => {
      const at = planner.now;
      await transaction.goal.create({ data: { id: planner.newId(), ownerId: planner.userId, title: 'x', createdAt: at, updatedAt: at } });
      throw new Error('half way');
    });
    await expect(failing).rejects.toThrow('half way');
    const where = { userId: viewer.userId };
    expect([await planning.prisma.goal.count({ where: { ownerId: viewer.userId } }), await planning.prisma.plannerSettings.count({ where })]).toEqual([0, 0]);
  });

  it('takes a signed-in person who is still there', async () => {
    const { withPlanner, withPlannerOf } = createPlannerLock({ prisma: planning.prisma, clock: planning.clock, newId: uuidv7 });
    const work = async (): Promise<string> => 'done';
    await expect(withPlanner(null, work)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(withPlannerOf(uuidv7(), work)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('waits for another one of the same person, and for nobody else', async () => {
    const [person, other] = [await planning.planner({ autoApply: true }), await planning.planner()];
    await using client = await open();
    await client.query('SELECT 1 FROM planner_settings WHERE user_id = $1 FOR UPDATE', [person.viewer.userId]);
    const made = planning.services.goals.create(person.viewer, { title: 'Waiting' });
    await until('%planner_settings%FOR UPDATE%', 1);
    await other.goal('Not waiting');
    expect(await planning.prisma.goal.count({ where: { ownerId: person.viewer.userId } })).toBe(0);
    await client.query('COMMIT');
    expect(await made).toMatchObject({ title: 'Waiting' });
  });

  it('takes a conversation before it takes the planner, wherever both are needed', async () => {
    const person = await planning.planner();
    const goalId = await person.goal('Goal');
    await person.item('Item', { date: '2026-11-25' });
    await person.item('Item', { week: '2026-11-25' });
    const plans = await person.ask('{ dailyPlan(date: "2026-11-25") { id } weeklyPlan(date: "2026-11-25") { id } }');
    const { viewer } = person;
    const deletions = [
      [{ goalId: rowId(goalId) }, () => planning.services.goals.delete(viewer, rowId(goalId))],
      [{ dailyPlanId: rowId(plans.dailyPlan.id) }, () => planning.services.plans.deleteDailyPlan(viewer, rowId(plans.dailyPlan.id), false)],
      [{ weeklyPlanId: rowId(plans.weeklyPlan.id) }, () => planning.services.plans.deleteWeeklyPlan(viewer, rowId(plans.weeklyPlan.id), true)],
    ] as const;
    for (const [about, remove] of deletions) {
      const at = planning.clock.now();
      const { id } = await planning.prisma.conversation.create({ data: { id: uuidv7(), ownerId: viewer.userId, ...about, createdAt: at, updatedAt: at } });
      await using client = await open();
      await client.query('SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE', [id]);
      const removed = remove();
      await until('%FROM conversations WHERE%', 1);
      const free = await client.query('SELECT 1 FROM planner_settings WHERE user_id = $1 FOR UPDATE NOWAIT', [viewer.userId]);
      expect(free.rowCount).toBe(1);
      await client.query('COMMIT');
      await removed;
    }
  });

  it('ends before the account goes, or finds nobody any more', async () => {
    const { people, goals } = planning.services;
    const device = { address: '192.0.2.1', userAgent: null };
    const password = 'correct horse battery';
    for (let round = 0; round < 3; round += 1) {
      const { accessToken, user } = await people.register({ email: `leaver${round}@example.org`, password }, device);
      const viewer = await people.authenticate(accessToken);
      const changes = Promise.allSettled(Array.from({ length: 12 }, (_, index) => goals.create(viewer, { title: `${index}` })));
      await people.deleteAccount(viewer, password, device);
      for (const change of await changes) if (change.status === 'rejected') expect(change.reason).toMatchObject({ code: 'NOT_FOUND' });
      expect(await planning.prisma.user.count({ where: { id: user.id } })).toBe(0);
      expect(await planning.prisma.goal.count({ where: { ownerId: user.id } })).toBe(0);
    }
  });
});
