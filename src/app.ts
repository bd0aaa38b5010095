import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { systemClock, type Clock } from './base/clock.ts';
import type { Config } from './base/config.ts';
import { uuidv7, type IdSource } from './base/id.ts';
import type { Logger } from './base/logger.ts';
import { loadSecret } from './auth/secret.ts';
import { createLimits } from './limits/limits.ts';
import { removeExpiredCounts } from './limits/postgres-limiter.ts';
import { connectRedis } from './limits/redis.ts';
import { createRequestLimit } from './limits/request-limit.ts';
import { createDuckdb } from './duckdb/duckdb.ts';
import { defaultLimits } from './duckdb/limits.ts';
import type { Engine } from './engines/engine.ts';
import { createPlots } from './plots/plots.ts';
import { createContext } from './schema/context.ts';
import { createSchema } from './schema/schema.ts';
import { createHttpServer } from './server/http-server.ts';
import { loadPersistedDocuments } from './server/persisted-documents.ts';
import { createUploadHandler } from './server/uploads.ts';
import { composeEngines, composeServices } from './compose.ts';
import { stopChannel } from './services/run/stop.ts';
import { createHouseKeeping } from './services/house-keeping.ts';
import { trimRunEvents } from './services/run/trim.ts';
import { createDatabase } from './stores/database.ts';
import { startEmbeddedPostgres } from './stores/embedded-postgres.ts';
import { createFileStore } from './stores/file-store.ts';
import { createListener } from './stores/listener.ts';
import { migrate } from './stores/migrate.ts';

const { version } = packageJson;
const hour = 3_600_000;
/** The children for SQL are started when the server serves, so that they do not slow its start. */
const duckdbWarmAfterMs = 1_000;
/** A plot may show more rows than a table. */
const mostPlotRows = 5_000;

/** What can be handed in instead of the real thing. */
export interface AppOverrides {
  readonly clock?: Clock;
  readonly newId?: IdSource;
  readonly fetch?: typeof globalThis.fetch;
  /** Engines beside those that the configuration allows. */
  readonly engines?: readonly Engine[];
}

/** A running product. */
export interface App {
  /** Where it serves, for example `http://127.0.0.1:4000`. */
  readonly url: string;
  /** By which an account becomes the first admin; null when there is one. To be shown to the operator once. */
  readonly setupToken: string | null;
  /** Tells clients, ends what runs, closes everything. The second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * Starts the whole product: its database unless one is configured, its services, its server.
 *
 * @throws what names the part that could not be started; everything that was started before it is closed again
 */
export async function startApp(config: Config, logger: Logger, overrides: AppOverrides = {}): Promise<App> {
  const { clock = systemClock, newId = uuidv7, fetch = globalThis.fetch } = overrides;
  const startedAt = clock.now();
  // Closed in the reverse order of their opening, also when the start fails half way.
  await using opened = new AsyncDisposableStack();
  const schema = createSchema();
  const persistedDocuments = await loadPersistedDocuments({ schema, gate: config.gate, isProduction: config.isProduction });
  const { dataFolder } = config;
  await mkdir(dataFolder, { recursive: true });

  const embedded = config.database === null ? await startEmbeddedPostgres({ dataFolder, logger }) : null;
  if (embedded !== null) opened.defer(() => embedded.stop());
  const url = config.database?.url ?? embedded?.connectionString ?? '';
  const directUrl = config.database?.directUrl ?? url;
  await migrate({ connectionString: directUrl, logger });
  const database = createDatabase({
    connectionString: url,
    poolSize: config.databasePoolSize,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
    connectTimeoutMs: 5_000,
    answerTimeoutMs: config.databaseAnswerTimeoutMs,
    logger,
  });
  opened.defer(() => database.close());

  const { workers, timeoutMs, memoryBytes, maxResultBytes: maxBytes, maxWaitingPerUser } = config.sql;
  const query = { ...defaultLimits.query, workers, timeoutMs, memoryBytes, maxRows: Math.max(config.sql.maxRows, mostPlotRows), maxBytes, maxWaitingPerUser };
  const duckdb = await createDuckdb({
    tempFolder: join(dataFolder, 'duckdb'),
    log: logger,
    limits: { ...defaultLimits, query },
    warmAfterMs: duckdbWarmAfterMs,
  });
  opened.defer(() => duckdb.close());
  const plots = createPlots();
  opened.defer(() => plots.close());

  const redis = config.redisUrl === null ? null : connectRedis({ url: config.redisUrl, logger });
  if (redis !== null) opened.defer(() => redis.disconnect());

  const parts = composeServices({
    limits: createLimits(config.rates, { pool: database.pool, redis }),
    config,
    secret: await loadSecret({ configured: config.secret, dataFolder }),
    version,
    startedAt,
    clock,
    newId,
    logger,
    database,
    duckdb,
    plots,
    fileStore: createFileStore({ folder: dataFolder, newId }),
    registry: await composeEngines(config, overrides.engines ?? [], fetch),
    fetch,
  });
  const { services, runLog, conversationLog, executor } = parts;
  opened.defer(() => runLog.close());

  const listener = createListener({
    connectionString: directUrl,
    channels: [runLog.channel, conversationLog.channel, stopChannel],
    onNotification: (channel, payload) => {
      if (channel === runLog.channel) runLog.notified(payload);
      else if (channel === conversationLog.channel) conversationLog.notified(payload);
      else executor.stop(payload);
    },
    onReconnect: () => {
      runLog.wakeAll();
      conversationLog.wakeAll();
    },
    logger,
  });
  opened.defer(() => listener.close());
  await listener.ready;

  // With its own database no other process can be running anything, so what looks like running is dead.
  await executor.start(embedded !== null);
  opened.defer(() => executor.close());
  const { eventRetentionMs } = config.runs;
  const houseKeeping = createHouseKeeping({
    chores: [
      { name: 'files', run: () => services.files.sweep({ olderThanMs: hour, unattachedOlderThanMs: 24 * hour }) },
      { name: 'logins', run: () => services.people.removeExpiredLogins() },
      { name: 'API keys', run: () => services.apiKeys.removeExpired() },
      { name: 'deletions', run: () => services.people.finishDeletions() },
      { name: 'limits', run: () => removeExpiredCounts(database.pool) },
      { name: 'audit log', run: () => services.audit.removeOld(config.auditRetentionMs) },
      { name: 'run events', run: () => trimRunEvents({ prisma: database.prisma, clock }, eventRetentionMs) },
    ],
    logger,
    firstAfterMs: 60_000,
    intervalMs: hour,
  });
  houseKeeping.start();
  opened.defer(() => houseKeeping.stop());

  const server = createHttpServer({
    schema,
    persistedDocuments,
    services: { people: services.authentication },
    createContext: (origin) => createContext({ ...origin, services }),
    uploadHandler: createUploadHandler({ uploads: services.uploads, limits: config.limits, logger }),
    health: services.health,
    logger,
    config,
    // Need not be in order, and is made for every request.
    newRequestId: randomUUID,
    requestLimit: createRequestLimit(config.rates, () => performance.now()),
    onDrain: () => executor.close(),
  });
  const setupToken = await services.people.prepareSetupToken();
  const { url: address } = await server.start();
  opened.defer(() => server.stop());

  const everything = opened.move();
  let stopped: Promise<void> | null = null;
  return { url: address, setupToken, stop: () => (stopped ??= everything.disposeAsync()) };
}
