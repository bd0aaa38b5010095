import { wholeNumber } from './config-values.ts';

/** How many people a conversation may have, and how they come. */
export interface RoomConfig {
  /** Of one conversation. */
  readonly maxParticipants: number;
  /** Of one conversation, links and addresses together. */
  readonly maxInvitations: number;
  /** How long an invitation of an address holds. */
  readonly invitationLifetimeMs: number;
  /** How long a link holds that does not say. */
  readonly linkLifetimeMs: number;
}

const day = 86_400_000;

/** The variables of rooms. */
export const roomVariables = {
  MAX_PARTICIPANTS: wholeNumber(100, 2, 1_000),
  MAX_OPEN_INVITATIONS: wholeNumber(100, 1, 10_000),
  INVITATION_DAYS: wholeNumber(30, 1, 365),
  INVITATION_LINK_DAYS: wholeNumber(7, 1, 90),
};

/** The part of the configuration. */
export function shapeRooms(values: { readonly [Name in keyof typeof roomVariables]: number }): RoomConfig {
  return {
    maxParticipants: values.MAX_PARTICIPANTS,
    maxInvitations: values.MAX_OPEN_INVITATIONS,
    invitationLifetimeMs: values.INVITATION_DAYS * day,
    linkLifetimeMs: values.INVITATION_LINK_DAYS * day,
  };
}
