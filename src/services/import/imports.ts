import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { ImportConfig } from '../../base/import-config.ts';
import type { Page, Position } from '../../base/page.ts';
import type { Reader } from '../../base/takeable.ts';
import type { RowChanges } from '../../events/row-changes.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { labelOf } from '../upload/file-name.ts';
import { createUploadSlots } from '../upload/upload-slots.ts';
import type { ImportJobs } from './import-jobs.ts';
import type { ImportRecords } from './import-records.ts';
import { importSelection, isImportOver, type ImportRow } from './import-row.ts';

/** Imports: what people bring along from elsewhere. Each is seen by its owner alone. */
export interface Imports {
  /**
   * Receives the file of one: when this returns it is on the disk and its row is stored, and the rest is done in the background, whatever
   * happens to this process.
   *
   * @param clientName the name of the file, a label for people
   * @throws AppError UNAUTHENTICATED; RATE_LIMITED when the viewer has too many; UNSUPPORTED_FILE for an empty file; what `FileStore.receive` throws
   */
  receive(viewer: Viewer | null, clientName: string, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ImportRow>;
  /** @throws AppError NOT_FOUND */
  get(viewer: Viewer | null, id: string): Promise<ImportRow>;
  /** A page of the viewer's imports, the newest first. */
  list(viewer: Viewer | null, page: Page): Promise<readonly ImportRow[]>;
  /** Those of some imports that the viewer may see, by their ids. */
  byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, ImportRow>>;
  /**
   * Follows an import until it is over: as it is, then after each change.
   *
   * @throws AppError NOT_FOUND
   */
  follow(viewer: Viewer | null, id: string): Promise<Reader<ImportRow>>;
  /**
   * Gives one up. What was taken over stays.
   *
   * @throws AppError NOT_FOUND; CONFLICT when it is over
   */
  cancel(viewer: Viewer | null, id: string): Promise<ImportRow>;
  /**
   * Forgets one that is over, with its report. What was taken over stays.
   *
   * @returns its id
   * @throws AppError NOT_FOUND; CONFLICT when it is not over yet
   */
  delete(viewer: Viewer | null, id: string): Promise<string>;
  /** Forgets those whose time is over; gives how many. For the house-keeping. */
  removeExpired(): Promise<number>;
}

/** What `createImports` stands on. */
export interface ImportsDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly clock: Clock;
  readonly changes: RowChanges;
  readonly records: ImportRecords;
  readonly jobs: Pick<ImportJobs, 'start' | 'stop'>;
  readonly limits: Pick<ImportConfig, 'maxBytes'>;
}

/** How many files of imports of one person may be on their way to a node. */
const mostTransfers = 1;

function beyond(position: Position | null, direction: 'lt' | 'gt'): Prisma.ImportWhereInput {
  if (position === null) return {};
  return {
    createdAt: { [`${direction}e`]: position.at },
    OR: [{ createdAt: { [direction]: position.at } }, { createdAt: position.at, id: { [direction]: position.id } }],
  };
}

const isSame = (one: ImportRow, other: ImportRow): boolean =>
  one.status === other.status &&
  one.progress === other.progress &&
  one.source === other.source &&
  one.problemCount === other.problemCount &&
  JSON.stringify(one.counts) === JSON.stringify(other.counts);

/** Makes the service. */
export function createImports({ prisma, fileStore, clock, changes, records, jobs, limits }: ImportsDependencies): Imports {
  const slots = createUploadSlots(mostTransfers);

  const find = (ownerId: string, id: string): Promise<ImportRow | null> =>
    prisma.import.findFirst({ where: { id, ownerId, expiresAt: { gt: clock.now() } }, select: importSelection });

  async function get(viewer: Viewer | null, id: string): Promise<ImportRow> {
    const { userId } = requireViewer(viewer);
    const row = isUuid(id) ? await find(userId, id) : null;
    if (row === null) throw notFound('Import');
    return row;
  }

  return {
    async receive(viewer, clientName, source, signal) {
      const { userId } = requireViewer(viewer);
      const release = slots.take(userId);
      try {
        const { id, byteSize } = await fileStore.receive(source, { maxBytes: limits.maxBytes }, signal);
        try {
          if (byteSize === 0) throw new AppError('UNSUPPORTED_FILE', 'The file is empty. Send the archive of an export as it came.');
          const row = await records.create({ id, ownerId: userId, name: labelOf(clientName) || 'import', byteSize });
          jobs.start(id);
          return row;
        } catch (error) {
          // After a lost connection the row may be there: the file then stays, and the sweep removes it if it has none.
          if (error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE') await fileStore.discard(id);
          throw error;
        }
      } finally {
        release();
      }
    },

    get,

    async list(viewer, page) {
      const { userId } = requireViewer(viewer);
      const order = page.isReversed ? 'asc' : 'desc';
      return prisma.import.findMany({
        where: { ownerId: userId, expiresAt: { gt: clock.now() }, AND: [beyond(page.after, 'lt'), beyond(page.before, 'gt')] },
        orderBy: [{ createdAt: order }, { id: order }],
        take: page.limit,
        select: importSelection,
      });
    },

    async byIds(viewer, ids) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.import.findMany({ where: { id: { in: [...ids] }, ownerId: userId, expiresAt: { gt: clock.now() } }, select: importSelection });
      return new Map(rows.map((row) => [row.id, row]));
    },

    async follow(viewer, id) {
      const { userId } = requireViewer(viewer);
      await get(viewer, id);
      return changes.follow(id, { load: () => find(userId, id), isSame, isFinal: isImportOver });
    },

    async cancel(viewer, id) {
      const row = await get(viewer, id);
      if (!(await records.cancel(id))) throw new AppError('CONFLICT', `"${row.name}" is over already: nothing is left to give up. "deleteImport" forgets it.`);
      await jobs.stop(id);
      await fileStore.discard(id);
      return get(viewer, id);
    },

    async delete(viewer, id) {
      const { userId } = requireViewer(viewer);
      const row = await get(viewer, id);
      const { count } = await prisma.import.deleteMany({ where: { id, ownerId: userId, status: { in: ['COMPLETED', 'FAILED', 'CANCELLED'] } } });
      if (count === 0) throw new AppError('CONFLICT', `"${row.name}" is not over yet. Give it up with "cancelImport" first.`);
      return id;
    },

    async removeExpired() {
      // One that is under way has its time after its end.
      const { count } = await prisma.import.deleteMany({ where: { expiresAt: { lte: clock.now() }, status: { in: ['COMPLETED', 'FAILED', 'CANCELLED'] } } });
      return count;
    },
  };
}
