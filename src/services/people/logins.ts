import { NIL } from 'uuid';
import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { requireLogin, type Viewer } from '../../auth/viewer.ts';
import { later } from '../../base/clock.ts';
import { userAgentOf, type DeviceFacts } from '../../base/device.ts';
import { AppError } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { requireActiveAccount } from './account-state.ts';
import type { Attempts } from './attempts.ts';
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

/** A login that was ended. */
export interface EndedLogin {
  readonly id: string;
  readonly userId: string;
}

/** A login that was just started or continued. */
export interface IssuedLogin {
  readonly loginId: string;
  readonly refreshToken: string;
}

/** Signed-in devices. */
export type Logins = ReturnType<typeof createLogins>;

const signInAgain = 'Sign in again with "login".';
const loginShape = z.object({ login: loginNameShape, password: z.string() });

/** Creates the service. */
export function createLogins(dependencies: PeopleDependencies & { readonly states: LoginStates; readonly attempts: Attempts }) {
  const { prisma, clock, newId, logger, passwords, accessTokens, refreshTokens, settings, states, attempts, audit } = dependencies;

  const newRefreshToken = () => {
    const now = clock.now();
    const { token, hash } = refreshTokens.make();
    return { token, row: { id: newId(), tokenHash: hash, createdAt: now, expiresAt: later(now, settings.refreshTokenLifetimeSeconds * 1_000) } };
  };

  /** A new login in a transaction of its caller. */
  const start = async (transaction: Prisma.TransactionClient, userId: string, device: DeviceFacts): Promise<IssuedLogin> => {
    const now = clock.now();
    const { token, row } = newRefreshToken();
    const loginId = newId();
    const login = { id: loginId, userId, userAgent: userAgentOf(device), address: device.address, createdAt: now, lastUsedAt: now };
    await transaction.login.create({ data: login, select: { id: true } });
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
  const revoke = async (client: Prisma.TransactionClient, where: Prisma.LoginWhereInput): Promise<readonly EndedLogin[]> =>
    client.login.updateManyAndReturn({ where: { ...where, revokedAt: null }, data: { revokedAt: clock.now() }, select: { id: true, userId: true } });

  /** The next token of a family; `reused` when the token was exchanged before and its grace is over. */
  const exchange = (token: string) =>
    prisma.$transaction(async (transaction) => {
      const now = clock.now();
      const known = await transaction.refreshToken.findUnique({
        where: { tokenHash: refreshTokens.hashOf(token) },
        select: {
          id: true,
          expiresAt: true,
          usedAt: true,
          login: { select: { id: true, revokedAt: true, user: { select: { ...personColumns, deletingSince: true } } } },
        },
      });
      if (known === null || known.expiresAt <= now || known.login.revokedAt !== null) return { outcome: 'unknown' } as const;
      const { login } = known;
      const { deletingSince, ...user } = login.user;
      if (user.disabledAt !== null || deletingSince !== null) return { outcome: 'unknown' } as const;
      const isFirstUse =
        known.usedAt === null && (await transaction.refreshToken.updateMany({ where: { id: known.id, usedAt: null }, data: { usedAt: now } })).count === 1;
      if (!isFirstUse) {
        // Read again: of two exchanges at once the second waited above for the first, and `known` is older than that.
        const used = await transaction.refreshToken.findUnique({ where: { id: known.id }, select: { usedAt: true } });
        const graceEnd = later(used?.usedAt ?? now, settings.refreshGraceSeconds * 1_000);
        if (now > graceEnd) return { outcome: 'reused', loginId: login.id, userId: user.id } as const;
      }
      // Locks the login against a revocation until the new token is stored, or finds that one came first.
      const { count } = await transaction.login.updateMany({ where: { id: login.id, revokedAt: null }, data: { lastUsedAt: now } });
      if (count === 0) return { outcome: 'unknown' } as const;
      const next = newRefreshToken();
      await transaction.refreshToken.create({ data: { ...next.row, loginId: login.id }, select: { id: true } });
      return { outcome: 'exchanged', user, issued: { loginId: login.id, refreshToken: next.token } } as const;
    });

  return {
    start,
    resultOf,
    revoke,

    /**
     * Signs in with a password. An unknown account costs the same statements and the same hashing as a wrong password, and gets the
     * same answer. Each attempt counts before anything is looked up, so the right password waits too once there were too many.
     *
     * @param input.login the e-mail address or the username, in any case
     * @param device stands in the list of logins
     * @throws AppError UNAUTHENTICATED when account and password do not match; ACCOUNT_DISABLED when they do and it is disabled;
     *   RATE_LIMITED
     */
    async login(input: { readonly login: string; readonly password: string }, device: DeviceFacts): Promise<AuthResult> {
      const { login, password } = parseInput(loginShape, input);
      await attempts.login(login, device);
      const found = await prisma.user.findUnique({ where: login.includes('@') ? { email: login } : { usernameKey: login }, select: personColumns });
      // Asked for nobody too: one statement less would tell by its time that there is no such account.
      const credential = await prisma.credential.findUnique({ where: { userId: found?.id ?? NIL }, select: { passwordHash: true } });
      const stored = credential?.passwordHash ?? null;
      const isRight = stored === null ? await passwords.verifyAgainstNothing(password) : await passwords.verify(password, stored);
      const refuse = async (reason: 'mismatch' | 'disabled', error: AppError): Promise<never> => {
        const data = { reason, nameHash: audit.hashOfName(login) };
        await audit.record(null, { kind: 'LOGIN_FAILED', actorId: null, subjectId: found?.id ?? null, device, data });
        throw error;
      };
      const mismatch = new AppError('UNAUTHENTICATED', 'The e-mail address, the username or the password is wrong.');
      if (!isRight || found === null || stored === null) return refuse('mismatch', mismatch);

      const current = passwords.isOutdated(stored) ? await passwords.hash(password) : stored;
      const work = prisma.$transaction(async (transaction) => {
        await requireActiveAccount(transaction, found.id, mismatch);
        // Also when nothing changes: it fails when the password was changed since it was read, and makes a change that comes now wait
        // until this login is there to be revoked.
        const { count } = await transaction.credential.updateMany({ where: { userId: found.id, passwordHash: stored }, data: { passwordHash: current } });
        if (count === 0) throw mismatch;
        const issued = await start(transaction, found.id, device);
        await audit.record(transaction, { kind: 'LOGIN_SUCCEEDED', actorId: found.id, device, data: { loginId: issued.loginId } });
        return issued;
      });
      const issued = await work.catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        return refuse(error.code === 'ACCOUNT_DISABLED' ? 'disabled' : 'mismatch', error);
      });
      await attempts.loginSucceeded(login);
      return resultOf(found, issued);
    },

    /**
     * Exchanges a refresh token for a new pair. The same token may come again for `refreshGraceSeconds`, for two tabs at once and for
     * answers that got lost; later it counts as stolen, and the whole login is revoked (RFC 9700, section 4.14.2).
     *
     * @throws AppError UNAUTHENTICATED when it is unknown, expired, revoked or stolen; RATE_LIMITED
     */
    async refresh(refreshToken: string, device: DeviceFacts): Promise<AuthResult> {
      await attempts.refresh(device);
      const exchanged = await exchange(refreshToken);
      if (exchanged.outcome === 'exchanged') return resultOf(exchanged.user, exchanged.issued);
      if (exchanged.outcome === 'unknown') throw new AppError('UNAUTHENTICATED', `The refresh token is not valid any more, or never was. ${signInAgain}`);
      const { loginId, userId } = exchanged;
      // After the transaction of the exchange, which a throw would have undone.
      await prisma.$transaction(async (transaction) => {
        await revoke(transaction, { id: loginId });
        await audit.record(transaction, { kind: 'TOKEN_REUSED', actorId: null, subjectId: userId, device, data: { loginId } });
      });
      states.forget([loginId]);
      logger.warn({ loginId }, 'a refresh token came again after its grace interval: its login was revoked');
      throw new AppError('UNAUTHENTICATED', `The refresh token was used before, so somebody else may have it: this login was ended. ${signInAgain}`);
    },

    /**
     * Ends the viewer's login, and the login of a refresh token where one is given. A token that is not valid any more is no error.
     *
     * @throws AppError UNAUTHENTICATED when there is neither a viewer nor a token; FORBIDDEN for an API key or an outside token
     */
    async logout(viewer: Viewer | null, refreshToken: string | null, device: DeviceFacts): Promise<void> {
      const own: Prisma.LoginWhereInput[] = viewer === null && refreshToken !== null ? [] : [{ id: requireLogin(viewer).loginId }];
      const given: Prisma.LoginWhereInput[] = refreshToken === null ? [] : [{ tokens: { some: { tokenHash: refreshTokens.hashOf(refreshToken) } } }];
      const ended = await prisma.$transaction(async (transaction) => {
        const logins = await revoke(transaction, { OR: [...own, ...given] });
        for (const { id, userId } of logins) await audit.record(transaction, { kind: 'LOGGED_OUT', actorId: userId, device, data: { loginId: id } });
        return logins;
      });
      states.forget(ended.map(({ id }) => id));
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
