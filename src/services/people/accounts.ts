import { z } from 'zod';
import { passwordShape } from '../../auth/passwords.ts';
import { requireLogin, requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { requireActiveAccount } from './account-state.ts';
import type { Attempts } from './attempts.ts';
import type { PeopleDependencies } from './deps.ts';
import type { LoginStates } from './login-states.ts';
import type { AuthResult, Logins } from './logins.ts';
import { emailShape, fullNameShape, localeShape, usernameKeyOf, usernameShape } from './names.ts';
import type { PasswordCheck } from './password-check.ts';
import { personColumns, personOf, type Person } from './person.ts';
import type { SetupToken } from './setup-token.ts';
import { refusingTakenNames, requireFreeNames } from './taken-names.ts';

const registerShape = z.object({
  email: emailShape,
  username: usernameShape.nullish(),
  fullName: fullNameShape.nullish(),
  password: passwordShape,
  setupToken: z.string().nullish(),
});
const profileShape = z.object({
  username: usernameShape.nullable().optional(),
  fullName: fullNameShape.nullable().optional(),
  locale: localeShape.nullable().optional(),
});
const changePasswordShape = z.object({ currentPassword: z.string(), newPassword: passwordShape });

/** What an account is made of; `setupToken` makes it the first ADMIN. */
export type RegisterInput = z.input<typeof registerShape>;
/** What changes in a profile: what is absent stays, null clears. */
export type ProfileInput = z.input<typeof profileShape>;

/** What it stands on. */
export interface AccountDependencies extends PeopleDependencies {
  readonly states: LoginStates;
  readonly setupToken: SetupToken;
  readonly logins: Logins;
  readonly attempts: Attempts;
  readonly checkPassword: PasswordCheck;
}

/** Creates the service. */
export function createAccounts(dependencies: AccountDependencies) {
  const { prisma, clock, newId, passwords, states, setupToken, logins, attempts, audit, checkPassword } = dependencies;

  /** Notes that a set-up token was refused. Outside of the transaction, which the refusal undoes. */
  const noteRefusal = async (error: unknown, actorId: string | null, device: DeviceFacts): Promise<never> => {
    if (error instanceof AppError && error.code === 'FORBIDDEN') await audit.record(null, { kind: 'SETUP_TOKEN_REFUSED', actorId, device });
    throw error;
  };

  return {
    /**
     * Makes an account and signs it in.
     *
     * @param device stands in the list of logins
     * @throws AppError BAD_USER_INPUT; CONFLICT when the address or the username is taken; FORBIDDEN when the set-up token is not valid;
     *   RATE_LIMITED. In each case nothing was made
     */
    async register(input: RegisterInput, device: DeviceFacts): Promise<AuthResult> {
      const { email, username = null, fullName = null, password, setupToken: token } = parseInput(registerShape, input);
      const names = { email, username };
      await attempts.registration(device);
      await requireFreeNames(prisma, names);
      // Outside of the transaction, which would hold a connection meanwhile.
      const passwordHash = await passwords.hash(password);
      const now = clock.now();
      const { user, issued } = await refusingTakenNames(prisma, names, () =>
        prisma.$transaction(async (transaction) => {
          if (token != null) await setupToken.consume(transaction, token);
          const user = await transaction.user.create({
            data: {
              id: newId(),
              ...names,
              usernameKey: username === null ? null : usernameKeyOf(username),
              fullName,
              role: token == null ? 'MEMBER' : 'ADMIN',
              createdAt: now,
              updatedAt: now,
            },
            select: personColumns,
          });
          await transaction.credential.create({ data: { userId: user.id, passwordHash, changedAt: now }, select: { userId: true } });
          const issued = await logins.start(transaction, user.id, device);
          await audit.record(transaction, { kind: 'REGISTERED', actorId: user.id, device, data: { loginId: issued.loginId } });
          if (token != null) await audit.record(transaction, { kind: 'SETUP_TOKEN_USED', actorId: user.id, device });
          return { user, issued };
        }),
      ).catch((error: unknown) => noteRefusal(error, null, device));
      return logins.resultOf(user, issued);
    },

    /**
     * Makes the viewer the first ADMIN.
     *
     * @throws AppError UNAUTHENTICATED; FORBIDDEN when the set-up token is not valid, or without a login; RATE_LIMITED
     */
    async claimAdmin(viewer: Viewer | null, token: string, device: DeviceFacts): Promise<Person> {
      const { userId, loginId } = requireLogin(viewer);
      await attempts.check(userId);
      const claim = prisma.$transaction(async (transaction) => {
        await setupToken.consume(transaction, token);
        await audit.record(transaction, { kind: 'SETUP_TOKEN_USED', actorId: userId, device });
        return transaction.user.updateManyAndReturn({ where: { id: userId }, data: { role: 'ADMIN', updatedAt: clock.now() }, select: personColumns });
      });
      const [row] = await claim.catch((error: unknown) => noteRefusal(error, userId, device));
      if (row === undefined) throw notFound('User');
      states.forget([loginId]);
      return personOf(row, userId);
    },

    /**
     * Changes the names and the locale of the viewer.
     *
     * @throws AppError UNAUTHENTICATED; BAD_USER_INPUT; CONFLICT when the username is taken
     */
    async updateProfile(viewer: Viewer | null, input: ProfileInput): Promise<Person> {
      const { userId } = requireViewer(viewer);
      const { username, fullName, locale } = parseInput(profileShape, input);
      const data = {
        ...(username === undefined ? {} : { username, usernameKey: username === null ? null : usernameKeyOf(username) }),
        ...(fullName === undefined ? {} : { fullName }),
        ...(locale === undefined ? {} : { locale }),
        updatedAt: clock.now(),
      };
      const [row] = await refusingTakenNames(
        prisma,
        { username },
        () => prisma.user.updateManyAndReturn({ where: { id: userId }, data, select: personColumns }),
        userId,
      );
      if (row === undefined) throw notFound('User');
      return personOf(row, userId);
    },

    /**
     * Changes the viewer's password and ends all their other logins.
     *
     * @throws AppError UNAUTHENTICATED; FORBIDDEN without a login; BAD_USER_INPUT when the current password is wrong or the new one is not
     *   acceptable; RATE_LIMITED
     */
    async changePassword(
      viewer: Viewer | null,
      input: { readonly currentPassword: string; readonly newPassword: string },
      device: DeviceFacts,
    ): Promise<Person> {
      const { userId, loginId } = requireLogin(viewer);
      const { currentPassword, newPassword } = parseInput(changePasswordShape, input);
      const refusal = badInput(['input', 'currentPassword'], 'The current password is wrong; nothing was changed.');
      const { row, stored } = await checkPassword(userId, currentPassword, device, refusal);
      const passwordHash = await passwords.hash(newPassword);
      const ended = await prisma.$transaction(async (transaction) => {
        await requireActiveAccount(transaction, userId, refusal);
        const { count } = await transaction.credential.updateMany({ where: { userId, passwordHash: stored }, data: { passwordHash, changedAt: clock.now() } });
        // Somebody changed it in the meantime: the password that was checked is not the current one any more.
        if (count === 0) throw refusal;
        const others = await logins.revoke(transaction, { userId, id: { not: loginId } });
        await audit.record(transaction, { kind: 'PASSWORD_CHANGED', actorId: userId, device, data: { loginIds: others.map(({ id }) => id) } });
        return others;
      });
      states.forget(ended.map(({ id }) => id));
      return personOf(row, userId);
    },
  };
}
