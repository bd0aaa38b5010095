import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { eventually } from '../kit/eventually.ts';
import { openConversation } from '../../src/services/export-archive/read-conversation.ts';
import { startConversation } from '../kit/conversations.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openServices } from '../kit/services.ts';

const engine = createScriptedEngine();
const device = { userAgent: null, address: '192.0.2.1' };
let opened: Awaited<ReturnType<typeof openServices>>;
let ada: Viewer;
let bob: Viewer;
beforeAll(async () => {
  opened = await openServices([engine]);
  [ada, bob] = [await opened.person(), await opened.person()];
});
afterAll(() => opened[Symbol.asyncDispose]());

const openRoom = async (): Promise<string> => {
  const conversationId = await startConversation(opened, ada, 'Runs');
  await opened.prisma.participant.create({ data: { conversationId, userId: bob.userId, role: 'EDITOR', joinedAt: new Date() } });
  return conversationId;
};
const send = (viewer: Viewer, conversationId: string, more: Readonly<Record<string, unknown>> = {}) =>
  opened.services.runs.send(viewer, { conversationId, text: 'Hello', model: 'scripted', ...more });

describe('a run in a room', () => {
  it('is its asker’s: their message and their usage count, and nobody else’s', async () => {
    const conversationId = await openRoom();
    const run = await send(bob, conversationId);
    const call = await engine.nextCall();
    call.usage(10, 20);
    call.finish();
    await eventually(async () => expect((await opened.services.runs.get(ada, run.id)).status).toBe('COMPLETED'));
    const counted = await opened.prisma.quotaCount.findMany({ where: { userId: { in: [ada.userId, bob.userId] } } });
    expect(counted.map(({ userId, messages }) => ({ userId, messages }))).toEqual([{ userId: bob.userId, messages: 1n }]);
    // The answer, and the title beside it.
    const used = await opened.prisma.usageEntry.findMany({ where: { conversationId } });
    expect([...new Set(used.map(({ userId }) => userId))]).toEqual([bob.userId]);
    expect(used.find(({ purpose }) => purpose === 'ANSWER')).toMatchObject({ inputTokens: 10, outputTokens: 20 });
  });

  it('K08 is in the export of another without the instructions of its asker', async () => {
    const conversationId = await openRoom();
    await opened.services.preferences.update(ada, { systemPrompt: 'I am shy.' });
    const run = await send(ada, conversationId);
    const call = await engine.nextCall();
    expect(call.request.system).toContain('I am shy.');
    call.finish();
    await eventually(async () => expect((await opened.services.runs.get(ada, run.id)).status).toBe('COMPLETED'));
    const exported = async ({ userId }: Viewer): Promise<string> => {
      const { places, messages } = await openConversation(opened.pool, userId, conversationId, 'ALL');
      const found = [];
      for await (const message of messages(places.map(({ id }) => id))) found.push(message);
      return JSON.stringify(found);
    };
    expect(await exported(ada)).toContain('I am shy.');
    expect(await exported(bob)).not.toContain('I am shy.');
    expect(await exported(bob)).toContain(run.id);
    await opened.services.preferences.update(ada, { systemPrompt: null });
  });

  it('K03 is stopped when its asker becomes a READER, with what waits of theirs, and that of others goes on', async () => {
    const conversationId = await openRoom();
    const own = await send(ada, conversationId);
    const call = await engine.nextCall();
    const waiting = await send(bob, conversationId, { ifBusy: 'ENQUEUE' });
    await opened.services.participants.update(ada, { conversationId, userId: bob.userId, role: 'READER' }, device);
    expect((await opened.services.runs.get(bob, waiting.id)).status).toBe('STOPPED');
    expect((await opened.services.runs.get(ada, own.id)).status).toBe('RUNNING');
    await expect(send(bob, conversationId, { ifBusy: 'INTERRUPT' })).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('EDITOR') });
    await expect(opened.services.runs.stop(bob, own.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    call.finish();
  });

  it('K03 is not shown again under its idempotency key to whoever was removed', async () => {
    const conversationId = await openRoom();
    const run = await send(bob, conversationId, { idempotencyKey: 'again' });
    (await engine.nextCall()).finish();
    expect((await send(bob, conversationId, { idempotencyKey: 'again' })).id).toBe(run.id);
    await opened.services.participants.remove(ada, { conversationId, userId: bob.userId }, device);
    await expect(send(bob, conversationId, { idempotencyKey: 'again' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the events of a room', () => {
  it('K03 end with one’s own leaving, however much of what was before is not read yet', async () => {
    const conversationId = await openRoom();
    const fill = async (from: number, count: number): Promise<void> => {
      const data = Array.from({ length: count }, (_, index) => ({
        conversationId,
        seq: from + index,
        data: { type: 'BranchSwitched', messageId: String(from + index) },
      }));
      await opened.prisma.conversationEvent.createMany({ data });
      await opened.prisma.conversation.update({ where: { id: conversationId }, data: { eventSeq: from + count - 1 } });
    };
    await fill(1, 450);
    const reader = await opened.services.conversations.events(bob, conversationId, 0);
    expect((await reader.next()).value?.seq).toBe(1);
    await opened.services.participants.remove(ada, { conversationId, userId: bob.userId }, device);
    await fill(452, 50);
    const rest: number[] = [];
    for await (const { seq } of reader) rest.push(seq);
    expect(rest).toEqual(Array.from({ length: 450 }, (_, index) => index + 2));
  });
});
