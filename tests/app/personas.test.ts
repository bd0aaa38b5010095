import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';

let app: TestApp;
let engine: ScriptedEngine;
let person: TestPerson;
beforeAll(async () => {
  engine = createScriptedEngine();
  app = await startTestApp({ overrides: { engines: [engine] } });
  person = await app.person();
});
afterAll(() => app[Symbol.asyncDispose]());

const createPersona = 'mutation ($input: CreatePersonaInput!) { createPersona(input: $input) { persona { id } } }';
const addPersona = 'mutation ($input: AddPersonaInput!) { addPersona(input: $input) { conversation { id } } }';
const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id turn persona { handle } } } }';
const respond = 'mutation ($input: RespondToRunInput!) { respondToRun(input: $input) { run { id status } } }';
const conversationEvents = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename seq
  ... on RunChanged { status } ... on RoundEnded { turns reason code } ... on MessageAdded { message { authorName } } } }`;
const runEvents = `subscription ($id: ID!, $after: Int) { runEvents(runId: $id, after: $after) { __typename seq
  ... on TextDelta { text } ... on InputRequested { kind text choices toolName } ... on InputGiven { answer isApproved } } }`;

/** A conversation with personas. */
async function room(handles: readonly string[], more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const made = await person.client.request('mutation { createConversation(input: { title: "A room" }) { conversation { id } } }');
  const conversationId = made.createConversation.conversation.id;
  for (const handle of handles) {
    const answer = await person.client.request(createPersona, { input: { name: handle.toUpperCase(), handle, ...more } });
    await person.client.request(addPersona, { input: { conversationId, personaId: answer.createPersona.persona.id } });
  }
  return conversationId;
}

/** The events of a subscription over both transports, each up to one that is wanted. */
async function overBoth(query: string, variables: Readonly<Record<string, unknown>>, isLast: (event: any) => boolean) {
  const sse = await subscribeSse(app.url, { query, variables, token: person.token });
  const socket = await openSocket(app.url, { token: person.token });
  const subscription = socket.subscribe(query, variables);
  const follow = async (next: () => Promise<any>): Promise<readonly any[]> => {
    const seen: any[] = [];
    for (;;) {
      const event = await next();
      if (event.kind !== 'next') throw new Error(`the stream ended early: ${JSON.stringify(event)}`);
      const [fact] = Object.values(event.result.data);
      seen.push(fact);
      if (isLast(fact)) return seen;
    }
  };
  const both = Promise.all([follow(sse.nextEvent), follow(subscription.nextEvent)]);
  return {
    both,
    close: () => {
      sse.close();
      socket.close();
    },
  };
}

describe('a round of personas over SSE and WebSocket', () => {
  it('is told of alike, turn by turn, to its end', async () => {
    const conversationId = await room(['ada', 'bob']);
    const following = await overBoth(conversationEvents, { id: conversationId }, ({ __typename }) => __typename === 'RoundEnded');
    const { run } = (await person.client.request(send, { input: { conversationId, text: '@bob, then @ada' } })).sendMessage;
    expect(run).toMatchObject({ turn: 1, persona: { handle: 'bob' } });
    for (const text of ['One.', 'Two.']) {
      const call = await engine.nextCall();
      call.text(text);
      call.finish();
    }
    const [overSse, overSocket] = await following.both;
    following.close();
    expect(overSocket).toEqual(overSse);
    expect(overSse.map(({ seq }) => seq)).toEqual(overSse.map((_event, place) => place + 1));
    expect(overSse.flatMap(({ message }) => (message?.authorName == null ? [] : [message.authorName]))).toEqual(['BOB', 'ADA']);
    expect(overSse.at(-1)).toMatchObject({ turns: 2, reason: 'FINISHED', code: null });
    const path = await person.client.request(
      `query ($id: ID!) { conversation(id: $id) { activePath { edges { node { text author { __typename displayName } } } } } }`,
      { id: conversationId },
    );
    expect(path.conversation.activePath.edges.map(({ node }: any) => [node.author.__typename, node.author.displayName, node.text]).slice(1)).toEqual([
      ['Persona', 'BOB', 'One.'],
      ['Persona', 'ADA', 'Two.'],
    ]);
  });
});

describe('a run that asks over SSE and WebSocket', () => {
  it('keeps both streams open over the pause, and tells a client that comes back the rest', async () => {
    const conversationId = await room(['eve'], { mayAsk: true });
    const { run } = (await person.client.request(send, { input: { conversationId, text: 'Ask me' } })).sendMessage;
    const following = await overBoth(runEvents, { id: run.id }, ({ __typename }) => __typename === 'RunFinished');
    const asking = await overBoth(runEvents, { id: run.id }, ({ __typename }) => __typename === 'InputRequested');
    const call = await engine.nextCall();
    call.toolCall('call-1', 'ask_person', { question: 'Which one?', choices: ['a', 'b'] });
    call.finish('TOOL_CALLS');
    const [asked] = await asking.both;
    asking.close();
    expect(asked.at(-1)).toMatchObject({ kind: 'QUESTION', text: 'Which one?', choices: ['a', 'b'], toolName: 'ask_person' });
    const waiting = await person.client.request('query ($id: ID!) { run(id: $id) { status inputRequest { kind text choices arguments expiresAt } } }', {
      id: run.id,
    });
    expect(waiting.run).toMatchObject({ status: 'AWAITING_INPUT', inputRequest: { kind: 'QUESTION', text: 'Which one?', choices: ['a', 'b'] } });
    expect((await person.client.request(respond, { input: { runId: run.id, answer: 'b' } })).respondToRun.run.status).toBe('RUNNING');
    const next = await engine.nextCall();
    next.text('So b.');
    next.finish();
    const [overSse, overSocket] = await following.both;
    following.close();
    expect(overSocket).toEqual(overSse);
    const types = overSse.map(({ __typename }) => __typename);
    expect(types).toEqual(['RunStarted', 'ToolCallStarted', 'InputRequested', 'InputGiven', 'TextDelta', 'UsageReported', 'RunFinished']);
    const rest = await overBoth(runEvents, { id: run.id, after: asked.at(-1).seq }, ({ __typename }) => __typename === 'RunFinished');
    expect((await rest.both)[0]).toEqual(overSse.slice(3));
    rest.close();
    const [error] = await person.client.expectErrors(respond, { input: { runId: run.id, answer: 'b' } });
    expect(error?.extensions.code).toBe('CONFLICT');
  });

  it('ends the waiting of "ask", which gives the run as it is', async () => {
    const conversationId = await room(['joe'], { mayAsk: true });
    const ask = 'mutation ($input: AskInput!) { ask(input: $input) { run { id status inputRequest { text } } } }';
    const answering = person.client.request(ask, { input: { conversationId, text: 'Ask me' } });
    const call = await engine.nextCall();
    call.toolCall('call-1', 'ask_person', { question: 'Well?' });
    call.finish('TOOL_CALLS');
    const { run } = (await answering).ask;
    expect(run).toMatchObject({ status: 'AWAITING_INPUT', inputRequest: { text: 'Well?' } });
    const stop = 'mutation ($id: ID!) { stopRun(input: { runId: $id }) { run { status inputRequest { text } } } }';
    expect((await person.client.request(stop, { id: run.id })).stopRun.run).toEqual({ status: 'STOPPED', inputRequest: null });
  });
});
