import { Prisma, type PrismaClient } from '../../../prisma/generated/client.ts';
import type { OpaqueTokens } from '../../auth/opaque-tokens.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import { networkOf } from '../../base/network.ts';
import type { Page } from '../../base/page.ts';
import type { Limiter } from '../../limits/limiter.ts';
import type { Statements } from '../../stores/statements.ts';
import { requireAllowance } from '../allowance.ts';
import { keysetSql } from '../keyset.ts';
import { requireRole, type RoomRole } from '../room/permissions.ts';
import { shareSnapshot, takeSnapshot, type SharedMessage } from './snapshot.ts';

/** A link to a conversation as it was, as its owner sees it. */
export interface ShareLinkRow {
  readonly id: string;
  readonly conversationId: string;
  readonly title: string | null;
  readonly messageCount: number;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** A conversation as it was, as everybody who has the link sees it. */
export interface SharedConversation {
  /** Under which its plots are remembered; nobody sees it. */
  readonly linkId: string;
  readonly title: string | null;
  readonly sharedAt: Date;
  readonly expiresAt: Date | null;
  readonly messages: readonly SharedMessage[];
}

/** Links by which a conversation can be read, as it was, without an account. */
export type ShareLinks = ReturnType<typeof createShareLinks>;

/** What it stands on. */
export interface ShareLinkDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly tokens: OpaqueTokens;
  /** How often an address may ask for something that is shared. */
  readonly limiter: Limiter;
}

const mostLinks = 500;
const columns = `l.id, l.conversation_id AS "conversationId", l.title, jsonb_array_length(l.snapshot->'messages') AS "messageCount",
  l.created_at AS "createdAt", l.expires_at AS "expiresAt"`;
const isInForce = '(l.expires_at IS NULL OR l.expires_at > $2::timestamptz)';

/** Creates the service. */
export function createShareLinks({ prisma, statements, clock, newId, tokens, limiter }: ShareLinkDependencies) {
  return {
    /** Those of some links that are the viewer's. */
    byIds: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, ShareLinkRow>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<ShareLinkRow>(
        `SELECT ${columns} FROM share_links l WHERE l.id = ANY($1::uuid[]) AND l.owner_id = $3::uuid AND ${isInForce}`,
        [ids, clock.now(), userId],
      );
      return new Map(rows.map((link) => [link.id, link]));
    },

    /**
     * Makes a link to a conversation as it is now.
     *
     * @returns the link, and its token: to be shown once, for only a hash is kept
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs; BAD_USER_INPUT for a moment that is past; CONFLICT for a conversation that is empty or too large, and when
     *   the viewer has as many links as are allowed
     */
    create: async (
      viewer: Viewer | null,
      { conversationId, expiresAt = null }: { readonly conversationId: string; readonly expiresAt?: Date | null | undefined },
    ): Promise<{ readonly shareLink: ShareLinkRow; readonly token: string }> => {
      const { userId } = requireViewer(viewer);
      const now = clock.now();
      const { token, hash: tokenHash } = tokens.make();
      const shareLink = await prisma.$transaction(async (transaction) => {
        const [conversation] = await transaction.$queryRaw<{ title: string | null; role: RoomRole }[]>(Prisma.sql`
          SELECT c.title, a.role::text AS role FROM conversations c JOIN participations a ON a.conversation_id = c.id AND a.user_id = ${userId}::uuid
          WHERE c.id = ${conversationId}::uuid`);
        requireRole(conversation?.role, 'SHARE');
        if (conversation === undefined) throw notFound('Conversation');
        if (expiresAt !== null && expiresAt <= now)
          throw badInput(['input', 'expiresAt'], `${expiresAt.toISOString()} is past; give a moment to come, or none`);
        const snapshot = await takeSnapshot(transaction, conversationId);
        // Two at once would both find the last place free.
        await transaction.$queryRaw(Prisma.sql`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
        if ((await transaction.shareLink.count({ where: { ownerId: userId } })) >= mostLinks) {
          throw new AppError('CONFLICT', `You have ${mostLinks} share links, as many as are allowed; revoke one that you do not need with "revokeShareLink".`);
        }
        const facts = { id: newId(), conversationId, title: conversation.title, createdAt: now, expiresAt };
        await transaction.shareLink.create({ data: { ...facts, ownerId: userId, tokenHash, snapshot }, select: { id: true } });
        return { ...facts, messageCount: snapshot.messages.length };
      });
      return { shareLink, token };
    },

    /** The viewer's links that are in force, newest first; those of one conversation, or of all. */
    list: async (viewer: Viewer | null, conversationId: string | null, page: Page): Promise<readonly ShareLinkRow[]> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'l.created_at', 'l.id', 4);
      const { rows } = await statements.query<ShareLinkRow>(
        `SELECT ${columns} FROM share_links l WHERE l.owner_id = $1::uuid AND ${isInForce} AND ($3::uuid IS NULL OR l.conversation_id = $3::uuid)${keyset.where} ${keyset.limit}`,
        [userId, clock.now(), conversationId, ...keyset.values],
      );
      return rows;
    },

    /**
     * Ends a link at once, with what it showed.
     *
     * @throws AppError NOT_FOUND
     */
    revoke: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const { count } = await prisma.shareLink.deleteMany({ where: { id, ownerId: userId } });
      if (count === 0) throw notFound('ShareLink');
      return id;
    },

    /**
     * What a token leads to, for everybody. Gone with the link, with its time, with the conversation, and when its maker has left, is no
     * OWNER or not in use any more; all of that, and a token that never was, have the same answer.
     *
     * @throws AppError NOT_FOUND, RATE_LIMITED
     */
    open: async (token: string, device: DeviceFacts): Promise<SharedConversation> => {
      requireAllowance(await limiter.consume(networkOf(device.address)), 'Too many shared conversations were asked for from your address');
      const { rows } = await statements.query<Omit<SharedConversation, 'messages'> & { readonly snapshot: unknown }>(
        `SELECT l.id AS "linkId", l.title, l.snapshot, l.created_at AS "sharedAt", l.expires_at AS "expiresAt" FROM share_links l
         JOIN participations a ON a.conversation_id = l.conversation_id AND a.user_id = l.owner_id AND a.role = 'OWNER'
         JOIN users u ON u.id = l.owner_id AND u.disabled_at IS NULL AND u.deleting_since IS NULL
         WHERE l.token_hash = $1 AND ${isInForce}`,
        [tokens.hashOf(token), clock.now()],
      );
      const [found] = rows;
      if (found === undefined) {
        throw new AppError('NOT_FOUND', 'Nothing is shared under this token: there never was anything, it was revoked, or its time is over.');
      }
      const { snapshot, ...facts } = found;
      return { ...facts, messages: shareSnapshot.parse(snapshot).messages };
    },

    /** Removes links whose time is over. To be called now and then. */
    removeExpired: async (): Promise<number> => (await prisma.shareLink.deleteMany({ where: { expiresAt: { lte: clock.now() } } })).count,
  };
}
