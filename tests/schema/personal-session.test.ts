import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { rowId } from '../kit/ids.ts';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp({ environment: { SENTIMENT_METHOD: 'LOCAL' } })));
afterAll(() => app[Symbol.asyncDispose]());

const tables = 'id snapshotAt title tables { id tableName rowCount ... on File { revision byteSize } }';
const create = async (person: TestPerson, input: object = {}): Promise<any> =>
  (await person.client.request(`mutation ($input: CreatePersonalSessionInput!) { createPersonalSession(input: $input) { session { ${tables} } } }`, { input }))
    .createPersonalSession.session;
const refresh = (person: TestPerson, sessionId: string): Promise<any> =>
  person.client.request(`mutation ($id: ID!) { refreshPersonalSession(input: { sessionId: $id }) { session { ${tables} } } }`, { id: sessionId });
const sql = async (person: TestPerson, sessionId: string, text: string): Promise<any> =>
  (
    await person.client.request(`query ($id: ID!, $sql: String!) { runSql(sessionId: $id, sql: $sql) { columns { name type } rows } }`, {
      id: sessionId,
      sql: text,
    })
  ).runSql;
const change = (person: TestPerson, mutation: string, input: object, selection: string): Promise<any> =>
  person.client
    .request(`mutation ($input: ${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { ${selection} } }`, { input })
    .then((answer: any) => answer[mutation]);
const item = async (person: TestPerson, input: object): Promise<string> => (await change(person, 'createPlanItem', input, 'planItem { id }')).planItem.id;

/** A message of somebody on a day, with its mood, in a conversation of theirs. */
async function feel(person: TestPerson, date: string, mood: number, expiresAt: string | null = null): Promise<void> {
  const [conversation, message, userId] = [randomUUID(), randomUUID(), rowId(person.userId)];
  await runSql(
    app.connectionString,
    `INSERT INTO conversations (id, owner_id, title, expires_at, created_at, updated_at)
       VALUES ('${conversation}', '${userId}', 'Of ${date}', ${expiresAt === null ? 'NULL' : `'${expiresAt}'`}, '${date}', '${date}');
     INSERT INTO participants (conversation_id, user_id, role, joined_at) VALUES ('${conversation}', '${userId}', 'OWNER', '${date}');
     INSERT INTO messages (id, conversation_id, role, author_id, created_at) VALUES ('${message}', '${conversation}', 'USER', '${userId}', '${date}');
     INSERT INTO sentiments (message_id, conversation_id, method, score, magnitude, label, created_at)
       VALUES ('${message}', '${conversation}', 'LOCAL', ${mood}, 1, 'MIXED', '${date}');`,
  );
}

/** Three weeks of November, better ones with more that is done. */
async function lived(person: TestPerson): Promise<void> {
  for (const [week, [mood, done]] of [
    [-0.5, 1],
    [0.1, 2],
    [0.7, 4],
  ].entries()) {
    const date = `2026-11-${String(2 + week * 7).padStart(2, '0')}`;
    await feel(person, `${date}T12:00:00Z`, mood ?? 0);
    for (let number = 0; number < (done ?? 0); number += 1) {
      const id = await item(person, { title: `Item ${number}`, date, status: 'DONE', estimateMinutes: 30, actualMinutes: 20 });
      await runSql(
        app.connectionString,
        `UPDATE plan_items SET completed_at = '${date}T15:00:00Z', created_at = '${date}T09:00:00Z' WHERE id = '${rowId(id)}'`,
      );
    }
    await item(person, { title: 'Left', date });
  }
}

