import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createBase, indexDocument } from '../kit/knowledge.ts';
import { openRoom } from '../kit/rooms.ts';
import { createScriptedEngine, type EngineCall } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';

const engine = createScriptedEngine();
let app: TestApp;
let ada: TestPerson;
let baseId: string;
beforeAll(async () => {
  app = await startTestApp({ overrides: { engines: [engine] } });
  ada = await app.person();
  baseId = await createBase(ada);
  await indexDocument(app, ada, baseId, 'returns.md', '# Returns\n\nGoods may be returned within thirty days.');
  await indexDocument(app, ada, baseId, 'shipping.md', '# Shipping\n\nParcels to islands take twelve days.');
  await ada.client.request('mutation { createPersona(input: { name: "Clerk", handle: "clerk", mayAsk: true }) { persona { id } } }');
});
afterAll(() => app[Symbol.asyncDispose]());

const respond = 'mutation ($id: ID!) { respondToRun(input: { runId: $id, answer: "Both" }) { run { id } } }';
const watch = `subscription ($id: ID!, $after: Int) { runEvents(runId: $id, after: $after) { __typename seq ... on CitationReady { part { number documentName } }
  ... on RunFinished { run { message { parts { __typename ... on TextPart { text } ... on CitationPart { number documentName } } } } } } }`;

/** Events of a run from one on, up to one that is wanted. */
async function eventsOf(url: string, runId: string, after: number, isLast: (event: any) => boolean): Promise<readonly any[]> {
  const stream = await subscribeSse(url, { query: watch, variables: { id: runId, after }, token: ada.token });
  const told: any[] = [];
  for (;;) {
    const event: any = await stream.nextEvent();
    if (event.kind !== 'next') throw new Error(`the stream ended early: ${JSON.stringify(told)}`);
    told.push(event.result.data.runEvents);
    if (!isLast(told.at(-1))) continue;
    stream.close();
    return told;
  }
}

/** The numbers of the documents that a search gave. */
function shownIn({ request }: EngineCall): Readonly<Record<string, number>> {
  const last = request.messages.at(-1);
  const { results } = JSON.parse(last?.role === 'tool' ? last.content : '{}');
  return Object.fromEntries(results.map(({ document, number }: any) => [document, number]));
}

/** A run that has searched, said something and asks; gives its id and the number of its last event. */
async function beginAndAsk(): Promise<{ readonly runId: string; readonly seq: number; readonly conversationId: string }> {
  const conversationId = await openRoom(ada);
  const { personas } = await ada.client.request('{ personas(first: 1) { edges { node { id } } } }');
  await ada.client.request(
    `mutation ($id: ID!, $personaId: ID!, $baseId: ID!) {
      addPersona(input: { conversationId: $id, personaId: $personaId }) { conversation { id } }
      attachKnowledge(input: { conversationId: $id, knowledgeBaseIds: [$baseId] }) { conversation { id } }
    }`,
    { id: conversationId, personaId: personas.edges[0].node.id, baseId },
  );
  const { sendMessage } = await ada.client.request(
    'mutation ($id: ID!) { sendMessage(input: { conversationId: $id, text: "@clerk How long?" }) { run { id } } }',
    {
      id: conversationId,
    },
  );
  const first = await engine.nextCall();
  first.toolCall('call-1', 'search_knowledge', { query: 'returned' });
  first.finish('TOOL_CALLS');
  const second = await engine.nextCall();
  expect(shownIn(second)).toEqual({ 'returns.md': 1 });
  second.text('Returns take thirty days [1]. ');
  second.toolCall('call-2', 'ask_person', { question: 'And what else?' });
  second.finish('TOOL_CALLS');
  const told = await eventsOf(app.url, sendMessage.run.id, 0, ({ __typename }) => __typename === 'InputRequested');
  return { runId: sendMessage.run.id, seq: told.at(-1).seq, conversationId };
}

const citationsIn = (told: readonly any[]) =>
  told.filter(({ __typename }) => __typename === 'CitationReady').map(({ part }) => [part.number, part.documentName]);

/** Searches for something else, cites both, and gives what was told. */
async function goOn(url: string, runId: string, seq: number): Promise<readonly any[]> {
  const third = await engine.nextCall();
  third.toolCall('call-3', 'search_knowledge', { query: 'islands' });
  third.finish('TOOL_CALLS');
  const fourth = await engine.nextCall();
  expect(shownIn(fourth), 'no number is given a second time').toEqual({ 'shipping.md': 2 });
  fourth.text('As I said [1]; islands take twelve [2].');
  fourth.finish();
  return eventsOf(url, runId, seq, ({ __typename }) => __typename === 'RunFinished');
}

const whole = [
  { __typename: 'CitationPart', number: 1, documentName: 'returns.md' },
  { __typename: 'CitationPart', number: 2, documentName: 'shipping.md' },
];

describe('N06 citations of a run that waits for a person', () => {
  it('keep their numbers while it waits, each once', async () => {
    const { runId, seq } = await beginAndAsk();
    await ada.client.request(respond, { id: runId });
    const told = await goOn(app.url, runId, seq);
    expect(citationsIn(told)).toEqual([[2, 'shipping.md']]);
    expect(told.at(-1).run.message.parts.filter(({ __typename }: any) => __typename === 'CitationPart')).toEqual(whole);
  });

  it('are gathered of what was shown before alone, also when the base was detached meanwhile', async () => {
    const { runId, seq, conversationId } = await beginAndAsk();
    await ada.client.request(
      'mutation ($id: ID!, $baseId: ID!) { detachKnowledge(input: { conversationId: $id, knowledgeBaseIds: [$baseId] }) { conversation { id } } }',
      {
        id: conversationId,
        baseId,
      },
    );
    await ada.client.request(respond, { id: runId });
    const third = await engine.nextCall();
    expect(third.request.system).toContain('were detached');
    third.toolCall('call-3', 'search_knowledge', { query: 'islands' });
    third.finish('TOOL_CALLS');
    const fourth = await engine.nextCall();
    expect(fourth.request.messages.at(-1)).toMatchObject({ content: expect.stringContaining('no knowledge base any more'), isError: true });
    fourth.text('Thirty days [1], and nothing else [2].');
    fourth.finish();
    const told = await eventsOf(app.url, runId, seq, ({ __typename }) => __typename === 'RunFinished');
    expect(told.at(-1).run.message.parts.filter(({ __typename }: any) => __typename === 'CitationPart')).toEqual([whole[0]]);
  });

  it('keep their numbers when another server goes on', async () => {
    const { runId, seq } = await beginAndAsk();
    await app.stop();
    await using other = await startTestApp({
      environment: { DATABASE_URL: app.connectionString, DATA_FOLDER: app.dataFolder },
      overrides: { engines: [engine] },
    });
    const answered = await fetch(`${other.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` },
      body: JSON.stringify({ query: respond, variables: { id: runId } }),
    });
    expect(answered.status).toBe(200);
    const told = await goOn(other.url, runId, seq);
    expect(told.at(-1).run.message.parts.filter(({ __typename }: any) => __typename === 'CitationPart')).toEqual(whole);
  });
});
