import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { requireAdmin } from '../../auth/require-admin.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import { parseInput } from '../../base/validate.ts';
import { lockAdmins, type LockedAdmins } from './admins.ts';
import type { Deletion } from './deletion.ts';
import type { PeopleDependencies } from './deps.ts';
import type { LoginStates } from './login-states.ts';
import type { Logins } from './logins.ts';
import { personColumns, personOf, type Person, type PersonRow } from './person.ts';

/** What it stands on. */
export interface AdministrationDependencies extends Pick<PeopleDependencies, 'prisma' | 'clock' | 'audit'> {
  readonly states: LoginStates;
  readonly logins: Pick<Logins, 'revoke'>;
  readonly deletion: Pick<Deletion, 'begin' | 'finish'>;
}

interface Change {
  readonly transaction: Prisma.TransactionClient;
  readonly admins: LockedAdmins;
  /** Whoever is changed, as they are before. */
  readonly target: PersonRow;
  readonly actorId: string;
}

const reasonShape = z.object({ reason: z.string().trim().min(1, 'say why, for the other administrators').max(500, 'has at most 500 characters') });

/** What administrators do with the accounts of others. Each method throws UNAUTHENTICATED, FORBIDDEN for members, and NOT_FOUND. */
export function createAdministration({ prisma, clock, audit, states, logins, deletion }: AdministrationDependencies) {
  /** A change of somebody in one transaction, by somebody who is an administrator until its end. */
  const change = async <T>(viewer: Viewer | null, targetId: string, work: (change: Change) => Promise<T>): Promise<T> => {
    const { userId: actorId } = requireAdmin(viewer);
    if (!isUuid(targetId)) throw notFound('User');
    return prisma.$transaction(async (transaction) => {
      const admins = await lockAdmins(transaction, targetId);
      // The viewer may have lost the role a moment ago, on another node.
      if (!admins.has(actorId)) throw new AppError('FORBIDDEN', 'You are no administrator any more.');
      const target = await transaction.user.findFirst({ where: { id: targetId, deletingSince: null }, select: personColumns });
      if (target === null) throw notFound('User');
      return work({ transaction, admins, target, actorId });
    });
  };

  const update = async ({ transaction, target, actorId }: Change, data: Prisma.UserUpdateInput): Promise<Person> => {
    const row = await transaction.user.update({ where: { id: target.id }, data: { ...data, updatedAt: clock.now() }, select: personColumns });
    return personOf(row, actorId, true);
  };

  const forgetLoginsOf = async (userId: string): Promise<void> => {
    const found = await prisma.login.findMany({ where: { userId }, select: { id: true } });
    states.forget(found.map(({ id }) => id));
  };

  return {
    /**
     * Gives a role. It counts at once on this node and within two seconds on others.
     *
     * @throws AppError CONFLICT for the last administrator
     */
    async setRole(viewer: Viewer | null, input: { readonly id: string; readonly role: 'MEMBER' | 'ADMIN' }, device: DeviceFacts): Promise<Person> {
      const person = await change(viewer, input.id, async (given) => {
        const { transaction, admins, target, actorId } = given;
        if (input.role === 'MEMBER') admins.requireOthersThan(target.id);
        if (target.role === input.role) return personOf(target, actorId, true);
        const data = { from: target.role, to: input.role };
        await audit.record(transaction, { kind: 'ROLE_CHANGED', actorId, subjectId: target.id, device, data });
        return update(given, { role: input.role });
      });
      await forgetLoginsOf(input.id);
      return person;
    },

    /**
     * Disables an account: its logins end at once and its streams within seconds, and it cannot sign in until it is enabled again.
     *
     * @param input.reason for the other administrators
     * @throws AppError BAD_USER_INPUT for oneself; CONFLICT for the last administrator
     */
    async disable(viewer: Viewer | null, input: { readonly id: string; readonly reason: string }, device: DeviceFacts): Promise<Person> {
      const { userId } = requireAdmin(viewer);
      const { reason } = parseInput(reasonShape, { reason: input.reason });
      if (input.id === userId) throw badInput(['input', 'id'], 'You cannot disable yourself; ask another administrator.');
      const { person, ended } = await change(viewer, input.id, async (given) => {
        const { transaction, admins, target, actorId } = given;
        admins.requireOthersThan(target.id);
        const person = await update(given, { disabledAt: target.disabledAt ?? clock.now(), disabledReason: reason });
        const ended = await logins.revoke(transaction, { userId: target.id });
        await audit.record(transaction, { kind: 'USER_DISABLED', actorId, subjectId: target.id, device, data: { reason } });
        return { person, ended };
      });
      states.forget(ended.map(({ id }) => id));
      return person;
    },

    /** Enables an account again. Its old logins stay ended. */
    async enable(viewer: Viewer | null, id: string, device: DeviceFacts): Promise<Person> {
      return change(viewer, id, async (given) => {
        const { transaction, target, actorId } = given;
        if (target.disabledAt === null) return personOf(target, actorId, true);
        await audit.record(transaction, { kind: 'USER_ENABLED', actorId, subjectId: target.id, device });
        return update(given, { disabledAt: null, disabledReason: null });
      });
    },

    /**
     * Deletes somebody with everything that is theirs.
     *
     * @throws AppError BAD_USER_INPUT for oneself
     */
    async delete(viewer: Viewer | null, id: string, device: DeviceFacts): Promise<string> {
      const { userId } = requireAdmin(viewer);
      if (id === userId) throw badInput(['input', 'id'], 'To delete your own account, use "deleteAccount", which asks for your password.');
      const ended = await change(viewer, id, async ({ transaction, admins, target, actorId }) =>
        deletion.begin(transaction, { admins, userId: target.id, actorId, device }),
      );
      states.forget(ended.map((login) => login.id));
      await deletion.finish(id);
      return id;
    },
  };
}
