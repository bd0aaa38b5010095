import { z } from 'zod';
import { attachmentVariables, shapeAttachments, type AttachmentConfig } from './attachment-config.ts';
import { megabyte, wholeNumber } from './config-values.ts';
import { contextVariables, shapeContext, type ContextConfig } from './context-config.ts';
import { databasePoolVariables, shapeDatabasePool, type DatabasePoolConfig } from './database-config.ts';
import { downloadVariables, shapeDownloads, type DownloadConfig } from './download-config.ts';
import { engineVariables, shapeEngines, type EnginesConfig } from './engine-config.ts';
import { gateVariables, problemsOfGate, shapeGate, type GateConfig } from './gate-config.ts';
import { roomVariables, shapeRooms, type RoomConfig } from './room-config.ts';
import { importVariables, shapeImports, type ImportConfig } from './import-config.ts';
import { knowledgeVariables, shapeKnowledge, type KnowledgeConfig } from './knowledge-config.ts';
import { issuersShape, problemsOfIssuers, type OutsideConfig } from './issuers.ts';
import { personaVariables, shapePersonas, type PersonaConfig } from './persona-config.ts';
import { jobVariables, shapeJobs, type JobsConfig } from './job-config.ts';
import { mcpVariables, shapeMcp, type McpConfig } from './mcp-config.ts';
import { mediaVariables, problemsOfMedia, shapeMedia, type MediaConfig } from './media-config.ts';
import { providerVariables, shapeProviders, type ProviderConfig } from './provider-config.ts';
import { quotaVariables, shapeQuotas, type QuotaConfig } from './quota-config.ts';
import { shapeTraces, traceVariables, type TraceConfig } from './trace-config.ts';
import { rateVariables, shapeRates, type RateConfig } from './rate-config.ts';
import { problemsOfSecrets, separated } from './secrets.ts';
import { sentimentVariables, shapeSentiment, type SentimentConfig } from './sentiment-config.ts';
import { searchVariables, shapeSearch, type SearchConfig } from './search-config.ts';
import { shapeSql, sqlVariables, type SqlConfig } from './sql-config.ts';
import { shapeWorkspaces, workspaceVariables, type WorkspaceConfig } from './workspace-config.ts';

/** Everything that can be configured, in the product's words. An absent feature is `null`. */
export interface Config {
  readonly isProduction: boolean;
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** Where everything that is kept on disk lies. */
  readonly dataFolder: string;
  /** What access tokens are signed with; null in development, where one is made and kept in the data folder. */
  readonly secret: string | null;
  /** Secrets of before: their tokens are still read, and no longer made. */
  readonly previousSecrets: readonly string[];
  /** Null starts the embedded PostgreSQL in the data folder. */
  readonly database: DatabaseConfig | null;
  readonly databasePool: DatabasePoolConfig;
  readonly auth: {
    readonly accessTokenLifetimeSeconds: number;
    readonly refreshTokenLifetimeSeconds: number;
    /** How long a refresh token that was already exchanged may come again, for two tabs at once. */
    readonly refreshGraceSeconds: number;
    readonly bcryptCost: number;
    /** How many passwords are hashed at once; the others wait. */
    readonly bcryptConcurrency: number;
    readonly maxApiKeysPerUser: number;
  };
  /** How long entries of the audit log are kept. */
  readonly auditRetentionMs: number;
  /** Null counts shared limits in the database. */
  readonly redisUrl: string | null;
  readonly rates: RateConfig;
  readonly quotas: QuotaConfig;
  readonly traces: TraceConfig;
  /** What a scraper of `/metrics` must send; null turns the path off. */
  readonly metricsToken: string | null;
  readonly downloads: DownloadConfig;
  readonly outside: OutsideConfig;
  /** Origins whose pages may call us with credentials. */
  readonly allowedOrigins: readonly string[];
  /** How many proxies of ours stand before the server; only what they wrote into `X-Forwarded-For` counts. */
  readonly trustedProxyHops: number;
  readonly gate: GateConfig;
  readonly limits: {
    readonly maxBodyBytes: number;
    readonly maxUploadBytes: number;
    readonly maxUploadsPerUser: number;
    /** How long after its last byte an upload can be resumed, and how long it is remembered. */
    readonly uploadResumeMs: number;
    readonly maxWebSocketPayloadBytes: number;
    readonly webSocketInitTimeoutMs: number;
    readonly maxRunningRunsPerUser: number;
    readonly headersTimeoutMs: number;
    readonly shutdownTimeoutMs: number;
  };
  readonly runs: {
    readonly leaseMs: number;
    readonly coalesceMs: number;
    readonly maxSteps: number;
    readonly toolTimeoutMs: number;
    readonly runTimeoutMs: number;
    /** How long `ask` waits for the whole answer. */
    readonly askTimeoutMs: number;
    /** How long the events of an ended run are kept before a replay is made from its message. */
    readonly eventRetentionMs: number;
  };
  readonly sql: SqlConfig;
  readonly sentiment: SentimentConfig;
  readonly search: SearchConfig;
  readonly providers: ProviderConfig;
  readonly context: ContextConfig;
  readonly personas: PersonaConfig;
  readonly mcp: McpConfig;
  readonly attachments: AttachmentConfig;
  readonly imports: ImportConfig;
  readonly rooms: RoomConfig;
  readonly workspaces: WorkspaceConfig;
  readonly knowledge: KnowledgeConfig;
  readonly media: MediaConfig;
  readonly jobs: JobsConfig;
  readonly engines: EnginesConfig;
}

