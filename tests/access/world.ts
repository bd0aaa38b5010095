import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { attach } from '../kit/attachments.ts';
import { mp3, startFakeMedia } from '../kit/fake-media.ts';
import { mediaEnvironment } from '../kit/media-app.ts';
import { importFile } from '../kit/imports.ts';
import { createBase, indexDocument } from '../kit/knowledge.ts';
import { addPersona, attachBase, createTemplate, saveWorkspaceKey, shareAll } from './shared-things.ts';
import { png } from '../kit/pictures.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { eventually } from '../kit/eventually.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { rowId } from '../kit/ids.ts';

/** The global ids of everything that one person has. */
export interface Belongings {
  readonly Conversation: string;
  readonly Message: string;
  readonly Question: string;
  /** Of a conversation in which nothing is under way. */
  readonly CopiedMessage: string;
  readonly Run: string;
  readonly Session: string;
  readonly File: string;
  readonly DerivedTable: string;
  readonly Export: string;
  readonly Upload: string;
  readonly Import: string;
  readonly QueryResultPart: string;
  readonly PlotPart: string;
  readonly ReasoningPart: string;
  readonly ToolCallPart: string;
  readonly Attachment: string;
  readonly ImagePart: string;
  readonly FilePart: string;
  readonly AudioPart: string;
  /** An attachment. */
  readonly Recording: string;
  readonly Speech: string;
  readonly VerifiedQuery: string;
  readonly User: string;
  readonly ShareLink: string;
  readonly Invitation: string;
  readonly ApiKey: string;
  readonly Identity: string;
  readonly ProviderKey: string;
  readonly Workspace: string;
  readonly WorkspaceProviderKey: string;
  readonly Login: string;
  readonly PlannerSettings: string;
  readonly Goal: string;
  readonly WeeklyPlan: string;
  readonly DailyPlan: string;
  readonly PlanItem: string;
  /** Another item of the same day. */
  readonly OtherPlanItem: string;
  readonly Recurrence: string;
  readonly CalendarFeed: string;
  /** About the goal. */
  readonly PlanningConversation: string;
  readonly PlanProposal: string;
  readonly PlanProposalPart: string;
  readonly OtherPlanProposal: string;
  /** Takes part in the conversation. */
  readonly Persona: string;
  readonly PromptTemplate: string;
  readonly McpServer: string;
  /** Asks something, in a conversation of its own. */
  readonly WaitingRun: string;
  readonly KnowledgeBase: string;
  readonly Document: string;
  readonly CitationPart: string;
  /** With which the persona, the prompt template and the knowledge base are shared. */
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

/** Uploads a small CSV and returns the global ids of the file and of its upload. */
async function upload(
  app: TestApp,
  person: TestPerson,
  name = 'ages.csv',
  text = 'name,age\nada,36\ngrace,45\n',
): Promise<{ readonly fileId: string; readonly uploadId: string }> {
  const form = new FormData();
  form.append('file', new Blob([text]), name);
  const response = await fetch(`${app.url}/uploads`, { method: 'POST', headers: { authorization: `Bearer ${person.token}` }, body: form });
  const answer: any = await response.json();
  if (response.status !== 201) throw new Error(JSON.stringify(answer));
  return { fileId: answer.files[0].id, uploadId: answer.uploadId };
}

/** Uploads a CSV and makes a session of it. */
export async function createSession(
  app: TestApp,
  person: TestPerson,
  name?: string,
  text?: string,
): Promise<{ readonly id: string; readonly fileId: string; readonly uploadId: string; readonly conversation: { readonly id: string } }> {
  const { fileId, uploadId } = await upload(app, person, name, text);
  const document = 'mutation ($input: CreateSessionInput!) { createSession(input: $input) { session { id conversation { id } } } }';
  const answer = await person.client.request(document, { input: { fileIds: [fileId] } });
  return { ...answer.createSession.session, fileId, uploadId };
}

async function shareConversation(person: TestPerson, conversationId: string): Promise<string> {
  const document = 'mutation ($input: ShareConversationInput!) { shareConversation(input: $input) { shareLink { id } } }';
  return (await person.client.request(document, { input: { conversationId } })).shareConversation.shareLink.id;
}

async function invite(person: TestPerson, conversationId: string): Promise<string> {
  const document = 'mutation ($input: InviteToConversationInput!) { inviteToConversation(input: $input) { invitation { id } } }';
  return (await person.client.request(document, { input: { conversationId, email: 'invited@example.org' } })).inviteToConversation.invitation.id;
}

async function speak(person: TestPerson): Promise<string> {
  const document = 'mutation { synthesizeSpeech(input: { text: "Hello" }) { speech { id } } }';
  return (await person.client.request(document)).synthesizeSpeech.speech.id;
}

async function createApiKey(person: TestPerson): Promise<string> {
  const document = 'mutation { createApiKey(input: { name: "a program", scopes: ["read"] }) { apiKey { id } } }';
  return (await person.client.request(document)).createApiKey.apiKey.id;
}

async function saveProviderKey(person: TestPerson): Promise<string> {
  const document = 'mutation { saveProviderKey(input: { kind: ANTHROPIC, apiKey: "keyOfTheTests0123456789" }) { providerKey { id } } }';
  return (await person.client.request(document)).saveProviderKey.providerKey.id;
}

async function saveVerifiedQuery(person: TestPerson, sessionId: string): Promise<string> {
  const document = 'mutation ($input: SaveVerifiedQueryInput!) { saveVerifiedQuery(input: $input) { verifiedQuery { id } } }';
  const input = { sessionId, question: 'How old are they?', sql: 'SELECT age FROM ages' };
  return (await person.client.request(document, { input })).saveVerifiedQuery.verifiedQuery.id;
}

/** Links an identity without an identity provider, and returns its global id. */
async function linkIdentity(app: TestApp, person: TestPerson): Promise<string> {
  const id = randomUUID();
  const userId = rowId(person.userId);
  await runSql(
    app.connectionString,
    `INSERT INTO identities (id, user_id, issuer, subject, created_at) VALUES ('${id}', '${userId}', 'https://id.example.org', 'owner', now())`,
  );
  return Buffer.from(`Identity:${id}`).toString('base64');
}

/** Forks a conversation, and returns the first message of the fork. */
async function forkAt(person: TestPerson, messageId: string): Promise<string> {
  const document = `mutation ($id: ID!) {
    forkConversation(input: { messageId: $id }) { conversation { activePath(first: 1) { edges { node { id } } } } }
  }`;
  return (await person.client.request(document, { id: messageId })).forkConversation.conversation.activePath.edges[0].node.id;
}

/** Plans a week, with a day and two items in it that bring a goal closer. */
async function plan(
  person: TestPerson,
): Promise<Pick<Belongings, 'PlannerSettings' | 'Goal' | 'WeeklyPlan' | 'DailyPlan' | 'PlanItem' | 'OtherPlanItem' | 'Recurrence' | 'CalendarFeed'>> {
  const made = await person.client.request(`mutation {
    updatePlannerSettings(input: { timeZone: "Europe/Berlin" }) { plannerSettings { id } }
    createGoal(input: { title: "Speak Italian" }) { goal { id } }
    saveWeeklyPlan(input: { date: "2026-11-25", summary: "Verbs" }) { weeklyPlan { id } }
  }`);
  const goalId = made.createGoal.goal.id;
  const items = await person.client.request(
    `mutation ($goalId: ID!) {
      one: createPlanItem(input: { title: "Learn ten verbs", date: "2026-11-25", goalId: $goalId }) { planItem { id dailyPlan { id } } }
      other: createPlanItem(input: { title: "Repeat them", date: "2026-11-25", goalId: $goalId }) { planItem { id } }
      repeated: createPlanItem(input: { title: "Listen", date: "2026-11-25", recurrence: { rule: "FREQ=YEARLY" } }) { planItem { recurrence { id } } }
      createCalendarFeed(input: { name: "Phone" }) { calendarFeed { id } }
    }`,
    { goalId },
  );
  return {
    PlannerSettings: made.updatePlannerSettings.plannerSettings.id,
    Goal: goalId,
    WeeklyPlan: made.saveWeeklyPlan.weeklyPlan.id,
    DailyPlan: items.one.planItem.dailyPlan.id,
    PlanItem: items.one.planItem.id,
    OtherPlanItem: items.other.planItem.id,
    Recurrence: items.repeated.planItem.recurrence.id,
    CalendarFeed: items.createCalendarFeed.calendarFeed.id,
  };
}

/** Has an assistant propose something twice in a conversation about a goal. */
async function proposals(
  app: TestApp,
  engine: ScriptedEngine,
  person: TestPerson,
  goalId: string,
): Promise<Pick<Belongings, 'PlanningConversation' | 'PlanProposal' | 'PlanProposalPart' | 'OtherPlanProposal'>> {
  const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id conversation { id } } } }';
  const { run } = (await person.client.request(send, { input: { contextId: goalId, text: 'And next?' } })).sendMessage;
  const asked = await engine.nextCall();
  for (const title of ['Read a book', 'Watch a film']) {
    asked.toolCall(title, 'propose_changes', { summary: title, operations: [{ kind: 'ADD_ITEM', title, reason: 'It helps.' }] });
  }
  asked.finish('TOOL_CALLS');
  (await engine.nextCall()).finish();
  const events = await subscribeSse(app.url, {
    query: 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }',
    variables: { id: run.id },
    token: person.token,
  });
  while ((await events.nextEvent()).kind === 'next');
  const { run: ended } = await person.client.request(
    'query ($id: ID!) { run(id: $id) { message { parts { ... on PlanProposalPart { id proposal { id } } } } } }',
    { id: run.id },
  );
  const [one, other] = ended.message.parts.filter(({ proposal }: any) => proposal !== undefined);
  return { PlanningConversation: run.conversation.id, PlanProposal: one.proposal.id, PlanProposalPart: one.id, OtherPlanProposal: other.proposal.id };
}

