import { createHash } from 'node:crypto';
import { AccessToken, TokenVerifier } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveGrantsOf } from '../../src/services/live-room/grants.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { refusalOf } from '../kit/media-app.ts';
import { rowId } from '../kit/ids.ts';

const apiKey = 'APItests';
const apiSecret = 'secretOfTheTests0123456789abcdefghijk';
const enter = 'mutation ($input: CreateLiveRoomTokenInput!) { createLiveRoomToken(input: $input) { liveRoomToken { token url room expiresAt } } }';
const presence = 'query ($id: ID!) { conversation(id: $id) { liveRoom { participants { id } } } }';

describe('a live room', () => {
  let app: TestApp;
  let ada: TestPerson;
  let eve: TestPerson;
  let conversationId: string;

  beforeAll(async () => {
    app = await startTestApp({ environment: { LIVEKIT_URL: 'wss://live.example.org', LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } });
    [ada, eve] = [await app.person(), await app.person()];
    const made = await ada.client.request('mutation { createConversation(input: { title: "Standup" }) { conversation { id } } }');
    conversationId = made.createConversation.conversation.id;
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const now = (): number => Math.floor(Date.now() / 1_000);
  const eventOf = (event: string, at = now(), identity = rowId(ada.userId)): string =>
    JSON.stringify({ event, id: 'EV_x', createdAt: String(at), room: { name: rowId(conversationId), sid: 'RM_x' }, participant: { identity, sid: 'PA_x' } });
  const signatureOf = async (body: string, secret = apiSecret, ttl = 300): Promise<string> => {
    const token = new AccessToken(apiKey, secret, { ttl });
    token.sha256 = createHash('sha256').update(body).digest('base64');
    return token.toJwt();
  };
  const post = (body: string, authorization: string): Promise<Response> =>
    fetch(`${app.url}/live/webhook`, { method: 'POST', headers: { 'content-type': 'application/webhook+json', authorization }, body });
  const tell = async (body: string): Promise<number> => (await post(body, await signatureOf(body))).status;
  const present = async (person = ada): Promise<readonly string[]> => {
    const { conversation } = await person.client.request(presence, { id: conversationId });
    return conversation.liveRoom.participants.map(({ id }: { id: string }) => id);
  };

  it('lets its people in, with the grants of their role', async () => {
    const { liveRoomToken } = (await ada.client.request(enter, { input: { conversationId } })).createLiveRoomToken;
    expect(liveRoomToken).toMatchObject({ url: 'wss://live.example.org', room: rowId(conversationId) });
    const claims = await new TokenVerifier(apiKey, apiSecret).verify(liveRoomToken.token);
    expect(claims).toMatchObject({
      sub: rowId(ada.userId),
      video: { room: rowId(conversationId), roomJoin: true, roomAdmin: true, canPublish: true, canSubscribe: true },
    });
    expect(new Date(liveRoomToken.expiresAt).getTime() - Date.now()).toBeLessThanOrEqual(600_000);
  });

  it('lets readers hear and not speak', () => {
    expect(liveGrantsOf('READER')).toEqual({ canSubscribe: true, canPublish: false, canPublishData: false, isAdmin: false });
    expect(liveGrantsOf('EDITOR')).toMatchObject({ canPublish: true, isAdmin: false });
  });

  it('V01 lets no stranger in', async () => {
    expect((await refusalOf(eve, enter, { conversationId })).extensions.code).toBe('NOT_FOUND');
  });

  it('knows who is in it, whatever comes late or twice', async () => {
    expect(await present()).toEqual([]);
    const at = now() - 5;
    expect(await tell(eventOf('participant_joined', at))).toBe(200);
    expect(await present()).toEqual([ada.userId]);
    expect(await tell(eventOf('participant_left', at + 3))).toBe(200);
    expect(await tell(eventOf('participant_joined', at))).toBe(200);
    expect(await present()).toEqual([]);
    expect(await tell(eventOf('participant_joined', at + 4))).toBe(200);
    expect(await present()).toEqual([ada.userId]);
    expect(await tell(eventOf('room_finished', at + 5))).toBe(200);
    expect(await present()).toEqual([]);
    expect(await tell(eventOf('track_published'))).toBe(200);
  });

  it('does not know strangers, and rooms that are not ours', async () => {
    expect(await tell(eventOf('participant_joined', now(), rowId(eve.userId)))).toBe(200);
    expect(await tell(eventOf('participant_joined', now(), 'somebody'))).toBe(200);
    expect(await tell(JSON.stringify({ event: 'participant_joined', createdAt: String(now()), room: { name: 'other' }, participant: { identity: 'x' } }))).toBe(
      200,
    );
    expect(await present()).toEqual([]);
  });

  it('V03 believes no webhook that is forged, changed, replayed or huge', async () => {
    const body = eventOf('participant_joined');
    const good = await signatureOf(body);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss: apiKey })).toString('base64url')}.`;
    const forged: readonly (readonly [string, string])[] = [
      [body, ''],
      [body, 'x.y.z'],
      [body, unsigned],
      [body, await signatureOf(body, 'anotherSecretOfTheTests0123456789abc')],
      [eventOf('participant_joined', now(), rowId(eve.userId)), good],
    ];
    for (const [text, authorization] of forged) expect((await post(text, authorization)).status).toBe(403);
    const old = eventOf('participant_joined', now() - 3_600);
    expect(await tell(old)).toBe(403);
    const huge = JSON.stringify({ event: 'participant_joined', padding: 'x'.repeat(100_000) });
    expect((await post(huge, await signatureOf(huge))).status).toBe(413);
    expect((await fetch(`${app.url}/live/webhook`)).status).toBe(405);
    expect(await present()).toEqual([]);
  });

  it('is not there where none is configured', async () => {
    await using other = await startTestApp();
    const bob = await other.person();
    const made = await bob.client.request(
      'mutation { createConversation(input: { title: "Standup" }) { conversation { id liveRoom { participants { id } } } } }',
    );
    const { id, liveRoom } = made.createConversation.conversation;
    expect(liveRoom).toBeNull();
    expect((await refusalOf(bob, enter, { conversationId: id })).extensions.code).toBe('CONFLICT');
    expect((await fetch(`${other.url}/live/webhook`, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});
