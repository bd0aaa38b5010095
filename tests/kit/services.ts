import { graphql } from 'graphql';
import type { Viewer } from '../../src/auth/viewer.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/base/config.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { composeServices } from '../../src/compose.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { createRegistry } from '../../src/engines/registry.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createRequestLimit } from '../../src/limits/request-limit.ts';
import { createLimits } from '../../src/limits/limits.ts';
import { createContext } from '../../src/schema/context.ts';
import { createSchema } from '../../src/schema/schema.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createPartialFiles } from '../../src/stores/partial-files.ts';
import { createFileStore } from '../../src/stores/file-store.ts';
import { createTestDatabase } from './database.ts';
import { createTemporaryFolder } from './leftovers.ts';
import { giveUpMs, patientDatabase } from './patience.ts';
import { createScriptedEngine } from './scripted-engine.ts';
import { withoutRateLimits } from './wide-limits.ts';
import { countStatements } from './statements.ts';

const refuse = (): never => {
  throw new Error('not part of this test');
};

/**
 * The services and the schema on a test database, without a server: for tests that count what is asked of the database.
 *
 * @param options.connectionString a migrated database; one of its own by default
 */
export async function openServices(
  engines: readonly Engine[] = [createScriptedEngine()],
  options: { readonly connectionString?: string; readonly clock?: Clock; readonly environment?: Readonly<Record<string, string>> } = {},
) {
  const { clock = systemClock } = options;
  const disposal = new AsyncDisposableStack();
  const connectionString = options.connectionString ?? disposal.use(await createTestDatabase()).connectionString;
  const folder = disposal.use(await createTemporaryFolder());
  const logger = createLogger({ level: 'silent' });
  const database = createDatabase({ connectionString, poolSize: 5, ...patientDatabase, logger });
  disposal.defer(() => database.close());
  const fileStore = createFileStore({ folder: folder.path, newId: uuidv7 });
  const config = parseConfig({ BCRYPT_COST: '4', SENTIMENT_METHOD: 'NONE', SEARCH_TIMEOUT_MS: String(giveUpMs), ...withoutRateLimits, ...options.environment });
  const { services } = composeServices({
    config,
    secret: 'a secret of forty characters for the tests',
    version: '0.0.0',
    startedAt: new Date(),
    clock,
    newId: uuidv7,
    logger,
    database,
    duckdb: { query: refuse, page: refuse, explain: refuse, write: refuse, writeAll: refuse, ingest: refuse, processIds: refuse, close: refuse },
    plots: { check: refuse, renderSpec: refuse, renderSvg: refuse, renderPng: refuse, close: refuse },
    documents: { read: refuse, close: refuse },
    embedded: { name: 'embedded:english', batchSize: 8, inputPrice: 0, embed: refuse, close: refuse },
    vectors: { kind: 'EXACT', prepare: refuse, save: refuse, nearest: refuse, close: refuse },
    fileStore,
    partialFiles: createPartialFiles({ folder: folder.path }),
    registry: createRegistry({ engines, defaultModel: null }),
    fetch: refuse,
    limits: createLimits(config.rates, { pool: database.pool, redis: null }),
    requestLimit: createRequestLimit(config.rates, () => performance.now()),
    metrics: createMetrics(),
    spanExport: null,
  });
  const schema = createSchema();
  const person = async (): Promise<Viewer> => {
    const userId = uuidv7();
    await database.prisma.user.create({ data: { id: userId, email: `${userId}@example.org`, createdAt: new Date() } });
    return { userId, loginId: uuidv7(), role: 'MEMBER' };
  };
  /** Runs an operation as the server would, and tells what it asked of the database. */
  const execute = async (viewer: Viewer | null, source: string, variableValues: Readonly<Record<string, unknown>> = {}) =>
    countStatements(database.pool, async () => {
      const device = { userAgent: null, address: '192.0.2.1', setAuthCookie: () => undefined };
      const answer = await graphql({ schema, source, variableValues, contextValue: createContext({ viewer, requestId: 'test', services, device }) });
      if (answer.errors !== undefined) throw answer.errors[0];
      // Plain objects, to be compared.
      const data: any = JSON.parse(JSON.stringify(answer.data));
      return data;
    });
  return { ...database, connectionString, services, fileStore, person, execute, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}
