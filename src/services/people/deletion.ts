import type { Prisma } from '../../../prisma/generated/client.ts';
import { requireLogin, type Viewer } from '../../auth/viewer.ts';
import { later } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput } from '../../base/errors.ts';
import { insist } from '../../stores/insist.ts';
import { removeFromDisk } from '../file/files.ts';
import { leaveAll } from '../room/hand-over.ts';
import { leaveAllWorkspaces, lockWorkspacesOf } from '../workspace/leave-all.ts';
import { lockAdmins, type LockedAdmins } from './admins.ts';
import type { PeopleDependencies } from './deps.ts';
import type { LoginStates } from './login-states.ts';
import type { EndedLogin, Logins } from './logins.ts';
import type { PasswordCheck } from './password-check.ts';

/** What it stands on. */
export interface DeletionDependencies extends PeopleDependencies {
  readonly states: LoginStates;
  readonly logins: Pick<Logins, 'revoke'>;
  readonly checkPassword: PasswordCheck;
}

/** Deletes people. */
export type Deletion = ReturnType<typeof createDeletion>;

/** What another node began so long ago, it does not finish any more. */
const abandonedAfterMs = 300_000;

/**
 * Deletion in two steps. The first one is a short transaction after which the account is dead to everybody: nobody can sign in to it, and
 * its logins are revoked. The second one stops its runs and removes everything; should it fail, house-keeping does it again.
 */
