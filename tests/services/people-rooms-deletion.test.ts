import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { device, openPeople, password, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeAll(async () => void (kit = await openPeople()));
afterAll(() => kit.close());

const join = async () => {
  const { accessToken, user } = await kit.join();
  return { userId: user.id, viewer: await kit.people.authenticate(accessToken) };
};

describe('K07 the conversations of a deleted account', () => {
  it('pass to the OWNER, else the EDITOR, who has been there longest, with what others said; those of readers alone go', async () => {
    const [ada, bob, cleo, dan] = [await join(), await join(), await join(), await join()];
    const now = new Date();
    const session = await kit.prisma.session.create({ data: { id: uuidv7(), ownerId: ada.userId, createdAt: now, updatedAt: now } });
    const open = async (...others: readonly (readonly [typeof bob, 'OWNER' | 'EDITOR' | 'READER'])[]) => {
      const id = await startConversation(kit, ada, 'Ours');
      for (const [index, [{ userId }, role]] of others.entries()) {
        await kit.prisma.participant.create({ data: { conversationId: id, userId, role, joinedAt: new Date(Date.now() + index) } });
      }
      return id;
    };
    const owned = await open([bob, 'EDITOR'], [cleo, 'OWNER'], [dan, 'OWNER']);
    const edited = await open([dan, 'READER'], [bob, 'EDITOR'], [cleo, 'EDITOR']);
    const read = await open([dan, 'READER']);
    const alone = await open();
    await kit.prisma.conversation.update({ where: { id: edited }, data: { sessionId: session.id } });
    const question = await say(kit, edited, 'USER', 'What of it?', ada.userId);
    await say(kit, edited, 'USER', 'This.', bob.userId);
    const theirs = await startConversation(kit, dan, 'Of Dan');
    await kit.prisma.participant.create({ data: { conversationId: theirs, userId: ada.userId, role: 'EDITOR', joinedAt: now } });

    await kit.people.deleteAccount(ada.viewer, password, device);

    const left = await kit.prisma.conversation.findMany({ orderBy: { id: 'asc' }, select: { id: true, ownerId: true, sessionId: true } });
    expect(left).toEqual([
      { id: owned, ownerId: cleo.userId, sessionId: null },
      { id: edited, ownerId: bob.userId, sessionId: null },
      { id: theirs, ownerId: dan.userId, sessionId: null },
    ]);
    expect(left.map(({ id }) => id)).not.toContain(read);
    expect(left.map(({ id }) => id)).not.toContain(alone);
    expect((await kit.prisma.participant.findMany({ where: { conversationId: edited }, orderBy: { joinedAt: 'asc' } })).map(({ role }) => role)).toEqual([
      'READER',
      'OWNER',
      'EDITOR',
    ]);
    const said = await kit.prisma.message.findMany({ where: { conversationId: edited }, orderBy: { depth: 'asc' }, select: { id: true, authorId: true } });
    expect(said).toEqual([
      { id: question, authorId: null },
      { id: expect.any(String), authorId: bob.userId },
    ]);
    const told = await kit.prisma.conversationEvent.findMany({ where: { conversationId: edited }, orderBy: { seq: 'asc' } });
    expect(told.map(({ data }) => data)).toEqual([
      { type: 'ParticipantLeft', userId: ada.userId, wasRemoved: false },
      { type: 'ParticipantRoleChanged', userId: bob.userId, role: 'OWNER' },
    ]);
  });
});