/** Has a persona ask its person something. */
async function askInRun(app: TestApp, engine: ScriptedEngine, person: TestPerson): Promise<string> {
  const made = await person.client.request(`mutation {
    createConversation(input: {}) { conversation { id } }
    createPersona(input: { name: "Eve", handle: "eve", mayAsk: true }) { persona { id } }
  }`);
  const conversationId = made.createConversation.conversation.id;
  const personaId = made.createPersona.persona.id;
  const sent = await person.client.request(
    `mutation ($add: AddPersonaInput!, $send: SendMessageInput!) {
      addPersona(input: $add) { conversation { id } }
      sendMessage(input: $send) { run { id } }
    }`,
    { add: { conversationId, personaId }, send: { conversationId, text: 'Ask me' } },
  );
  const { id } = sent.sendMessage.run;
  const call = await engine.nextCall();
  call.toolCall('call-1', 'ask_person', { question: 'Shall I?' });
  call.finish('TOOL_CALLS');
  const events = await subscribeSse(app.url, {
    query: 'subscription ($id: ID!) { runEvents(runId: $id) { __typename } }',
    variables: { id },
    token: person.token,
  });
  for (let event = await events.nextEvent(); event.kind === 'next'; event = await events.nextEvent()) {
    if (event.result.data.runEvents.__typename === 'InputRequested') break;
  }
  events.close();
  return id;
}

