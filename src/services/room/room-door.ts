import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { RoomConfig } from '../../base/room-config.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Audit } from '../audit.ts';
import type { InvitationDoor } from '../invitation/door.ts';
import { lockRoom } from './participants.ts';
import { requirePermission } from './permissions.ts';

/** How people come into conversations. */
export function createRoomDoor({
  clock,
  conversationLog,
  audit,
  config,
}: {
  readonly clock: Clock;
  readonly conversationLog: Pick<ConversationLog, 'append'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly config: Pick<RoomConfig, 'maxParticipants'>;
}): InvitationDoor {
  return {
    requireInvite: async (database, conversationId, userId) => void (await requirePermission(database, { conversationId, userId }, 'INVITE')),
    lock: async (transaction, conversationId) => void (await lockRoom(transaction, conversationId)),
    admit: async (transaction, { placeId: conversationId, userId, role, invitationId }, device) => {
      if ((await transaction.participant.count({ where: { conversationId } })) >= config.maxParticipants) {
        throw new AppError('CONFLICT', `This conversation has ${config.maxParticipants} participants, as many as are allowed.`);
      }
      await transaction.participant.create({ data: { conversationId, userId, role, joinedAt: clock.now() }, select: { userId: true } });
      await conversationLog.append(transaction, conversationId, { type: 'ParticipantJoined', userId, role });
      await audit.record(transaction, { kind: 'PARTICIPANT_JOINED', actorId: userId, device, data: { conversationId, role, invitationId } });
    },
  };
}
