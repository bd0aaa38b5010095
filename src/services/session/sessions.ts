import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { badInput, notFound } from '../../base/errors.ts';
import { isUuid, type IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { Page, Position } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { FileStore } from '../../stores/file-store.ts';
import { insist } from '../../stores/insist.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { removeFromDisk } from '../file/files.ts';
import { adoptFiles } from './adopt-files.ts';

/** A data workspace. */
export interface SessionRow {
  readonly id: string;
  readonly title: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When its tables of the person's own data were last made; null for one that was not made of them. */
  readonly snapshotAt: Date | null;
}

/** What a deleted session took with it. */
export interface DeletedSession {
  readonly sessionId: string;
  readonly conversationId: string | null;
  readonly fileIds: readonly string[];
  /** The versions of its derived tables. */
  readonly derivedTableIds: readonly string[];
}

/** Data sessions. Each is seen by its owner alone. */
export interface Sessions {
  /**
   * Makes a session with its conversation, and puts uploaded files into it. Tables whose names collide get numbers.
   *
   * @param input.fileIds files of the viewer that are in no session yet; may be empty
   * @param input.snapshotAt when its tables were made of the viewer's own data, where they were
   * @throws AppError NOT_FOUND when a file is not the viewer's, CONFLICT when one is in a session already; nothing is changed then
   */
  create(
    viewer: Viewer | null,
    input: { readonly title?: string | null | undefined; readonly fileIds: readonly string[]; readonly snapshotAt?: Date },
  ): Promise<SessionRow>;
  /** A page of the viewer's sessions, the most recently used first. */
  list(viewer: Viewer | null, page: Page): Promise<readonly SessionRow[]>;
  /** @throws AppError NOT_FOUND */
  get(viewer: Viewer | null, id: string): Promise<SessionRow>;
  /** Those of some sessions that the viewer may see, by their ids. */
  byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, SessionRow>>;
  /**
   * Changes a session. What is absent stays; a null title removes it.
   *
   * @throws AppError NOT_FOUND
   */
  update(viewer: Viewer | null, input: { readonly id: string; readonly title?: string | null | undefined }): Promise<SessionRow>;
  /**
   * Deletes a session with its conversation, messages, runs and files; from the disk once the change is certain.
   *
   * @throws AppError NOT_FOUND
   */
  delete(viewer: Viewer | null, id: string): Promise<DeletedSession>;
}

/** What `createSessions` stands on. */
export interface SessionsDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly newId: IdSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The most files of one session; 50 by default. */
  readonly maxFilesPerSession?: number;
  /** Called before a session is deleted, to stop the run in its conversation. What it throws keeps the session. */
  readonly stopRuns?: (conversationId: string) => Promise<void>;
  /** Hears which conversation went with a session; nothing waits for it. */
  readonly onRemoved?: (conversationIds: readonly string[]) => void;
  /** Tells whoever watches the conversation of a session that it is gone. */
  readonly conversationLog: Pick<ConversationLog, 'appendDeleted'>;
}

const sessionSelection = { id: true, title: true, createdAt: true, updatedAt: true, snapshotAt: true } as const satisfies Prisma.SessionSelect;

const title = z
  .string()
  .trim()
  .min(1, 'The title is empty; leave it out, or give null for none.')
  .max(200, 'The title is longer than 200 characters.')
  .nullish();

/** Sessions beyond a position of the list that is ordered by `updatedAt` and `id`, both descending. */
function beyond(position: Position | null, direction: 'lt' | 'gt'): Prisma.SessionWhereInput {
  if (position === null) return {};
  // The first condition is implied by the second; it is what lets PostgreSQL start in the middle of the index.
  return {
    updatedAt: { [`${direction}e`]: position.at },
    OR: [{ updatedAt: { [direction]: position.at } }, { updatedAt: position.at, id: { [direction]: position.id } }],
  };
}

