import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { comparable, exportAccount, type Archive } from '../kit/archives.ts';
import { runSql } from '../kit/database.ts';
import { fillAccount, rowId } from '../kit/full-account.ts';
import { fillPlans, fillTime } from '../kit/full-plans.ts';
import { importFile } from '../kit/imports.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';

const engine = createScriptedEngine();
const password = 'correct horse battery';
let app: TestApp;
let ada: TestPerson;
let before: Archive;

/** What `fillAccount` leaves out: a name, a fallback, a fork, an edited plot, an undone and a stale table, a file that is in no session. */
async function fillMore(person: TestPerson, sessionId: string, conversationId: string): Promise<void> {
  const ownerId = rowId(person.userId);
  await runSql(app.connectionString, `UPDATE users SET username = 'Ada_L', username_key = 'ada_l' WHERE id = '${ownerId}'`);
  await runSql(app.connectionString, `UPDATE runs SET answered_by = 'scripted:two', fallback_reason = 'It was down.' WHERE user_id = '${ownerId}'`);
  const session = Buffer.from(`Session:${sessionId}`).toString('base64');
  const { client } = person;
  const { session: found } = await client.request(
    'query ($id: ID!) { session(id: $id) { conversation { messages(first: 5) { edges { node { parts { ... on PlotPart { id } } } } } } } }',
    {
      id: session,
    },
  );
  const partId = found.conversation.messages.edges.flatMap((edge: any) => edge.node.parts).find((part: any) => part.id !== undefined).id;
  await client.request('mutation ($id: ID!) { editPlot(input: { partId: $id, instruction: "vertical bars" }) { plot { id } } }', { id: partId });
  await client.request(
    `mutation ($id: ID!) {
      createTable(input: { sessionId: $id, name: "youngest", sql: "SELECT min(age) AS age FROM people" }) { table { id } }
      undoTable(input: { sessionId: $id, name: "youngest" }) { session { id } }
    }`,
    { id: session },
  );
  const id = Buffer.from(`Conversation:${conversationId}`).toString('base64');
  const { conversation } = await client.request('query ($id: ID!) { conversation(id: $id) { activePath(first: 2) { edges { node { id } } } } }', { id });
  const messageId = conversation.activePath.edges[1].node.id;
  await client.request('mutation ($id: ID!) { forkConversation(input: { messageId: $id, title: "A fork" }) { conversation { id } } }', { id: messageId });
  const form = new FormData();
  form.append('file', new Blob(['city\nOslo\n']), 'unused.csv');
  await fetch(`${app.url}/uploads`, { method: 'POST', headers: { authorization: `Bearer ${person.token}` }, body: form });
}

beforeAll(async () => {
  app = await startTestApp({ overrides: { engines: [engine] } });
  ada = await app.person();
  const { sessionId, conversationId } = await fillAccount(app, ada, engine);
  await fillMore(ada, sessionId, conversationId);
  await fillTime(app, ada, await fillPlans(ada));
  before = await exportAccount(app, ada);
});
afterAll(() => app[Symbol.asyncDispose]());

describe('an account that is exported, deleted, made again and imported', () => {
  it('is the same account again', async () => {
    await ada.client.request('mutation ($password: String!) { deleteAccount(input: { password: $password }) { deletedUserId } }', { password });
    const again = await app.person({ email: ada.email });
    const done = await importFile(app, again, before.bytes, 'colloquy.zip');
    expect(done).toMatchObject({ status: 'COMPLETED', source: 'COLLOQUY', progress: 1, error: null });
    expect(done.problems, 'all but what an assistant proposed').toEqual([
      { subject: 'planning/proposals.json', reason: expect.stringContaining('not taken over'), count: 1 },
    ]);
    expect(done.counts).toEqual({
      conversations: 6,
      extendedConversations: 0,
      presentConversations: 0,
      messages: 9,
      attachments: 2,
      sessions: 1,
      files: 2,
      derivedTables: 2,
      verifiedQueries: 1,
      goals: 2,
      weeklyPlans: 1,
      dailyPlans: 1,
      recurrences: 1,
      planItems: 4,
    });
    const after = await exportAccount(app, again);
    expect(comparable(after)).toEqual(comparable(before));

    const twice = await importFile(app, again, before.bytes);
    expect(twice.counts).toMatchObject({
      conversations: 0,
      messages: 0,
      presentConversations: 6,
      files: 0,
      derivedTables: 0,
      attachments: 0,
      goals: 0,
      dailyPlans: 0,
      planItems: 0,
    });
    expect(comparable(await exportAccount(app, again)), 'the same archive again adds nothing').toEqual(comparable(before));
    const own = await importFile(app, again, after.bytes);
    expect(own.counts, 'nor does what was exported of it').toMatchObject({
      conversations: 0,
      messages: 0,
      presentConversations: 6,
      sessions: 0,
      goals: 0,
      recurrences: 0,
      planItems: 0,
      attachments: 0,
    });
    expect(comparable(await exportAccount(app, again))).toEqual(comparable(before));
  });

  it('can be used as before: its tables are queried, its branches switched, its plots drawn, its words found', async () => {
    const person = await app.person();
    await importFile(app, person, before.bytes);
    const { sessions, search } = await person.client.request(`{
      sessions(first: 5) { edges { node { id tables { tableName } conversation { title } } } }
      search(query: "second answer", first: 5) { edges { node { type } } }
    }`);
    const session = sessions.edges[0].node;
    expect(session.tables.map((table: any) => table.tableName).toSorted()).toEqual(['oldest', 'people']);
    const { runSql: result } = await person.client.request(
      'query ($id: ID!) { runSql(sessionId: $id, sql: "SELECT age, (SELECT max(age) FROM oldest) AS most FROM people ORDER BY age") { rows } }',
      { id: session.id },
    );
    expect(result.rows).toEqual([
      [36, 45],
      [45, 45],
    ]);
    expect(search.edges.length).toBeGreaterThan(0);
  });
});
