import type { Pool, QueryResultRow } from 'pg';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import type { Clock } from '../../base/clock.ts';
import type { IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { RunLog } from '../../events/run-log.ts';
import type { Registry } from '../../engines/registry.ts';
import type { Limiter } from '../../limits/limiter.ts';
import type { RunTools } from '../run-tool.ts';

/** What the files of this room share. */
export interface RunDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly runLog: RunLog;
  readonly conversationLog: ConversationLog;
  readonly registry: Registry;
  /** The tools that a data session gives to an engine. */
  readonly toolsOf: RunTools;
  /** How many runs somebody may start. */
  readonly chatsPerUser: Limiter;
  readonly settings: RunSettings;
}

/** Runs one statement, on the pool or in a transaction, and gives its rows. */
export type RunSql = <Row>(sql: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/**
 * Runs a statement on the pool, where it is a transaction by itself.
 *
 * @param name under which a connection prepares it once
 */
export function onPool(pool: Pool, name: string): RunSql {
  return async <Row>(text: string, values: readonly unknown[]) => (await pool.query<Row & QueryResultRow>({ name, text, values: [...values] })).rows;
}

/** Runs a statement in a transaction. */
export function inTransaction(transaction: Pick<Prisma.TransactionClient, '$queryRawUnsafe'>): RunSql {
  return <Row>(sql: string, values: readonly unknown[]) => transaction.$queryRawUnsafe<Row[]>(sql, ...values);
}

/** The limits of runs; times in milliseconds. */
export interface RunSettings {
  /** This process, as it stands in `runs.lease_owner`; new at every start. */
  readonly nodeId: string;
  readonly leaseMs: number;
  /** How many times an engine may be called in one run. */
  readonly maxSteps: number;
  readonly toolTimeoutMs: number;
  readonly runTimeoutMs: number;
  readonly maxRunningRunsPerUser: number;
  readonly defaultTemperature: number;
  readonly defaultMaxTokens: number;
  /** How long `ask` waits for the whole answer. */
  readonly askTimeoutMs: number;
  /** How long `stopRun` waits for the end that it asked for. */
  readonly stopWaitMs: number;
  /** How long the end of a node waits for the ends of its runs to be stored; what is left then, other nodes end. */
  readonly closeTimeoutMs: number;
  /** How long the end of a run waits for its title. */
  readonly titleTimeoutMs: number;
}
