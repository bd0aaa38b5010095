import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createConversationLog } from '../../src/events/conversation-log.ts';
import { createConversations } from '../../src/services/conversation.ts';
import { createStatements } from '../../src/stores/statements.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openServices } from '../kit/services.ts';
import { globalId } from '../kit/ids.ts';

const hours = 3_600_000;
const page = { after: null, before: null, limit: 20, isReversed: false };

describe('a temporary conversation', () => {
  const engine = createScriptedEngine();
  /** How far the clock of the server stands from that of the database, which says when the time of a conversation is over. */
  let offset = 0;
  let opened: Awaited<ReturnType<typeof openServices>>;
  let viewer: Viewer;
  beforeAll(async () => {
    opened = await openServices([engine], { clock: { now: () => new Date(Date.now() + offset) } });
    viewer = await opened.person();
  });
  beforeEach(() => {
    offset = 0;
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  const found = async (query: string): Promise<readonly string[]> =>
    (await opened.services.search.find(viewer, { query, first: 10 }, { isHighlighted: false })).hits.map((hit) => hit.subjectId);

  it('O03 is gone from every answer when its time is over, and house-keeping leaves nothing of it', async () => {
    const { conversations, runs, messages, organising, shareLinks } = opened.services;
    offset = -2 * hours;
    const run = await runs.send(viewer, { text: 'Something fleeting', temporaryForMinutes: 60 });
    const call = await engine.nextCall();
    offset = 0;
    const id = run.conversationId;
    const missing = { code: 'NOT_FOUND' };
    await expect(conversations.get(viewer, id)).rejects.toMatchObject(missing);
    await expect(conversations.events(viewer, id, 0)).rejects.toMatchObject(missing);
    await expect(conversations.update(viewer, { id, isPinned: true })).rejects.toMatchObject(missing);
    await expect(conversations.keep(viewer, id)).rejects.toMatchObject(missing);
    await expect(organising.markRead(viewer, { conversationId: id })).rejects.toMatchObject(missing);
    await expect(shareLinks.create(viewer, { conversationId: id })).rejects.toMatchObject(missing);
    await expect(runs.get(viewer, run.id)).rejects.toMatchObject(missing);
    await expect(runs.events(viewer, run.id, 0)).rejects.toMatchObject(missing);
    await expect(runs.send(viewer, { conversationId: id, text: 'More', ifBusy: 'ENQUEUE' })).rejects.toMatchObject(missing);
    expect([await conversations.list(viewer, {}, page), await runs.list(viewer, {}, page), await found('fleeting')]).toEqual([[], [], []]);
    const maps = [
      await messages.byIds(viewer, [run.questionId ?? '']),
      await messages.partsOf(viewer, [run.questionId ?? '']),
      await messages.listMany(viewer, [id], page, 'text'),
      await organising.lastMessages(viewer, [id]),
    ];
    expect(maps.map((map) => map.size)).toEqual([0, 0, 0, 0]);

    expect(await conversations.removeExpired()).toBe(1);
    await call.aborted;
    const tables = [
      'messages',
      'runs',
      'conversation_events',
      'participants',
      'search_entries',
      'share_links',
      'attachments',
      'sentiments',
      'context_summaries',
    ];
    const counts = tables.map((table) => `(SELECT count(*) FROM ${table} WHERE conversation_id = $1)`);
    const { rows } = await opened.pool.query(
      `SELECT (SELECT count(*) FROM conversations WHERE id = $1) + ${counts.join(' + ')} + (SELECT count(*) FROM run_events WHERE run_id = $2) AS left`,
      [id, run.id],
    );
    expect(rows).toEqual([{ left: '0' }]);
  });

  it('is there until then, but is not searched, and stays when it is kept', async () => {
    const { conversations } = opened.services;
    const create = 'mutation { createConversation(input: { title: "Transient", temporaryForMinutes: 60 }) { conversation { id expiresAt } } }';
    const { conversation } = (await opened.execute(viewer, create)).result.createConversation;
    expect(Math.abs(Date.parse(conversation.expiresAt) - Date.now() - hours)).toBeLessThan(hours / 2);
    const id = Buffer.from(conversation.id, 'base64').toString().slice('Conversation:'.length);
    expect((await conversations.list(viewer, {}, page)).map((row) => row.id)).toContain(id);
    expect([await found('transient'), await conversations.removeExpired()]).toEqual([[], 0]);
    const keep = 'mutation ($id: ID!) { keepConversation(input: { conversationId: $id }) { conversation { title expiresAt } } }';
    const kept = { title: 'Transient', expiresAt: null };
    for (let time = 0; time < 2; time += 1) {
      expect((await opened.execute(viewer, keep, { id: conversation.id })).result.keepConversation.conversation).toEqual(kept);
    }
    expect([await found('transient'), (await conversations.get(viewer, id)).expiresAt]).toEqual([[id], null]);
    const stranger = await opened.person();
    await expect(opened.execute(stranger, keep, { id: globalId('Conversation', id) })).rejects.toMatchObject({ originalError: { code: 'NOT_FOUND' } });
  });

  it('is begun by a message, once, however often it is sent', async () => {
    const input = { text: 'Hello', temporaryForMinutes: 60, idempotencyKey: uuidv7() };
    const [run, again] = [await opened.services.runs.send(viewer, input), await opened.services.runs.send(viewer, input)];
    expect(again.id).toBe(run.id);
    (await engine.nextCall()).finish();
    const conversation = await opened.services.conversations.get(viewer, run.conversationId);
    expect(conversation.expiresAt).toEqual(new Date(conversation.createdAt.getTime() + hours));
    await expect(opened.services.runs.send(viewer, { ...input, temporaryForMinutes: 2 })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('takes the files of its attachments with it, and one that is kept in the last moment keeps them', async () => {
    const { pool, prisma } = opened;
    const removed: string[] = [];
    let beforeDeletion = async (): Promise<void> => {};
    const conversations = createConversations({
      prisma,
      statements: createStatements({ pool }),
      clock: systemClock,
      newId: uuidv7,
      conversationLog: createConversationLog({ pool, clock: systemClock, pollIntervalMs: 60_000 }),
      roomSignals: { follow: () => ({ share: () => {}, stop: () => {} }) },
      stopRuns: () => beforeDeletion(),
      removeFiles: async (ids) => void removed.push(...ids),
    });
    const id = await startConversation(opened, viewer, 'With a picture');
    const facts = { ownerId: viewer.userId, name: 'x.png', mediaType: 'image/png', byteSize: 1, createdAt: new Date() };
    const attachment = await prisma.attachment.create({ data: { id: uuidv7(), conversationId: id, ...facts } });
    const expire = (): Promise<unknown> => prisma.conversation.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1_000) } });
    await expire();
    beforeDeletion = async () => void (await prisma.conversation.update({ where: { id }, data: { expiresAt: null } }));
    expect([await conversations.removeExpired(), removed]).toEqual([0, []]);
    await say(opened, id, 'ASSISTANT', 'Still here');
    await expire();
    beforeDeletion = async () => {};
    expect([await conversations.removeExpired(), removed]).toEqual([1, [attachment.id]]);
  });

  it.each([
    [{ temporaryForMinutes: 0 }, 'temporaryForMinutes: is at least 1 minute'],
    [{ temporaryForMinutes: 43_201 }, 'temporaryForMinutes: is at most 43200 minutes, which are 30 days'],
    [{ temporaryForMinutes: 1, conversationId: uuidv7() }, '"temporaryForMinutes" is for a new conversation; leave it out where there is a "conversationId".'],
  ])('is not begun with %j', async (input, message) => {
    await expect(opened.services.runs.send(viewer, { text: 'Hello', ...input })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message });
  });
});
