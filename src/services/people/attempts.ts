import { createHash } from 'node:crypto';
import type { DeviceFacts } from '../../base/device.ts';
import { networkOf } from '../../base/network.ts';
import type { Limiter } from '../../limits/limiter.ts';
import { requireAllowance } from '../allowance.ts';
import type { PeopleDependencies } from './deps.ts';

/** Counts attempts at what could be guessed or worn out, each before it is made. All of them throw AppError RATE_LIMITED. */
export type Attempts = ReturnType<typeof createAttempts>;

/** Counts are kept, and a name, or what was typed in its place, must not be. */
const accountKeyOf = (name: string): string => createHash('sha256').update(name).digest('base64url');

/** Creates it. */
export function createAttempts({ limits, audit }: Pick<PeopleDependencies, 'limits' | 'audit'>) {
  const spend = async (limiter: Limiter, key: string, what: string): Promise<void> => requireAllowance(await limiter.consume(key), what);

  const spendLogin = async (limit: 'account' | 'address', name: string, device: DeviceFacts): Promise<void> => {
    const [limiter, key, what] =
      limit === 'account'
        ? ([limits.loginsPerAccount, accountKeyOf(name), 'Too many attempts to sign in to this account'] as const)
        : ([limits.loginsPerAddress, networkOf(device.address), 'Too many attempts to sign in from your address'] as const);
    const consumption = await limiter.consume(key);
    if (!consumption.isAllowed && consumption.isFirstRefusal) {
      await audit.record(null, { kind: 'LOGIN_LIMITED', actorId: null, device, data: { limit, nameHash: audit.hashOfName(name) } });
    }
    requireAllowance(consumption, what);
  };

  return {
    /**
     * An attempt to sign in, whether or not there is such an account. The address comes first, so that one address which is refused
     * cannot use up the attempts of accounts.
     *
     * @param name the login name in its normal form
     */
    async login(name: string, device: DeviceFacts): Promise<void> {
      await spendLogin('address', name, device);
      await spendLogin('account', name, device);
    },

    /**
     * Takes back the attempt that succeeded, and no other: the owner may sign in as often as they like, and whoever guesses between two
     * of their logins has not one attempt more. The address gets nothing back, which bounds the work of hashing.
     */
    loginSucceeded: (name: string): Promise<void> => limits.loginsPerAccount.giveBack(accountKeyOf(name)),

    /** A registration. */
    registration: (device: DeviceFacts): Promise<void> =>
      spend(limits.registrationsPerAddress, networkOf(device.address), 'Too many new accounts from your address'),

    /** An exchange of a refresh token. */
    refresh: (device: DeviceFacts): Promise<void> => spend(limits.refreshesPerAddress, networkOf(device.address), 'Too many refreshes from your address'),

    /** A password or a set-up token, given by somebody who is signed in. */
    check: (userId: string): Promise<void> => spend(limits.checksPerUser, userId, 'Too many attempts with a password or a set-up token'),
  };
}