/** A PostgreSQL server. */
export interface DatabaseConfig {
  readonly url: string;
  /** The same database past any pooler, for migrations and LISTEN. */
  readonly directUrl: string;
}

/** A configuration that cannot be used; the message lists every problem and its remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const url = (schemes: RegExp) => z.url({ protocol: schemes, error: `must be a URL (${schemes.source})` });

const variables = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(4000, 0, 65_535),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATA_FOLDER: z.string().default('data'),
  SECRET: z.string().optional(),
  PREVIOUS_SECRETS: z.string().default('').transform(separated),
  DATABASE_URL: url(/^postgres(ql)?$/).optional(),
  DIRECT_DATABASE_URL: url(/^postgres(ql)?$/).optional(),
  ...databasePoolVariables,
  ACCESS_TOKEN_LIFETIME_SECONDS: wholeNumber(900, 10, 86_400),
  REFRESH_TOKEN_LIFETIME_DAYS: wholeNumber(30, 1, 365),
  REFRESH_GRACE_SECONDS: wholeNumber(10, 0, 300),
  BCRYPT_COST: wholeNumber(12, 4, 16),
  BCRYPT_CONCURRENCY: wholeNumber(2, 1, 16),
  AUDIT_RETENTION_DAYS: wholeNumber(365, 1, 36_500),
  REDIS_URL: url(/^rediss?$/).optional(),
  ...rateVariables,
  ...quotaVariables,
  ...traceVariables,
  METRICS_TOKEN: z.string().min(16, 'must have 16 characters or more').optional(),
  ...downloadVariables,
  MAX_API_KEYS_PER_USER: wholeNumber(20, 0, 10_000),
  OIDC_ISSUERS: issuersShape.default([]),
  OIDC_SIGN_UP: z.stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' }).default(true),
  OIDC_TIMEOUT_MS: wholeNumber(5_000, 100, 60_000),
  OIDC_MAX_RESPONSE_BYTES: wholeNumber(256 * 1024, 1_024, 16 * megabyte),
  OIDC_COOL_DOWN_MS: wholeNumber(30_000, 10, 3_600_000),
  ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform((text) => [...separated(text)])
    .pipe(z.array(z.url({ protocol: /^https?$/, error: 'must be origins separated by commas, for example https://app.example.org' }))),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 0, 10),
  ...gateVariables,
  MAX_BODY_BYTES: wholeNumber(256 * 1024, 1024, 64 * megabyte),
  MAX_UPLOAD_BYTES: wholeNumber(1024 * megabyte, 1, Number.MAX_SAFE_INTEGER),
  MAX_UPLOADS_PER_USER: wholeNumber(2, 1, 100),
  UPLOAD_RESUME_HOURS: wholeNumber(24, 1, 720),
  MAX_WEBSOCKET_PAYLOAD_BYTES: wholeNumber(128 * 1024, 1024, 64 * megabyte),
  WEBSOCKET_INIT_TIMEOUT_MS: wholeNumber(3_000, 100, 60_000),
  MAX_RUNNING_RUNS_PER_USER: wholeNumber(3, 1, 100_000),
  HEADERS_TIMEOUT_MS: wholeNumber(10_000, 500, 120_000),
  SHUTDOWN_TIMEOUT_MS: wholeNumber(20_000, 100, 300_000),
  RUN_LEASE_MS: wholeNumber(10_000, 500, 300_000),
  RUN_COALESCE_MS: wholeNumber(25, 1, 1_000),
  RUN_MAX_STEPS: wholeNumber(40, 1, 200),
  RUN_TOOL_TIMEOUT_MS: wholeNumber(30_000, 100, 600_000),
  RUN_TIMEOUT_MS: wholeNumber(900_000, 1_000, 86_400_000),
  ASK_TIMEOUT_MS: wholeNumber(120_000, 100, 3_600_000),
  RUN_EVENT_RETENTION_DAYS: wholeNumber(7, 0, 3_650),
  ...sqlVariables,
  ...sentimentVariables,
  ...searchVariables,
  ...providerVariables,
  ...contextVariables,
  ...personaVariables,
  ...mcpVariables,
  ...attachmentVariables,
  ...importVariables,
  ...roomVariables,
  ...workspaceVariables,
  ...knowledgeVariables,
  ...mediaVariables,
  ...jobVariables,
  ...engineVariables,
});

/** The variables from the environment, and from a file `.env` in the working folder for those that are not set. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  try {
    process.loadEnvFile();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return process.env;
}

/**
 * The configuration that the environment asks for. An empty variable counts as unset.
 *
 * @param environment the variables, usually those of `readEnvironment`
 * @throws ConfigError with every problem, one a line; it never contains a value of `SECRET`, of `PREVIOUS_SECRETS` or of a key
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const filled = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = variables.safeParse(filled);
  const isProduction = filled['NODE_ENV'] === 'production';
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path[0]?.toString() ?? ''}: ${issue.message}`)),
    ...problemsOfSecrets(filled['SECRET'], filled['PREVIOUS_SECRETS'], isProduction),
    ...(parsed.success ? problemsOfIssuers(parsed.data.OIDC_ISSUERS, isProduction) : []),
    ...problemsOfGate(filled),
    ...problemsOfMedia(filled),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(`The configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
  return shape(parsed.data);
}

function shape(values: z.infer<typeof variables>): Config {
  const databaseUrl = values.DATABASE_URL;
  const secondsPerDay = 86_400;
  return {
    isProduction: values.NODE_ENV === 'production',
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    dataFolder: values.DATA_FOLDER,
    secret: values.SECRET ?? null,
    previousSecrets: values.PREVIOUS_SECRETS,
    database: databaseUrl === undefined ? null : { url: databaseUrl, directUrl: values.DIRECT_DATABASE_URL ?? databaseUrl },
    databasePool: shapeDatabasePool(values),
    auth: {
      accessTokenLifetimeSeconds: values.ACCESS_TOKEN_LIFETIME_SECONDS,
      refreshTokenLifetimeSeconds: values.REFRESH_TOKEN_LIFETIME_DAYS * secondsPerDay,
      refreshGraceSeconds: values.REFRESH_GRACE_SECONDS,
      bcryptCost: values.BCRYPT_COST,
      bcryptConcurrency: values.BCRYPT_CONCURRENCY,
      maxApiKeysPerUser: values.MAX_API_KEYS_PER_USER,
    },
    outside: {
      issuers: values.OIDC_ISSUERS,
      isSignUpOpen: values.OIDC_SIGN_UP,
      timeoutMs: values.OIDC_TIMEOUT_MS,
      maxResponseBytes: values.OIDC_MAX_RESPONSE_BYTES,
      coolDownMs: values.OIDC_COOL_DOWN_MS,
    },
    auditRetentionMs: values.AUDIT_RETENTION_DAYS * secondsPerDay * 1_000,
    redisUrl: values.REDIS_URL ?? null,
    rates: shapeRates(values),
    quotas: shapeQuotas(values),
    traces: shapeTraces(values),
    metricsToken: values.METRICS_TOKEN ?? null,
    downloads: shapeDownloads(values),
    allowedOrigins: values.ALLOWED_ORIGINS,
    trustedProxyHops: values.TRUSTED_PROXY_HOPS,
    gate: shapeGate(values),
    limits: {
      maxBodyBytes: values.MAX_BODY_BYTES,
      maxUploadBytes: values.MAX_UPLOAD_BYTES,
      maxUploadsPerUser: values.MAX_UPLOADS_PER_USER,
      uploadResumeMs: values.UPLOAD_RESUME_HOURS * 3_600_000,
      maxWebSocketPayloadBytes: values.MAX_WEBSOCKET_PAYLOAD_BYTES,
      webSocketInitTimeoutMs: values.WEBSOCKET_INIT_TIMEOUT_MS,
      maxRunningRunsPerUser: values.MAX_RUNNING_RUNS_PER_USER,
      headersTimeoutMs: values.HEADERS_TIMEOUT_MS,
      shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    },
    runs: {
      leaseMs: values.RUN_LEASE_MS,
      coalesceMs: values.RUN_COALESCE_MS,
      maxSteps: values.RUN_MAX_STEPS,
      toolTimeoutMs: values.RUN_TOOL_TIMEOUT_MS,
      runTimeoutMs: values.RUN_TIMEOUT_MS,
      askTimeoutMs: values.ASK_TIMEOUT_MS,
      eventRetentionMs: values.RUN_EVENT_RETENTION_DAYS * secondsPerDay * 1_000,
    },
    sql: shapeSql(values),
    sentiment: shapeSentiment(values),
    search: shapeSearch(values),
    providers: shapeProviders(values),
    context: shapeContext(values),
    personas: shapePersonas(values),
    mcp: shapeMcp(values),
    attachments: shapeAttachments(values),
    imports: shapeImports(values),
    rooms: shapeRooms(values),
    workspaces: shapeWorkspaces(values),
    knowledge: shapeKnowledge(values),
    media: shapeMedia(values),
    jobs: shapeJobs(values),
    engines: shapeEngines(values),
  };
}
