import { z } from 'zod';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { later, type Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Page } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import type { ConversationEventData } from '../../events/conversation-event.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { RoomSignals } from '../../events/room-signals.ts';
import type { Statements } from '../../stores/statements.ts';
import type { Audit } from '../audit.ts';
import { keysetSql } from '../keyset.ts';
import { takeOutUnusable } from '../workspace/take-out.ts';
import { handOver, type HeldConversation } from './hand-over.ts';
import { requirePermission, type RoomPlace, type RoomRole } from './permissions.ts';

/** Somebody who takes part in a conversation. */
export interface ParticipantRow {
  readonly conversationId: string;
  readonly userId: string;
  readonly role: RoomRole;
  readonly joinedAt: Date;
}

/** Who takes part in conversations, and as what. */
export type Participants = ReturnType<typeof createParticipants>;

/** What the service stands on. */
export interface ParticipantDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly conversationLog: Pick<ConversationLog, 'append'>;
  readonly roomSignals: Pick<RoomSignals, 'presentIn' | 'tellLeft' | 'tellTyping'>;
  readonly audit: Pick<Audit, 'record'>;
  /** Stops what somebody asked for in a conversation in which they may not ask any more. */
  readonly stopRunsOf: (userId: string, conversationId: string) => Promise<void>;
  /** Hears where somebody went, or may do other things than before; nothing waits for it. */
  readonly onChanged: (conversationIds: readonly string[]) => void;
}

/** How long somebody counts as typing who does not say so again. */
const typingForMs = 6_000;

const columns = 'a.conversation_id AS "conversationId", a.user_id AS "userId", a.role::text AS role, a.joined_at AS "joinedAt"';
const roles = z.enum(['OWNER', 'EDITOR', 'READER']);

/**
 * Locks a conversation, so that who takes part in it changes by one hand at a time.
 *
 * @throws AppError NOT_FOUND when there is none
 */
export async function lockRoom(transaction: Prisma.TransactionClient, conversationId: string): Promise<HeldConversation> {
  const [row] = await transaction.$queryRaw<HeldConversation[]>`
    SELECT id, owner_id AS "ownerId", session_id AS "sessionId" FROM conversations WHERE id = ${conversationId}::uuid FOR UPDATE`;
  if (row === undefined) throw notFound('Conversation');
  return row;
}

