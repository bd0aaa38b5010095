import type { Viewer } from '../auth/viewer.ts';
import type { ApiKeys } from './api-key/api-keys.ts';
import type { Identities } from './identity/identities.ts';
import type { People } from './people/index.ts';

/** Finds out who is asking, by whatever they bring. */
export type Authentication = ReturnType<typeof createAuthentication>;

/** Creates the service over the three ways to be signed in: a login, an API key, the token of an identity provider. */
export function createAuthentication(ways: {
  readonly people: Pick<People, 'authenticate' | 'findViewer' | 'isLoginActive'>;
  readonly apiKeys: Pick<ApiKeys, 'accepts' | 'authenticate' | 'findViewer' | 'isActive'>;
  readonly identities: Pick<Identities, 'accepts' | 'authenticate' | 'findViewer' | 'isActive'>;
}) {
  const { people, apiKeys, identities } = ways;
  return {
    /**
     * Who sends a token.
     *
     * @throws AppError UNAUTHENTICATED when it is not good (any more); CONFLICT when somebody new cannot get an account
     */
    authenticate(token: string): Promise<Viewer> {
      if (apiKeys.accepts(token)) return apiKeys.authenticate(token);
      return identities.accepts(token) ? identities.authenticate(token) : people.authenticate(token);
    },

    /** A viewer as of now, for a socket that was opened earlier; null when what they came with has ended. From memory of a moment. */
    findViewer(viewer: Viewer): Promise<Viewer | null> {
      if ('loginId' in viewer) return people.findViewer(viewer.loginId);
      return 'apiKeyId' in viewer ? apiKeys.findViewer(viewer) : identities.findViewer(viewer);
    },

    /** Whether a viewer may keep sockets and streams open. Not from memory; what is asked in one moment is one statement of each kind. */
    isActive(viewer: Viewer): Promise<boolean> {
      if ('loginId' in viewer) return people.isLoginActive(viewer.loginId);
      return 'apiKeyId' in viewer ? apiKeys.isActive(viewer) : identities.isActive(viewer);
    },
  };
}
