import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';

/** The global ids of everything that one person has. */
export interface Belongings {
  readonly Conversation: string;
  readonly Message: string;
  readonly Run: string;
  readonly Session: string;
  readonly File: string;
  readonly QueryResultPart: string;
  readonly User: string;
  readonly ApiKey: string;
  readonly Identity: string;
  readonly Login: string;
}

/** A server with somebody who has one of everything, and a stranger. */
export interface World {
  readonly app: TestApp;
  readonly engine: ScriptedEngine;
  readonly owner: TestPerson;
  readonly stranger: TestPerson;
  readonly belongings: Belongings;
  /** The same kinds of ids, of nothing that exists. */
  readonly nothing: Belongings;
}

/** The same type with an id that nothing has. */
function missing(globalId: string): string {
  const [type] = Buffer.from(globalId, 'base64').toString().split(':');
  return Buffer.from(`${type}:01890000-0000-7000-8000-000000000000`).toString('base64');
}

/** Uploads a small CSV and returns the global id of the file. */
async function upload(app: TestApp, person: TestPerson, name = 'ages.csv', text = 'name,age\nada,36\ngrace,45\n'): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([text]), name);
  const response = await fetch(`${app.url}/uploads`, { method: 'POST', headers: { authorization: `Bearer ${person.token}` }, body: form });
  const answer: any = await response.json();
  if (response.status !== 201) throw new Error(JSON.stringify(answer));
  return answer.files[0].id;
}

/** Uploads a CSV and makes a session of it. */
export async function createSession(
  app: TestApp,
  person: TestPerson,
  name?: string,
  text?: string,
): Promise<{ readonly id: string; readonly fileId: string; readonly conversation: { readonly id: string } }> {
  const fileId = await upload(app, person, name, text);
  const document = 'mutation ($input: CreateSessionInput!) { createSession(input: $input) { session { id conversation { id } } } }';
  const answer = await person.client.request(document, { input: { fileIds: [fileId] } });
  return { ...answer.createSession.session, fileId };
}

async function createApiKey(person: TestPerson): Promise<string> {
  const document = 'mutation { createApiKey(input: { name: "a program", scopes: ["read"] }) { apiKey { id } } }';
  return (await person.client.request(document)).createApiKey.apiKey.id;
}

/** Links an identity without an identity provider, and returns its global id. */
async function linkIdentity(app: TestApp, person: TestPerson): Promise<string> {
  const id = randomUUID();
  const userId = Buffer.from(person.userId, 'base64').toString().split(':')[1] ?? '';
  await runSql(
    app.connectionString,
    `INSERT INTO identities (id, user_id, issuer, subject, created_at) VALUES ('${id}', '${userId}', 'https://id.example.org', 'owner', now())`,
  );
  return Buffer.from(`Identity:${id}`).toString('base64');
}

/** Opens the world. */
export async function openWorld(): Promise<World> {
  const engine = createScriptedEngine();
  const app = await startTestApp({ overrides: { engines: [engine] } });
  const [owner, stranger] = [await app.person(), await app.person()];
  const session = await createSession(app, owner);
  const sent = await owner.client.request(`mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id message { id } } } }`, {
    input: { conversationId: session.conversation.id, text: 'How old?' },
  });
  const first = await engine.nextCall();
  first.toolCall('call-1', 'run_sql', { sql: 'SELECT max(age) AS oldest FROM ages', title: 'The oldest' });
  first.finish('TOOL_CALLS');
  const second = await engine.nextCall();
  second.text('45');
  second.finish();
  const { run } = sent.sendMessage;
  // What is written with the end of the run must not look like something that a stranger has done.
  const events = await subscribeSse(app.url, {
    query: 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }',
    variables: { id: run.id },
    token: owner.token,
  });
  while ((await events.nextEvent()).kind === 'next');
  const answer = await owner.client.request(`query ($id: ID!) { run(id: $id) { status message { parts { __typename ... on QueryResultPart { id } } } } }`, {
    id: run.id,
  });
  const part = answer.run.message.parts.find((candidate: { __typename: string }) => candidate.__typename === 'QueryResultPart');
  const belongings: Belongings = {
    Conversation: session.conversation.id,
    Message: run.message.id,
    Run: run.id,
    Session: session.id,
    File: session.fileId,
    QueryResultPart: part.id,
    User: owner.userId,
    ApiKey: await createApiKey(owner),
    Identity: await linkIdentity(app, owner),
    Login: (await owner.client.request('{ logins { edges { node { id } } } }')).logins.edges[0].node.id,
  };
  const nothing: Belongings = {
    Conversation: missing(belongings.Conversation),
    Message: missing(belongings.Message),
    Run: missing(belongings.Run),
    Session: missing(belongings.Session),
    File: missing(belongings.File),
    QueryResultPart: missing(belongings.QueryResultPart),
    User: missing(belongings.User),
    ApiKey: missing(belongings.ApiKey),
    Identity: missing(belongings.Identity),
    Login: missing(belongings.Login),
  };
  return { app, engine, owner, stranger, belongings, nothing };
}
