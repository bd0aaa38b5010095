import type { ParticipantRole, PrismaClient } from '../../prisma/generated/client.ts';
import { AppError, notFound } from '../base/errors.ts';

/** What somebody is in a conversation or a workspace. */
export type SharedRole = ParticipantRole;

/** What takes more than being there, with the role that it takes and how a refusal calls it. */
export type RoleActions<Action extends string> = Readonly<Record<Action, { readonly role: SharedRole; readonly phrase: string }>>;

/** Where roles hold. */
export interface RolePlace<Action extends string> {
  readonly actions: RoleActions<Action>;
  /** What it is, for a stranger's answer: `Conversation`. */
  readonly kind: string;
  /** The same in a sentence: `conversation`. */
  readonly name: string;
  /** The role of a person: $1 is the place, $2 the person. No row for whom it is not, or not any more. */
  readonly roleSql: string;
}

const rank = { READER: 0, EDITOR: 1, OWNER: 2 } as const satisfies Readonly<Record<SharedRole, number>>;

/** Creates the rules. */
export function createRoleRules<Action extends string>({ actions, kind: placeKind, name, roleSql }: RolePlace<Action>) {
  /** Whether a role is enough for an action. */
  const mayDo = (role: SharedRole, action: Action): boolean => rank[role] >= rank[actions[action].role];

  /** The refusal of an action to somebody who is there. */
  const roleRefusal = (role: SharedRole, action: Action): AppError => {
    const { role: needed, phrase } = actions[action];
    return new AppError('FORBIDDEN', `To ${phrase} takes the role ${needed} in this ${name}; yours is ${role}. An OWNER can change it.`);
  };

  /**
   * Makes sure that a role is enough.
   *
   * @param role undefined for somebody who is not there
   * @param kind what was asked for, for a stranger's answer
   * @throws AppError NOT_FOUND for a stranger; FORBIDDEN with the role that it takes
   */
  const requireRole = (role: SharedRole | undefined, action: Action, kind = placeKind): SharedRole => {
    if (role === undefined) throw notFound(kind);
    if (!mayDo(role, action)) throw roleRefusal(role, action);
    return role;
  };

  /**
   * What somebody is in a place now.
   *
   * @param database the client, or a transaction; one that holds the place locked sees what nobody changes before its end
   * @returns undefined for somebody who is not there
   */
  const findRole = async (database: Pick<PrismaClient, '$queryRawUnsafe'>, placeId: string, userId: string): Promise<SharedRole | undefined> => {
    const [row] = await database.$queryRawUnsafe<{ role: SharedRole }[]>(roleSql, placeId, userId);
    return row?.role;
  };

  return { mayDo, roleRefusal, requireRole, findRole };
}
