import { requireViewer, type LoginViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError } from '../../base/errors.ts';
import { createAccounts } from './accounts.ts';
import type { PeopleDependencies } from './deps.ts';
import { createLoginStates } from './login-states.ts';
import { createLogins } from './logins.ts';
import { personColumns, personOf, type Person } from './person.ts';
import { createSetupToken } from './setup-token.ts';

/** People: accounts, profiles and logins. */
export type People = ReturnType<typeof createPeople>;

/** Creates the service. */
export function createPeople(dependencies: PeopleDependencies) {
  const { prisma, clock, accessTokens, loginCacheMs = 2_000 } = dependencies;
  const states = createLoginStates({ prisma, clock, cacheMs: loginCacheMs });
  const setupToken = createSetupToken(dependencies);
  const logins = createLogins({ ...dependencies, states });
  const accounts = createAccounts({ ...dependencies, states, setupToken, logins });

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Person>> => {
    const { userId } = requireViewer(viewer);
    const isCompanion = { participants: { some: { conversation: { participants: { some: { userId } } } } } };
    const rows = await prisma.user.findMany({ where: { id: { in: [...ids] }, OR: [{ id: userId }, isCompanion] }, select: personColumns });
    return new Map(rows.map((row) => [row.id, personOf(row, userId)]));
  };

  return {
    register: accounts.register,
    claimAdmin: accounts.claimAdmin,
    updateProfile: accounts.updateProfile,
    changePassword: accounts.changePassword,
    login: logins.login,
    refreshAuth: logins.refresh,
    logout: logins.logout,
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

    /** Who is signed in; null for nobody. */
    viewer: async (viewer: Viewer | null): Promise<Person | null> =>
      viewer === null ? null : ((await byIds(viewer, [viewer.userId])).get(viewer.userId) ?? null),

    /** People by id, as far as the viewer may see them: the viewer, and whoever shares a conversation with them. One statement. */
    byIds,
  };
}
