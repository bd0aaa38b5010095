import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { AccessTokens } from '../../auth/access-tokens.ts';
import type { OpaqueTokens } from '../../auth/opaque-tokens.ts';
import type { Passwords } from '../../auth/passwords.ts';
import type { Clock } from '../../base/clock.ts';
import type { IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { Statements } from '../../stores/statements.ts';

/** What the services of people need. */
export interface PeopleDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly passwords: Passwords;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: OpaqueTokens;
  readonly setupTokens: OpaqueTokens;
  /** `auth` of the configuration. */
  readonly settings: {
    readonly refreshTokenLifetimeSeconds: number;
    readonly refreshGraceSeconds: number;
  };
  /** For how long it is taken for granted that a login is still active; 2,000 by default. */
  readonly loginCacheMs?: number;
}
