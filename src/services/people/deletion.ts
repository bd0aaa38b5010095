import { Prisma } from '../../../prisma/generated/client.ts';
import { requireLogin, type Viewer } from '../../auth/viewer.ts';
import { later } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput } from '../../base/errors.ts';
import { removeFromDisk } from '../file/files.ts';
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

const mostAttempts = 5;
/** What another node began so long ago, it does not finish any more. */
const abandonedAfterMs = 300_000;
/** What Prisma makes of a deadlock: a code of its own for its queries, the words of PostgreSQL for SQL by hand. */
const isWriteConflict = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && (error.code === 'P2034' || error.message.includes('deadlock'));

/**
 * Deletion in two steps. The first one is a short transaction after which the account is dead to everybody: nobody can sign in to it, and
 * its logins are revoked. The second one stops its runs and removes everything; should it fail, house-keeping does it again.
 */
export function createDeletion(dependencies: DeletionDependencies) {
  const { prisma, clock, logger, fileStore, conversationLog, stopRunsOf, audit, states, logins, checkPassword } = dependencies;

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

  /** Removes the rows; gives the files that are to go from the disk. */
  const removeRows = (userId: string): Promise<readonly string[]> =>
    prisma.$transaction(async (transaction) => {
      // Conversations, then sessions, then the person, as a message that is sent locks them. With the person locked nothing new can be
      // written that belongs to them.
      const conversations = await transaction.$queryRaw<{ id: string }[]>`
        SELECT id FROM conversations WHERE owner_id = ${userId}::uuid ORDER BY id FOR UPDATE`;
      await transaction.$queryRaw`SELECT id FROM sessions WHERE owner_id = ${userId}::uuid ORDER BY id FOR UPDATE`;
      const locked = await transaction.$queryRaw<unknown[]>`SELECT id FROM users WHERE id = ${userId}::uuid AND deleting_since IS NOT NULL FOR UPDATE`;
      if (locked.length === 0) return [];
      const files = await transaction.file.findMany({ where: { OR: [{ ownerId: userId }, { session: { ownerId: userId } }] }, select: { id: true } });
      // The log has no foreign key, so no cascade reaches it.
      await transaction.$executeRaw`
        DELETE FROM run_events WHERE run_id IN (
          SELECT r.id FROM runs r JOIN conversations c ON c.id = r.conversation_id WHERE r.user_id = ${userId}::uuid OR c.owner_id = ${userId}::uuid)`;
      await audit.forgetNames(transaction, userId);
      await transaction.user.delete({ where: { id: userId }, select: { id: true } });
      await conversationLog.appendDeleted(
        transaction,
        conversations.map(({ id }) => id),
      );
      return files.map(({ id }) => id);
    });

  /** The second step; doing it again does no harm. Throws what keeps it from being done. */
  const remove = async (userId: string): Promise<void> => {
    await stopRunsOf(userId);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await removeFromDisk(fileStore, logger, await removeRows(userId));
        return;
      } catch (error) {
        if (attempt === mostAttempts || !isWriteConflict(error)) throw error;
      }
    }
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
