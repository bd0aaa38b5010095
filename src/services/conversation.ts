import { z } from 'zod';
import type { Conversation, Prisma, PrismaClient } from '../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../auth/viewer.ts';
import type { Clock } from '../base/clock.ts';
import { AppError, badInput, notFound } from '../base/errors.ts';
import type { IdSource } from '../base/id.ts';
import { parseInput } from '../base/validate.ts';
import type { ConversationEvent } from '../events/conversation-event.ts';
import type { ConversationLog } from '../events/conversation-log.ts';
import type { Reader } from '../base/takeable.ts';
import type { RoomSignals } from '../events/room-signals.ts';
import { withSignals } from '../events/signalled-reader.ts';
import { insist } from '../stores/insist.ts';
import type { Statements } from '../stores/statements.ts';
import { aboutWhatIsThere, contextKinds, requireContext, type ContextName } from './conversation/about.ts';
import { createConversationList } from './conversation/conversation-list.ts';
import { conversationColumns, type LoadedConversation } from './conversation/conversation-row.ts';
import { changeMarks, marksInput } from './conversation/organising.ts';
import { expiryOf, lifetimeMinutes } from './conversation/temporary.ts';
import { requirePermission } from './room/permissions.ts';

/** Conversations: rooms of messages. */
export type Conversations = ReturnType<typeof createConversations>;

/** What the service needs. */
export interface ConversationDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly conversationLog: ConversationLog;
  /** Typing and presence. */
  readonly roomSignals: Pick<RoomSignals, 'follow'>;
  /** Stops the runs of conversations that are about to be deleted. */
  readonly stopRuns: (conversationIds: readonly string[]) => Promise<void>;
  /** Removes kept files of attachments whose rows are gone; a failure is logged. */
  readonly removeFiles?: (ids: readonly string[]) => Promise<void>;
  /** Hears which are gone; nothing waits for it. */
  readonly onRemoved?: (conversationIds: readonly string[]) => void;
}

/** A title that somebody gives a conversation. */
export const conversationTitle = z
  .string()
  .trim()
  .min(1, 'a title must not be empty')
  .max(200, 'a title has at most 200 characters')
  .refine((title) => !title.includes('\u0000'), 'a title must not contain the character U+0000');

const newConversationInput = z.object({
  title: conversationTitle.nullish(),
  temporaryForMinutes: lifetimeMinutes.nullish(),
  context: z.object({ kind: z.enum(contextKinds), id: z.uuid() }).nullish(),
});

/** What a new conversation is like. */
export interface NewConversation {
  readonly title?: string | null | undefined;
  /** After how many minutes it vanishes; absent or null for one that stays. */
  readonly temporaryForMinutes?: number | null | undefined;
  /** What it is about; absent or null for a plain one. */
  readonly context?: ContextName | null | undefined;
}

/** What to change of a conversation. */
export interface ConversationChanges {
  readonly id: string;
  readonly title?: string | null | undefined;
  readonly isPinned?: boolean | null | undefined;
  readonly isArchived?: boolean | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
}

/** A new conversation of one person, with that person as its first participant. */
export function newConversation(id: string, ownerId: string, now: Date): Prisma.ConversationUncheckedCreateInput {
  return { id, ownerId, createdAt: now, updatedAt: now, participants: { create: { userId: ownerId, joinedAt: now } } };
}

