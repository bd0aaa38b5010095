import { z } from 'zod';
import type { Conversation, Message, Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import { parseInput } from '../../base/validate.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import { conversationTitle } from '../conversation.ts';
import { copyPersonas } from '../persona/copy-personas.ts';
import { columnsOf, contextOf } from '../conversation/about.ts';
import { findVisibleMessage } from '../participation.ts';
import { findRole, requireRole, type RoomRole } from '../room/permissions.ts';
import { takeOutUnusable } from '../workspace/take-out.ts';
import { activate } from './activate.ts';
import { copyBranch } from './copy-branch.ts';
import { lockConversation, type LockedConversation } from './lock-conversation.ts';

/** Changing which branch of a conversation people see, and what is in its tree. */
export type Branches = ReturnType<typeof createBranches>;

/** What the service needs. */
export interface BranchDependencies {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly conversationLog: ConversationLog;
}

/** What was deleted with a message. */
export interface DeletedMessages {
  readonly conversationId: string;
  /** The ids of the message and of all below it, the first 1,000 of them. */
  readonly ids: readonly string[];
  readonly count: number;
}

const mostIds = 1_000;

/** A message and all that follow it. */
const below = `
  WITH RECURSIVE below AS (
    SELECT id FROM messages WHERE id = $1::uuid UNION ALL SELECT m.id FROM below JOIN messages m ON m.parent_id = below.id
  )`;

const isUnderWay = `${below}
  SELECT EXISTS (SELECT 1 FROM runs WHERE conversation_id = $2::uuid AND status IN ('RUNNING', 'QUEUED', 'AWAITING_INPUT')
    AND (question_id IN (SELECT id FROM below) OR answer_id IN (SELECT id FROM below))) AS "isUnderWay"`;

/**
 * One statement for all: the rows that a cascade would delete one below the other are gone when it looks for them, so the depth of the tree
 * is no depth of a stack. What was made of the messages goes with them: a summary tells of all that stands above its message, and of that itself.
 */
const deletion = `${below}, ended AS (
    DELETE FROM runs WHERE answer_id IN (SELECT id FROM below) OR question_id IN (SELECT id FROM below) RETURNING id
  ), told AS (
    DELETE FROM run_events WHERE run_id IN (SELECT id FROM ended)
  ), summarised AS (
    DELETE FROM context_summaries WHERE message_id IN (SELECT id FROM below)
  ), gone AS (
    DELETE FROM messages WHERE id IN (SELECT id FROM below) RETURNING id
  )
  SELECT count(*)::int AS count, (array_agg(id ORDER BY id = $1::uuid DESC))[1:${mostIds}] AS ids FROM gone`;

/** Whether all that people said in what is to be deleted is of one person: the message, or the question that it answers, and what is below. */
const isOwnThroughout = `${below}
  SELECT NOT EXISTS (
    SELECT 1 FROM messages m WHERE m.role = 'USER' AND m.author_id IS DISTINCT FROM $2::uuid
      AND (m.id IN (SELECT id FROM below) OR m.id = (SELECT parent_id FROM messages WHERE id = $1::uuid AND role <> 'USER'))
  ) AS "isOwn"`;

/** The message beside one that is deleted which takes its place: the one before it, else the one after it. */
const neighbour = `
  SELECT m.id FROM messages m JOIN messages gone ON gone.id = $1::uuid
  WHERE m.conversation_id = gone.conversation_id AND m.is_active IN (true, false) AND m.depth = gone.depth
    AND m.parent_id IS NOT DISTINCT FROM gone.parent_id AND m.id <> gone.id
  ORDER BY (m.created_at, m.id) < (gone.created_at, gone.id) DESC,
    CASE WHEN (m.created_at, m.id) < (gone.created_at, gone.id) THEN m.created_at END DESC, m.created_at, m.id LIMIT 1`;

/** Creates the service. */
export function createBranches({ prisma, clock, newId, conversationLog }: BranchDependencies) {
  /** Opens a transaction around a message, with its conversation locked. */
  const around = async <Result>(
    viewer: Viewer | null,
    messageId: string,
    change: (transaction: Prisma.TransactionClient, message: Message, conversation: LockedConversation, role: RoomRole) => Promise<Result>,
  ): Promise<Result> => {
    const { userId } = requireViewer(viewer);
    return prisma.$transaction(async (transaction) => {
      const found = await findVisibleMessage(transaction, userId, messageId);
      if (found === null) throw notFound('Message');
      const conversation = await lockConversation(transaction, found.conversationId);
      // Read again under the lock: it may have been deleted, or hidden, meanwhile, and the viewer removed.
      const message = await transaction.message.findUnique({ where: { id: messageId } });
      const role = await findRole(transaction, { conversationId: found.conversationId, userId });
      if (message === null || role === undefined) throw notFound('Message');
      return change(transaction, message, conversation, role);
    });
  };

  return {
    /**
     * Makes the branch through a message the one that people see, and goes on below it by the newest of what follows.
     *
     * @returns the conversation's id
     * @throws AppError NOT_FOUND; FORBIDDEN for a READER
     */
    switchTo: (viewer: Viewer | null, messageId: string): Promise<string> =>
      around(viewer, messageId, async (transaction, { id, conversationId, isActive }, _conversation, role) => {
        requireRole(role, 'SWITCH_BRANCH');
        if (isActive) return conversationId;
        await activate(transaction, conversationId, id);
        await conversationLog.append(transaction, conversationId, { type: 'BranchSwitched', messageId: id });
        return conversationId;
      }),

    /**
     * Deletes a message with everything below it. A branch that people see goes on with the message beside it, else it ends above.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for a READER, and for an EDITOR where others said something; CONFLICT while a run is under way in what is to be deleted
     */
    delete: (viewer: Viewer | null, messageId: string): Promise<DeletedMessages> =>
      around(viewer, messageId, async (transaction, { id, conversationId, isActive }, _conversation, role) => {
        const { userId } = requireViewer(viewer);
        const [said] = await transaction.$queryRawUnsafe<{ isOwn: boolean }[]>(isOwnThroughout, id, userId);
        requireRole(role, said?.isOwn === true ? 'DELETE_OWN_MESSAGE' : 'DELETE_MESSAGE');
        const [open] = await transaction.$queryRawUnsafe<{ isUnderWay: boolean }[]>(isUnderWay, id, conversationId);
        if (open?.isUnderWay === true) {
          throw new AppError('CONFLICT', 'An answer is being written in what you want to delete, or waits for its turn. Stop it with "stopRun" first.');
        }
        const [beside] = isActive ? await transaction.$queryRawUnsafe<{ id: string }[]>(neighbour, id) : [];
        const [gone] = await transaction.$queryRawUnsafe<{ count: number; ids: string[] }[]>(deletion, id);
        if (beside !== undefined) await activate(transaction, conversationId, beside.id);
        const { count = 0, ids = [] } = gone ?? {};
        await conversationLog.append(transaction, conversationId, { type: 'MessagesDeleted', messageId: id, count });
        return { conversationId, ids, count };
      }),

    /**
     * Copies the path down to a message into a conversation of its own: about the same goal or plan where that is the viewer's, with the knowledge bases that they may read, but a plain one where that of a
     * data session is forked. One of a conversation
     * that vanishes does so, too.
     *
     * @param input.title of the new conversation; that of the old one when absent
     * @throws AppError NOT_FOUND, BAD_USER_INPUT; CONFLICT while an answer on the path is being written
     */
    fork: async (viewer: Viewer | null, input: { readonly messageId: string; readonly title?: string | null | undefined }): Promise<Conversation> => {
      const { userId } = requireViewer(viewer);
      const { title } = parseInput(z.object({ title: conversationTitle.nullish() }), input);
      return around(viewer, input.messageId, async (transaction, { id, conversationId }, original) => {
        const name = title ?? original.title;
        const fork = await transaction.conversation.create({
          data: {
            id: newId(),
            ownerId: userId,
            title: name,
            titleSource: name === null ? 'NONE' : 'PERSON',
            ...columnsOf(original.ownerId === userId ? contextOf(original) : null),
            defaults: original.defaults ?? {},
            expiresAt: original.expiresAt,
            forkedFromId: id,
            createdAt: clock.now(),
            updatedAt: clock.now(),
            participants: { create: { userId, joinedAt: clock.now() } },
          },
        });
        await copyPersonas(transaction, { from: conversationId, to: fork.id, userId });
        await copyBranch(transaction, { messageId: id, conversationId: fork.id, newId });
        await transaction.$executeRaw`
          INSERT INTO conversation_knowledge (conversation_id, knowledge_base_id, created_at)
          SELECT ${fork.id}::uuid, knowledge_base_id, created_at FROM conversation_knowledge WHERE conversation_id = ${conversationId}::uuid`;
        // The knowledge bases of others stay behind.
        await takeOutUnusable(transaction, [fork.id]);
        // With what came along.
        return transaction.conversation.findUniqueOrThrow({ where: { id: fork.id } });
      });
    },
  };
}
