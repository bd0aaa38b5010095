import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoServers, type TestApp, type TwoServers } from '../kit/app.ts';
import { eventually } from '../kit/eventually.ts';
import { acceptByToken, letIn, linkTo, openRoom, sendTo } from '../kit/rooms.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { overSocket, overSse, stored, until } from '../kit/streams.ts';

const engine = createScriptedEngine();
const watch = `subscription ($id: ID!, $after: Int) { conversationEvents(conversationId: $id, after: $after) {
  __typename seq
  ... on MessageAdded { message { text author { displayName } } }
  ... on ParticipantJoined { userId role }
  ... on ParticipantLeft { userId wasRemoved }
  ... on ParticipantRoleChanged { userId role }
  ... on TypingChanged { userId until }
  ... on PresenceChanged { userId isPresent }
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

/** Answers what is asked next. */
async function answerWith(text: string): Promise<void> {
  const call = await engine.nextCall();
  call.text(text);
  call.finish();
}

describe('a conversation of three people on two servers', () => {
  it('K02 brings every event once and in order to each of them, over SSE and WebSocket, and none to a stranger', async () => {
    const [ada, bob, cleo, stranger] = [await app.person(), await app.person(), await app.person(), await app.person()];
    const id = await openRoom(ada);
    await letIn(ada, id, 'EDITOR', bob);
    await letIn(ada, id, 'READER', cleo);
    const streams = [await overSse(app, ada, watch, { id }), await overSocket(other, bob, watch, { id }), await overSse(other, cleo, watch, { id })];
    const refused = [await overSse(app, stranger, watch, { id }), await overSocket(other, stranger, watch, { id })];
    for (const stream of refused) expect(JSON.stringify(await stream.nextEvent())).toContain('NOT_FOUND');
    for (const [person, text] of [
      [ada, 'Hello all'],
      [bob, 'Hello Ada'],
      [ada, 'Shall we?'],
    ] as const) {
      await sendTo(person, id, text, { ifBusy: 'ENQUEUE' });
      await answerWith(`to ${text}`);
    }
    const { conversation } = await eventually(async () => {
      const answer = await ada.client.request(
        'query ($id: ID!) { conversation(id: $id) { lastEventSeq } runs(conversationId: $id, status: COMPLETED) { edges { node { id } } } }',
        { id },
      );
      expect(answer.runs.edges).toHaveLength(3);
      return answer;
    });
    const last = conversation.lastEventSeq;
    const seen = await Promise.all(streams.map(async (stream) => stored(await until(stream, ({ seq }) => seq === last))));
    expect(seen[0]?.map(({ seq }) => seq)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect(seen[0]?.map(({ __typename }) => __typename).filter((type) => type.startsWith('Participant'))).toEqual(['ParticipantJoined', 'ParticipantJoined']);
    expect(seen[0]?.filter(({ message }) => message?.author != null).map(({ message }) => message.text)).toEqual(['Hello all', 'Hello Ada', 'Shall we?']);
    // What a message says when it is told of depends on how far its answer is by then.
    const bare = (events: any[] | undefined) => events?.map(({ seq, __typename }) => ({ seq, __typename }));
    expect(bare(seen[1])).toEqual(bare(seen[0]));
    expect(bare(seen[2])).toEqual(bare(seen[0]));
    for (const stream of streams) stream.close();
  });

  it('K03 ends the streams of somebody who is removed in their midst, on each server and transport, with nothing of what follows in them', async () => {
    const [ada, bob, cleo] = [await app.person(), await app.person(), await app.person()];
    const id = await openRoom(ada);
    await letIn(ada, id, 'EDITOR', bob, cleo);
    const run = await sendTo(ada, id, 'Tell us a story');
    const call = await engine.nextCall();
    call.text('Once upon a time');
    const events = [await overSse(app, bob, watch, { id }), await overSocket(other, bob, watch, { id })];
    const words = [await overSse(other, bob, follow, { id: run.id }), await overSocket(app, bob, follow, { id: run.id })];
    const staying = await overSse(app, cleo, follow, { id: run.id });
    for (const stream of [...words, staying]) await until(stream, ({ __typename }) => __typename === 'TextDelta');
    for (const stream of events) await until(stream, ({ __typename }) => __typename === 'RunChanged');
    await ada.client.request('mutation ($id: ID!, $userId: ID!) { removeParticipant(input: { conversationId: $id, userId: $userId }) { removedUserId } }', {
      id,
      userId: bob.userId,
    });
    for (const stream of events) {
      const rest = stored(await until(stream, () => false));
      expect(rest.slice(-2)).toEqual([expect.objectContaining({ __typename: 'ParticipantLeft', userId: bob.userId, wasRemoved: true }), 'complete']);
    }
    for (const stream of words) expect(await until(stream, () => false)).toEqual(['complete']);
    call.text(' there was a secret.');
    call.finish();
    expect(JSON.stringify(await until(staying, ({ __typename }) => __typename === 'RunFinished'))).toContain('secret');
    // A stream that is opened again answers as to a stranger.
    for (const [query, what] of [
      [watch, id],
      [follow, run.id],
    ] as const) {
      expect(JSON.stringify(await (await overSse(app, bob, query, { id: what })).nextEvent())).toContain('NOT_FOUND');
    }
    expect((await bob.client.ask('query ($id: ID!) { conversation(id: $id) { id } }', { id })).body?.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    staying.close();
  });

  it('K03 ends the streams of whoever leaves, stops what they asked for, and shows their names above what they said', async () => {
    const [ada, bob] = [await app.person(), await app.person()];
    await bob.client.request('mutation { updateProfile(input: { fullName: "Bob Baker" }) { user { id } } }');
    const id = await openRoom(ada);
    await letIn(ada, id, 'EDITOR', bob);
    const run = await sendTo(bob, id, 'A long answer, please');
    const call = await engine.nextCall();
    call.text('Well');
    const stream = await overSocket(other, bob, watch, { id });
    await until(stream, ({ __typename }) => __typename === 'RunChanged');
    await bob.client.request('mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { leftConversationId } }', { id });
    await call.aborted;
    expect((await until(stream, () => false)).at(-1)).toBe('complete');
    const seen = await eventually(async () => {
      const answer = await ada.client.request(
        'query ($id: ID!) { run(id: $id) { status question { author { displayName ... on User { username } } } conversation { participants { edges { node { user { id } } } } } } }',
        { id: run.id },
      );
      expect(answer.run.status).toBe('STOPPED');
      return answer.run;
    });
    expect(seen.question.author.displayName).toBe('Bob Baker');
    expect(seen.conversation.participants.edges.map(({ node }: any) => node.user.id)).toEqual([ada.userId]);
  });

  it('K04 refuses who was removed by every link that there was, and lets in whom a new one is given', async () => {
    const [ada, bob] = [await app.person(), await app.person()];
    const id = await openRoom(ada);
    const { token } = await linkTo(ada, id, { maxUses: 10, role: 'EDITOR' });
    await bob.client.request(acceptByToken, { token });
    await ada.client.request('mutation ($id: ID!, $userId: ID!) { removeParticipant(input: { conversationId: $id, userId: $userId }) { removedUserId } }', {
      id,
      userId: bob.userId,
    });
    expect((await bob.client.ask(acceptByToken, { token })).body?.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    await letIn(ada, id, 'READER', bob);
    // Whoever is back follows from the beginning, over their own leaving.
    const stream = await overSse(other, bob, watch, { id });
    const seen = stored(await until(stream, ({ __typename, role }) => __typename === 'ParticipantJoined' && role === 'READER'));
    expect(seen.map(({ __typename }) => __typename)).toEqual(['ParticipantJoined', 'ParticipantLeft', 'ParticipantJoined']);
    stream.close();
  });

  it('shows who is there and who types on all servers, without a number of its own and without telling it to oneself', async () => {
    const [ada, bob] = [await app.person(), await app.person()];
    const id = await openRoom(ada);
    await letIn(ada, id, 'EDITOR', bob);
    const { lastEventSeq } = (await ada.client.request('query ($id: ID!) { conversation(id: $id) { lastEventSeq } }', { id })).conversation;
    const hearing = await overSse(app, ada, watch, { id, after: lastEventSeq });
    await sendTo(bob, id, 'First');
    await answerWith('one');
    const before = stored(await until(hearing, ({ __typename }) => __typename === 'RunChanged'));
    const talking = await overSocket(other, bob, watch, { id, after: lastEventSeq });
    const came = await until(hearing, ({ __typename }) => __typename === 'PresenceChanged');
    expect(came.at(-1)).toMatchObject({ userId: bob.userId, isPresent: true });
    const present = 'query ($id: ID!) { conversation(id: $id) { participants { edges { node { isPresent user { id } } } } } }';
    expect((await ada.client.request(present, { id })).conversation.participants.edges.map(({ node }: any) => node.isPresent)).toEqual([true, true]);
    const typing = 'mutation ($id: ID!, $isTyping: Boolean!) { setTyping(input: { conversationId: $id, isTyping: $isTyping }) { until } }';
    await bob.client.request(typing, { id, isTyping: true });
    const [typed] = (await until(hearing, ({ __typename }) => __typename === 'TypingChanged')).slice(-1);
    expect(typed).toMatchObject({ userId: bob.userId, until: expect.any(String) });
    expect(typed.seq).toBeGreaterThanOrEqual(before.at(-1).seq);
    await bob.client.request(typing, { id, isTyping: false });
    expect((await until(hearing, ({ __typename }) => __typename === 'TypingChanged')).at(-1)).toMatchObject({ until: null });
    talking.close();
    expect((await until(hearing, ({ __typename }) => __typename === 'PresenceChanged')).at(-1)).toMatchObject({ userId: bob.userId, isPresent: false });
    expect(talking.pending().filter((event: any) => JSON.stringify(event).includes('Typing'))).toEqual([]);
    hearing.close();
  });
});
