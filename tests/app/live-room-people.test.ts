import { createHash } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { eventually } from '../kit/eventually.ts';
import { liveKey, startFakeLiveKit, type FakeLiveKit } from '../kit/fake-livekit.ts';
import { letIn, openRoom } from '../kit/rooms.ts';
import { rowId } from '../kit/ids.ts';

/** Whoever waited for a server that hangs would wait so long, on a busy machine too. */
const timeoutMs = 10_000;
let live: FakeLiveKit;
let app: TestApp;
let ada: TestPerson;
let bob: TestPerson;
let room: string;
beforeAll(async () => {
  live = await startFakeLiveKit();
  app = await startTestApp({ environment: { ...live.environment, LIVEKIT_TIMEOUT_MS: String(timeoutMs) } });
  [ada, bob] = [await app.person(), await app.person()];
});
afterEach(() => live.behave('WELL'));
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await live[Symbol.asyncDispose]();
});

const enter = 'mutation ($id: ID!) { createLiveRoomToken(input: { conversationId: $id }) { liveRoomToken { room } } }';
const remove = 'mutation ($id: ID!, $userId: ID!) { removeParticipant(input: { conversationId: $id, userId: $userId }) { removedUserId } }';
const leave = 'mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { leftConversationId } }';
const update =
  'mutation ($id: ID!, $userId: ID!, $role: ParticipantRole!) { updateParticipant(input: { conversationId: $id, userId: $userId, role: $role }) { participant { role } } }';
const drop = 'mutation ($id: ID!) { deleteConversation(input: { id: $id }) { deletedConversationId } }';

/** A conversation of Ada's with Bob, both with a token of its live room. */
async function openLive(): Promise<string> {
  room = await openRoom(ada);
  await letIn(ada, room, 'EDITOR', bob);
  for (const person of [ada, bob]) await person.client.request(enter, { id: room });
  return room;
}

const callsOf = (conversationId: string, calls = live.calls) => calls.filter(({ body }) => body.room === rowId(conversationId));
const passesOf = (conversationId: string) =>
  runSql(app.connectionString, `SELECT user_id, told, again_at, attempts FROM live_passes WHERE conversation_id = '${rowId(conversationId)}' ORDER BY told`);

/** As if so much time had gone by. */
const letTimePass = (conversationId: string) =>
  runSql(
    app.connectionString,
    `UPDATE live_passes SET expires_at = now() - interval '1 hour', again_at = now(), next_at = now() WHERE conversation_id = '${rowId(conversationId)}'`,
  );

/** Tells the product of somebody who came into a live room. */
async function tellJoined(conversationId: string, person: TestPerson, permission: object | undefined): Promise<number> {
  const participant = { identity: rowId(person.userId), sid: 'PA_x', ...(permission === undefined ? {} : { permission }) };
  const createdAt = String(Math.floor(Date.now() / 1_000));
  const body = JSON.stringify({ event: 'participant_joined', id: 'EV_x', createdAt, room: { name: rowId(conversationId), sid: 'RM_x' }, participant });
  const token = new AccessToken(liveKey.apiKey, liveKey.apiSecret, { ttl: 60 });
  token.sha256 = createHash('sha256').update(body).digest('base64');
  const headers = { 'content-type': 'application/webhook+json', authorization: await token.toJwt() };
  return (await fetch(`${app.url}/live/webhook`, { method: 'POST', headers, body })).status;
}

