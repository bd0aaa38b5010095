import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { later, type Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { LiveEvent, LivePermission, LiveServer } from '../../live/livekit.ts';
import type { Statements } from '../../stores/statements.ts';
import { createLiveEnforcement } from './enforcement.ts';
import { liveGrantsOf, type LiveRole } from './grants.ts';
import { createLivePasses } from './live-passes.ts';

/** Live rooms of conversations: who may enter, and who is there. */
export type LiveRooms = ReturnType<typeof createLiveRooms>;

/** By which somebody enters a live room. */
export interface LiveEntry {
  readonly token: string;
  readonly url: string;
  readonly room: string;
  readonly expiresAt: Date;
}

/** What it stands on. */
export interface LiveRoomDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Null where none is configured. */
  readonly server: LiveServer | null;
}

/** How old what a webhook tells may be; LiveKit tries for some minutes. One that is older is a replay. */
const oldestEventMs = 600_000;

const entranceStatement = `SELECT p.role::text AS role, COALESCE(u.full_name, u.username, '') AS name
  FROM participations a JOIN participants p ON p.conversation_id = a.conversation_id AND p.user_id = a.user_id JOIN users u ON u.id = a.user_id
  WHERE a.conversation_id = $1::uuid AND a.user_id = $2::uuid`;

const presentStatement = `SELECT l.conversation_id AS id, array_agg(l.user_id::text ORDER BY l.changed_at, l.user_id) AS "userIds"
  FROM live_presences l JOIN participations own ON own.conversation_id = l.conversation_id AND own.user_id = $2::uuid
  JOIN participations other ON other.conversation_id = l.conversation_id AND other.user_id = l.user_id
  WHERE l.conversation_id = ANY($1::uuid[]) AND l.is_present GROUP BY l.conversation_id`;

const isEqual = (one: LivePermission, other: LivePermission): boolean =>
  one.canSubscribe === other.canSubscribe && one.canPublish === other.canPublish && one.canPublishData === other.canPublishData;

/** Creates the service. */
export function createLiveRooms({ prisma, statements, clock, logger, server }: LiveRoomDependencies) {
  const requireServer = (): LiveServer => {
    if (server === null) throw new AppError('CONFLICT', 'This server has no live rooms: an operator sets LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET.');
    return server;
  };

  const passes = createLivePasses(statements);
  const enforcement = server === null ? null : createLiveEnforcement({ passes, server, clock, logger });

  /** An older token may say more than is so, and one of somebody who has gone may still let in. */
  const checkEntry = async (conversationId: string, userId: string, permission: LiveEvent['permission']): Promise<void> => {
    const { rows } = await statements.query<{ role: LiveRole }>(entranceStatement, [conversationId, userId]);
    const [entrance] = rows;
    const grants = entrance === undefined ? null : liveGrantsOf(entrance.role);
    const isRight = grants !== null && (permission === null || isEqual(permission, grants));
    if (isRight) return;
    await passes.doubt({ conversationId, userId });
    enforcement?.soon([conversationId]);
  };

  const note = async ({ kind, room, identity, permission, at }: LiveEvent): Promise<void> => {
    // Rooms that are not ours may share the server.
    if (!isUuid(room)) return;
    if (kind === 'FINISHED') {
      await prisma.livePresence.updateMany({ where: { conversationId: room, changedAt: { lte: at } }, data: { isPresent: false, changedAt: at } });
      return;
    }
    if (identity === null || !isUuid(identity)) return;
    const isPresent = kind === 'JOINED';
    // What comes late changes nothing; what happened in the same second counts in the order in which it comes.
    await prisma.$executeRaw`
      INSERT INTO live_presences AS l (conversation_id, user_id, is_present, changed_at)
      SELECT a.conversation_id, a.user_id, ${isPresent}, ${at}::timestamptz FROM participations a
      WHERE a.conversation_id = ${room}::uuid AND a.user_id = ${identity}::uuid
      ON CONFLICT (conversation_id, user_id) DO UPDATE SET is_present = EXCLUDED.is_present, changed_at = EXCLUDED.changed_at
      WHERE l.changed_at <= EXCLUDED.changed_at`;
    if (isPresent) await checkEntry(room, identity, permission);
  };

  return {
    /** Whether there is a server of live rooms. */
    isConfigured: server !== null,

    /**
     * A token for the live room of a conversation, with what the viewer may do there by their role.
     *
     * @throws AppError NOT_FOUND; CONFLICT where no server is configured
     */
    enter: async (viewer: Viewer | null, conversationId: string): Promise<LiveEntry> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ role: LiveRole; name: string }>(entranceStatement, [conversationId, userId]);
      const [entrance] = rows;
      if (entrance === undefined) throw notFound('Conversation');
      const { url, tokenLifetimeMs, createToken } = requireServer();
      const expiresAt = later(clock.now(), tokenLifetimeMs);
      // Before there is a token, so that whoever has one can be put out again.
      await passes.note({ conversationId, userId }, entrance.role, expiresAt);
      const token = await createToken({ room: conversationId, identity: userId, name: entrance.name, grants: liveGrantsOf(entrance.role) });
      return { token, url, room: conversationId, expiresAt };
    },

    /**
     * Sees to it soon that nobody is in a live room who has gone or does there what they may not do any more. It fails and delays nothing; it is tried for
     * a day, by any node.
     *
     * @param conversationIds where people have changed; null looks everywhere
     */
    peopleChanged: (conversationIds: readonly string[] | null): void => enforcement?.soon(conversationIds),

    /** Does no more; what is under way is waited for. */
    close: async (): Promise<void> => enforcement?.close(),

    /** Who is in the live rooms of some conversations, by conversation: ids of people, of conversations that the viewer may see alone. */
    present: async (viewer: Viewer | null, conversationIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string; userIds: readonly string[] }>(presentStatement, [conversationIds, userId]);
      return new Map(rows.map(({ id, userIds }) => [id, userIds]));
    },

    /**
     * Takes what the server of live rooms tells.
     *
     * @throws AppError NOT_FOUND where none is configured; FORBIDDEN for what it has not signed, and for what is old
     */
    receive: async (body: string, authorization: string): Promise<void> => {
      if (server === null) throw notFound('Webhook');
      const event = await server.readWebhook(body, authorization).catch((error: unknown) => {
        logger.info({ err: error }, 'a webhook was refused');
        throw new AppError('FORBIDDEN', 'This webhook is not signed with the secret of this server, or not for this body, or its time is over.');
      });
      if (event === null) return;
      const age = clock.now().getTime() - event.at.getTime();
      if (Math.abs(age) > oldestEventMs) throw new AppError('FORBIDDEN', `This webhook tells of ${event.at.toISOString()}, which is not now.`);
      await note(event);
    },
  };
}