/** Creates the service. */
export function createParticipants(dependencies: ParticipantDependencies) {
  const { prisma, statements, clock, conversationLog, roomSignals, audit, stopRunsOf, onChanged } = dependencies;

  /** Takes somebody out, and with them the invitations that they made, and the personas and knowledge bases that nobody else there may use. */
  const takeOut = async (transaction: Prisma.TransactionClient, place: RoomPlace, wasRemoved: boolean): Promise<void> => {
    await transaction.participant.delete({ where: { conversationId_userId: { ...place } }, select: { userId: true } });
    await transaction.invitation.deleteMany({ where: { conversationId: place.conversationId, inviterId: place.userId } });
    const { size } = await takeOutUnusable(transaction, [place.conversationId]);
    const personas: readonly ConversationEventData[] = size > 0 ? [{ type: 'PersonasChanged' }] : [];
    await conversationLog.append(transaction, place.conversationId, { type: 'ParticipantLeft', userId: place.userId, wasRemoved }, ...personas);
    await roomSignals.tellLeft(transaction, place);
  };

  /** Somebody else in a conversation that is locked, before an OWNER changes what they are. */
  const targetOf = async (transaction: Prisma.TransactionClient, place: RoomPlace): Promise<ParticipantRow> => {
    const row = await transaction.participant.findUnique({
      where: { conversationId_userId: { ...place } },
      select: { conversationId: true, userId: true, role: true, joinedAt: true },
    });
    if (row === null) throw notFound('Participant');
    return row;
  };

  const holderStays = (): AppError =>
    new AppError('FORBIDDEN', 'This person holds the conversation, because they began it or it was handed to them; nobody else can take it from them.');

  return {
    /** A page of the participants of each conversation, those who came first before the others, in one statement. */
    listMany: async (viewer: Viewer | null, conversationIds: readonly string[], page: Page): Promise<ReadonlyMap<string, readonly ParticipantRow[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'ASC', 'a.joined_at', 'a.user_id', 3);
      const { rows } = await statements.query<ParticipantRow>(
        `SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS c (id, place)
         JOIN participations mine ON mine.conversation_id = c.id AND mine.user_id = $2::uuid
         CROSS JOIN LATERAL (
           SELECT ${columns} FROM participants a JOIN users u ON u.id = a.user_id AND u.deleting_since IS NULL
           WHERE a.conversation_id = c.id${keyset.where} ${keyset.limit}
         ) AS found ORDER BY c.place`,
        [conversationIds, userId, ...keyset.values],
      );
      return Map.groupBy(rows, ({ conversationId }) => conversationId);
    },

    /** What the viewer is in some conversations. */
    rolesOf: async (viewer: Viewer | null, conversationIds: readonly string[]): Promise<ReadonlyMap<string, RoomRole>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string; role: RoomRole }>(
        'SELECT a.conversation_id AS id, a.role::text AS role FROM participations a WHERE a.user_id = $2::uuid AND a.conversation_id = ANY($1::uuid[])',
        [conversationIds, userId],
      );
      return new Map(rows.map(({ id, role }) => [id, role]));
    },

    /** Whether a participant has the conversation open on some device. The participant was read by whoever may. */
    isPresent: ({ conversationId, userId }: RoomPlace): boolean => roomSignals.presentIn(conversationId).has(userId),

    /**
     * Gives a participant another role.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs, and for a lesser role of who holds it; CONFLICT for the last OWNER
     */
    update: async (viewer: Viewer | null, input: RoomPlace & { readonly role: RoomRole }, device: DeviceFacts): Promise<ParticipantRow> => {
      const { userId } = requireViewer(viewer);
      const { conversationId, role } = input;
      parseInput(roles, role, ['input', 'role']);
      const place = { conversationId, userId: input.userId };
      const { participant, isChanged } = await prisma.$transaction(async (transaction) => {
        await requirePermission(transaction, { conversationId, userId }, 'MANAGE');
        const conversation = await lockRoom(transaction, conversationId);
        await requirePermission(transaction, { conversationId, userId }, 'MANAGE');
        const target = await targetOf(transaction, place);
        if (target.role === role) return { participant: target, isChanged: false };
        if (target.role === 'OWNER') {
          if (conversation.ownerId === place.userId && place.userId !== userId) throw holderStays();
          await handOver(transaction, conversation, place.userId);
          await transaction.invitation.deleteMany({ where: { conversationId, inviterId: place.userId } });
        }
        await transaction.participant.update({ where: { conversationId_userId: place }, data: { role }, select: { userId: true } });
        await conversationLog.append(transaction, conversationId, { type: 'ParticipantRoleChanged', userId: place.userId, role });
        const data = { conversationId, from: target.role, to: role };
        await audit.record(transaction, { kind: 'PARTICIPANT_ROLE_CHANGED', actorId: userId, subjectId: place.userId, device, data });
        return { participant: { ...target, role }, isChanged: true };
      });
      if (isChanged) onChanged([conversationId]);
      if (isChanged && role === 'READER') await stopRunsOf(place.userId, conversationId);
      return participant;
    },

    /**
     * Takes somebody out of a conversation. What they have open of it ends within seconds, what they asked for is stopped, and with them go all
     * links to it, by which they could come back.
     *
     * @returns their id
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs, and for who holds it; BAD_USER_INPUT for oneself
     */
    remove: async (viewer: Viewer | null, place: RoomPlace, device: DeviceFacts): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const { conversationId } = place;
      await prisma.$transaction(async (transaction) => {
        await requirePermission(transaction, { conversationId, userId }, 'MANAGE');
        const conversation = await lockRoom(transaction, conversationId);
        await requirePermission(transaction, { conversationId, userId }, 'MANAGE');
        if (place.userId === userId) throw badInput(['input', 'userId'], 'To go yourself, use "leaveConversation".');
        const target = await targetOf(transaction, place);
        if (conversation.ownerId === place.userId) throw holderStays();
        await takeOut(transaction, place, true);
        await transaction.$executeRaw`
          DELETE FROM invitations i WHERE i.conversation_id = ${conversationId}::uuid
            AND (i.token_hash IS NOT NULL OR i.email = (SELECT u.email FROM users u WHERE u.id = ${place.userId}::uuid))`;
        const data = { conversationId, role: target.role };
        await audit.record(transaction, { kind: 'PARTICIPANT_REMOVED', actorId: userId, subjectId: place.userId, device, data });
      });
      onChanged([conversationId]);
      await stopRunsOf(place.userId, conversationId);
      return place.userId;
    },

    /**
     * Takes the viewer out of a conversation. What they said stays. One that they hold passes to the OWNER who has been in it longest.
     *
     * @returns the id of the conversation
     * @throws AppError NOT_FOUND; CONFLICT for the last OWNER, and for whoever holds the conversation of a data session
     */
    leave: async (viewer: Viewer | null, conversationId: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const place = { conversationId, userId };
      await prisma.$transaction(async (transaction) => {
        await requirePermission(transaction, place, 'LEAVE');
        const conversation = await lockRoom(transaction, conversationId);
        const role = await requirePermission(transaction, place, 'LEAVE');
        if (role === 'OWNER') await handOver(transaction, conversation, userId);
        await takeOut(transaction, place, false);
      });
      onChanged([conversationId]);
      await stopRunsOf(userId, conversationId);
      return conversationId;
    },

    /**
     * Shows the others that the viewer types, or not any more. Nothing is stored.
     *
     * @returns until when it holds, unless it is said again; null for not any more
     * @throws AppError NOT_FOUND; FORBIDDEN for a READER
     */
    setTyping: async (viewer: Viewer | null, conversationId: string, isTyping: boolean): Promise<Date | null> => {
      const { userId } = requireViewer(viewer);
      await requirePermission(prisma, { conversationId, userId }, 'TYPE');
      const until = isTyping ? later(clock.now(), typingForMs) : null;
      await roomSignals.tellTyping({ conversationId, userId }, until);
      return until;
    },
  };
}
