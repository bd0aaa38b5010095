import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoServers, type TestApp, type TestPerson, type TwoServers } from '../kit/app.ts';
import { letIn, openRoom, sendTo } from '../kit/rooms.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { overSocket, overSse, stored, until } from '../kit/streams.ts';
import { rowId } from '../kit/ids.ts';

const engine = createScriptedEngine();
const watch = `subscription ($id: ID!) { conversationEvents(conversationId: $id) {
  __typename seq
  ... on MessageAdded { message { text authorName author { displayName } } }
  ... on RunChanged { run { turn persona { handle } } status }
  ... on RoundEnded { turns reason }
  ... on ParticipantLeft { userId }
} }`;
const follow = 'subscription ($id: ID!) { runEvents(runId: $id) { __typename seq ... on TextDelta { text } } }';

let app: TestApp;
/** Another server on the same database. */
let other: TestApp;
let servers: TwoServers;
beforeAll(async () => {
  servers = await startTwoServers({ engines: [engine] });
  ({ app, other } = servers);
});
afterAll(() => servers[Symbol.asyncDispose]());

/** Brings a new persona of somebody into a conversation. Returns its id. */
async function bring(person: TestPerson, conversationId: string, handle: string): Promise<string> {
  const made = await person.client.request('mutation ($input: CreatePersonaInput!) { createPersona(input: $input) { persona { id } } }', {
    input: { name: handle.toUpperCase(), handle, systemPrompt: `The secret of ${handle}` },
  });
  const personaId = made.createPersona.persona.id;
  await person.client.request('mutation ($input: AddPersonaInput!) { addPersona(input: $input) { conversation { id } } }', {
    input: { conversationId, personaId },
  });
  return personaId;
}

const personasOf = async (person: TestPerson, id: string): Promise<readonly string[]> =>
  (await person.client.request('query ($id: ID!) { conversation(id: $id) { personas { handle } } }', { id })).conversation.personas.map(
    ({ handle }: any) => handle,
  );

describe('a conversation of three people and two personas on two servers', () => {
  it('K02 K03 brings each turn to everybody once and in order, and nothing more to somebody who is removed in its midst', async () => {
    const [ada, bob, cleo, stranger] = [await app.person(), await app.person(), await app.person(), await app.person()];
    const id = await openRoom(ada);
    await letIn(ada, id, 'EDITOR', bob, cleo);
    await bring(ada, id, 'owl');
    await bring(bob, id, 'fox');
    const streams = [await overSse(app, ada, watch, { id }), await overSocket(other, cleo, watch, { id })];
    const removed = [await overSse(other, bob, watch, { id }), await overSocket(app, bob, watch, { id })];
    for (const stream of [await overSse(other, stranger, watch, { id }), await overSocket(app, stranger, watch, { id })]) {
      expect(JSON.stringify(await stream.nextEvent())).toContain('NOT_FOUND');
      stream.close();
    }

    await sendTo(cleo, id, '@owl and @fox, what do you say?');
    const owl = await engine.nextCall();
    expect(owl.request.system).toContain('The secret of owl');
    owl.text('Wait.');
    owl.finish();
    const fox = await engine.nextCall();
    expect(fox.request.system).toContain('The secret of fox');
    expect(JSON.stringify(fox.request.messages)).toContain('[from OWL]\\nWait.');
    fox.text('Go');
    const isTurn = (turn: number) => (event: any) => event.__typename === 'RunChanged' && event.run?.turn === turn && event.status === 'RUNNING';
    const turns = await Promise.all([...streams, ...removed].map((stream) => until(stream, isTurn(2))));
    const runs = await ada.client.request('query ($id: ID!) { runs(conversationId: $id, first: 1) { edges { node { id } } } }', { id });
    const words = await overSocket(other, bob, follow, { id: runs.runs.edges[0].node.id });
    await until(words, ({ __typename }) => __typename === 'TextDelta');

    await ada.client.request('mutation ($id: ID!, $userId: ID!) { removeParticipant(input: { conversationId: $id, userId: $userId }) { removedUserId } }', {
      id,
      userId: bob.userId,
    });
    for (const stream of removed) {
      const rest = stored(await until(stream, () => false));
      expect(rest.slice(-2)).toEqual([expect.objectContaining({ __typename: 'ParticipantLeft', userId: bob.userId }), 'complete']);
    }
    expect(await until(words, () => false)).toEqual(['complete']);
    fox.text(' now.');
    fox.finish();
    const rests = await Promise.all(streams.map((stream) => until(stream, ({ __typename }) => __typename === 'RoundEnded')));
    for (const [index, rest] of rests.entries()) {
      const all = stored([...(turns[index] ?? []), ...rest]);
      expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: all.length }, (_, place) => place + 1));
      expect(all.at(-1)).toMatchObject({ turns: 2, reason: 'FINISHED' });
    }
    for (const stream of streams) stream.close();

    expect(await personasOf(cleo, id), 'what bob brought along has gone with him').toEqual(['owl']);
    const said = await cleo.client.request(
      'query ($id: ID!) { conversation(id: $id) { activePath(first: 10) { edges { node { text authorName author { displayName } } } } } }',
      { id },
    );
    expect(said.conversation.activePath.edges.map(({ node }: any) => [node.authorName ?? 'a person', node.text])).toEqual([
      ['a person', '@owl and @fox, what do you say?'],
      ['OWL', 'Wait.'],
      ['FOX', 'Go now.'],
    ]);
  });

  it('T02 keeps how a persona is told to answer from whoever has it answer: in traces, in exports and in the persona itself', async () => {
    const [ada, bob] = [await app.person(), await app.person()];
    const id = await openRoom(ada);
    await letIn(ada, id, 'EDITOR', bob);
    const personaId = await bring(ada, id, 'owl');
    const run = await sendTo(bob, id, 'Hello @owl');
    const call = await engine.nextCall();
    expect(call.request.system).toContain('The secret of owl');
    call.text('Hello');
    call.finish();
    const end = await overSse(app, bob, follow, { id: run.id });
    await until(end, ({ __typename }) => __typename === 'RunFinished');
    end.close();
    const { runTrace } = await bob.client.request('query ($id: ID!) { runTrace(runId: $id) { purpose input } }', { id: run.id });
    expect(runTrace.find(({ purpose }: any) => purpose === 'ANSWER').input).toMatchObject({ system: null, messages: [{ role: 'user' }] });
    const persona = await bob.client.request('query ($id: ID!) { persona(id: $id) { handle systemPrompt } }', { id: personaId });
    expect(persona.persona).toEqual({ handle: 'owl', systemPrompt: null });
    const taken = await bob.client.request('mutation ($id: ID!) { exportConversation(input: { conversationId: $id, format: JSON }) { link { url } } }', { id });
    const text = await (await fetch(new URL(taken.exportConversation.link.url, app.url))).text();
    expect(text).toContain('Hello @owl');
    expect(text, 'nor that it is somebody’s persona').not.toContain(rowId(personaId));
    expect(text).not.toContain('The secret of owl');
    const refused = await ada.client.ask('query ($id: ID!) { runTrace(runId: $id) { name } }', { id: run.id });
    expect(refused.body?.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });
});
