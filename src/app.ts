import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { systemClock, type Clock } from './base/clock.ts';
import type { Config } from './base/config.ts';
import { uuidv7, type IdSource } from './base/id.ts';
import type { Logger } from './base/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { createSpanExport } from './telemetry/span-export.ts';
import { loadSecret } from './auth/secret.ts';
import { createLimits } from './limits/limits.ts';
import { removeExpiredCounts } from './limits/postgres-limiter.ts';
import { connectRedis } from './limits/redis.ts';
import { createRequestLimit } from './limits/request-limit.ts';
import { createDocuments } from './documents/documents.ts';
import { createDuckdb } from './duckdb/duckdb.ts';
import { defaultLimits } from './duckdb/limits.ts';
import { createEmbeddedModel } from './embeddings/embedded.ts';
import type { Engine } from './engines/engine.ts';
import { createPlots } from './plots/plots.ts';
import { createContext } from './schema/context.ts';
import { createSchema } from './schema/schema.ts';
import { createAttachmentHandler } from './server/attachments.ts';
import { createCalendarHandler } from './server/calendars.ts';
import { createDownloadHandler } from './server/downloads.ts';
import { createDocumentHandler } from './server/documents.ts';
import { createImportHandler } from './server/imports.ts';
import { createLiveWebhookHandler } from './server/live-webhook.ts';
import { createHttpServer } from './server/http-server.ts';
import { loadPersistedDocuments } from './server/persisted-documents.ts';
import { createSpeechHandler } from './server/speech.ts';
import { createTusHandler } from './server/tus.ts';
import { createUploadHandler } from './server/uploads.ts';
import { composeServices } from './compose.ts';
import { composeEngines } from './compose-engines.ts';
import { stopChannel } from './services/run/stop.ts';
import { createHouseKeeping } from './services/house-keeping.ts';
import { trimRunEvents } from './services/run/trim.ts';
import { closeAbandonedCalls } from './services/usage/lost-calls.ts';
import { createDatabase } from './stores/database.ts';
import { startEmbeddedPostgres } from './stores/embedded-postgres.ts';
import { createFileStore } from './stores/file-store.ts';
import { createListener } from './stores/listener.ts';
import { createPartialFiles } from './stores/partial-files.ts';
import { migrate } from './stores/migrate.ts';
import { createExactVectors } from './stores/vectors/exact-vectors.ts';
import { createHnswVectors } from './stores/vectors/hnsw-vectors.ts';

const { version } = packageJson;
const hour = 3_600_000;
const minute = 60_000;
/** A plot may show more rows than a table. */
const mostPlotRows = 5_000;