export function createDeletion(dependencies: DeletionDependencies) {
  const { prisma, clock, logger, fileStore, conversationLog, stopRunsOf, onDeleted, audit, states, logins, checkPassword } = dependencies;

  /**
   * The first step.
   *
   * @returns the logins that were ended, which the caller forgets once it is committed
   * @throws AppError CONFLICT for the last administrator
   */
  const begin = async (
    transaction: Prisma.TransactionClient,
    whose: { readonly admins: LockedAdmins; readonly userId: string; readonly actorId: string; readonly device: DeviceFacts },
  ): Promise<readonly EndedLogin[]> => {
    const { admins, userId, actorId, device } = whose;
    admins.requireOthersThan(userId);
    await transaction.user.update({ where: { id: userId }, data: { deletingSince: clock.now(), role: 'MEMBER' }, select: { id: true } });
    await audit.record(transaction, { kind: 'USER_DELETED', actorId, subjectId: userId, device });
    return logins.revoke(transaction, { userId });
  };

  /** Removes the rows; gives the ids of those of which something may lie in the file store, kept or not yet whole. */
  const removeRows = (userId: string): Promise<readonly string[]> =>
    prisma.$transaction(async (transaction) => {
      // Conversations, then workspaces, then sessions, then the planner, then the person, as a message that is sent or a plan that is changed locks them.
      // With the person locked nothing new can be written that belongs to them.
      await transaction.$queryRaw`
        SELECT c.id FROM conversations c WHERE c.owner_id = ${userId}::uuid
          OR EXISTS (SELECT 1 FROM participants a WHERE a.conversation_id = c.id AND a.user_id = ${userId}::uuid) ORDER BY c.id FOR UPDATE`;
      await lockWorkspacesOf(transaction, userId);
      await transaction.$queryRaw`SELECT id FROM sessions WHERE owner_id = ${userId}::uuid ORDER BY id FOR UPDATE`;
      await transaction.$queryRaw`SELECT user_id FROM planner_settings WHERE user_id = ${userId}::uuid FOR UPDATE`;
      const locked = await transaction.$queryRaw<unknown[]>`SELECT id FROM users WHERE id = ${userId}::uuid AND deleting_since IS NOT NULL FOR UPDATE`;
      if (locked.length === 0) return [];
      // What others go on with is theirs from here on.
      await leaveAllWorkspaces(transaction, userId);
      const conversations = await leaveAll(transaction, conversationLog, userId);
      const withFiles = await transaction.$queryRaw<{ id: string }[]>`
        SELECT f.id FROM files f LEFT JOIN sessions s ON s.id = f.session_id WHERE f.owner_id = ${userId}::uuid OR s.owner_id = ${userId}::uuid
        UNION ALL
        SELECT d.id FROM derived_tables d JOIN sessions s ON s.id = d.session_id WHERE d.owner_id = ${userId}::uuid OR s.owner_id = ${userId}::uuid
        UNION ALL
        SELECT u.id FROM uploads u LEFT JOIN sessions s ON s.id = u.session_id WHERE u.owner_id = ${userId}::uuid OR s.owner_id = ${userId}::uuid
        UNION ALL
        SELECT i.id FROM imports i WHERE i.owner_id = ${userId}::uuid
        UNION ALL
        SELECT a.id FROM attachments a WHERE a.owner_id = ${userId}::uuid
        UNION ALL
        SELECT v.id FROM avatars v WHERE v.user_id = ${userId}::uuid
        UNION ALL
        SELECT d.id FROM documents d JOIN knowledge_bases k ON k.id = d.knowledge_base_id WHERE d.owner_id = ${userId}::uuid OR k.owner_id = ${userId}::uuid
        UNION
        SELECT u.attachment_id FROM attachment_uses u JOIN conversations c ON c.id = u.conversation_id WHERE c.owner_id = ${userId}::uuid`;
      // The log has no foreign key, so no cascade reaches it.
      await transaction.$executeRaw`
        DELETE FROM run_events WHERE run_id IN (
          SELECT r.id FROM runs r JOIN conversations c ON c.id = r.conversation_id WHERE r.user_id = ${userId}::uuid OR c.owner_id = ${userId}::uuid)`;
      await audit.forgetNames(transaction, userId);
      await transaction.user.delete({ where: { id: userId }, select: { id: true } });
      await conversationLog.appendDeleted(transaction, conversations);
      // What others have sent here, and have in another conversation as well, is left.
      const ids = withFiles.map(({ id }) => id);
      const left = new Set((await transaction.attachment.findMany({ where: { id: { in: ids } }, select: { id: true } })).map(({ id }) => id));
      return ids.filter((id) => !left.has(id));
    });

  /** The second step; doing it again does no harm. Throws what keeps it from being done. */
  const remove = async (userId: string): Promise<void> => {
    await stopRunsOf(userId);
    const ids = await insist(() => removeRows(userId));
    onDeleted?.();
    await removeFromDisk(fileStore, logger, ids);
    for (const id of ids)
      await fileStore.discard(id).catch((error: unknown) => logger.warn({ err: error, id }, 'what was not whole could not be removed; the sweep will'));
  };

  /** The second step, whose failure is the business of house-keeping: the account is dead already. */
  const finish = (userId: string): Promise<void> =>
    remove(userId).catch((error: unknown) => logger.warn({ err: error, userId }, 'a deleted account could not be removed; house-keeping will try again'));

  return {
    begin,
    finish,

    /**
     * Deletes the viewer with everything that is theirs.
     *
     * @throws AppError UNAUTHENTICATED; BAD_USER_INPUT when the password is wrong; CONFLICT for the last administrator; RATE_LIMITED
     */
    async deleteAccount(viewer: Viewer | null, password: string, device: DeviceFacts): Promise<string> {
      const { userId } = requireLogin(viewer);
      await checkPassword(userId, password, device, badInput(['input', 'password'], 'The password is wrong; nothing was deleted.'));
      const ended = await prisma.$transaction(async (transaction) => {
        const admins = await lockAdmins(transaction, userId);
        const account = await transaction.user.findFirst({ where: { id: userId, deletingSince: null, disabledAt: null }, select: { id: true } });
        if (account === null) throw new AppError('UNAUTHENTICATED', 'This account is not in use any more.');
        return begin(transaction, { admins, userId, actorId: userId, device });
      });
      states.forget(ended.map(({ id }) => id));
      await finish(userId);
      return userId;
    },

    /**
     * Finishes deletions that were left half way. To be called now and then.
     *
     * @returns how many
     */
    async finishAll(): Promise<number> {
      const before = later(clock.now(), -abandonedAfterMs);
      const left = await prisma.user.findMany({ where: { deletingSince: { lt: before } }, select: { id: true }, take: 100 });
      for (const { id } of left) await finish(id);
      return left.length;
    },
  };
}
