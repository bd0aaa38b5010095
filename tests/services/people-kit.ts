import { hash, parseOptions, verify } from '@node-rs/bcrypt';
import { createAccessTokens } from '../../src/auth/access-tokens.ts';
import { deriveKey } from '../../src/auth/keys.ts';
import { createRefreshTokens, createSetupTokens } from '../../src/auth/opaque-tokens.ts';
import { createPasswords } from '../../src/auth/passwords.ts';
import { later, type Clock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/base/config.ts';
import type { RateConfig } from '../../src/base/rate-config.ts';
import type { DeviceFacts } from '../../src/base/device.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createConversationLog } from '../../src/events/conversation-log.ts';
import { createLimits } from '../../src/limits/limits.ts';
import { createAudit } from '../../src/services/audit.ts';
import { createPeople } from '../../src/services/people/index.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createFileStore } from '../../src/stores/file-store.ts';
import { createTestDatabase } from '../kit/database.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { patientDatabase } from '../kit/patience.ts';
import { withoutRateLimits } from '../kit/wide-limits.ts';

/** A clock that stands still until a test moves it. */
export interface MovableClock extends Clock {
  advance(milliseconds: number): void;
}

function createMovableClock(): MovableClock {
  let now = new Date('2026-11-20T09:00:00.000Z');
  return { now: () => now, advance: (milliseconds) => void (now = later(now, milliseconds)) };
}

export const graceSeconds = 10;
export const accessTokenLifetimeSeconds = 900;
export const refreshTokenLifetimeSeconds = 86_400;
export const password = 'correct horse battery';
export const device: DeviceFacts = { address: '192.0.2.1', userAgent: 'test device' };

/** The service over a fresh database, with cheap hashing that is counted and a clock of its own. */
export async function openPeople(options: { readonly bcryptCost?: number; readonly rates?: Partial<RateConfig> } = {}) {
  const testDatabase = await createTestDatabase();
  const folder = await createTemporaryFolder();
  const logger = createLogger({ level: 'silent' });
  const { connectionString } = testDatabase;
  const { pool, prisma, close } = createDatabase({ connectionString, poolSize: 4, ...patientDatabase, logger });
  const clock = createMovableClock();
  const work = { hashes: 0, compares: 0 };
  /** The costs of the hashes that passwords were compared with. */
  const comparedCosts: number[] = [];
  const bcrypt = {
    hash: (text: string, settings: { readonly cost: number }) => ((work.hashes += 1), hash(text, settings)),
    verify: (text: string, stored: string) => {
      work.compares += 1;
      comparedCosts.push(parseOptions(stored).cost);
      return verify(text, stored);
    },
  };
  const accessTokens = createAccessTokens({ secret: 'a long enough secret for the tests of people', lifetimeSeconds: accessTokenLifetimeSeconds, clock });
  const audit = createAudit({ prisma, pool, clock, newId: uuidv7, nameKey: deriveKey('a secret for the tests', 'audit-names') });
  const fileStore = createFileStore({ folder: folder.path, newId: uuidv7 });
  const rates: RateConfig = { ...parseConfig(withoutRateLimits).rates, ...options.rates };
  /** The service as another process on the same database would have it. */
  const another = (changes: { readonly bcryptCost?: number } = {}) =>
    createPeople({
      prisma,
      clock,
      newId: uuidv7,
      logger,
      passwords: createPasswords({ cost: changes.bcryptCost ?? options.bcryptCost ?? 4, concurrency: 2, bcrypt }),
      accessTokens,
      refreshTokens: createRefreshTokens(),
      setupTokens: createSetupTokens(),
      pool,
      audit,
      limits: createLimits(rates, { pool, redis: null }),
      fileStore,
      conversationLog: createConversationLog({ pool, clock, pollIntervalMs: 15_000 }),
      stopRunsOf: () => Promise.resolve(),
      settings: { refreshTokenLifetimeSeconds, refreshGraceSeconds: graceSeconds },
    });
  const people = another();
  let count = 0;
  /** A new account with an address of its own. */
  const join = (changes: { readonly email?: string; readonly username?: string; readonly setupToken?: string } = {}) => {
    count += 1;
    return people.register({ email: `person${count}@example.org`, password, ...changes }, device);
  };
  const dispose = async (): Promise<void> => {
    await close();
    await folder[Symbol.asyncDispose]();
    await testDatabase[Symbol.asyncDispose]();
  };
  return { pool, prisma, clock, folder: folder.path, fileStore, work, comparedCosts, accessTokens, people, audit, another, join, close: dispose };
}

/** What `openPeople` gives. */
export type OpenPeople = Awaited<ReturnType<typeof openPeople>>;

/** Why those that failed did. */
export function reasonsOf(attempts: readonly PromiseSettledResult<unknown>[]): readonly unknown[] {
  return attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason] : []));
}
