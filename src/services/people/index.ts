import type { LoginViewer, Viewer } from '../../auth/viewer.ts';
import { AppError } from '../../base/errors.ts';
import { createAccounts } from './accounts.ts';
import { createAdministration } from './administration.ts';
import { createAttempts } from './attempts.ts';
import { createDeletion } from './deletion.ts';
import type { PeopleDependencies } from './deps.ts';
import { createDevices } from './devices.ts';
import { createDirectory } from './directory.ts';
import { createLoginStates } from './login-states.ts';
import { createLogins } from './logins.ts';
import { createPasswordCheck } from './password-check.ts';
import { createOwnProfiles } from './own-profile.ts';
import type { Person } from './person.ts';
import { createSetupToken } from './setup-token.ts';

/** People: accounts, profiles and logins. */
export type People = ReturnType<typeof createPeople>;

/** Creates the service. */
export function createPeople(dependencies: PeopleDependencies) {
  const { pool, clock, accessTokens, loginCacheMs = 2_000 } = dependencies;
  const states = createLoginStates({ pool, clock, cacheMs: loginCacheMs });
  const setupToken = createSetupToken(dependencies);
  const attempts = createAttempts(dependencies);
  const checkPassword = createPasswordCheck({ ...dependencies, attempts });
  const logins = createLogins({ ...dependencies, states, attempts });
  const accounts = createAccounts({ ...dependencies, states, setupToken, logins, attempts, checkPassword });
  const devices = createDevices({ ...dependencies, states, logins });
  const deletion = createDeletion({ ...dependencies, states, logins, checkPassword });
  const administration = createAdministration({ ...dependencies, states, logins, deletion });
  const directory = createDirectory(dependencies);
  const loadOwn = async (viewer: Viewer): Promise<Person | null> => (await directory.byIds(viewer, [viewer.userId])).get(viewer.userId) ?? null;
  const ownProfiles = createOwnProfiles({ load: loadOwn, clock, cacheMs: loginCacheMs });

  return {
    register: accounts.register,
    claimAdmin: accounts.claimAdmin,
    async updateProfile(...given: Parameters<typeof accounts.updateProfile>): Promise<Person> {
      const person = await accounts.updateProfile(...given);
      ownProfiles.forget(person.id);
      return person;
    },
    changePassword: accounts.changePassword,
    login: logins.login,
    refreshAuth: logins.refresh,
    logout: logins.logout,
    logins: devices.list,
    loginsByIds: devices.byIds,
    revokeLogin: devices.revoke,
    logoutEverywhere: devices.logoutEverywhere,
    list: directory.list,
    get: directory.get,
    setRole: administration.setRole,
    disable: administration.disable,
    enable: administration.enable,
    delete: administration.delete,
    deleteAccount: deletion.deleteAccount,
    finishDeletions: deletion.finishAll,
    removeExpiredLogins: logins.removeExpired,
    prepareSetupToken: setupToken.prepare,

    /**
     * Who sends an access token, with the role of this moment.
     *
     * @throws AppError UNAUTHENTICATED when the token is not valid, its login was revoked or its user deleted
     */
    async authenticate(accessToken: string): Promise<LoginViewer> {
      const { userId, loginId } = await accessTokens.verify(accessToken);
      const viewer = await states.find(loginId);
      if (viewer === null || viewer.userId !== userId) throw new AppError('UNAUTHENTICATED', 'This login has ended; sign in again with "login".');
      return viewer;
    },

    /**
     * The viewer of a login as of now, for a socket that was opened earlier: before each operation, so that no stale role is used. Null
     * when the login has ended. Answers from memory for up to `loginCacheMs`.
     */
    findViewer: states.find,

    /** Whether a login may keep its sockets and streams open. Not from memory; what is asked in one moment is one statement. */
    isLoginActive: states.isActive,

    /** Who is signed in; null for nobody. From memory for up to `loginCacheMs`. */
    viewer: async (viewer: Viewer | null): Promise<Person | null> => (viewer === null ? null : await ownProfiles.find(viewer)),

    byIds: directory.byIds,
    authorsOf: directory.authorsOf,
  };
}
