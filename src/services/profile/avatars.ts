import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { Statements } from '../../stores/statements.ts';
import { isCompanion } from '../people/companion.ts';
import { isUnsent } from '../attachment/visible.ts';
import { storedDownload, type DownloadKind } from '../download/downloads.ts';
import { removeFromDisk } from '../file/files.ts';

/** The pictures that people are shown by. */
export type Avatars = ReturnType<typeof createAvatars>;

/** What the service stands on. */
export interface AvatarDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly fileStore: FileStore;
  readonly logger: Logger;
}

const mostBytes = 1024 * 1024;
const mostPixels = 2_048;

/** Of `avatars v`, in SQL: whether somebody sees the person whose it is, as themself, in a conversation or in a workspace. An administrator sees everybody's name, and not this. */
const isVisibleTo = (user: string): string => `(v.user_id = ${user}::uuid OR ${isCompanion(`${user}::uuid`, 'v.user_id')})`;

interface Candidate {
  readonly mediaType: string;
  readonly byteSize: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly isUnsent: boolean;
}

/**
 * An attachment that somebody may make their avatar.
 *
 * @throws AppError NOT_FOUND; BAD_USER_INPUT for what is no picture, or too large; CONFLICT for one that a message has
 */
async function requireCandidate(database: Pick<Prisma.TransactionClient, '$queryRawUnsafe'>, userId: string, attachmentId: string): Promise<Candidate> {
  const [found] = await database.$queryRawUnsafe<Candidate[]>(
    `SELECT t.media_type AS "mediaType", t.byte_size AS "byteSize", t.width, t.height, ${isUnsent} AS "isUnsent" FROM attachments t
     WHERE t.id = $1::uuid AND t.owner_id = $2::uuid`,
    attachmentId,
    userId,
  );
  if (found === undefined) throw notFound('Attachment');
  const path = ['input', 'avatarId'];
  if (!found.isUnsent)
    throw new AppError('CONFLICT', 'A message has this attachment already. Send the picture anew with POST /attachments, and name the new one.');
  if (!found.mediaType.startsWith('image/')) throw badInput(path, `This attachment is ${found.mediaType}; an avatar is a picture: PNG, JPEG, GIF or WebP.`);
  if (found.byteSize > mostBytes) throw badInput(path, `This picture has ${found.byteSize} bytes; an avatar has at most ${mostBytes}.`);
  if (Math.max(found.width ?? 0, found.height ?? 0) > mostPixels) {
    throw badInput(path, `This picture is ${found.width} by ${found.height} pixels; an avatar is at most ${mostPixels} by ${mostPixels}.`);
  }
  return found;
}

/** Creates the service. */
export function createAvatars({ prisma, statements, clock, fileStore, logger }: AvatarDependencies) {
  return {
    /** The ids of the avatars of some people, as far as the viewer may see them. */
    ofPeople: async (viewer: Viewer | null, userIds: readonly string[]): Promise<ReadonlyMap<string, string>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string; userId: string }>(
        `SELECT v.id, v.user_id AS "userId" FROM avatars v WHERE v.user_id = ANY($1::uuid[]) AND ${isVisibleTo('$2')}`,
        [userIds, userId],
      );
      return new Map(rows.map((row) => [row.userId, row.id]));
    },

    /** Makes sure that `set` would take it. @throws AppError as `set` */
    check: async (viewer: Viewer | null, attachmentId: string | null): Promise<void> => {
      const { userId } = requireViewer(viewer);
      if (attachmentId !== null) await requireCandidate(prisma, userId, attachmentId);
    },

    /**
     * Makes an attachment of the viewer, which no message has, their avatar: it is an attachment no more. Null removes the one that they have.
     *
     * @throws AppError NOT_FOUND; BAD_USER_INPUT for what is no picture, or too large; CONFLICT for one that a message has
     */
    set: async (viewer: Viewer | null, attachmentId: string | null): Promise<void> => {
      const { userId } = requireViewer(viewer);
      const before = await prisma.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
        const old = await transaction.avatar.findUnique({ where: { userId }, select: { id: true } });
        if (old !== null) await transaction.avatar.delete({ where: { userId }, select: { id: true } });
        if (attachmentId !== null) {
          // A message that is taking it in this moment is waited for.
          await transaction.$queryRaw`SELECT id FROM attachments WHERE id = ${attachmentId}::uuid FOR UPDATE`;
          const { mediaType, byteSize } = await requireCandidate(transaction, userId, attachmentId);
          await transaction.attachment.delete({ where: { id: attachmentId }, select: { id: true } });
          await transaction.avatar.create({ data: { id: attachmentId, userId, mediaType, byteSize, createdAt: clock.now() }, select: { id: true } });
        }
        return old;
      });
      if (before !== null) await removeFromDisk(fileStore, logger, [before.id]);
    },
  };
}

/** Downloads of avatars, for whoever sees the person now. */
export function createAvatarDownloads({ prisma, fileStore }: { readonly prisma: PrismaClient; readonly fileStore: FileStore }): DownloadKind {
  return {
    async find(userId, id) {
      const [avatar] = await prisma.$queryRawUnsafe<{ mediaType: string }[]>(
        `SELECT v.media_type AS "mediaType" FROM avatars v WHERE v.id = $1::uuid AND ${isVisibleTo('$2')}`,
        id,
        userId,
      );
      if (avatar === undefined) throw notFound('Avatar');
      return storedDownload(fileStore.pathsOf(id).original, { fileName: 'avatar', mediaType: avatar.mediaType, version: `${id}-avatar` });
    },
  };
}
