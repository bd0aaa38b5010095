import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { attach } from '../kit/attachments.ts';
import { png } from '../kit/pictures.ts';
import { letIn, openRoom } from '../kit/rooms.ts';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app[Symbol.asyncDispose]());

const update = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
  user { displayName locale timeZone firstDayOfWeek avatarUrl plannerSettings { timeZone firstDayOfWeek } }
} }`;
const change = async (person: TestPerson, input: Readonly<Record<string, unknown>>): Promise<any> =>
  (await person.client.request(update, { input })).updateProfile.user;
const refusal = async (person: TestPerson, input: Readonly<Record<string, unknown>>): Promise<any> =>
  (await person.client.ask(update, { input })).body?.errors?.[0];

describe('a profile', () => {
  it('has the time zone and the first day of the week that the planner has, and a locale in its canonical form', async () => {
    const ada = await app.person();
    expect(await change(ada, { fullName: 'Ada', locale: 'de-at', timeZone: 'Europe/Vienna', firstDayOfWeek: 'SUNDAY' })).toEqual({
      displayName: 'Ada',
      locale: 'de-AT',
      timeZone: 'Europe/Vienna',
      firstDayOfWeek: 'SUNDAY',
      avatarUrl: null,
      plannerSettings: { timeZone: 'Europe/Vienna', firstDayOfWeek: 'SUNDAY' },
    });
    expect(await change(ada, { locale: null })).toMatchObject({ displayName: 'Ada', locale: null, timeZone: 'Europe/Vienna' });
  });

  it.each([
    [{ fullName: 'Changed', timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ fullName: 'Changed', timeZone: null }, 'timeZone'],
    [{ fullName: 'Changed', locale: 'not a locale' }, 'locale'],
  ])('changes nothing when a part of it is wrong: %j', async (input, part) => {
    const ada = await app.person();
    const { extensions } = await refusal(ada, input);
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['input', part] }] });
    expect((await ada.client.request('{ viewer { fullName } }')).viewer.fullName).toBeNull();
  });
});

describe('an avatar', () => {
  it('K09 is a picture that whoever shares a conversation with the person sees, as long as they do, and nobody else', async () => {
    const [ada, bob, stranger] = [await app.person(), await app.person(), await app.person()];
    const id = await openRoom(ada);
    await letIn(ada, id, 'READER', bob);
    const [picture] = await attach(app, ada, ['me.png', png(3, 3)]);
    const { avatarUrl } = await change(ada, { avatarId: picture });
    const own = await fetch(app.url + avatarUrl);
    expect([own.status, own.headers.get('content-type'), Buffer.from(await own.arrayBuffer()).equals(Buffer.from(png(3, 3)))]).toEqual([
      200,
      'image/png',
      true,
    ]);
    const seen =
      'query ($id: ID!) { conversation(id: $id) { participants { edges { node { user { id avatarUrl email locale timeZone firstDayOfWeek } } } } } }';
    const [first] = (await bob.client.request(seen, { id })).conversation.participants.edges;
    expect(first.node.user).toMatchObject({ id: ada.userId, email: null, locale: null, timeZone: null, firstDayOfWeek: null });
    expect((await fetch(app.url + first.node.user.avatarUrl)).status).toBe(200);
    expect(JSON.stringify((await stranger.client.ask('query ($id: ID!) { user(id: $id) { avatarUrl } }', { id: ada.userId })).body)).toContain('NOT_FOUND');
    await ada.client.request('mutation ($id: ID!, $userId: ID!) { removeParticipant(input: { conversationId: $id, userId: $userId }) { removedUserId } }', {
      id,
      userId: bob.userId,
    });
    expect((await fetch(app.url + first.node.user.avatarUrl)).status, 'the link that was made before').toBe(404);
    expect((await ada.client.request('{ attachments { edges { node { id } } } }')).attachments.edges, 'it is no attachment any more').toEqual([]);
    expect(await change(ada, { avatarId: null })).toMatchObject({ avatarUrl: null });
    expect((await fetch(app.url + avatarUrl)).status).toBe(404);
  });

  it('is refused when it is no picture, too large, somebody else’s, or in a message', async () => {
    const [ada, bob] = [await app.person(), await app.person()];
    const [text, wide, sent] = await attach(app, ada, ['notes.md', '# Notes'], ['wide.png', png(3_000, 1)], ['sent.png', png(2, 2)]);
    expect((await refusal(ada, { avatarId: text })).extensions.code).toBe('BAD_USER_INPUT');
    expect((await refusal(ada, { avatarId: wide })).message).toContain('3000 by 1');
    expect((await refusal(bob, { avatarId: sent })).extensions.code).toBe('NOT_FOUND');
    await ada.client.request('mutation ($id: ID!) { sendMessage(input: { text: "Look", attachmentIds: [$id] }) { run { id } } }', { id: text });
    expect((await refusal(ada, { avatarId: text })).extensions.code).toBe('CONFLICT');
  });
});
