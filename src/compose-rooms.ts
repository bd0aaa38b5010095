import { createInvitationTokens } from './auth/opaque-tokens.ts';
import type { Foundation } from './compose.ts';
import type { ConversationLog } from './events/conversation-log.ts';
import type { RoomSignals } from './events/room-signals.ts';
import type { Audit } from './services/audit.ts';
import type { LiveRooms } from './services/live-room/live-rooms.ts';
import type { People } from './services/people/index.ts';
import type { Planners } from './services/planner/planners.ts';
import { createAvatars } from './services/profile/avatars.ts';
import { createProfiles } from './services/profile/profiles.ts';
import { createInvitations } from './services/invitation/invitations.ts';
import { createRoomDoor } from './services/room/room-door.ts';
import type { InvitationDoor } from './services/invitation/door.ts';
import { createMentions } from './services/room/mentions.ts';
import { createParticipants } from './services/room/participants.ts';
import type { Runs } from './services/run/run.ts';
import type { Statements } from './stores/statements.ts';

/** What was made before. */
interface Parts {
  readonly statements: Statements;
  readonly conversationLog: ConversationLog;
  readonly roomSignals: RoomSignals;
  readonly audit: Audit;
  readonly runs: Runs;
  readonly people: People;
  readonly planners: Planners;
  readonly workspaceDoor: InvitationDoor;
  readonly liveRooms: LiveRooms;
}

/** Wires who takes part in conversations, how they come, and how they are shown. */
export function composeRooms(foundation: Foundation, parts: Parts) {
  const { statements, conversationLog, roomSignals, audit, runs, people, planners, workspaceDoor, liveRooms } = parts;
  const { config, database, clock, newId, fileStore, logger, limits } = foundation;
  const { prisma } = database;
  const avatars = createAvatars({ prisma, statements, clock, fileStore, logger });
  return {
    participants: createParticipants({
      prisma,
      statements,
      clock,
      conversationLog,
      roomSignals,
      audit,
      stopRunsOf: runs.stopAllOfIn,
      onChanged: liveRooms.peopleChanged,
    }),
    invitations: createInvitations({
      prisma,
      statements,
      clock,
      newId,
      tokens: createInvitationTokens(),
      doors: { conversation: createRoomDoor({ clock, conversationLog, audit, config: config.rooms }), workspace: workspaceDoor },
      audit,
      limits,
      config: config.rooms,
    }),
    mentions: createMentions({ statements }),
    avatars,
    profiles: createProfiles({ people, planners, avatars }),
  };
}