/** Connects a command that there is not: what it offers is looked at elsewhere. */
async function connectServer(person: TestPerson): Promise<string> {
  const document = 'mutation { saveMcpServer(input: { name: "none", transport: STDIO, command: "none" }) { mcpServer { id } } }';
  return (await person.client.request(document)).saveMcpServer.mcpServer.id;
}

/** Opens the world. */
export async function openWorld(): Promise<World> {
  const engine = createScriptedEngine({ hasVision: true });
  const media = await startFakeMedia();
  const liveRooms = { LIVEKIT_URL: 'wss://live.example.org', LIVEKIT_API_KEY: 'APItests', LIVEKIT_API_SECRET: 'secretOfTheTests0123456789abcdefghijk' };
  // No tool to draw with: what models are given is looked at elsewhere.
  const started = await startTestApp({
    environment: { ...mediaEnvironment(media), IMAGE_MODEL: '', ...liveRooms, MCP_STDIO_SERVERS: '[{"name":"none","command":"/nothing"}]' },
    overrides: { engines: [engine] },
  });
  const app: TestApp = {
    ...started,
    [Symbol.asyncDispose]: async () => void (await Promise.all([started[Symbol.asyncDispose](), media[Symbol.asyncDispose]()])),
  };
  const [owner, stranger] = [await app.person(), await app.person()];
  const session = await createSession(app, owner);
  const baseId = await createBase(owner);
  const { id: documentId } = await indexDocument(app, owner, baseId, 'rules.txt', 'The oldest of all ages wins.');
  await attachBase(owner, session.conversation.id, baseId);
  const attachmentIds = await attach(app, owner, ['grey.png', png(2, 2)], ['notes.md', '# Notes'], ['memo.mp3', mp3()]);
  const sent = await owner.client.request(`mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id message { id } question { id } } } }`, {
    input: { conversationId: session.conversation.id, text: 'How old?', attachmentIds },
  });
  const first = await engine.nextCall();
  first.reasoning('Let me look.');
  first.toolCall('call-1', 'run_sql', { sql: 'SELECT max(age) AS oldest FROM ages', title: 'The oldest' });
  first.toolCall('call-2', 'create_plot', {
    title: 'Ages',
    sql: 'SELECT name, age FROM ages',
    spec: { mark: 'bar', encoding: { y: { field: 'name' }, x: { field: 'age', type: 'quantitative' } } },
  });
  first.toolCall('call-3', 'search_knowledge', { query: 'oldest' });
  first.finish('TOOL_CALLS');
  const second = await engine.nextCall();
  second.text('45 [1]');
  second.finish();
  const { run } = sent.sendMessage;
  // What is written with the end of the run must not look like something that a stranger has done.
  const events = await subscribeSse(app.url, {
    query: 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }',
    variables: { id: run.id },
    token: owner.token,
  });
  while ((await events.nextEvent()).kind === 'next');
  const answer = await owner.client.request(
    `query ($id: ID!) { run(id: $id) { status message { parts { __typename ... on QueryResultPart { id } ... on PlotPart { id } ... on ReasoningPart { id } ... on ToolCallPart { id } ... on CitationPart { id } } } } }`,
    {
      id: run.id,
    },
  );
  const question = await owner.client.request(
    'query ($id: ID!) { conversation(id: $id) { messages(first: 1) { edges { node { parts { ... on ImagePart { id } ... on FilePart { id } ... on AudioPart { id } } } } } } }',
    { id: session.conversation.id },
  );
  const [, picture, file, sound] = question.conversation.messages.edges[0].node.parts;
  const partOf = (kind: string) => answer.run.message.parts.find((candidate: { __typename: string }) => candidate.__typename === kind).id;
  const derived = await owner.client.request(
    `mutation ($id: ID!) {
      createTable(input: { sessionId: $id, name: "oldest", sql: "SELECT max(age) AS age FROM ages" }) { table { id } }
      exportQuery(input: { sessionId: $id, sql: "SELECT * FROM oldest", format: CSV }) { export { id } }
    }`,
    { id: session.id },
  );
  const planned = await plan(owner);
  const shared = { Persona: await addPersona(owner, session.conversation.id), PromptTemplate: await createTemplate(owner), KnowledgeBase: baseId };
  const workspaceId = await shareAll(app, owner, shared);
  const belongings: Belongings = {
    Conversation: session.conversation.id,
    Message: run.message.id,
    Question: run.question.id,
    CopiedMessage: await forkAt(owner, run.message.id),
    Run: run.id,
    Session: session.id,
    File: session.fileId,
    DerivedTable: derived.createTable.table.id,
    Export: derived.exportQuery.export.id,
    QueryResultPart: partOf('QueryResultPart'),
    PlotPart: partOf('PlotPart'),
    ReasoningPart: partOf('ReasoningPart'),
    ToolCallPart: partOf('ToolCallPart'),
    CitationPart: partOf('CitationPart'),
    Document: documentId,
    Upload: session.uploadId,
    Import: (await importFile(app, owner, [])).id,
    Attachment: attachmentIds[0] ?? '',
    ImagePart: picture.id,
    FilePart: file.id,
    AudioPart: sound.id,
    Recording: attachmentIds[2] ?? '',
    Speech: await speak(owner),
    VerifiedQuery: await saveVerifiedQuery(owner, session.id),
    User: owner.userId,
    ShareLink: await shareConversation(owner, session.conversation.id),
    Invitation: await invite(owner, session.conversation.id),
    ApiKey: await createApiKey(owner),
    Identity: await linkIdentity(app, owner),
    ProviderKey: await saveProviderKey(owner),
    WorkspaceProviderKey: await saveWorkspaceKey(owner, workspaceId),
    McpServer: await connectServer(owner),
    WaitingRun: await askInRun(app, engine, owner),
    ...shared,
    Workspace: workspaceId,
    ...planned,
    ...(await proposals(app, engine, owner, planned.Goal)),
    Login: (await owner.client.request('{ logins { edges { node { id } } } }')).logins.edges[0].node.id,
  };
  // Nor must what is still under way: the speech, and the titles of conversations.
  const underWay = `SELECT id FROM speeches WHERE status = 'RUNNING'
    UNION ALL SELECT id FROM conversations WHERE title IS NULL AND id IN (SELECT conversation_id FROM runs)`;
  await eventually(async () => expect(await runSql(app.connectionString, underWay)).toEqual([]));
  const nothing = Object.fromEntries(Object.entries(belongings).map(([kind, id]) => [kind, missing(id)])) as unknown as Belongings;
  return { app, engine, owner, stranger, belongings, nothing };
}
