import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from 'pg';
import type { Reader } from '../../src/base/takeable.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { changedThings, createChangeFeed, type Change, type ChangeFeed, type ChangeSet } from '../../src/events/change-feed.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createListener } from '../../src/stores/listener.ts';
import { createTestDatabase } from '../kit/database.ts';
import { eventually } from '../kit/eventually.ts';
import { patientDatabase } from '../kit/patience.ts';
import { fillRows, type RowIds } from '../kit/person-rows.ts';
import { readPrismaSchema } from '../kit/prisma-schema.ts';

const logger = createLogger({ level: 'silent' });
// No reader looks by itself before a test is over: a wake-up that is lost shows.
const neverMs = 3_600_000;
const schema = readPrismaSchema();
const day = 86_400_000;

const disposal = new AsyncDisposableStack();
let pool: Pool;
let feed: ChangeFeed;

beforeAll(async () => {
  const { connectionString } = disposal.use(await createTestDatabase());
  const database = createDatabase({ connectionString, poolSize: 5, ...patientDatabase, logger });
  disposal.defer(() => database.close());
  pool = database.pool;
  feed = createChangeFeed({ pool, pollIntervalMs: neverMs });
  const listener = createListener({
    connectionString,
    channels: [feed.channel],
    onNotification: (_channel, payload) => feed.notified(payload),
    onReconnect: () => feed.wakeAll(),
    logger,
  });
  disposal.defer(() => listener.close());
  await listener.ready;
});
afterAll(() => disposal.disposeAsync());

async function join(): Promise<string> {
  const id = uuidv7();
  await pool.query('INSERT INTO users (id, email, updated_at) VALUES ($1, $2, now())', [id, `${id}@example.org`]);
  return id;
}

async function makeGoal(ownerId: string, connection: Pick<Pool, 'query'> = pool): Promise<string> {
  const id = uuidv7();
  await connection.query("INSERT INTO goals (id, owner_id, title, created_at, updated_at) VALUES ($1, $2, 'A goal', now(), now())", [id, ownerId]);
  return id;
}

async function take(reader: Reader<ChangeSet>): Promise<ChangeSet> {
  const { done, value } = await reader.next();
  if (done === true) throw new Error('the feed has ended');
  return value;
}

/** What somebody is told of up to a mark of their own. */
async function toldUntilMark(userId: string, reader: Reader<ChangeSet>): Promise<readonly string[]> {
  const mark = await makeGoal(userId);
  const seen: string[] = [];
  while (!seen.includes(`Goal ${mark}`)) for (const { thing, id } of (await take(reader)).changes) seen.push(`${thing} ${id}`);
  return seen.filter((name) => name !== `Goal ${mark}`);
}

const idsOf = (changes: readonly Change[]): readonly string[] => changes.map(({ id }) => id);

describe('what changes for a person', () => {
  it('begins with nothing, then tells of each change once', async () => {
    const userId = await join();
    await makeGoal(userId);
    const reader = feed.follow(userId, null);
    expect(await take(reader)).toMatchObject({ isReset: false, changes: [] });
    const made = await makeGoal(userId);
    expect((await take(reader)).changes).toEqual([{ thing: 'Goal', id: made }]);
    await pool.query("UPDATE goals SET title = 'Another' WHERE id = $1", [made]);
    expect((await take(reader)).changes).toEqual([{ thing: 'Goal', id: made }]);
    // Nothing has changed by it.
    await pool.query("UPDATE goals SET title = 'Another' WHERE id = $1", [made]);
    await pool.query('DELETE FROM goals WHERE id = $1', [made]);
    expect((await take(reader)).changes).toEqual([{ thing: 'Goal', id: made }]);
    reader.leave();
  });

  it('goes on from any position, and tells of a thing that changed often once', async () => {
    const userId = await join();
    const { position } = await take(feed.follow(userId, null));
    const [one, other] = [await makeGoal(userId), await makeGoal(userId)];
    await pool.query('DELETE FROM goals WHERE id = $1', [one]);
    const back = await take(feed.follow(userId, position));
    expect(idsOf(back.changes).toSorted()).toEqual([one, other].toSorted());
    // As soon as no older transaction runs anywhere on the server: until then what is known already may be told again.
    await eventually(async () => {
      const { position: current } = await take(feed.follow(userId, position));
      expect((await take(feed.follow(userId, current))).changes).toEqual([]);
    });
  });

  it('C02 leaves nothing out when transactions end in another order than they began', async () => {
    const userId = await join();
    const reader = feed.follow(userId, null);
    await take(reader);
    const slow = await pool.connect();
    try {
      await slow.query('BEGIN');
      const early = await makeGoal(userId, slow);
      const late = await makeGoal(userId);
      const meanwhile = await take(reader);
      expect(idsOf(meanwhile.changes)).toEqual([late]);
      await slow.query('COMMIT');
      expect(idsOf((await take(reader)).changes)).toEqual([early]);
      // Whoever left in between is told of what was not over then, and again of what was after it.
      expect(idsOf((await take(feed.follow(userId, meanwhile.position))).changes)).toContain(early);
    } finally {
      slow.release();
    }
    expect(await toldUntilMark(userId, reader)).toEqual([]);
  });

  it('comes a hundred at a time, each once, also when one transaction changed them all', async () => {
    const userId = await join();
    const { position } = await take(feed.follow(userId, null));
    await pool.query(
      "INSERT INTO goals (id, owner_id, title, created_at, updated_at) SELECT gen_random_uuid(), $1, 'Many', now(), now() FROM generate_series(1, 250)",
      [userId],
    );
    const reader = feed.follow(userId, position);
    const sets = [await take(reader), await take(reader), await take(reader)];
    expect(sets.map(({ changes }) => changes.length)).toEqual([100, 100, 50]);
    expect(new Set(sets.flatMap(({ changes }) => idsOf(changes))).size).toBe(250);
    expect(await toldUntilMark(userId, reader)).toEqual([]);
    // A client that left between two of them gets what it has not seen.
    const after = feed.follow(userId, sets[1]?.position ?? null);
    const rest = [await take(after), await take(after), await take(after)].flatMap(({ changes }) => idsOf(changes));
    expect(rest).toEqual(expect.arrayContaining([...idsOf(sets[2]?.changes ?? [])]));
  });

  it('C03 says when it cannot know everything', async () => {
    const userId = await join();
    const { position } = await take(feed.follow(userId, null));
    const old = { ...position, at: new Date(position.at.getTime() - 31 * day) };
    expect(await take(feed.follow(userId, old))).toMatchObject({ isReset: true, changes: [] });
    // A number that this database has not given: it was moved here.
    const foreign = { ...position, transaction: position.transaction + 1_000_000n };
    const reset = await take(feed.follow(userId, foreign));
    expect(reset).toMatchObject({ isReset: true, changes: [] });
    expect(await take(feed.follow(userId, reset.position))).toMatchObject({ isReset: false });
  });

  it('forgets what is old, and what another database wrote', async () => {
    const userId = await join();
    const [old, foreign, kept] = [await makeGoal(userId), await makeGoal(userId), await makeGoal(userId)];
    await pool.query("UPDATE changes SET changed_at = now() - interval '32 days' WHERE thing_id = $1", [old]);
    await pool.query('UPDATE changes SET transaction = transaction + 1000000 WHERE thing_id = $1', [foreign]);
    expect(await feed.forgetOld()).toBe(2);
    const { rows } = await pool.query('SELECT thing_id FROM changes WHERE user_id = $1', [userId]);
    expect(rows).toEqual([{ thing_id: kept }]);
  });

  it('ends when the person is gone, and leaves nothing', async () => {
    const userId = await join();
    const reader = feed.follow(userId, null);
    await take(reader);
    await makeGoal(userId);
    await take(reader);
    await pool.query('DELETE FROM users WHERE id = $1', [userId]);
    feed.wakeAll();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect((await pool.query('SELECT 1 FROM changes WHERE user_id = $1', [userId])).rows).toEqual([]);
  });
});

