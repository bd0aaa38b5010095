import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { OutsideClaims } from '../../auth/outside-tokens.ts';
import type { Clock } from '../../base/clock.ts';
import { noDevice } from '../../base/device.ts';
import { AppError } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import { isUniqueViolation } from '../../stores/violations.ts';
import type { Audit } from '../audit.ts';
import { emailShape, fullNameShape } from '../people/names.ts';

/** The claims as far as they fit: a name that is too long is no reason to send somebody away. */
function profileOf(claims: OutsideClaims): { readonly email: string | null; readonly fullName: string | null } {
  const email = emailShape.safeParse(claims.verifiedEmail);
  const fullName = fullNameShape.safeParse(claims.name);
  return { email: email.success ? email.data : null, fullName: fullName.success ? fullName.data : null };
}

/**
 * What makes the account of somebody who comes with an outside identity for the first time.
 *
 * @param dependencies.isSignUpOpen whether there may be new accounts
 */
export function createSignUp(dependencies: {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly audit: Audit;
  readonly isSignUpOpen: boolean;
}) {
  const { prisma, clock, newId, audit, isSignUpOpen } = dependencies;

  /**
   * An address never leads to an account that is there: whoever can get a provider to put a victim's address into a token would have the
   * victim's account. When another request of the same person makes the account meanwhile, that is as good.
   *
   * @throws AppError UNAUTHENTICATED where there are no new accounts; CONFLICT when the address has an account
   */
  return async function signUp(claims: OutsideClaims): Promise<void> {
    if (!isSignUpOpen) {
      throw new AppError('UNAUTHENTICATED', 'No account is linked with this identity. Sign in with "login" and link it with "linkIdentity".');
    }
    const { email, fullName } = profileOf(claims);
    const { issuer, subject } = claims;
    const refuseTakenAddress = async (): Promise<void> => {
      const owner = email === null ? null : await prisma.user.findUnique({ where: { email }, select: { identities: { where: { issuer, subject } } } });
      if (owner === null || owner.identities.length > 0) return;
      const remedy = 'Sign in to it with "login" and link this identity with "linkIdentity"; the address alone is no proof.';
      throw new AppError('CONFLICT', `The address "${email ?? ''}" has an account here already. ${remedy}`);
    };
    await refuseTakenAddress();
    const now = clock.now();
    try {
      await prisma.$transaction(async (transaction) => {
        const user = await transaction.user.create({ data: { id: newId(), email, fullName, createdAt: now, updatedAt: now }, select: { id: true } });
        const data = { id: newId(), userId: user.id, issuer, subject, email: claims.verifiedEmail, createdAt: now };
        await transaction.identity.create({ data, select: { id: true } });
        await audit.record(transaction, { kind: 'IDENTITY_LINKED', actorId: user.id, device: noDevice, data: { identityId: data.id, issuer } });
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await refuseTakenAddress();
    }
  };
}
