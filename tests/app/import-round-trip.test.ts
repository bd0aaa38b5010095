import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { comparable, exportAccount, type Archive } from '../kit/archives.ts';
import { runSql } from '../kit/database.ts';
import { fillAccount } from '../kit/full-account.ts';
import { fillAssistants, settleDocuments } from '../kit/full-assistants.ts';
import { fillPlans, fillTime } from '../kit/full-plans.ts';
import { importFile } from '../kit/imports.ts';
import { searchBase } from '../kit/knowledge.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { rowId } from '../kit/ids.ts';

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

/** The bases of somebody, once all of their documents are read. */
async function settledBases(person: TestPerson): Promise<readonly any[]> {
  const { knowledgeBases } = await person.client.request('{ knowledgeBases(first: 5) { edges { node { id documentCounts { ready failed } } } } }');
  for (const { node } of knowledgeBases.edges) await settleDocuments(app, person, node.id);
  return knowledgeBases.edges.map((edge: any) => edge.node);
}

const page = createServer((_request, response) =>
  response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html><title>Ferries</title><p>At noon.'),
);
let visits = 0;
page.on('request', () => (visits += 1));

beforeAll(async () => {
  page.listen(0, '127.0.0.1');
  await once(page, 'listening');
  const { port } = page.address() as AddressInfo;
  app = await startTestApp({
    environment: { ENGINE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1', WEB_PAGE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1' },
    overrides: { engines: [engine] },
  });
  ada = await app.person();
  const { sessionId, conversationId } = await fillAccount(app, ada, engine);
  await fillMore(ada, sessionId, conversationId);
  await fillTime(app, ada, await fillPlans(ada));
  // Nobody listens there: a server of tools is asked for nothing while an account is exported and imported.
  await fillAssistants(app, ada, engine, { mcpUrl: 'http://127.0.0.1:1/mcp', pageUrl: `http://127.0.0.1:${port}/ferries` });
  before = await exportAccount(app, ada);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  page.close();
});

describe('an account that is exported, deleted, made again and imported', () => {
  it('is the same account again', async () => {
    await ada.client.request('mutation ($password: String!) { deleteAccount(input: { password: $password }) { deletedUserId } }', { password });
    const again = await app.person({ email: ada.email });
    const done = await importFile(app, again, before.bytes, 'colloquy.zip');
    expect(done).toMatchObject({ status: 'COMPLETED', source: 'COLLOQUY', progress: 1, error: null });
    expect(done.problems, 'all but what an assistant proposed, and what is secret').toEqual([
      { subject: 'planning/proposals.json', reason: expect.stringContaining('not taken over'), count: 1 },
      { subject: 'tools', reason: expect.stringContaining('give Authorization again'), count: 1 },
    ]);
    expect(done.counts).toEqual({
      conversations: 7,
      extendedConversations: 0,
      presentConversations: 0,
      messages: 11,
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
      promptTemplates: 1,
      mcpServers: 1,
      personas: 2,
      knowledgeBases: 1,
      documents: 3,
    });
    await settledBases(again);
    expect(visits, 'the page is read as it was').toBe(1);
    const after = await exportAccount(app, again);
    expect(comparable(after)).toEqual(comparable(before));

    const twice = await importFile(app, again, before.bytes);
    expect(twice.counts).toMatchObject({
      conversations: 0,
      messages: 0,
      presentConversations: 7,
      files: 0,
      derivedTables: 0,
      attachments: 0,
      goals: 0,
      dailyPlans: 0,
      planItems: 0,
      personas: 0,
      knowledgeBases: 0,
      documents: 0,
    });
    expect(comparable(await exportAccount(app, again)), 'the same archive again adds nothing').toEqual(comparable(before));
    const own = await importFile(app, again, after.bytes);
    expect(own.counts, 'nor does what was exported of it').toMatchObject({
      conversations: 0,
      messages: 0,
      presentConversations: 7,
      sessions: 0,
      goals: 0,
      recurrences: 0,
      planItems: 0,
      attachments: 0,
      promptTemplates: 0,
      mcpServers: 0,
      personas: 0,
      documents: 0,
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

  it('has its personas, its knowledge and its servers as before: they speak and are searched, and a server waits for its headers', async () => {
    const person = await app.person();
    await importFile(app, person, before.bytes);
    const [base] = await settledBases(person);
    expect((await searchBase(person, base.id, 'thirty days')).hits).toMatchObject([
      { documentName: 'returns.md', text: expect.stringContaining('thirty days') },
    ]);
    const { conversations, mcpServers } = await person.client.request(`{
      mcpServers(first: 5) { edges { node { id headerNames } } }
      conversations(first: 20) { edges { node { id title turnPolicy maxTurns personas { handle template { text } mcpServers { name } } knowledgeBases { id }
        messages(first: 5) { edges { node { author { ... on Persona { handle } } } } } } } }
    }`);
    const lesson = conversations.edges.map((edge: any) => edge.node).find((node: any) => node.title === 'A lesson');
    expect(lesson).toMatchObject({
      turnPolicy: 'MODERATED',
      maxTurns: 3,
      personas: [
        { handle: 'tutor', template: { text: 'Teach {{topic}} with care.' }, mcpServers: [{ name: 'tools' }] },
        { handle: 'critic', template: null, mcpServers: [] },
      ],
      knowledgeBases: [{ id: base.id }],
    });
    expect(lesson.messages.edges.map((edge: any) => edge.node.author?.handle ?? null)).toEqual([null, 'critic']);
    const [server] = mcpServers.edges;
    const { checkMcpServer } = await person.client.request('mutation ($id: ID!) { checkMcpServer(input: { id: $id }) { problem } }', { id: server.node.id });
    expect(checkMcpServer.problem).toContain('give Authorization again');
    const { sendMessage } = await person.client.request(
      'mutation ($id: ID!) { sendMessage(input: { conversationId: $id, text: "@critic And now?" }) { run { id persona { handle } } } }',
      {
        id: lesson.id,
      },
    );
    expect(sendMessage.run.persona.handle).toBe('critic');
    const call = await engine.nextCall();
    expect(call.request.system).toContain('Be strict.');
    call.finish();
  });
});
