import type { Pool } from 'pg';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { AccessTokens } from '../../auth/access-tokens.ts';
import type { OpaqueTokens } from '../../auth/opaque-tokens.ts';
import type { Passwords } from '../../auth/passwords.ts';
import type { Clock } from '../../base/clock.ts';
import type { IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Limits } from '../../limits/limits.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { Audit } from '../audit.ts';

/** What the services of people need. */
export interface PeopleDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly passwords: Passwords;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: OpaqueTokens;
  readonly setupTokens: OpaqueTokens;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly fileStore: FileStore;
  readonly conversationLog: Pick<ConversationLog, 'append' | 'appendDeleted'>;
  /** Stops every run that a person started, and every run in a conversation of theirs. */
  readonly stopRunsOf: (userId: string) => Promise<void>;
  /** Hears that an account is gone, and out of all conversations; nothing waits for it. */
  readonly onDeleted?: () => void;
  /** `auth` of the configuration. */
  readonly settings: {
    readonly refreshTokenLifetimeSeconds: number;
    readonly refreshGraceSeconds: number;
  };
  /** For how long it is taken for granted that a login is still active; 2,000 by default. */
  readonly loginCacheMs?: number;
}