/** Creates the service. */
export function createConversations(dependencies: ConversationDependencies) {
  const { prisma, statements, clock, newId, conversationLog, roomSignals, stopRuns, removeFiles = async () => {}, onRemoved = () => {} } = dependencies;

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Conversation>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<Conversation>(
      `SELECT ${conversationColumns} FROM conversations c JOIN participations a ON a.conversation_id = c.id AND a.user_id = $2 WHERE c.id = ANY($1::uuid[])`,
      [ids, userId],
    );
    return new Map(rows.map((conversation) => [conversation.id, conversation]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<Conversation> => {
    const found = (await byIds(viewer, [id])).get(id);
    if (found === undefined) throw notFound('Conversation');
    return found;
  };

  const rename = async (transaction: Prisma.TransactionClient, id: string, name: string | null, now: Date): Promise<Conversation> => {
    await conversationLog.append(transaction, id, { type: 'ConversationTitleChanged', title: name });
    return transaction.conversation.update({ where: { id }, data: { title: name, titleSource: name === null ? 'NONE' : 'PERSON', updatedAt: now } });
  };

  /** Deletes what a condition selects, with the events of its runs and the files of its attachments, and tells whoever watches. */
  const remove = async (where: Prisma.ConversationWhereInput): Promise<readonly string[]> => {
    const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
    const found = idsOf(await prisma.conversation.findMany({ where, select: { id: true } }));
    if (found.length === 0) return [];
    await stopRuns(found);
    const removeRows = () =>
      prisma.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT id FROM conversations WHERE id = ANY(${found}::uuid[]) ORDER BY id FOR UPDATE`;
        // One that was to vanish may have been kept in the meantime.
        const doomed = idsOf(await transaction.conversation.findMany({ where: { AND: [where, { id: { in: found } }] }, select: { id: true } }));
        const inDoomed = { conversationId: { in: doomed } };
        const runs = await transaction.run.findMany({ where: inDoomed, select: { id: true } });
        const uses = await transaction.attachmentUse.findMany({ where: inDoomed, select: { attachmentId: true } });
        await transaction.conversation.deleteMany({ where: { id: { in: doomed } } });
        await transaction.runEvent.deleteMany({ where: { runId: { in: idsOf(runs) } } });
        await conversationLog.appendDeleted(transaction, doomed);
        // Those that other conversations have, too, are left.
        const held = [...new Set(uses.map(({ attachmentId }) => attachmentId))];
        const left = new Set(idsOf(await transaction.attachment.findMany({ where: { id: { in: held } }, select: { id: true } })));
        return { ids: doomed, files: held.filter((id) => !left.has(id)) };
      });
    const { ids, files } = await insist(removeRows);
    onRemoved(ids);
    await removeFiles(files);
    return ids;
  };

  return {
    byIds,
    get,

    /**
     * A new, empty conversation. The title is made after the first exchange when none is given.
     *
     * @throws AppError BAD_USER_INPUT; NOT_FOUND for a context that is not the viewer's; CONFLICT for a data session
     */
    create: async (viewer: Viewer | null, input: NewConversation): Promise<Conversation> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(newConversationInput, input);
      const { context = null } = values;
      const about = await requireContext(prisma, userId, context);
      const named = values.title == null ? {} : { title: values.title, titleSource: 'PERSON' as const };
      const now = clock.now();
      const data = { ...newConversation(newId(), userId, now), ...named, ...about, expiresAt: expiryOf(now, values.temporaryForMinutes) };
      return aboutWhatIsThere(context, () => prisma.conversation.create({ data }));
    },

    /**
     * Makes a temporary conversation stay. One that stays anyway is as it was.
     *
     * @throws AppError NOT_FOUND, also when its time is over; FORBIDDEN for all but its OWNERs
     */
    keep: async (viewer: Viewer | null, id: string): Promise<Conversation> => {
      const { userId } = requireViewer(viewer);
      const existing = await get(viewer, id);
      await requirePermission(prisma, { conversationId: id, userId }, 'KEEP');
      if (existing.expiresAt === null) return existing;
      const { rows } = await statements.query<Conversation>(
        `UPDATE conversations c SET expires_at = NULL WHERE c.id = $1::uuid AND (c.expires_at IS NULL OR c.expires_at > now()) RETURNING ${conversationColumns}`,
        [id],
      );
      const [kept] = rows;
      if (kept === undefined) throw notFound('Conversation');
      return kept;
    },

    /** Removes conversations whose time is over, with everything in them. To be called often. Returns how many. */
    removeExpired: async (): Promise<number> => {
      const { rows } = await statements.query<{ now: Date }>('SELECT now() AS now', []);
      const now = rows[0]?.now ?? clock.now();
      return (await remove({ expiresAt: { lte: now } })).length;
    },

    list: createConversationList({ statements }),

    /** The conversations of these sessions, by the id of the session. */
    bySessions: async (viewer: Viewer | null, sessionIds: readonly string[]): Promise<ReadonlyMap<string, Conversation>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<Conversation>(
        `SELECT ${conversationColumns} FROM conversations c JOIN participations a ON a.conversation_id = c.id AND a.user_id = $2 WHERE c.session_id = ANY($1::uuid[])`,
        [sessionIds, userId],
      );
      return new Map(rows.map((conversation) => [conversation.sessionId ?? '', conversation]));
    },

    /**
     * Renames, and changes the viewer's marks. What is absent stays as it is; a title of null is removed, and the next exchange makes a new one.
     *
     * @throws AppError NOT_FOUND, BAD_USER_INPUT; FORBIDDEN for a title of anybody but its OWNERs
     */
    update: async (viewer: Viewer | null, input: ConversationChanges): Promise<LoadedConversation> => {
      const { userId } = requireViewer(viewer);
      const existing = await get(viewer, input.id);
      const { title: name, ...marks } = parseInput(marksInput.extend({ title: conversationTitle.nullish() }), input);
      const isMarked = Object.values(marks).some((mark) => mark != null);
      if (name === undefined && !isMarked) return existing;
      if (name !== undefined) await requirePermission(prisma, { conversationId: existing.id, userId }, 'RENAME');
      return prisma.$transaction(async (transaction) => {
        const now = clock.now();
        // The conversation before its participants, as a message that is sent locks them.
        const renamed = name === undefined ? existing : await rename(transaction, existing.id, name, now);
        return isMarked ? { ...renamed, marks: await changeMarks(transaction, { conversationId: existing.id, userId, now }, marks) } : renamed;
      });
    },

    /**
     * Deletes one conversation with all that was said in it, for everybody. That of a data session goes with its session.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs; CONFLICT for one of a data session
     */
    delete: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const existing = await get(viewer, id);
      await requirePermission(prisma, { conversationId: id, userId }, 'DELETE');
      if (existing.sessionId !== null) {
        throw new AppError('CONFLICT', 'This is the conversation of a data session; delete the session instead, with "deleteSession".');
      }
      await remove({ id });
      return id;
    },

    /** Deletes all conversations that the viewer holds, except those of data sessions. Returns the ids. */
    deleteAll: async (viewer: Viewer | null, isConfirmed: boolean): Promise<readonly string[]> => {
      const { userId } = requireViewer(viewer);
      if (!isConfirmed) throw badInput(['input', 'confirm'], '"confirm" must be true: this deletes all your conversations and cannot be undone.');
      return remove({ ownerId: userId, sessionId: null });
    },

    /**
     * Follows a conversation on every device: messages, runs, titles and participants as they come, and between them who types and who is there. Ends
     * when the viewer takes no part any more.
     *
     * @param after the number of the last event that the caller has; 0 for all of them
     */
    events: async (viewer: Viewer | null, id: string, after: number): Promise<Reader<ConversationEvent>> => {
      const { userId } = requireViewer(viewer);
      const { eventSeq } = await get(viewer, id);
      parseInput(z.number().int().min(0, 'must be 0 or more').max(eventSeq, `is beyond the newest event, ${eventSeq}`), after, ['after']);
      const { rows } = await statements.query<{ isShared: boolean }>(
        'SELECT EXISTS (SELECT 1 FROM participants WHERE conversation_id = $1::uuid AND user_id <> $2::uuid) AS "isShared"',
        [id, userId],
      );
      return withSignals(conversationLog.read(id, userId, after), {
        conversationId: id,
        after,
        clock,
        follow: (hear) => roomSignals.follow({ conversationId: id, userId }, rows[0]?.isShared === true, hear),
      });
    },
  };
}
