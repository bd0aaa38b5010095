import { createBoundedFetch } from './auth/bounded-fetch.ts';
import { createApiKeyTokens } from './auth/opaque-tokens.ts';
import { createOutsideTokens } from './auth/outside-tokens.ts';
import type { Clock } from './base/clock.ts';
import type { Config } from './base/config.ts';
import type { IdSource } from './base/id.ts';
import type { Logger } from './base/logger.ts';
import { createApiKeys } from './services/api-key/api-keys.ts';
import { createKeyStates } from './services/api-key/key-states.ts';
import type { Audit } from './services/audit.ts';
import { createIdentities } from './services/identity/identities.ts';
import { createIdentityStates } from './services/identity/identity-states.ts';
import type { Database } from './stores/database.ts';

/** A revoked key must be dead within a second on every node; what is remembered may be this old, and a statement takes its time too. */
const cacheMs = 500;

/** Wires the ways to sign in besides passwords. */
export function composeCredentials(parts: {
  readonly config: Pick<Config, 'auth' | 'outside' | 'isProduction'>;
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly audit: Audit;
  readonly fetch: typeof globalThis.fetch;
}) {
  const { config, database, clock, newId, logger, audit, fetch } = parts;
  const { prisma, pool } = database;
  const { issuers, isSignUpOpen, coolDownMs } = config.outside;
  const documents = createBoundedFetch({ fetch, limits: config.outside, now: () => performance.now() });
  return {
    apiKeys: createApiKeys({
      prisma,
      pool,
      clock,
      newId,
      audit,
      tokens: createApiKeyTokens(),
      states: createKeyStates({ pool, clock, logger, cacheMs }),
      maxPerUser: config.auth.maxApiKeysPerUser,
    }),
    identities: createIdentities({
      prisma,
      pool,
      clock,
      newId,
      audit,
      tokens: createOutsideTokens({ issuers, documents, coolDownMs, isProduction: config.isProduction, clock }),
      states: createIdentityStates({ pool, clock, cacheMs }),
      isSignUpOpen,
    }),
  };
}
