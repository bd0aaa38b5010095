import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { Page, Position } from '../../base/page.ts';
import type { Reader } from '../../base/takeable.ts';
import type { RowChanges } from '../../events/row-changes.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { isUploadOver, uploadSelection, type UploadRow } from './upload-row.ts';

/** What people see of their uploads. Each is seen by its owner alone. */
export interface UploadViews {
  /** @throws AppError NOT_FOUND */
  get(viewer: Viewer | null, id: string): Promise<UploadRow>;
  /** A page of the viewer's uploads, the newest first. */
  list(viewer: Viewer | null, page: Page): Promise<readonly UploadRow[]>;
  /** Those of some uploads that the viewer may see, by their ids. */
  byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, UploadRow>>;
  /**
   * Follows an upload until it is over: as it is, then after each change. One that is about to begin is waited for.
   *
   * @throws AppError NOT_FOUND
   */
  follow(viewer: Viewer | null, id: string): Promise<Reader<UploadRow>>;
}

function beyond(position: Position | null, direction: 'lt' | 'gt'): Prisma.UploadWhereInput {
  if (position === null) return {};
  return {
    createdAt: { [`${direction}e`]: position.at },
    OR: [{ createdAt: { [direction]: position.at } }, { createdAt: position.at, id: { [direction]: position.id } }],
  };
}

const isSame = (one: UploadRow, other: UploadRow): boolean =>
  one.status === other.status && one.receivedBytes === other.receivedBytes && one.progress === other.progress && one.name === other.name;

/**
 * Makes the service.
 *
 * @param options.arrivalMs how long an upload that does not exist yet is waited for: a client begins to send and to watch at the same time
 */
export function createUploadViews({
  prisma,
  changes,
  clock,
  arrivalMs,
}: {
  readonly prisma: PrismaClient;
  readonly changes: RowChanges;
  readonly clock: Clock;
  readonly arrivalMs: number;
}): UploadViews {
  const find = (ownerId: string, id: string): Promise<UploadRow | null> =>
    prisma.upload.findFirst({ where: { id, ownerId, expiresAt: { gt: clock.now() } }, select: uploadSelection });

  /** The upload, as soon as there is one. */
  async function arrival(userId: string, id: string): Promise<UploadRow | null> {
    const signal = AbortSignal.timeout(arrivalMs);
    for (;;) {
      const changed = new AbortController();
      const next = changes.next(id, AbortSignal.any([signal, changed.signal]));
      const row = await find(userId, id);
      if (row !== null || signal.aborted) {
        changed.abort();
        return row;
      }
      await next;
    }
  }

  return {
    async get(viewer, id) {
      const { userId } = requireViewer(viewer);
      const row = isUuid(id) ? await find(userId, id) : null;
      if (row === null) throw notFound('Upload');
      return row;
    },
    async list(viewer, page) {
      const { userId } = requireViewer(viewer);
      const order = page.isReversed ? 'asc' : 'desc';
      return prisma.upload.findMany({
        where: { ownerId: userId, expiresAt: { gt: clock.now() }, AND: [beyond(page.after, 'lt'), beyond(page.before, 'gt')] },
        orderBy: [{ createdAt: order }, { id: order }],
        take: page.limit,
        select: uploadSelection,
      });
    },
    async byIds(viewer, ids) {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.upload.findMany({ where: { id: { in: [...ids] }, ownerId: userId, expiresAt: { gt: clock.now() } }, select: uploadSelection });
      return new Map(rows.map((row) => [row.id, row]));
    },
    async follow(viewer, id) {
      const { userId } = requireViewer(viewer);
      if (!isUuid(id) || (await arrival(userId, id)) === null) throw notFound('Upload');
      return changes.follow(id, { load: () => find(userId, id), isSame, isFinal: isUploadOver });
    },
  };
}
