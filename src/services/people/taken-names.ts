import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import { isUniqueViolation } from '../../stores/violations.ts';
import { usernameKeyOf } from './names.ts';

/** Names that somebody would like to have. */
export interface WantedNames {
  readonly email?: string | undefined;
  readonly username?: string | null | undefined;
}

/**
 * Checks that names are free. Only for a clear answer: what makes them unique are the indexes, see `refusingTakenNames`.
 *
 * @param exceptUserId who may already have them; nobody by default
 * @throws AppError CONFLICT with an issue for each name that is taken
 */
export async function requireFreeNames(prisma: PrismaClient, wanted: WantedNames, exceptUserId?: string): Promise<void> {
  const usernameKey = wanted.username == null ? null : usernameKeyOf(wanted.username);
  const conditions: Prisma.UserWhereInput[] = [
    ...(wanted.email === undefined ? [] : [{ email: wanted.email }]),
    ...(usernameKey === null ? [] : [{ usernameKey }]),
  ];
  if (conditions.length === 0) return;
  const others = exceptUserId === undefined ? {} : { id: { not: exceptUserId } };
  const owners = await prisma.user.findMany({ where: { OR: conditions, ...others }, select: { email: true, usernameKey: true } });
  const issues = [
    ...(owners.some((owner) => owner.email === wanted.email)
      ? [{ path: ['input', 'email'], message: `The e-mail address "${wanted.email}" has an account already; log in, or use another address.` }]
      : []),
    ...(owners.some((owner) => owner.usernameKey !== null && owner.usernameKey === usernameKey)
      ? [{ path: ['input', 'username'], message: `The username "${wanted.username}" is taken; choose another.` }]
      : []),
  ];
  if (issues.length > 0) throw new AppError('CONFLICT', issues.map((issue) => issue.message).join(' '), { issues });
}

/**
 * Does a change that writes names, and answers CONFLICT when somebody else took one between the check and the write.
 *
 * @throws AppError CONFLICT as `requireFreeNames`, else what the change throws
 */
export async function refusingTakenNames<T>(prisma: PrismaClient, wanted: WantedNames, change: () => Promise<T>, exceptUserId?: string): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (isUniqueViolation(error)) await requireFreeNames(prisma, wanted, exceptUserId);
    throw error;
  }
}