describe('V07 a live room when its people change', () => {
  it.each([
    ['leaves', (id: string) => bob.client.request(leave, { id })],
    ['is removed', (id: string) => ada.client.request(remove, { id, userId: bob.userId })],
  ])('puts out who %s, and nobody else', async (_how, go) => {
    const id = await openLive();
    const before = Math.floor(Date.now() / 1_000);
    await go(id);
    await eventually(() => expect(callsOf(id)).toHaveLength(1));
    const [call] = callsOf(id);
    expect(call).toMatchObject({ method: 'RemoveParticipant', body: { room: rowId(id), identity: rowId(bob.userId) } });
    expect(Number(call?.body.revokeTokenTs), 'with the tokens that they have').toBeGreaterThanOrEqual(before);
    await eventually(async () => expect(await passesOf(id)).toMatchObject([{ told: 'OUT', attempts: 0 }, { told: 'OWNER' }]));
  });

  it('lets whoever becomes a READER hear and see alone, and speak again as an EDITOR', async () => {
    const id = await openLive();
    await ada.client.request(update, { id, userId: bob.userId, role: 'READER' });
    await eventually(() => expect(callsOf(id)).toHaveLength(1));
    expect(callsOf(id)[0]).toMatchObject({
      method: 'UpdateParticipant',
      body: { room: rowId(id), identity: rowId(bob.userId), permission: { canSubscribe: true } },
    });
    expect(callsOf(id)[0]?.body.permission).not.toHaveProperty('canPublish');
    await ada.client.request(update, { id, userId: bob.userId, role: 'EDITOR' });
    await eventually(() => expect(callsOf(id)[1]?.body.permission).toMatchObject({ canSubscribe: true, canPublish: true, canPublishData: true }));
  });

  it('puts out whoever deletes their account', async () => {
    const id = await openRoom(ada);
    const cleo = await app.person();
    await letIn(ada, id, 'EDITOR', cleo);
    await cleo.client.request(enter, { id });
    await cleo.client.request('mutation { deleteAccount(input: { password: "correct horse battery" }) { deletedUserId } }');
    await eventually(() => expect(callsOf(id)).toMatchObject([{ method: 'RemoveParticipant', body: { identity: rowId(cleo.userId) } }]));
  });

  it('ends with its data session', async () => {
    const session = await createSession(app, ada, 'ages.csv', 'name;age\nada;36\n');
    await ada.client.request(enter, { id: session.conversation.id });
    await ada.client.request('mutation ($id: ID!) { deleteSession(input: { id: $id }) { deletedSessionId } }', { id: session.id });
    await eventually(() => expect(callsOf(session.conversation.id)).toMatchObject([{ method: 'DeleteRoom' }]));
  });

  it('ends with its conversation', async () => {
    const id = await openLive();
    await ada.client.request(drop, { id });
    await eventually(async () => expect(await passesOf(id)).toMatchObject([{ told: 'OUT' }, { told: 'OUT' }]));
    expect(new Set(callsOf(id).map(({ method }) => method))).toEqual(new Set(['DeleteRoom']));
  });

  it('puts out again who comes back with an older token, and forgets them when none lets in any more', async () => {
    const id = await openLive();
    await bob.client.request(leave, { id });
    const removals = () => callsOf(id).filter(({ method }) => method === 'RemoveParticipant').length;
    await eventually(async () => expect(await passesOf(id)).toMatchObject([{ told: 'OUT' }, { told: 'OWNER' }]));
    expect(await tellJoined(id, bob, undefined)).toBe(200);
    await eventually(() => expect(removals()).toBe(2));
    await eventually(async () => expect(await passesOf(id)).toMatchObject([{ told: 'OUT' }, { told: 'OWNER' }]));
    const cleo = await app.person();
    await letIn(ada, id, 'READER', cleo);
    await letTimePass(id);
    await cleo.client.request(leave, { id });
    await eventually(() => expect(removals()).toBe(3));
    await eventually(async () => expect(await passesOf(id)).toMatchObject([{ told: 'OWNER' }]));
  });

  it('sets right who comes in with a token that says more than is so, and nobody else', async () => {
    const id = await openLive();
    await ada.client.request(update, { id, userId: bob.userId, role: 'READER' });
    await eventually(async () => expect(await passesOf(id)).toMatchObject([{ told: 'OWNER' }, { told: 'READER' }]));
    const all = { canSubscribe: true, canPublish: true, canPublishData: true };
    expect(await tellJoined(id, ada, all)).toBe(200);
    expect(await tellJoined(id, bob, { canSubscribe: true })).toBe(200);
    expect(callsOf(id)).toHaveLength(1);
    expect(await tellJoined(id, bob, all)).toBe(200);
    await eventually(() => expect(callsOf(id)).toHaveLength(2));
    expect(callsOf(id)[1]).toMatchObject({ method: 'UpdateParticipant', body: { identity: rowId(bob.userId) } });
    const stranger = await app.person();
    expect(await tellJoined(id, stranger, all)).toBe(200);
    await eventually(() => expect(callsOf(id)[2]).toMatchObject({ method: 'RemoveParticipant', body: { identity: rowId(stranger.userId) } }));
  });

  it('is told nothing of who never asked for a token', async () => {
    const id = await openRoom(ada);
    await letIn(ada, id, 'EDITOR', bob);
    await bob.client.request(leave, { id });
    const other = await openLive();
    await bob.client.request(leave, { id: other });
    await eventually(() => expect(callsOf(other)).toHaveLength(1));
    expect(callsOf(id)).toEqual([]);
  });

  it.each(['DOWN', 'HANGING'] as const)('keeps nobody from going while its server is %s, and hears of it when that is over', async (how) => {
    const id = await openLive();
    live.behave(how);
    const began = performance.now();
    await bob.client.request(leave, { id });
    expect(performance.now() - began, 'nobody waits for it').toBeLessThan(timeoutMs);
    await eventually(() => expect(callsOf(id, live.attempts).length).toBeGreaterThan(0));
    expect(await passesOf(id)).toMatchObject([{ told: 'EDITOR' }, { told: 'OWNER' }]);
    live.behave('WELL');
    await eventually(() => expect(callsOf(id)).toMatchObject([{ method: 'RemoveParticipant' }]));
  });

  it('is told by another server what one left that died, and who is not there is out', async () => {
    const id = await openLive();
    await app.stop();
    // As if it had died right after its people changed.
    await runSql(app.connectionString, `DELETE FROM participants WHERE conversation_id = '${rowId(id)}' AND user_id = '${rowId(bob.userId)}'`);
    live.behave('EMPTY');
    await using _other = await startTestApp({ environment: { ...live.environment, DATABASE_URL: app.connectionString, DATA_FOLDER: app.dataFolder } });
    await eventually(() => expect(callsOf(id)).toMatchObject([{ method: 'RemoveParticipant' }]));
    await eventually(async () => expect(await passesOf(id)).toMatchObject([{ told: 'OUT', attempts: 0 }, { told: 'OWNER' }]));
  });
});
