import { deriveKey } from './auth/keys.ts';
import { createAccessTokens } from './auth/access-tokens.ts';
import { createRefreshTokens, createSetupTokens } from './auth/opaque-tokens.ts';
import { createPasswords } from './auth/passwords.ts';
import type { Clock } from './base/clock.ts';
import type { Config } from './base/config.ts';
import type { IdSource } from './base/id.ts';
import type { Logger } from './base/logger.ts';
import type { Duckdb } from './duckdb/duckdb.ts';
import { createBuiltinEngine } from './engines/builtin/builtin.ts';
import type { Engine } from './engines/engine.ts';
import { createRegistry, type Registry } from './engines/registry.ts';
import type { Limits } from './limits/limits.ts';
import { createConversationLog } from './events/conversation-log.ts';
import { createPostgresRunLog } from './events/postgres-run-log.ts';
import type { Plots } from './plots/plots.ts';
import { composeCredentials } from './compose-credentials.ts';
import { createAudit } from './services/audit.ts';
import { createAuthentication } from './services/authentication.ts';
import { createConversations } from './services/conversation.ts';
import { createDataTools } from './services/data-tools/data-tools.ts';
import { createFiles } from './services/file/files.ts';
import { createHealth } from './services/health.ts';
import { createMessages } from './services/message.ts';
import { createModels } from './services/model.ts';
import { createPeople } from './services/people/index.ts';
import type { RunDependencies } from './services/run/deps.ts';
import { createExecutor } from './services/run/executor.ts';
import { createRuns } from './services/run/run.ts';
import type { Services } from './services/services.ts';
import { createSessions } from './services/session/sessions.ts';
import { createSessionTables } from './services/session/tables.ts';
import { createUploads } from './services/upload/uploads.ts';
import { checkDatabase, type Database } from './stores/database.ts';
import type { FileStore } from './stores/file-store.ts';
import { createStatements } from './stores/statements.ts';

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
  readonly fileStore: FileStore;
  readonly registry: Registry;
  /** For the keys of identity providers. */
  readonly fetch: typeof globalThis.fetch;
  readonly limits: Limits;
}

/** How long a reader of a log rests without a wake-up before it looks by itself. */
const pollIntervalMs = 15_000;

/**
 * The engines that the configuration allows; those handed in come first. `builtin` is always there. The SDKs of vendors are only loaded where
 * they are used: each takes a tenth of the time of a start.
 */
export async function composeEngines(config: Config, extra: readonly Engine[], fetch: typeof globalThis.fetch): Promise<Registry> {
  const { openai, anthropic, timers, defaultModel } = config.engines;
  const engines: Engine[] = [...extra];
  if (openai !== null) {
    const { createOpenAiEngine } = await import('./engines/openai.ts');
    engines.push(createOpenAiEngine({ ...openai, fetch, timers }));
  }
  if (anthropic !== null) {
    const { createAnthropicEngine } = await import('./engines/anthropic.ts');
    engines.push(createAnthropicEngine({ ...anthropic, fetch, timers }));
  }
  return createRegistry({ engines: [...engines, createBuiltinEngine()], defaultModel });
}

/** Wires the services, and what the roof needs to start and to stop. */
export function composeServices(foundation: Foundation) {
  const { config, secret, version, startedAt, clock, newId, logger, database, duckdb, plots, fileStore, registry, limits } = foundation;
  const { prisma, pool } = database;
  // A direct address of its own says that the other one leads to a pooler.
  const statements = createStatements({ pool, isPrepared: config.database === null || config.database.url === config.database.directUrl });
  const nodeId = newId();
  const conversationLog = createConversationLog({ pool, clock, pollIntervalMs });
  const { leaseMs, coalesceMs, maxSteps, toolTimeoutMs, runTimeoutMs } = config.runs;
  const runLog = createPostgresRunLog({ pool, clock, logger, nodeId, leaseMs, coalesceMs, pollIntervalMs });
  const tables = createSessionTables({ prisma, fileStore });
  const runDependencies: RunDependencies = {
    prisma,
    pool,
    clock,
    newId,
    logger,
    runLog,
    conversationLog,
    registry,
    toolsOf: createDataTools({ duckdb, plots, tables, logger, limits: { maxResultRows: config.sql.maxRows } }),
    chatsPerUser: limits.chatsPerUser,
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
    },
  };
  const executor = createExecutor(runDependencies);
  const runs = createRuns(runDependencies, executor);
  const audit = createAudit({ prisma, pool, clock, newId, nameKey: deriveKey(secret, 'audit-names') });
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
    settings: config.auth,
  });
  const { apiKeys, identities } = composeCredentials({ ...foundation, audit });
  const services: Services = {
    audit,
    people,
    apiKeys,
    identities,
    authentication: createAuthentication({ people, apiKeys, identities }),
    conversations: createConversations({ prisma, statements, clock, newId, conversationLog, stopRuns: runs.stopAllIn }),
    messages: createMessages({ statements }),
    runs,
    models: createModels({ registry }),
    sessions: createSessions({ prisma, fileStore, newId, clock, logger, conversationLog, stopRuns: (conversationId) => runs.stopAllIn([conversationId]) }),
    files: createFiles({ prisma, fileStore, clock, logger }),
    uploads: createUploads({ prisma, fileStore, duckdb, clock, logger, limits: config.limits }),
    health: createHealth({ checks: { database: async () => void (await checkDatabase(pool, 2_000)) }, version, clock, startedAt, logger }),
  };
  return { services, runLog, conversationLog, executor, runDependencies };
}