describe('a personal session', () => {
  it('has tables with the types that they say, also where there is nothing', async () => {
    const person = await app.person();
    const session = await create(person);
    expect(session).toMatchObject({ title: 'My data', snapshotAt: expect.any(String) });
    expect(session.tables.map(({ tableName, rowCount, revision }: any) => [tableName, rowCount, revision])).toEqual(
      ['goals', 'plan_items', 'moods', 'usage', 'conversations', 'weeks'].map((name) => [name, 0, 1]),
    );
    expect((await sql(person, session.id, 'SELECT planned_on, estimate_minutes, is_recurring FROM plan_items')).columns).toEqual([
      { name: 'planned_on', type: 'DATE' },
      { name: 'estimate_minutes', type: 'INTEGER' },
      { name: 'is_recurring', type: 'BOOLEAN' },
    ]);
    expect((await sql(person, session.id, 'SELECT week, mood FROM weeks')).columns).toEqual([
      { name: 'week', type: 'DATE' },
      { name: 'mood', type: 'DOUBLE' },
    ]);
  });

  it('says what stands in each column', async () => {
    const person = await app.person();
    const { id } = await create(person, { title: 'Me' });
    const { session } = await person.client.request('query ($id: ID!) { session(id: $id) { title tables { columns { name description } } } }', { id });
    expect(session.title).toBe('Me');
    const columns = session.tables.flatMap((table: any) => table.columns);
    expect(columns.length).toBeGreaterThan(50);
    expect(columns.filter(({ description }: any) => description === null)).toEqual([]);
    expect(columns.find(({ name }: any) => name === 'is_handed_on').description).toContain('a copy of it was carried on');
  });

  it('A01 holds every text as it is, and nothing of anybody else', async () => {
    const [person, other] = [await app.person(), await app.person()];
    const titles = [
      '=1+1',
      '2026-11-29',
      '00123',
      'true',
      'NULL',
      'Total',
      '"quoted", with\n a line',
      "it's; DROP TABLE goals; --",
      '\u{1F600} \\u0041 \\n',
      '1.10',
    ];
    for (const title of titles) await item(person, { title, date: '2026-11-25' });
    await item(other, { title: 'Secret', date: '2026-11-25' });
    await change(other, 'createGoal', { title: 'Secret' }, 'goal { id }');
    await feel(other, '2026-11-25', 1);
    const { id } = await create(person);
    expect((await sql(person, id, 'SELECT title FROM plan_items')).rows.flat()).toEqual(titles);
    const counted = `SELECT (SELECT count(*) FROM goals), (SELECT count(*) FROM moods), (SELECT count(*) FROM conversations WHERE title LIKE 'Of %')`;
    expect((await sql(person, id, counted)).rows).toEqual([[0, 0, 0]]);
  });

  it('takes nothing from temporary conversations, and counts days as the person does', async () => {
    const person = await app.person();
    await change(person, 'updatePlannerSettings', { timeZone: 'Pacific/Kiritimati', firstDayOfWeek: 'SUNDAY' }, 'plannerSettings { id }');
    await feel(person, '2026-11-21T09:59:00Z', 0.25);
    await feel(person, '2026-11-21T10:00:00Z', 0.5);
    await feel(person, '2026-11-21T12:00:00Z', -1, '2099-01-01');
    const { id } = await create(person);
    expect((await sql(person, id, 'SELECT written_on, week, mood FROM moods ORDER BY mood')).rows).toEqual([
      ['2026-11-21', '2026-11-15', 0.25],
      ['2026-11-22', '2026-11-22', 0.5],
    ]);
    expect((await sql(person, id, "SELECT count(*) FROM conversations WHERE title LIKE 'Of %'")).rows).toEqual([[2]]);
  });

  it('answers how mood and completed items go together, with a plot of the built-in analyst, and SQL that is right', async () => {
    const person = await app.person();
    await lived(person);
    const { id } = await create(person);
    expect((await sql(person, id, 'SELECT week, completed_items, planned_items, open_items, minutes_spent, mood, judged_messages FROM weeks')).rows).toEqual([
      ['2026-11-02', 1, 2, 1, 20, -0.5, 1],
      ['2026-11-09', 2, 3, 1, 40, 0.1, 1],
      ['2026-11-16', 4, 5, 1, 80, 0.7, 1],
    ]);
    const joined = `SELECT m.week, avg(m.mood), (SELECT count(*) FROM plan_items i WHERE i.status = 'DONE' AND date_trunc('week', i.completed_on) = m.week)
      FROM moods m GROUP BY m.week ORDER BY 1`;
    expect((await sql(person, id, joined)).rows).toEqual([
      ['2026-11-02', -0.5, 1],
      ['2026-11-09', 0.1, 2],
      ['2026-11-16', 0.7, 4],
    ]);
    const { session } = await person.client.request('query ($id: ID!) { session(id: $id) { conversation { id } } }', { id });
    const ask = `mutation ($input: AskInput!) { ask(input: $input) { run { status message { text parts {
      __typename ... on QueryResultPart { sql rows } ... on PlotPart { spec } } } } } }`;
    const input = { conversationId: session.conversation.id, text: 'Plot my mood against completed items per week', model: 'builtin:analyst' };
    const { run } = (await person.client.request(ask, { input })).ask;
    expect(run.status).toBe('COMPLETED');
    const plot = run.message.parts.find(({ __typename }: any) => __typename === 'PlotPart');
    expect(plot.spec.data.values.map(({ mood, completed_items: completed }: any) => [mood, completed])).toEqual([
      [-0.5, 1],
      [0.1, 2],
      [0.7, 4],
    ]);
  });

  it('is made anew on demand: the same files with other rows, and those that were deleted', async () => {
    const person = await app.person();
    await item(person, { title: 'One', date: '2026-11-25' });
    const made = await create(person);
    const files = Object.fromEntries(made.tables.map(({ tableName, id }: any) => [tableName, id]));
    await change(person, 'createTable', { sessionId: made.id, name: 'titles', sql: 'SELECT title FROM plan_items' }, 'table { id }');
    await change(person, 'updateFile', { id: files.plan_items, tableName: 'tasks' }, 'file { id }');
    await change(person, 'deleteFile', { id: files.moods }, 'deletedFileId');
    await item(person, { title: 'Two', date: '2026-11-25' });
    expect((await sql(person, made.id, 'SELECT title FROM tasks')).rows.flat()).toEqual(['One']);
    const { session } = (await refresh(person, made.id)).refreshPersonalSession;
    expect(session.snapshotAt > made.snapshotAt).toBe(true);
    const after = Object.fromEntries(session.tables.map(({ tableName, id, revision }: any) => [tableName, { id, revision }]));
    expect(after.tasks).toEqual({ id: files.plan_items, revision: 2 });
    expect(after.moods.id).not.toBe(files.moods);
    expect(after.moods.revision).toBe(1);
    expect((await sql(person, made.id, 'SELECT title FROM tasks')).rows.flat()).toEqual(['One', 'Two']);
    const { session: looked } = await person.client.request('query ($id: ID!) { session(id: $id) { tables { ... on DerivedTable { isStale } } } }', {
      id: made.id,
    });
    expect(looked.tables.at(-1).isStale).toBe(true);
    await change(person, 'refreshTable', { sessionId: made.id, name: 'titles' }, 'table { id }');
    expect((await sql(person, made.id, 'SELECT count(*) FROM titles')).rows).toEqual([[2]]);
  });

  it('keeps its tables whole when two make them anew at once', async () => {
    const person = await app.person();
    const made = await create(person);
    await item(person, { title: 'One', date: '2026-11-25' });
    const answers = await Promise.allSettled([refresh(person, made.id), refresh(person, made.id)]);
    expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await sql(person, made.id, 'SELECT title FROM plan_items')).rows).toEqual([['One']]);
    expect(await readdir(join(app.dataFolder, 'tmp'))).toEqual([]);
  });

  it('can be fetched as Parquet, and is not read anew like an uploaded file', async () => {
    const person = await app.person();
    await item(person, { title: 'One', date: '2026-11-25' });
    const made = await create(person);
    const file = made.tables.find(({ tableName }: any) => tableName === 'plan_items');
    const { originalUrl } = (await person.client.request('query ($id: ID!) { file(id: $id) { originalUrl } }', { id: file.id })).file;
    const bytes = Buffer.from(await (await fetch(new URL(originalUrl, app.url))).arrayBuffer());
    expect([bytes.subarray(0, 4).toString(), bytes.length]).toEqual(['PAR1', file.byteSize]);
    await expect(change(person, 'reingestFile', { fileId: file.id, options: {} }, 'file { id }')).rejects.toThrow(
      'is made of your own data, not read from a file',
    );
  });

  it('is refused for a session of files, for that of somebody else, and beyond five', async () => {
    const [person, stranger] = [await app.person(), await app.person()];
    const made = await create(person);
    await expect(refresh(stranger, made.id)).rejects.toThrow('NOT_FOUND');
    const plain = (await change(person, 'createSession', { fileIds: [] }, 'session { id snapshotAt }')).session;
    expect(plain.snapshotAt).toBeNull();
    await expect(refresh(person, plain.id)).rejects.toThrow('This session was not made of your own data; make one with \\"createPersonalSession\\".');
    await expect(create(person, { title: 'x'.repeat(201) })).rejects.toThrow('The title is longer than 200 characters.');
    const rows = await runSql(
      app.connectionString,
      `SELECT count(*)::int AS count FROM files WHERE owner_id = '${rowId(person.userId)}' AND session_id IS NULL`,
    );
    expect(rows).toEqual([{ count: 0 }]);
    await runSql(
      app.connectionString,
      `INSERT INTO sessions (id, owner_id, snapshot_at, created_at, updated_at) SELECT gen_random_uuid(), '${rowId(person.userId)}', now(), now(), now() FROM generate_series(1, 4)`,
    );
    await expect(create(person)).rejects.toThrow('You have 5 sessions over your own data, as many as are allowed');
  });

  it('goes with the session and with the account, from the disk as well', async () => {
    const person = await app.person();
    const [one, other] = [await create(person), await create(person)];
    const onDisk = async (session: any): Promise<boolean[]> =>
      Promise.all(
        session.tables.map(async ({ id }: any) => {
          const name = rowId(id);
          return (await readdir(join(app.dataFolder, 'files', name.slice(-2))).catch((): string[] => [])).includes(name);
        }),
      );
    expect(new Set(await onDisk(one))).toEqual(new Set([true]));
    await change(person, 'deleteSession', { id: one.id }, 'deletedSessionId');
    expect(new Set(await onDisk(one))).toEqual(new Set([false]));
    await change(person, 'deleteAccount', { password: 'correct horse battery' }, 'deletedUserId');
    expect(new Set(await onDisk(other))).toEqual(new Set([false]));
  });
});
