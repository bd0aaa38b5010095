import { deriveKey } from './auth/keys.ts';
import { createAccessTokens } from './auth/access-tokens.ts';
import { createRefreshTokens, createSetupTokens } from './auth/opaque-tokens.ts';
import { createPasswords } from './auth/passwords.ts';
import type { Clock } from './base/clock.ts';
import type { Config } from './base/config.ts';
import type { IdSource } from './base/id.ts';
import type { Logger } from './base/logger.ts';
import type { Documents } from './documents/documents.ts';
import type { Duckdb } from './duckdb/duckdb.ts';
import type { EmbeddedModel } from './embeddings/embedded.ts';
import type { Registry } from './engines/registry.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { SpanExport } from './telemetry/span-export.ts';
import type { Limits } from './limits/limits.ts';
import type { RequestLimit } from './limits/request-limit.ts';
import { composeRooms } from './compose-rooms.ts';
import { createRoomSignals } from './events/room-signals.ts';
import { createChangeFeed } from './events/change-feed.ts';
import { createConversationLog } from './events/conversation-log.ts';
import { createRowChanges } from './events/row-changes.ts';
import { createPostgresRunLog } from './events/postgres-run-log.ts';
import { createLiveKit } from './live/livekit.ts';
import type { Plots } from './plots/plots.ts';
import { composeAttachments, composeContexts, composeContextUsages } from './compose-contexts.ts';
import { composeCredentials } from './compose-credentials.ts';
import { composeData, composeTables, maxDerivedTables } from './compose-data.ts';
import { composeImports } from './compose-imports.ts';
import { composePersonas } from './compose-personas.ts';
import { composeMcp } from './compose-mcp.ts';
import { composeKnowledge } from './compose-knowledge.ts';
import { composeImages, composeSpeech } from './compose-media.ts';
import { composePlanning } from './compose-planning.ts';
import { composeProviders } from './compose-providers.ts';
import { composeQuotas } from './compose-quotas.ts';
import { composeSentiment } from './compose-sentiment.ts';
import { composeWorkspaces } from './compose-workspaces.ts';
import { createAudit } from './services/audit.ts';
import { createAuthentication } from './services/authentication.ts';
import { createBranches } from './services/branch/branches.ts';
import { createSiblings } from './services/branch/siblings.ts';
import { createChanges } from './services/change/changes.ts';
import { createConversations } from './services/conversation.ts';
import { createAbouts } from './services/conversation/about.ts';
import { createOrganising } from './services/conversation/organising.ts';
import { createDataTools } from './services/data-tools/data-tools.ts';
import { createTakeaway } from './services/export-archive/takeaway.ts';
import { createEvidence } from './services/evidence/evidence.ts';
import { createReruns } from './services/evidence/rerun.ts';
import { createFeedbacks } from './services/feedback/feedbacks.ts';
import { createFileChanges } from './services/file/file-changes.ts';
import { createFiles, removeFromDisk } from './services/file/files.ts';
import { createHealth } from './services/health.ts';
import { createImageModels } from './services/image/image-models.ts';
import { createLiveRooms } from './services/live-room/live-rooms.ts';
import { createMessages } from './services/message.ts';
import { createRateLimits } from './services/rate-limits.ts';
import { createTraces } from './services/trace/traces.ts';
import { createUsages } from './services/usage/usage.ts';
import { createWorkspaceUsages } from './services/usage/workspace-usage.ts';
import { createPeople } from './services/people/index.ts';
import type { RunDependencies } from './services/run/deps.ts';
import { createContextPreviews } from './services/run/context-preview.ts';
import { createExecutor } from './services/run/executor.ts';
import { createResponses } from './services/run/respond.ts';
import { createRuns } from './services/run/run.ts';
import { createSearch } from './services/search/search.ts';
import type { Services } from './services/services.ts';
import { createSessions } from './services/session/sessions.ts';
import { createVerifiedQueries } from './services/verified-query/verified-queries.ts';
import { createUploadServices } from './services/upload/upload-services.ts';
import { checkDatabase, type Database } from './stores/database.ts';
import type { FileStore } from './stores/file-store.ts';
import type { PartialFiles } from './stores/partial-files.ts';
import { createStatements } from './stores/statements.ts';
import type { VectorStore } from './stores/vectors/vector-store.ts';

/** The things of floor 2 and the settings that the services stand on. */
export interface Foundation {
  readonly config: Config;
  readonly secret: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly database: Database;
  readonly duckdb: Duckdb;
  readonly plots: Plots;
  readonly documents: Documents;
  readonly embedded: EmbeddedModel;
  readonly vectors: VectorStore;
  readonly fileStore: FileStore;
  readonly partialFiles: PartialFiles;
  readonly registry: Registry;
  /** For the keys of identity providers. */
  readonly fetch: typeof globalThis.fetch;
  readonly limits: Limits;
  readonly requestLimit: RequestLimit;
  readonly metrics: Metrics;
  /** Null where spans are sent nowhere. */
  readonly spanExport: SpanExport | null;
}

