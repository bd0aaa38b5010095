import type { Viewer } from '../../src/auth/viewer.ts';
import { later } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/base/config.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createUsageMetrics } from '../../src/services/usage/usage-metrics.ts';
import { createMetering } from '../../src/services/usage/metering.ts';
import { composeProviders } from '../../src/compose-providers.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { createRegistry } from '../../src/engines/registry.ts';
import { createAudit } from '../../src/services/audit.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createTestDatabase } from '../kit/database.ts';
import { giveUpMs, patientDatabase } from '../kit/patience.ts';

export const device = { address: '192.0.2.7', userAgent: 'test device' };

/** A key that looks like no vendor's; it must never show up anywhere. */
export const ownKey = 'ownKeyOfTheTests0123456789';

export const firstSecret = 'a secret of forty characters for the tests';
export const nextSecret = 'another secret of forty characters, for now';

/** People's own keys over a fresh database, with a clock that stands still until a test moves it. */
export async function openProviders(options: { readonly engines: readonly Engine[]; readonly environment?: Readonly<Record<string, string>> }) {
  const testDatabase = await createTestDatabase();
  const { connectionString } = testDatabase;
  const lines: string[] = [];
  const logger = createLogger({ level: 'trace', destination: { write: (line) => void lines.push(line) } });
  const database = createDatabase({ connectionString, poolSize: 5, ...patientDatabase, logger });
  const { prisma, pool } = database;
  let now = new Date();
  const clock = { now: () => now };
  const audit = createAudit({ prisma, pool, clock, newId: uuidv7, nameKey: new Uint8Array(32) });
  const registry = createRegistry({ engines: options.engines, defaultModel: null });
  /** The services as a process with these secrets would have them. */
  const node = (secret = firstSecret, previous = '') => {
    const config = parseConfig({
      ENGINE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1',
      ENGINE_CONNECT_TIMEOUT_MS: String(giveUpMs),
      ...(previous === '' ? {} : { PREVIOUS_SECRETS: previous }),
      ...options.environment,
    });
    const parts = composeProviders(
      { config, secret, clock, logger, database, newId: uuidv7, registry, fetch: globalThis.fetch },
      createMetering({ pool: database.pool, clock, newId: uuidv7, logger, quotas: null, metrics: createUsageMetrics(createMetrics()) }),
    );
    return { ...parts, ...parts.createServices(audit) };
  };
  const person = async (): Promise<Viewer> => {
    const userId = uuidv7();
    await prisma.user.create({ data: { id: userId, email: `${userId}@example.org`, createdAt: now } });
    return { userId, loginId: uuidv7(), role: 'MEMBER' };
  };
  /** Everything that the database holds, as text. */
  const dump = async (): Promise<string> => {
    const { rows: tables } = await pool.query<{ name: string }>("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'");
    return (await Promise.all(tables.map(async ({ name }) => JSON.stringify((await pool.query(`SELECT * FROM ${name}`)).rows)))).join('');
  };
  return {
    ...node(),
    node,
    person,
    dump,
    lines,
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

/** What `openProviders` gives. */
export type OpenProviders = Awaited<ReturnType<typeof openProviders>>;

/** A call for somebody's answer. */
export const answerFor = ({ userId }: Viewer) => ({ userId, purpose: 'ANSWER', runId: null, conversationId: null }) as const;
