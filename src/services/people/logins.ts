import { NIL } from 'uuid';
import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client.ts';
import type { Viewer } from '../../auth/viewer.ts';
import { requireLogin } from '../../auth/viewer.ts';
import { later } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import type { PeopleDependencies } from './deps.ts';
import type { LoginStates } from './login-states.ts';
import { loginNameShape } from './names.ts';
import { personColumns, personOf, type Person, type PersonRow } from './person.ts';

/** What signing in gives. */
export interface AuthResult {
  /** A JWT, to be sent with every request. */
  readonly accessToken: string;
  /** Good for one exchange by `refreshAuth`. */
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** For how many seconds the access token is valid. */
  readonly expiresIn: number;
  readonly user: Person;
}

/** A login that was just started or continued. */
export interface IssuedLogin {
  readonly loginId: string;
  readonly refreshToken: string;
}

/** Signed-in devices. */
export type Logins = ReturnType<typeof createLogins>;

const mostUserAgentCharacters = 300;
const signInAgain = 'Sign in again with "login".';
const loginShape = z.object({ login: loginNameShape, password: z.string() });

/** Creates the service. */
export function createLogins(dependencies: PeopleDependencies & { readonly states: LoginStates }) {
  const { prisma, clock, newId, logger, passwords, accessTokens, refreshTokens, settings, states } = dependencies;

  const newRefreshToken = () => {
    const now = clock.now();
    const { token, hash } = refreshTokens.make();
    return { token, row: { id: newId(), tokenHash: hash, createdAt: now, expiresAt: later(now, settings.refreshTokenLifetimeSeconds * 1_000) } };
  };

  /** A new login in a transaction of its caller. */
  const start = async (transaction: Prisma.TransactionClient, userId: string, userAgent: string | null): Promise<IssuedLogin> => {
    const now = clock.now();
    const { token, row } = newRefreshToken();
    const device = userAgent?.slice(0, mostUserAgentCharacters) ?? null;
    const loginId = newId();
    await transaction.login.create({ data: { id: loginId, userId, userAgent: device, createdAt: now, lastUsedAt: now }, select: { id: true } });
    await transaction.refreshToken.create({ data: { ...row, loginId }, select: { id: true } });
    return { loginId, refreshToken: token };
  };

  const resultOf = async (row: PersonRow, { loginId, refreshToken }: IssuedLogin): Promise<AuthResult> => ({
    accessToken: await accessTokens.sign({ userId: row.id, loginId }),
    refreshToken,
    tokenType: 'Bearer',
    expiresIn: accessTokens.lifetimeSeconds,
    user: personOf(row, row.id),
  });

  /** Revokes logins in a transaction of its caller, who has to forget them once it is committed. */
  const revoke = async (client: Prisma.TransactionClient, where: Prisma.LoginWhereInput): Promise<readonly string[]> => {
    const revoked = await client.login.updateManyAndReturn({ where: { ...where, revokedAt: null }, data: { revokedAt: clock.now() }, select: { id: true } });
    return revoked.map((login) => login.id);
  };

  /** The next token of a family; `reused` when the token was exchanged before and its grace is over. */
  const exchange = (token: string) =>
    prisma.$transaction(async (transaction) => {
      const now = clock.now();
      const known = await transaction.refreshToken.findUnique({
        where: { tokenHash: refreshTokens.hashOf(token) },
        select: { id: true, expiresAt: true, usedAt: true, login: { select: { id: true, revokedAt: true, user: { select: personColumns } } } },
      });
      if (known === null || known.expiresAt <= now || known.login.revokedAt !== null) return { outcome: 'unknown' } as const;
      const { login } = known;
      const isFirstUse =
        known.usedAt === null && (await transaction.refreshToken.updateMany({ where: { id: known.id, usedAt: null }, data: { usedAt: now } })).count === 1;
      if (!isFirstUse) {
        // Read again: of two exchanges at once the second waited above for the first, and `known` is older than that.
        const used = await transaction.refreshToken.findUnique({ where: { id: known.id }, select: { usedAt: true } });
        const graceEnd = later(used?.usedAt ?? now, settings.refreshGraceSeconds * 1_000);
        if (now > graceEnd) return { outcome: 'reused', loginId: login.id } as const;
      }
      // Locks the login against a revocation until the new token is stored, or finds that one came first.
      const { count } = await transaction.login.updateMany({ where: { id: login.id, revokedAt: null }, data: { lastUsedAt: now } });
      if (count === 0) return { outcome: 'unknown' } as const;
      const next = newRefreshToken();
      await transaction.refreshToken.create({ data: { ...next.row, loginId: login.id }, select: { id: true } });
      return { outcome: 'exchanged', user: login.user, issued: { loginId: login.id, refreshToken: next.token } } as const;
    });

  return {
    start,
    resultOf,
    revoke,

    /**
     * Signs in with a password. An unknown account costs the same statements and the same hashing as a wrong password, and gets the
     * same answer. Limits on the number of attempts belong before the first statement.
     *
     * @param input.login the e-mail address or the username, in any case
     * @param userAgent names the device in the list of logins
     * @throws AppError UNAUTHENTICATED when account and password do not match
     */
    async login(input: { readonly login: string; readonly password: string }, userAgent: string | null): Promise<AuthResult> {
      const { login, password } = parseInput(loginShape, input);
      const refusal = new AppError('UNAUTHENTICATED', 'The e-mail address, the username or the password is wrong.');
      const found = await prisma.user.findUnique({ where: login.includes('@') ? { email: login } : { usernameKey: login }, select: personColumns });
      // Asked for nobody too: one statement less would tell by its time that there is no such account.
      const credential = await prisma.credential.findUnique({ where: { userId: found?.id ?? NIL }, select: { passwordHash: true } });
      const stored = credential?.passwordHash ?? null;
      const isRight = stored === null ? await passwords.verifyAgainstNothing(password) : await passwords.verify(password, stored);
      if (!isRight || found === null || stored === null) throw refusal;

      const current = passwords.isOutdated(stored) ? await passwords.hash(password) : stored;
      const issued = await prisma.$transaction(async (transaction) => {
        // Also when nothing changes: it fails when the password was changed since it was read, and makes a change that comes now wait
        // until this login is there to be revoked.
        const { count } = await transaction.credential.updateMany({ where: { userId: found.id, passwordHash: stored }, data: { passwordHash: current } });
        if (count === 0) throw refusal;
        return start(transaction, found.id, userAgent);
      });
      return resultOf(found, issued);
    },

    /**
     * Exchanges a refresh token for a new pair. The same token may come again for `refreshGraceSeconds`, for two tabs at once and for
     * answers that got lost; later it counts as stolen, and the whole login is revoked (RFC 9700, section 4.14.2).
     *
     * @throws AppError UNAUTHENTICATED when it is unknown, expired, revoked or stolen
     */
    async refresh(refreshToken: string): Promise<AuthResult> {
      const exchanged = await exchange(refreshToken);
      if (exchanged.outcome === 'exchanged') return resultOf(exchanged.user, exchanged.issued);
      if (exchanged.outcome === 'unknown') throw new AppError('UNAUTHENTICATED', `The refresh token is not valid any more, or never was. ${signInAgain}`);
      // After the transaction, which a throw would have undone.
      states.forget(await revoke(prisma, { id: exchanged.loginId }));
      logger.warn({ loginId: exchanged.loginId }, 'a refresh token came again after its grace interval: its login was revoked');
      throw new AppError('UNAUTHENTICATED', `The refresh token was used before, so somebody else may have it: this login was ended. ${signInAgain}`);
    },

    /**
     * Ends the viewer's login, and the login of a refresh token where one is given. A token that is not valid any more is no error.
     *
     * @throws AppError UNAUTHENTICATED when there is neither a viewer nor a token; FORBIDDEN for an API key or an outside token
     */
    async logout(viewer: Viewer | null, refreshToken: string | null): Promise<void> {
      const own: Prisma.LoginWhereInput[] = viewer === null && refreshToken !== null ? [] : [{ id: requireLogin(viewer).loginId }];
      const given: Prisma.LoginWhereInput[] = refreshToken === null ? [] : [{ tokens: { some: { tokenHash: refreshTokens.hashOf(refreshToken) } } }];
      states.forget(await revoke(prisma, { OR: [...own, ...given] }));
    },

    /**
     * Removes refresh tokens that expired, and logins that have none left. To be called now and then.
     *
     * @returns how many rows of each
     */
    async removeExpired(): Promise<{ readonly tokenCount: number; readonly loginCount: number }> {
      const tokens = await prisma.refreshToken.deleteMany({ where: { expiresAt: { lte: clock.now() } } });
      const logins = await prisma.login.deleteMany({ where: { tokens: { none: {} } } });
      return { tokenCount: tokens.count, loginCount: logins.count };
    },
  };
}
