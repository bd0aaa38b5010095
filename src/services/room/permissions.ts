import type { ParticipantRole, PrismaClient } from '../../../prisma/generated/client.ts';
import { createRoleRules } from '../role-rules.ts';

/*
 * Who may do what in a conversation. Whoever takes part reads it, marks it for themselves, forks it, gives feedback and takes it away; all
 * else is an action of the list below. Services name the action; what it takes is said here alone.
 */

/** What somebody is in a conversation. */
export type RoomRole = ParticipantRole;

/** What takes more than taking part, with the role that it takes and how a refusal calls it. */
export const roomActions = {
  LEAVE: { role: 'READER', phrase: 'leave it' },
  SEND: { role: 'EDITOR', phrase: 'say something, edit what you said, or have an answer made' },
  TYPE: { role: 'EDITOR', phrase: 'show that you are typing' },
  STOP_RUN: { role: 'EDITOR', phrase: 'stop a run that somebody else started' },
  SWITCH_BRANCH: { role: 'EDITOR', phrase: 'switch the branch that everybody sees' },
  DELETE_OWN_MESSAGE: { role: 'EDITOR', phrase: 'delete what you said' },
  DELETE_MESSAGE: { role: 'OWNER', phrase: 'delete what others said' },
  SPEAK: { role: 'EDITOR', phrase: 'have a message spoken, which everybody hears' },
  EDIT_PLOT: { role: 'EDITOR', phrase: 'change a plot' },
  ADD_PERSONA: { role: 'EDITOR', phrase: 'bring a persona into it, or take one out that you may use' },
  ATTACH_KNOWLEDGE: { role: 'EDITOR', phrase: 'let it draw on a knowledge base, or no more' },
  REMOVE_PERSONA: { role: 'OWNER', phrase: 'take out a persona that you may not use' },
  TAKE_TURNS: { role: 'OWNER', phrase: 'say which personas answer' },
  RENAME: { role: 'OWNER', phrase: 'rename it' },
  KEEP: { role: 'OWNER', phrase: 'make it stay' },
  CHOOSE_DEFAULTS: { role: 'OWNER', phrase: 'choose how its answers should be' },
  SET_CONTEXT: { role: 'OWNER', phrase: 'say what it is about' },
  SHARE: { role: 'OWNER', phrase: 'share it with everybody who has a link' },
  INVITE: { role: 'OWNER', phrase: 'invite somebody' },
  MANAGE: { role: 'OWNER', phrase: 'change the roles of others, or remove them' },
  DELETE: { role: 'OWNER', phrase: 'delete it' },
} as const satisfies Readonly<Record<string, { readonly role: RoomRole; readonly phrase: string }>>;

/** A word of `roomActions`. */
export type RoomAction = keyof typeof roomActions;

/** The role of a person, in SQL: $1 is the conversation, $2 the person. No row for whom it is not, or not any more. */
export const roleSql = 'SELECT a.role::text AS role FROM participations a WHERE a.conversation_id = $1::uuid AND a.user_id = $2::uuid';

const rules = createRoleRules<RoomAction>({ actions: roomActions, kind: 'Conversation', name: 'conversation', roleSql });

/** Whether a role is enough, how a refusal reads, and a role made sure of: see `createRoleRules`. */
export const { mayDo, roleRefusal, requireRole } = rules;

/** Somebody in a conversation. */
export interface RoomPlace {
  readonly conversationId: string;
  readonly userId: string;
}

/**
 * What somebody is in a conversation now.
 *
 * @param database the client, or a transaction; one that holds the conversation locked sees what nobody changes before its end
 * @returns undefined for somebody who takes no part
 */
export async function findRole(database: Pick<PrismaClient, '$queryRawUnsafe'>, { conversationId, userId }: RoomPlace): Promise<RoomRole | undefined> {
  return rules.findRole(database, conversationId, userId);
}

/**
 * Makes sure that somebody may do something in a conversation now.
 *
 * @returns their role
 * @throws AppError NOT_FOUND for a stranger; FORBIDDEN with the role that it takes
 */
export async function requirePermission(
  database: Pick<PrismaClient, '$queryRawUnsafe'>,
  place: RoomPlace,
  action: RoomAction,
  kind = 'Conversation',
): Promise<RoomRole> {
  return requireRole(await findRole(database, place), action, kind);
}