/** Makes the service. */
export function createSessions(dependencies: SessionsDependencies): Sessions {
  const { prisma, fileStore, newId, clock, logger, maxFilesPerSession = 50, conversationLog, stopRuns, onRemoved } = dependencies;

  async function get(viewer: Viewer | null, id: string): Promise<SessionRow> {
    const { userId } = requireViewer(viewer);
    const row = isUuid(id) ? await prisma.session.findFirst({ where: { id, ownerId: userId }, select: sessionSelection }) : null;
    if (row === null) throw notFound('Session');
    return row;
  }

  async function deleteRows(userId: string, id: string): Promise<DeletedSession> {
    return prisma.$transaction(async (transaction) => {
      // The conversation before its session, as a message that is sent locks them: opposite orders would deadlock. With both locked, a
      // message or an upload that comes now waits, and then finds nothing.
      const [conversation] = await transaction.$queryRaw<{ id: string }[]>`
        SELECT c.id FROM conversations c JOIN sessions s ON s.id = c.session_id WHERE s.id = ${id}::uuid AND s.owner_id = ${userId}::uuid FOR UPDATE OF c`;
      const { count } = await transaction.session.updateMany({ where: { id, ownerId: userId }, data: { updatedAt: clock.now() } });
      if (count === 0) throw notFound('Session');
      const files = await transaction.file.findMany({ where: { sessionId: id }, select: { id: true } });
      const derived = await transaction.derivedTable.findMany({ where: { sessionId: id }, select: { id: true } });
      if (conversation !== undefined) {
        // The log has no foreign key, so no cascade reaches it.
        await transaction.$executeRaw`DELETE FROM run_events WHERE run_id IN (SELECT id FROM runs WHERE conversation_id = ${conversation.id}::uuid)`;
      }
      await transaction.session.delete({ where: { id } });
      if (conversation !== undefined) await conversationLog.appendDeleted(transaction, [conversation.id]);
      return {
        sessionId: id,
        conversationId: conversation?.id ?? null,
        fileIds: files.map((file) => file.id),
        derivedTableIds: derived.map((table) => table.id),
      };
    });
  }

  return {
    async create(viewer, input) {
      const { userId } = requireViewer(viewer);
      const checked = parseInput(z.object({ title }), { title: input.title });
      const fileIds = [...new Set(input.fileIds)];
      if (fileIds.length > maxFilesPerSession)
        throw badInput(['input', 'fileIds'], `${fileIds.length} files are more than the ${maxFilesPerSession} that a session can hold.`);
      if (!fileIds.every(isUuid)) throw notFound('File');
      const id = newId();
      const conversationId = newId();
      const now = clock.now();
      return prisma.$transaction(async (transaction) => {
        const row = await transaction.session.create({
          data: { id, ownerId: userId, title: checked.title ?? null, createdAt: now, updatedAt: now, snapshotAt: input.snapshotAt ?? null },
          select: sessionSelection,
        });
        await transaction.conversation.create({
          data: {
            id: conversationId,
            ownerId: userId,
            sessionId: id,
            createdAt: now,
            updatedAt: now,
            participants: { create: { userId, role: 'OWNER', joinedAt: now } },
          },
          select: { id: true },
        });
        if (fileIds.length > 0) await adoptFiles(transaction, userId, id, fileIds, maxFilesPerSession);
        return row;
      });
    },

    async list(viewer, page) {
      const { userId } = requireViewer(viewer);
      const order = page.isReversed ? 'asc' : 'desc';
      return prisma.session.findMany({
        where: { ownerId: userId, AND: [beyond(page.after, 'lt'), beyond(page.before, 'gt')] },
        orderBy: [{ updatedAt: order }, { id: order }],
        take: page.limit,
        select: sessionSelection,
      });
    },

    get,

    async byIds(viewer, ids) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.session.findMany({ where: { id: { in: [...ids] }, ownerId: userId }, select: sessionSelection });
      return new Map(rows.map((row) => [row.id, row]));
    },

    async update(viewer, input) {
      const { userId } = requireViewer(viewer);
      if (!isUuid(input.id)) throw notFound('Session');
      const checked = parseInput(z.object({ title }), { title: input.title });
      if (checked.title === undefined) return get(viewer, input.id);
      const [row] = await prisma.session.updateManyAndReturn({
        where: { id: input.id, ownerId: userId },
        data: { title: checked.title, updatedAt: clock.now() },
        select: sessionSelection,
      });
      if (row === undefined) throw notFound('Session');
      return row;
    },

    async delete(viewer, id) {
      const { userId } = requireViewer(viewer);
      await get(viewer, id);
      const conversation = stopRuns === undefined ? null : await prisma.conversation.findUnique({ where: { sessionId: id }, select: { id: true } });
      if (conversation !== null) await stopRuns?.(conversation.id);
      const deleted = await insist(() => deleteRows(userId, id));
      if (conversation !== null) onRemoved?.([conversation.id]);
      await removeFromDisk(fileStore, logger, [...deleted.fileIds, ...deleted.derivedTableIds]);
      return deleted;
    },
  };
}