/** A column of each kind of thing that people see change. */
const columns: Readonly<Record<string, string>> = {
  Conversation: "conversations SET title = title || '!'",
  DailyPlan: 'daily_plans SET version = version + 1',
  DerivedTable: 'derived_tables SET is_current = NOT is_current',
  File: "files SET name = name || '!'",
  Goal: 'goals SET version = version + 1',
  Invitation: 'invitations SET use_count = use_count + 1',
  KnowledgeBase: "knowledge_bases SET name = name || '!'",
  Persona: "personas SET name = name || '!'",
  PlanItem: 'plan_items SET version = version + 1',
  PlanProposal: 'plan_proposals SET version = version + 1',
  PlannerSettings: 'planner_settings SET updated_at = now()',
  PromptTemplate: 'prompt_templates SET version = version + 1',
  Recurrence: 'recurrences SET updated_at = now()',
  Session: 'sessions SET updated_at = now()',
  User: "users SET full_name = 'Ada'",
  WeeklyPlan: 'weekly_plans SET version = version + 1',
  Workspace: "workspaces SET name = name || '!'",
};

describe('each kind of thing', () => {
  it('C01 is told of when it is made, when it changes and when it is deleted, to the person alone', async () => {
    const [userId, strangerId] = [await join(), await join()];
    const [reader, other] = [feed.follow(userId, null), feed.follow(strangerId, null)];
    await take(reader);
    await take(other);
    const ids: RowIds = await fillRows(pool, schema, { userId, mark: 'somebody' }, new Map());
    const idOf = (thing: string): string => (thing === 'User' || thing === 'PlannerSettings' ? userId : (ids.get(thing) ?? ''));
    const made = await toldUntilMark(userId, reader);
    for (const thing of changedThings.filter((name) => name !== 'User')) expect(made).toContain(`${thing} ${idOf(thing)}`);
    for (const thing of changedThings) {
      const key = thing === 'PlannerSettings' ? 'user_id' : 'id';
      await pool.query(`UPDATE ${columns[thing]} WHERE ${key} = $1`, [idOf(thing)]);
      expect(await toldUntilMark(userId, reader), thing).toContain(`${thing} ${idOf(thing)}`);
    }
    const deletable = changedThings.filter((name) => name !== 'User' && name !== 'PlannerSettings');
    const deleted: string[] = [];
    // Some go with others.
    for (const thing of deletable) {
      await pool.query(`DELETE FROM ${columns[thing]?.split(' ')[0]} WHERE id = $1`, [idOf(thing)]);
      deleted.push(...(await toldUntilMark(userId, reader)));
    }
    expect(deleted).toEqual(expect.arrayContaining(deletable.map((thing) => `${thing} ${idOf(thing)}`)));
    expect(await toldUntilMark(strangerId, other)).toEqual([]);
  });

  it('has a column here, and a row of the person', () => {
    expect(Object.keys(columns)).toEqual([...changedThings]);
  });
});