/** What can be handed in instead of the real thing. */
export interface AppOverrides {
  readonly clock?: Clock;
  readonly newId?: IdSource;
  readonly fetch?: typeof globalThis.fetch;
  /** When the children for SQL that are kept warm are started, if no query comes before; after a second by default, not to slow the start of the server. */
  readonly duckdbWarmAfterMs?: number;
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
  const { clock = systemClock, newId = uuidv7, fetch = globalThis.fetch, duckdbWarmAfterMs = 1_000 } = overrides;
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
    ...config.databasePool,
    // A direct address of its own says that the other one leads to a pooler.
    isPooled: url !== directUrl,
    logger,
  });
  opened.defer(() => database.close());

  const { workers, timeoutMs, memoryBytes, maxResultBytes: maxBytes, maxWaitingPerUser } = config.sql;
  const query = { ...defaultLimits.query, workers, timeoutMs, memoryBytes, maxRows: Math.max(config.sql.maxRows, mostPlotRows), maxBytes, maxWaitingPerUser };
  const { writeTimeoutMs, writeMemoryBytes, maxWrittenRows, maxWrittenBytes } = config.downloads;
  const bounds = { timeoutMs: writeTimeoutMs, memoryBytes: writeMemoryBytes, maxRows: maxWrittenRows, maxBytes: maxWrittenBytes };
  const duckdb = await createDuckdb({
    tempFolder: join(dataFolder, 'duckdb'),
    log: logger,
    limits: { ...defaultLimits, query, write: { ...defaultLimits.write, ...bounds } },
    warmAfterMs: duckdbWarmAfterMs,
  });
  opened.defer(() => duckdb.close());
  const plots = createPlots();
  opened.defer(() => plots.close());
  const { knowledge } = config;
  const documents = createDocuments({
    limits: knowledge,
    timeoutMs: knowledge.readTimeoutMs,
    memoryBytes: knowledge.readMemoryBytes,
    processes: knowledge.maxRunning,
  });
  opened.defer(() => documents.close());
  const embeddedModel = createEmbeddedModel({ timeoutMs: knowledge.embeddingTimeoutMs });
  opened.defer(() => embeddedModel.close());
  const vectors =
    (await createHnswVectors({ pool: database.pool, logger })) ??
    createExactVectors({ pool: database.pool, logger, maxCacheBytes: knowledge.vectorCacheBytes });
  opened.defer(() => vectors.close());

  const redis = config.redisUrl === null ? null : connectRedis({ url: config.redisUrl, logger });
  if (redis !== null) opened.defer(() => redis.disconnect());

  const requestLimit = createRequestLimit(config.rates, () => performance.now());
  const metrics = createMetrics({ hasProcess: config.metricsToken !== null });
  const spanExport = config.traces.export === null ? null : createSpanExport(config.traces.export, { version, nodeId: randomUUID() });
  if (spanExport !== null) opened.defer(() => spanExport.close().catch((error: unknown) => logger.warn({ err: error }, 'the last spans could not be sent')));
  const parts = composeServices({
    requestLimit,
    metrics,
    spanExport,
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
    documents,
    embedded: embeddedModel,
    vectors,
    fileStore: createFileStore({ folder: dataFolder, newId }),
    partialFiles: createPartialFiles({ folder: dataFolder }),
    registry: await composeEngines(config, overrides.engines ?? [], fetch),
    fetch,
  });
  const { services, runLog, roomSignals, notified, uploadUpkeep, importJobs, knowledgeUpkeep, executor } = parts;
  opened.defer(() => runLog.close());

  const listener = createListener({
    connectionString: directUrl,
    channels: [...notified.map(({ channel }) => channel), stopChannel],
    onNotification: (channel, payload) => {
      if (channel === stopChannel) executor.stop(payload);
      for (const hearer of notified) if (hearer.channel === channel) hearer.notified(payload);
    },
    onReconnect: () => {
      for (const hearer of notified) hearer.wakeAll();
    },
    logger,
  });
  opened.defer(() => listener.close());
  await listener.ready;
  roomSignals.start();
  opened.defer(() => roomSignals.stop());

  // With its own database no other process can be running anything, so what looks like running is dead.
  await executor.start(embedded !== null);
  opened.defer(() => executor.close());
  opened.defer(() => services.speeches.close());
  // What a process left that died.
  services.liveRooms.peopleChanged(null);
  opened.defer(() => services.liveRooms.close());
  await uploadUpkeep.start(embedded !== null);
  opened.defer(() => uploadUpkeep.close());
  await importJobs.startUpkeep(embedded !== null);
  opened.defer(() => importJobs.close());
  await knowledgeUpkeep.start(embedded !== null);
  opened.defer(() => knowledgeUpkeep.close());
  const { eventRetentionMs } = config.runs;
  const houseKeeping = createHouseKeeping({
    chores: [
      { name: 'files', run: () => services.files.sweep({ olderThanMs: hour, unattachedOlderThanMs: 24 * hour }) },
      { name: 'summaries', run: () => parts.runDependencies.contexts.summaries.sweep() },
      { name: 'attachments', run: () => services.attachments.sweep() },
      { name: 'speeches', run: () => services.speeches.forget(config.attachments.unusedForMs) },
      { name: 'uploads', run: () => uploadUpkeep.forget() },
      { name: 'imports', run: () => services.imports.removeExpired() },
      { name: 'logins', run: () => services.people.removeExpiredLogins() },
      { name: 'API keys', run: () => services.apiKeys.removeExpired() },
      { name: 'deletions', run: () => services.people.finishDeletions() },
      { name: 'exports', run: () => services.exports.removeExpired() },
      { name: 'invitations', run: () => services.invitations.removeExpired() },
      { name: 'share links', run: () => services.shareLinks.removeExpired() },
      { name: 'recurring items', run: () => services.recurrences.makeMissingForEverybody() },
      { name: 'limits', run: () => removeExpiredCounts(database.pool) },
      { name: 'keys of providers', run: parts.resealKeys },
      { name: 'headers of servers of tools', run: parts.resealServers },
      { name: 'audit log', run: () => services.audit.removeOld(config.auditRetentionMs) },
      { name: 'usage', run: () => closeAbandonedCalls({ pool: database.pool, modelCalls: parts.modelCalls, clock }, { olderThanMs: 24 * hour }) },
      { name: 'changes', run: () => services.changes.forgetOld() },
      { name: 'traces', run: () => services.traces.removeOld() },
      { name: 'run events', run: () => trimRunEvents({ prisma: database.prisma, clock }, eventRetentionMs) },
    ],
    logger,
    firstAfterMs: 60_000,
    intervalMs: hour,
  });
  const punctual = {
    chores: [
      // Nobody sees a conversation whose time is over; that nothing is left of it should not wait for an hour.
      { name: 'temporary conversations', run: () => services.conversations.removeExpired() },
      { name: 'live rooms', run: async () => services.liveRooms.peopleChanged(null) },
      // Somewhere it is midnight.
      { name: 'rollovers', run: () => services.rollovers.catchUpEverybody() },
    ],
    logger,
  };
  for (const chores of [houseKeeping, createHouseKeeping({ ...punctual, firstAfterMs: 10_000, intervalMs: minute })]) {
    chores.start();
    opened.defer(() => chores.stop());
  }

  const server = createHttpServer({
    schema,
    persistedDocuments,
    services: { people: services.authentication },
    createContext: (origin) => createContext({ ...origin, services }),
    uploadHandler: createUploadHandler({ uploads: services.uploads, limits: config.limits, logger }),
    attachmentHandler: createAttachmentHandler({
      attachments: services.attachments,
      maxBytes: Math.max(config.attachments.maxBytes, config.attachments.maxAudioBytes),
      logger,
    }),
    importHandler: createImportHandler({ imports: services.imports, maxBytes: config.imports.maxBytes, logger }),
    documentHandler: createDocumentHandler({ documents: services.knowledgeDocuments, maxBytes: knowledge.maxDocumentBytes, logger }),
    tusHandler: createTusHandler({ uploads: services.resumableUploads, limits: config.limits, logger }),
    liveWebhookHandler: createLiveWebhookHandler({ liveRooms: services.liveRooms }),
    speechHandler: createSpeechHandler({ speeches: services.speeches }),
    calendarHandler: createCalendarHandler({ calendarFeeds: services.calendarFeeds }),
    downloadHandler: createDownloadHandler({ downloads: services.downloads }),
    health: services.health,
    logger,
    config,
    // Need not be in order, and is made for every request.
    newRequestId: randomUUID,
    requestLimit,
    metrics: config.metricsToken === null ? null : { token: config.metricsToken, metrics },
    onDrain: () => executor.close(),
  });
  const setupToken = await services.people.prepareSetupToken();
  const { url: address } = await server.start();
  opened.defer(() => server.stop());

  const everything = opened.move();
  let stopped: Promise<void> | null = null;
  return { url: address, setupToken, stop: () => (stopped ??= everything.disposeAsync()) };
}
