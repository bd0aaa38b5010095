import { z } from 'zod';
import type { Conversation, Prisma, PrismaClient } from '../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../auth/viewer.ts';
import type { Clock } from '../base/clock.ts';
import { AppError, badInput, notFound } from '../base/errors.ts';
import type { IdSource } from '../base/id.ts';
import type { Page } from '../base/page.ts';
import { parseInput } from '../base/validate.ts';
import type { ConversationEvent } from '../events/conversation-event.ts';
import type { ConversationLog } from '../events/conversation-log.ts';
import type { Reader } from '../base/takeable.ts';
import type { Statements } from '../stores/statements.ts';
import { keysetSql } from './keyset.ts';

/** Conversations: rooms of messages. */
export type Conversations = ReturnType<typeof createConversations>;

/** What the service needs. */
export interface ConversationDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly conversationLog: ConversationLog;
  /** Stops the runs of conversations that are about to be deleted. */
  readonly stopRuns: (conversationIds: readonly string[]) => Promise<void>;
}

const columns = `c.id, c.owner_id AS "ownerId", c.title, c.title_source AS "titleSource", c.session_id AS "sessionId",
  c.event_seq AS "eventSeq", c.created_at AS "createdAt", c.updated_at AS "updatedAt"`;

const title = z.string().trim().min(1, 'a title must not be empty').max(200, 'a title has at most 200 characters');

/** A new conversation of one person, with that person as its first participant. */
export function newConversation(id: string, ownerId: string, now: Date): Prisma.ConversationUncheckedCreateInput {
  return { id, ownerId, createdAt: now, updatedAt: now, participants: { create: { userId: ownerId, joinedAt: now } } };
}

/** Creates the service. */
export function createConversations({ prisma, statements, clock, newId, conversationLog, stopRuns }: ConversationDependencies) {
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Conversation>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<Conversation>(
      `SELECT ${columns} FROM conversations c JOIN participants a ON a.conversation_id = c.id AND a.user_id = $2 WHERE c.id = ANY($1::uuid[])`,
      [ids, userId],
    );
    return new Map(rows.map((conversation) => [conversation.id, conversation]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<Conversation> => {
    const found = (await byIds(viewer, [id])).get(id);
    if (found === undefined) throw notFound('Conversation');
    return found;
  };

  /** Deletes what a condition selects, with the events of its runs, and tells whoever watches. */
  const remove = async (where: Prisma.ConversationWhereInput): Promise<readonly string[]> => {
    const found = await prisma.conversation.findMany({ where, select: { id: true } });
    const ids = found.map((conversation) => conversation.id);
    await stopRuns(ids);
    return prisma.$transaction(async (transaction) => {
      const runs = await transaction.run.findMany({ where: { conversationId: { in: ids } }, select: { id: true } });
      await transaction.conversation.deleteMany({ where: { id: { in: ids } } });
      await transaction.runEvent.deleteMany({ where: { runId: { in: runs.map((run) => run.id) } } });
      await conversationLog.appendDeleted(transaction, ids);
      return ids;
    });
  };

  return {
    byIds,
    get,

    /** A new, empty conversation. The title is made after the first exchange when none is given. */
    create: async (viewer: Viewer | null, input: { readonly title?: string | null | undefined }): Promise<Conversation> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(z.object({ title: title.nullish() }), input);
      const named = values.title == null ? {} : { title: values.title, titleSource: 'PERSON' as const };
      return prisma.conversation.create({ data: { ...newConversation(newId(), userId, clock.now()), ...named } });
    },

    /** The viewer's conversations, recent first. */
    list: async (viewer: Viewer | null, page: Page): Promise<readonly Conversation[]> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'c.updated_at', 'c.id', 2);
      const { rows } = await statements.query<Conversation>(
        `SELECT ${columns} FROM conversations c
         WHERE EXISTS (SELECT 1 FROM participants a WHERE a.conversation_id = c.id AND a.user_id = $1)${keyset.where} ${keyset.limit}`,
        [userId, ...keyset.values],
      );
      return rows;
    },

    /** The conversations of these sessions, by the id of the session. */
    bySessions: async (viewer: Viewer | null, sessionIds: readonly string[]): Promise<ReadonlyMap<string, Conversation>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<Conversation>(
        `SELECT ${columns} FROM conversations c JOIN participants a ON a.conversation_id = c.id AND a.user_id = $2 WHERE c.session_id = ANY($1::uuid[])`,
        [sessionIds, userId],
      );
      return new Map(rows.map((conversation) => [conversation.sessionId ?? '', conversation]));
    },

    /** Renames. An absent title stays as it is; null removes it, and the next exchange makes a new one. */
    update: async (viewer: Viewer | null, input: { readonly id: string; readonly title?: string | null | undefined }): Promise<Conversation> => {
      const existing = await get(viewer, input.id);
      const values = parseInput(z.object({ title: title.nullish() }), input);
      if (values.title === undefined) return existing;
      const name = values.title;
      return prisma.$transaction(async (transaction) => {
        await conversationLog.append(transaction, existing.id, { type: 'ConversationTitleChanged', title: name });
        return transaction.conversation.update({
          where: { id: existing.id },
          data: { title: name, titleSource: name === null ? 'NONE' : 'PERSON', updatedAt: clock.now() },
        });
      });
    },

    /** Deletes one conversation with all that was said in it. That of a data session goes with its session. */
    delete: async (viewer: Viewer | null, id: string): Promise<string> => {
      const existing = await get(viewer, id);
      if (existing.sessionId !== null) {
        throw new AppError('CONFLICT', 'This is the conversation of a data session; delete the session instead, with "deleteSession".');
      }
      await remove({ id });
      return id;
    },

    /** Deletes all of the viewer's own conversations, except those of data sessions. Returns the ids. */
    deleteAll: async (viewer: Viewer | null, isConfirmed: boolean): Promise<readonly string[]> => {
      const { userId } = requireViewer(viewer);
      if (!isConfirmed) throw badInput(['input', 'confirm'], '"confirm" must be true: this deletes all your conversations and cannot be undone.');
      return remove({ ownerId: userId, sessionId: null });
    },

    /**
     * Follows a conversation on every device: messages, runs and titles as they come.
     *
     * @param after the number of the last event that the caller has; 0 for all of them
     */
    events: async (viewer: Viewer | null, id: string, after: number): Promise<Reader<ConversationEvent>> => {
      const { eventSeq } = await get(viewer, id);
      parseInput(z.number().int().min(0, 'must be 0 or more').max(eventSeq, `is beyond the newest event, ${eventSeq}`), after, ['after']);
      return conversationLog.read(id, after);
    },
  };
}
