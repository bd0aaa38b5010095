import { z } from 'zod';
import { passwordShape } from '../../auth/passwords.ts';
import { requireLogin, requireViewer, type Viewer } from '../../auth/viewer.ts';
import { badInput, notFound } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import type { PeopleDependencies } from './deps.ts';
import type { LoginStates } from './login-states.ts';
import type { AuthResult, Logins } from './logins.ts';
import { emailShape, fullNameShape, usernameKeyOf, usernameShape } from './names.ts';
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
const profileShape = z.object({ username: usernameShape.nullable().optional(), fullName: fullNameShape.nullable().optional() });
const changePasswordShape = z.object({ currentPassword: z.string(), newPassword: passwordShape });

/** What an account is made of; `setupToken` makes it the first ADMIN. */
export type RegisterInput = z.input<typeof registerShape>;
/** What changes in a profile: what is absent stays, null clears. */
export type ProfileInput = z.input<typeof profileShape>;

/** Creates the service. */
export function createAccounts(dependencies: PeopleDependencies & { readonly states: LoginStates; readonly setupToken: SetupToken; readonly logins: Logins }) {
  const { prisma, clock, newId, passwords, states, setupToken, logins } = dependencies;

  return {
    /**
     * Makes an account and signs it in.
     *
     * @param userAgent names the device in the list of logins
     * @throws AppError BAD_USER_INPUT; CONFLICT when the address or the username is taken; FORBIDDEN when the set-up token is not valid.
     *   In each case nothing was made
     */
    async register(input: RegisterInput, userAgent: string | null): Promise<AuthResult> {
      const { email, username = null, fullName = null, password, setupToken: token } = parseInput(registerShape, input);
      const names = { email, username };
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
          return { user, issued: await logins.start(transaction, user.id, userAgent) };
        }),
      );
      return logins.resultOf(user, issued);
    },

    /**
     * Makes the viewer the first ADMIN.
     *
     * @throws AppError UNAUTHENTICATED; FORBIDDEN when the set-up token is not valid, or without a login
     */
    async claimAdmin(viewer: Viewer | null, token: string): Promise<Person> {
      const { userId, loginId } = requireLogin(viewer);
      const [row] = await prisma.$transaction(async (transaction) => {
        await setupToken.consume(transaction, token);
        return transaction.user.updateManyAndReturn({ where: { id: userId }, data: { role: 'ADMIN', updatedAt: clock.now() }, select: personColumns });
      });
      if (row === undefined) throw notFound('User');
      states.forget([loginId]);
      return personOf(row, userId);
    },

    /**
     * Changes the names of the viewer.
     *
     * @throws AppError UNAUTHENTICATED; BAD_USER_INPUT; CONFLICT when the username is taken
     */
    async updateProfile(viewer: Viewer | null, input: ProfileInput): Promise<Person> {
      const { userId } = requireViewer(viewer);
      const { username, fullName } = parseInput(profileShape, input);
      const data = {
        ...(username === undefined ? {} : { username, usernameKey: username === null ? null : usernameKeyOf(username) }),
        ...(fullName === undefined ? {} : { fullName }),
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
     * Changes the viewer's password and ends all their other logins. Limits on the number of attempts belong before the first statement.
     *
     * @throws AppError UNAUTHENTICATED; FORBIDDEN without a login; BAD_USER_INPUT when the current password is wrong or the new one is not acceptable
     */
    async changePassword(viewer: Viewer | null, input: { readonly currentPassword: string; readonly newPassword: string }): Promise<Person> {
      const { userId, loginId } = requireLogin(viewer);
      const { currentPassword, newPassword } = parseInput(changePasswordShape, input);
      const refusal = badInput(['input', 'currentPassword'], 'The current password is wrong; nothing was changed.');
      const found = await prisma.user.findUnique({ where: { id: userId }, select: { ...personColumns, credential: { select: { passwordHash: true } } } });
      const stored = found?.credential?.passwordHash ?? null;
      const isRight = stored === null ? await passwords.verifyAgainstNothing(currentPassword) : await passwords.verify(currentPassword, stored);
      if (!isRight || found === null || stored === null) throw refusal;

      const passwordHash = await passwords.hash(newPassword);
      const ended = await prisma.$transaction(async (transaction) => {
        const { count } = await transaction.credential.updateMany({ where: { userId, passwordHash: stored }, data: { passwordHash, changedAt: clock.now() } });
        // Somebody changed it in the meantime: the password that was checked is not the current one any more.
        if (count === 0) throw refusal;
        return logins.revoke(transaction, { userId, id: { not: loginId } });
      });
      states.forget(ended);
      const { credential: _, ...row } = found;
      return personOf(row, userId);
    },
  };
}
