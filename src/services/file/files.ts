import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { later, type Clock } from '../../base/clock.ts';
import { notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { IngestReport } from '../../base/reading.ts';
import type { ColumnProfile } from '../../base/table.ts';
import type { FileStore, SweepReport } from '../../stores/file-store.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { fileRowSelection, parseColumns, parseIngest, type FileRow } from './file-row.ts';

/** Uploaded files. Each is seen by its owner alone; the reads of several give what of them the viewer may see. */
export interface Files {
  /** @throws AppError NOT_FOUND */
  get(viewer: Viewer | null, id: string): Promise<FileRow>;
  /** The files of sessions, by the id of the session, in the order of their upload. */
  ofSessions(viewer: Viewer | null, sessionIds: readonly string[]): Promise<ReadonlyMap<string, readonly FileRow[]>>;
  /** Those of some files that the viewer may see, by their ids. */
  byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, FileRow>>;
  /** The profiles of the columns, by the id of the file. */
  columns(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, readonly ColumnProfile[]>>;
  /** How the files were read, by the id of the file. */
  ingests(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, IngestReport>>;
  /**
   * Deletes a file: its row, then what lies on the disk.
   *
   * @returns what it was
   * @throws AppError NOT_FOUND
   */
  delete(viewer: Viewer | null, id: string): Promise<FileRow>;
  /**
   * Removes from the disk what has no row, and the uploads that were never put into a session. For the house-keeping of the server.
   *
   * @param limits.olderThanMs how long what has no row must have lain untouched
   * @param limits.unattachedOlderThanMs how long a file may stay without a session
   */
  sweep(limits: { readonly olderThanMs: number; readonly unattachedOlderThanMs: number }): Promise<SweepReport & { readonly unattachedCount: number }>;
}

/** What `createFiles` stands on. */
export interface FilesDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Removes kept files whose rows are gone. A failure is only logged: the sweep comes by again.
 *
 * @param ids the ids of the files
 */
export async function removeFromDisk(fileStore: FileStore, logger: Logger, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await fileStore
      .remove(id)
      .catch((error: unknown) => logger.warn({ error, fileId: id }, 'a deleted file could not be removed from the disk; the sweep will try again'));
  }
}

/** Makes the service. */
export function createFiles({ prisma, fileStore, clock, logger }: FilesDependencies): Files {
  async function sweepUnattached(before: Date): Promise<number> {
    const waiting: Prisma.FileWhereInput = {
      sessionId: null,
      OR: [{ removedAt: null, createdAt: { lt: before } }, { removedAt: { lt: before } }],
    };
    const found = await prisma.file.findMany({ where: waiting, select: { id: true }, take: 1_000 });
    const ids = found.map(({ id }) => id);
    // Between the look and the delete a file may have found its session.
    await prisma.file.deleteMany({ where: { id: { in: ids }, ...waiting } });
    const kept = await rowsOf(ids);
    const gone = ids.filter((id) => !kept.has(id));
    await removeFromDisk(fileStore, logger, gone);
    return gone.length;
  }

  async function rowsOf(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await prisma.file.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
    return new Set(found.map(({ id }) => id));
  }

  /** The readings that count of uploaded files; derived tables, attachments and avatars are written once. */
  async function revisionsOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const where = { id: { in: [...ids] } };
    const [files, ...writtenOnce] = [
      await prisma.file.findMany({ where, select: { id: true, revision: true } }),
      await prisma.derivedTable.findMany({ where, select: { id: true } }),
      await prisma.attachment.findMany({ where, select: { id: true } }),
      await prisma.avatar.findMany({ where, select: { id: true } }),
      await prisma.document.findMany({ where, select: { id: true } }),
    ];
    return new Map([...files.map(({ id, revision }): [string, number] => [id, revision]), ...writtenOnce.flat().map(({ id }): [string, number] => [id, 1])]);
  }

  async function awaitedOf(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const imports = await prisma.import.findMany({ where: { id: { in: [...ids] }, status: { in: ['QUEUED', 'RUNNING'] } }, select: { id: true } });
    const found = await prisma.upload.findMany({
      where: { id: { in: [...ids] }, isResumable: true, status: { in: ['RECEIVING', 'READING'] }, expiresAt: { gt: clock.now() } },
      select: { id: true },
    });
    return new Set([...found, ...imports].map(({ id }) => id));
  }

  return {
    async get(viewer, id) {
      const { userId } = requireViewer(viewer);
      const row = isUuid(id) ? await prisma.file.findFirst({ where: { id, ownerId: userId }, select: fileRowSelection }) : null;
      if (row === null) throw notFound('File');
      return row;
    },

    async ofSessions(viewer, sessionIds) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.file.findMany({
        where: { sessionId: { in: [...sessionIds] }, session: { ownerId: userId } },
        select: fileRowSelection,
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return Map.groupBy(rows, (row) => row.sessionId ?? '');
    },

    async byIds(viewer, ids) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.file.findMany({ where: { id: { in: [...ids] }, ownerId: userId }, select: fileRowSelection });
      return new Map(rows.map((row) => [row.id, row]));
    },

    async columns(viewer, ids) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.file.findMany({ where: { id: { in: [...ids] }, ownerId: userId }, select: { id: true, columns: true } });
      return new Map(rows.map((row) => [row.id, parseColumns(row.columns)]));
    },

    async ingests(viewer, ids) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.file.findMany({ where: { id: { in: [...ids] }, ownerId: userId }, select: { id: true, ingest: true } });
      return new Map(rows.map((row) => [row.id, parseIngest(row.ingest)]));
    },

    async delete(viewer, id) {
      const { userId } = requireViewer(viewer);
      if (!isUuid(id)) throw notFound('File');
      const row = await prisma.$transaction(async (transaction) => {
        const found = await transaction.file.findFirst({ where: { id, ownerId: userId }, select: fileRowSelection });
        if (found === null) throw notFound('File');
        // The session before its file, as everywhere: two transactions that lock in opposite orders would deadlock.
        if (found.sessionId !== null) await transaction.session.updateMany({ where: { id: found.sessionId }, data: { updatedAt: clock.now() } });
        const { count } = await transaction.file.deleteMany({ where: { id, ownerId: userId } });
        if (count === 0) throw notFound('File');
        return found;
      });
      await removeFromDisk(fileStore, logger, [id]);
      return row;
    },

    async sweep({ olderThanMs, unattachedOlderThanMs }) {
      const unattachedCount = await sweepUnattached(later(clock.now(), -unattachedOlderThanMs));
      return { ...(await fileStore.sweep(olderThanMs, { revisionsOf, awaitedOf })), unattachedCount };
    },
  };
}