/** Of a session, and of one upload. */
const maxFilesPerSession = 50;
/** How long a reader of a log rests without a wake-up before it looks by itself. */
const pollIntervalMs = 15_000;

/** Wires the services, and what the roof needs to start and to stop. */
export function composeServices(foundation: Foundation) {
  const { config, secret, version, startedAt, clock, newId, logger, database, duckdb, plots, fileStore, limits } = foundation;
  const { prisma, pool } = database;
  const statements = createStatements({ pool });
  const traces = createTraces({ statements, clock, newId, logger, config: config.traces, spanExport: foundation.spanExport });
  const isTraced = config.traces.retentionMs > 0 || foundation.spanExport !== null;
  const { metering, runQuotas, quotas, workspaceQuotas } = composeQuotas(foundation, isTraced ? traces.called : null);
  const {
    modelCalls,
    ownEngines,
    addresses,
    guardedFetch,
    defaultsFor,
    resealKeys,
    createServices: createProviderServices,
  } = composeProviders(foundation, metering);
  const { moods, sentiments } = composeSentiment(foundation, { statements, modelCalls });
  const nodeId = newId();
  const conversationLog = createConversationLog({ pool, clock, pollIntervalMs });
  const changeFeed = createChangeFeed({ pool, pollIntervalMs });
  const roomSignals = createRoomSignals({ query: async (sql, values) => (await pool.query(sql, [...values])).rows, nodeId, logger });
  const { leaseMs, coalesceMs, maxSteps, toolTimeoutMs, runTimeoutMs } = config.runs;
  const runLog = createPostgresRunLog({ pool, clock, logger, nodeId, leaseMs, coalesceMs, pollIntervalMs });
  const sessionTables = composeTables(foundation);
  const { tables } = sessionTables;
  const uploadChanges = createRowChanges({ channel: 'upload_changes', pollIntervalMs });
  const { upkeep: uploadUpkeep, ...uploadServices } = createUploadServices({
    ...foundation,
    prisma,
    changes: uploadChanges,
    limits: { ...config.limits, maxFilesPerSession },
  });
  const verifiedQueries = createVerifiedQueries({ prisma, duckdb, tables, newId, clock });
  const knowledgeChanges = createRowChanges({ channel: 'knowledge_changes', pollIntervalMs });
  const known = composeKnowledge(foundation, { statements, changes: knowledgeChanges, metering, modelCalls });
  const audit = createAudit({ prisma, pool, clock, newId, nameKey: deriveKey(secret, 'audit-names') });
  const importChanges = createRowChanges({ channel: 'import_changes', pollIntervalMs });
  const { imports, importJobs } = composeImports(foundation, {
    conversationLog,
    audit,
    addresses,
    knowledge: known.brought,
    changes: importChanges,
    maxFilesPerSession,
    maxTablesPerSession: maxDerivedTables,
  });
  const planned = composePlanning(foundation, statements, conversationLog);
  const attachments = composeAttachments(foundation, statements);
  const { imageCalls, ...imageParts } = composeImages(foundation, { ownEngines, guardedFetch, metering, attachments });
  const speechServices = composeSpeech(foundation, { ownEngines, guardedFetch, metering, attachments, conversationLog });
  const { openOutsideTools, resealServers, createMcpServers, createMcpSignIns } = composeMcp(foundation, { statements, addresses });
  const runDependencies: RunDependencies = {
    openOutsideTools,
    ...imageParts,
    writeRecordings: speechServices.transcripts.writeQuestion,
    prisma,
    pool,
    clock,
    newId,
    logger,
    runLog,
    conversationLog,
    roomSignals,
    modelCalls,
    contexts: composeContexts(foundation, modelCalls),
    defaultsFor,
    metering,
    traces,
    dataOf: async (owner, question) => {
      const [described, examples] = await Promise.all([tables.describe(owner), verifiedQueries.nearest(owner, question)]);
      return { tables: described.tables, examples };
    },
    toolsOf: createDataTools({ duckdb, plots, ...sessionTables, verifiedQueries, logger, limits: { maxResultRows: config.sql.maxRows } }),
    planning: planned.planning,
    knowledge: known.knowledge,
    chatsPerUser: limits.chatsPerUser,
    quotas: runQuotas(modelCalls),
    moods,
    settings: {
      nodeId,
      leaseMs,
      maxSteps,
      toolTimeoutMs,
      runTimeoutMs,
      maxRunningRunsPerUser: config.limits.maxRunningRunsPerUser,
      defaultTemperature: config.engines.defaultTemperature,
      defaultMaxTokens: config.engines.defaultMaxTokens,
      askTimeoutMs: config.runs.askTimeoutMs,
      stopWaitMs: 2_000,
      closeTimeoutMs: config.limits.shutdownTimeoutMs / 2,
      titleTimeoutMs: 5_000,
      maxTurns: config.personas.maxTurns,
      inputTimeoutMs: config.personas.inputTimeoutMs,
      moderationTimeoutMs: config.personas.moderationTimeoutMs,
    },
  };
  const executor = createExecutor(runDependencies);
  const runs = createRuns(runDependencies, executor);
  const liveServer = config.media.liveKit === null ? null : createLiveKit(config.media.liveKit);
  const liveRooms = createLiveRooms({ prisma, statements, clock, logger, server: liveServer });
  const people = createPeople({
    prisma,
    clock,
    newId,
    logger,
    passwords: createPasswords({ cost: config.auth.bcryptCost, concurrency: config.auth.bcryptConcurrency }),
    accessTokens: createAccessTokens({ secret, previousSecrets: config.previousSecrets, lifetimeSeconds: config.auth.accessTokenLifetimeSeconds, clock }),
    refreshTokens: createRefreshTokens(),
    setupTokens: createSetupTokens(),
    pool,
    audit,
    limits,
    fileStore,
    conversationLog,
    stopRunsOf: runs.stopAllOf,
    onDeleted: () => liveRooms.peopleChanged(null),
    settings: config.auth,
  });
  const { apiKeys, identities } = composeCredentials({ ...foundation, audit });
  const stopRuns = (conversationId: string): Promise<void> => runs.stopAllIn([conversationId]);
  const sessions = createSessions({
    prisma,
    fileStore,
    newId,
    clock,
    logger,
    conversationLog,
    stopRuns,
    maxFilesPerSession,
    onRemoved: liveRooms.peopleChanged,
  });
  const conversations = createConversations({
    prisma,
    statements,
    clock,
    newId,
    conversationLog,
    roomSignals,
    stopRuns: runs.stopAllIn,
    removeFiles: (ids) => removeFromDisk(fileStore, logger, ids),
    onRemoved: liveRooms.peopleChanged,
  });
  const workspaces = composeWorkspaces(foundation, { statements, audit, ownEngines, conversationLog });
  const data = composeData(foundation, { sessionTables, sessions, statements, conversationLog, modelCalls });
  const services: Services = {
    ...data,
    audit,
    changes: createChanges({ feed: changeFeed }),
    people,
    apiKeys,
    identities,
    authentication: createAuthentication({ people, apiKeys, identities }),
    attachments,
    imageModels: createImageModels({ imageCalls }),
    ...speechServices,
    liveRooms,
    contextUsages: composeContextUsages(foundation, statements, modelCalls, runDependencies.contexts),
    search: createSearch({ pool, statements, clock, logger, limits: config.search }),
    organising: createOrganising({ statements }),
    conversations,
    abouts: createAbouts({ prisma, statements, conversations }),
    takeaway: createTakeaway({ conversations, downloads: data.downloads, audit }),
    messages: createMessages({ statements }),
    branches: createBranches({ prisma, clock, newId, conversationLog }),
    siblings: createSiblings({ statements }),
    feedbacks: createFeedbacks({ prisma, statements, clock }),
    runs,
    responses: createResponses(runDependencies, executor, runs),
    contextPreviews: createContextPreviews(runDependencies),
    ...createProviderServices(audit),
    sentiments,
    sessions,
    files: createFiles({ prisma, fileStore, clock, logger }),
    evidence: createEvidence({ statements }),
    reruns: createReruns({ statements, duckdb, tables }),
    verifiedQueries,
    fileChanges: createFileChanges({ prisma, clock }),
    ...uploadServices,
    imports,
    traces,
    ...known.services,
    usages: createUsages({ statements, clock }),
    quotas: quotas(audit),
    workspaceUsages: createWorkspaceUsages({ statements, clock }),
    workspaceQuotas: workspaceQuotas(audit),
    rateLimits: createRateLimits({ limits, requestLimit: foundation.requestLimit, clock }),
    ...planned.services,
    ...workspaces.services,
    ...composeRooms(foundation, {
      statements,
      conversationLog,
      roomSignals,
      audit,
      runs,
      people,
      planners: planned.services.planners,
      workspaceDoor: workspaces.workspaceDoor,
      liveRooms,
    }),
    personalSessions: planned.personalSessionsOf(sessions),
    mcpServers: createMcpServers(audit),
    mcpSignIns: createMcpSignIns(audit),
    ...composePersonas(foundation, { statements, conversationLog, modelCalls }),
    health: createHealth({ checks: { database: async () => void (await checkDatabase(pool, 2_000)) }, version, clock, startedAt, logger }),
  };
  return {
    services,
    runLog,
    roomSignals,
    notified: [runLog, conversationLog, roomSignals, uploadChanges, importChanges, knowledgeChanges, changeFeed],
    uploadUpkeep,
    importJobs,
    knowledgeUpkeep: known.upkeep,
    executor,
    runDependencies,
    modelCalls,
    resealKeys,
    resealServers,
  };
}
