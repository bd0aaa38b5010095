import type { DeviceFacts } from '../../base/device.ts';
import type { AppError } from '../../base/errors.ts';
import type { Attempts } from './attempts.ts';
import type { PeopleDependencies } from './deps.ts';
import { personColumns, type PersonRow } from './person.ts';

/**
 * Asks somebody who is signed in for their password again. Each attempt counts, before anything is looked up.
 *
 * @param refusal thrown when it is wrong, or the account has none
 * @returns the person, and the hash that the password was checked against
 * @throws AppError RATE_LIMITED, or the refusal
 */
export type PasswordCheck = (
  userId: string,
  password: string,
  device: DeviceFacts,
  refusal: AppError,
) => Promise<{ readonly row: PersonRow; readonly stored: string }>;

/** Creates the check. */
export function createPasswordCheck(dependencies: Pick<PeopleDependencies, 'prisma' | 'passwords' | 'audit'> & { readonly attempts: Attempts }): PasswordCheck {
  const { prisma, passwords, audit, attempts } = dependencies;
  return async (userId, password, device, refusal) => {
    await attempts.check(userId);
    const found = await prisma.user.findUnique({ where: { id: userId }, select: { ...personColumns, credential: { select: { passwordHash: true } } } });
    const stored = found?.credential?.passwordHash ?? null;
    const isRight = stored === null ? await passwords.verifyAgainstNothing(password) : await passwords.verify(password, stored);
    if (!isRight || found === null || stored === null) {
      await audit.record(null, { kind: 'PASSWORD_CHECK_FAILED', actorId: userId, device });
      throw refusal;
    }
    const { credential: _, ...row } = found;
    return { row, stored };
  };
}
