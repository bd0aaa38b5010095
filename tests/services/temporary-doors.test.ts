import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openServices } from '../kit/services.ts';

const isMissing = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === 'NOT_FOUND';

type Opened = Awaited<ReturnType<typeof openServices>>;

/** A conversation of two people, with one of everything that can be in it, as the second person finds it. */
async function furnish(opened: Opened) {
  const { prisma } = opened;
  const [owner, viewer] = [await opened.person(), await opened.person()];
  const conversationId = await startConversation(opened, owner, 'Fleeting');
  await prisma.participant.create({ data: { conversationId, userId: viewer.userId, joinedAt: new Date(0) } });
  const questionId = await say(opened, conversationId, 'USER', 'What?', viewer.userId);
  const answerId = await say(opened, conversationId, 'ASSISTANT', 'That.');
  const fileId = uuidv7();
  const facts = { name: 'a.txt', mediaType: 'text/plain', byteSize: 1 };
  await prisma.attachment.create({ data: { id: fileId, ownerId: owner.userId, conversationId, ...facts, text: 'a', createdAt: new Date() } });
  const plotId = uuidv7();
  const plot = { title: 'Plot', sql: 'SELECT 1', spec: { mark: 'bar' } };
  await prisma.part.create({ data: { id: plotId, messageId: answerId, position: 1, kind: 'PLOT', data: plot } });
  const judged = { method: 'LOCAL', score: 0.5, magnitude: 0.5, label: 'POSITIVE', emotion: null, createdAt: new Date() } as const;
  await prisma.sentiment.create({ data: { messageId: questionId, conversationId, ...judged } });
  return { viewer, owner, conversationId, questionId, answerId, fileId, plotId };
}

type Room = Awaited<ReturnType<typeof furnish>>;

describe('O03 a door into a temporary conversation is closed when its time is over', () => {
  const engine = createScriptedEngine();
  let opened: Opened;
  beforeAll(async () => {
    opened = await openServices([engine]);
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  const follow = async (viewer: Viewer, kind: string, id: string, detail?: string) => {
    const { downloads } = opened.services;
    return downloads.find(downloads.linkTo(viewer, kind, id, detail).url.replace('/downloads/', ''));
  };

  /** Every run that a door starts ends at once. */
  const ended = async (run: Promise<{ readonly id: string }>, viewer: Viewer): Promise<void> => void (await opened.services.runs.stop(viewer, (await run).id));

  /** What each door gives; one that gives nothing of the conversation says so with false or an empty map. */
  const doors: Readonly<Record<string, (room: Room) => Promise<unknown>>> = {
    giveFeedback: ({ viewer, answerId }) => opened.services.feedbacks.give(viewer, { messageId: answerId, rating: 'UP' }),
    removeFeedback: ({ viewer, answerId }) => opened.services.feedbacks.remove(viewer, answerId),
    editMessage: ({ viewer, questionId }) => ended(opened.services.runs.edit(viewer, { messageId: questionId, text: 'Who?' }), viewer),
    regenerate: ({ viewer, answerId }) => ended(opened.services.runs.regenerate(viewer, { messageId: answerId }), viewer),
    switchBranch: ({ viewer, answerId }) => opened.services.branches.switchTo(viewer, answerId),
    deleteMessage: ({ viewer, answerId }) => opened.services.branches.delete(viewer, answerId),
    forkConversation: ({ viewer, answerId }) => opened.services.branches.fork(viewer, { messageId: answerId }),
    'a link to an attachment': ({ viewer, fileId }) => follow(viewer, 'attachment', fileId),
    Attachment: ({ viewer, fileId }) => opened.services.attachments.byIds(viewer, [fileId]),
    'attachments of its sender': async ({ owner, fileId }) =>
      (await opened.services.attachments.list(owner, false, { after: null, before: null, limit: 10, isReversed: false })).some(({ id }) => id === fileId),
    'attachmentIds of its sender': ({ owner, fileId }) => ended(opened.services.runs.send(owner, { text: 'Look', attachmentIds: [fileId] }), owner),
    'a link to a plot': ({ viewer, plotId }) => follow(viewer, 'plot', plotId, JSON.stringify({ form: 'spec', theme: 'LIGHT', width: null, scale: 1 })),
    editPlot: ({ viewer, plotId }) =>
      opened.services.plots.revert(viewer, { partId: plotId, version: 1 }).catch((error: unknown) => {
        // Where the plot is seen, it is its first version that there is not.
        if (isMissing(error) && String(error).includes('PlotPart')) throw error;
      }),
    'a link to the conversation': ({ viewer, conversationId }) => follow(viewer, 'conversation', conversationId, '{"format":"JSON","branches":"ALL"}'),
    'the archive of the account': async ({ viewer, conversationId }) => {
      await using content = await (await follow(viewer, 'account', viewer.userId)).open(new AbortController().signal);
      return content.source.kind === 'file' && (await readFile(content.source.path)).includes(`conversations/${conversationId}.json`);
    },
    'Message.sentiment': ({ viewer, questionId }) => opened.services.sentiments.ofMessages(viewer, [questionId]),
    'Conversation.mood': ({ viewer, conversationId }) => opened.services.sentiments.moods(viewer, [conversationId]),
    'Conversation.sentiment': async ({ viewer, conversationId }) =>
      (await opened.services.sentiments.timelines(viewer, [conversationId], {})).get(conversationId)?.count !== 0,
    'Conversation.isPinned': ({ viewer, conversationId }) => opened.services.organising.marksOf(viewer, [conversationId]),
    'Conversation.unreadCount': ({ viewer, conversationId }) => opened.services.organising.unreadCounts(viewer, [conversationId]),
    'Message.author': ({ viewer, owner }) => opened.services.people.get(viewer, owner.userId),
  };

  const isOpen = async (door: (room: Room) => Promise<unknown>, room: Room): Promise<boolean> => {
    try {
      const found = await door(room);
      return found instanceof Map ? found.size > 0 : found !== false;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  };

  it.each(Object.entries(doors))('%s', async (_name, door) => {
    const [before, after] = [await furnish(opened), await furnish(opened)];
    await opened.prisma.conversation.update({ where: { id: after.conversationId }, data: { expiresAt: new Date(Date.now() - 1_000) } });
    expect([await isOpen(door, before), await isOpen(door, after)]).toEqual([true, false]);
  });

  it('sendMessage, which interrupts nothing there', async () => {
    const { runs } = opened.services;
    const viewer = await opened.person();
    const { id, conversationId } = await runs.send(viewer, { text: 'Hello', temporaryForMinutes: 5 });
    await opened.prisma.conversation.update({ where: { id: conversationId }, data: { expiresAt: new Date(Date.now() - 1_000) } });
    await expect(runs.send(viewer, { conversationId, text: 'More', ifBusy: 'INTERRUPT' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await opened.prisma.run.findUnique({ where: { id } })).toMatchObject({ status: 'RUNNING', stopRequestedAt: null });
  });
});
