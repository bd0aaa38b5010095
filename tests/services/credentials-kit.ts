import { composeCredentials } from '../../src/compose-credentials.ts';
import type { Viewer } from '../../src/auth/viewer.ts';
import { later } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/base/config.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createAudit } from '../../src/services/audit.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createTestDatabase } from '../kit/database.ts';
import { giveUpMs, patientDatabase } from '../kit/patience.ts';

export const device = { address: '192.0.2.7', userAgent: 'test device' };
export const rootFields: ReadonlySet<string> = new Set([
  'Query.conversations',
  'Query.users',
  'Mutation.sendMessage',
  'Mutation.createApiKey',
  'Mutation.setUserRole',
]);

/** API keys and identities over a fresh database, with a clock that stands still until a test moves it. */
export async function openCredentials(environment: Readonly<Record<string, string>> = {}) {
  const testDatabase = await createTestDatabase();
  const logger = createLogger({ level: 'silent' });
  const { connectionString } = testDatabase;
  const database = createDatabase({ connectionString, poolSize: 5, ...patientDatabase, logger });
  const { prisma, pool } = database;
  let now = new Date();
  const clock = { now: () => now };
  const audit = createAudit({ prisma, pool, clock, newId: uuidv7, nameKey: new Uint8Array(32) });
  const config = parseConfig({ OIDC_TIMEOUT_MS: String(giveUpMs), ...environment });
  /** The services as another process on the same database would have them. */
  const another = () => composeCredentials({ config, database, clock, newId: uuidv7, logger, audit, fetch: globalThis.fetch });
  const person = async (changes: { readonly email?: string; readonly role?: 'ADMIN'; readonly hasPassword?: boolean } = {}): Promise<Viewer> => {
    const userId = uuidv7();
    const { email = `${userId}@example.org`, role = 'MEMBER', hasPassword = true } = changes;
    await prisma.user.create({ data: { id: userId, email, role, createdAt: now } });
    if (hasPassword) await prisma.credential.create({ data: { userId, passwordHash: 'none', changedAt: now } });
    return { userId, loginId: uuidv7(), role };
  };
  const auditOf = (userId: string) =>
    prisma.auditEvent.findMany({ where: { subjectId: userId }, orderBy: { id: 'asc' }, select: { kind: true, address: true, userAgent: true, data: true } });
  return {
    ...another(),
    another,
    person,
    auditOf,
    prisma,
    pool,
    advance: (milliseconds: number) => void (now = later(now, milliseconds)),
    now: () => now,
    close: async () => {
      await database.close();
      await testDatabase[Symbol.asyncDispose]();
    },
  };
}

/** What `openCredentials` gives. */
export type OpenCredentials = Awaited<ReturnType<typeof openCredentials>>;
