import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError } from '../../base/errors.ts';
import { createAccounts } from './accounts.ts';
import type { PeopleDependencies } from './deps.ts';
import { createLoginStates } from './login-states.ts';
import { createLogins } from './logins.ts';
import { createOwnProfiles } from './own-profile.ts';
import { personOf, type Person, type PersonRow } from './person.ts';
import { createSetupToken } from './setup-token.ts';

/** People: accounts, profiles and logins. */
export type People = ReturnType<typeof createPeople>;

// The viewer, and whoever shares a conversation with them.
const personsSql = `
  SELECT u.id, u.email, u.username, u.full_name AS "fullName", u.role, u.created_at AS "createdAt" FROM users u
  WHERE u.id = ANY($1::uuid[]) AND (u.id = $2::uuid OR EXISTS (
    SELECT 1 FROM participants theirs JOIN participants mine USING (conversation_id) WHERE theirs.user_id = u.id AND mine.user_id = $2::uuid
  ))`;

/** Creates the service. */
export function createPeople(dependencies: PeopleDependencies) {
  const { prisma, statements, clock, accessTokens, loginCacheMs = 2_000 } = dependencies;
  const states = createLoginStates({ prisma, clock, cacheMs: loginCacheMs });
  const setupToken = createSetupToken(dependencies);
  const logins = createLogins({ ...dependencies, states });
  const accounts = createAccounts({ ...dependencies, states, setupToken, logins });

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Person>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<PersonRow>(personsSql, [ids, userId]);
    return new Map(rows.map((row) => [row.id, personOf(row, userId)]));
  };

  const ownProfiles = createOwnProfiles({
    load: async (viewer) => (await byIds(viewer, [viewer.userId])).get(viewer.userId) ?? null,
    clock,
    cacheMs: loginCacheMs,
  });

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
    removeExpiredLogins: logins.removeExpired,
    prepareSetupToken: setupToken.prepare,

    /**
     * Who sends an access token, with the role of this moment.
     *
     * @throws AppError UNAUTHENTICATED when the token is not valid, its login was revoked or its user deleted
     */
    async authenticate(accessToken: string): Promise<Viewer> {
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

    /** People by id, as far as the viewer may see them: the viewer, and whoever shares a conversation with them. One statement. */
    byIds,
  };
}
