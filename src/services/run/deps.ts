import { createHash } from 'node:crypto';
import type { Pool, QueryResultRow } from 'pg';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import type { Clock } from '../../base/clock.ts';
import type { IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { RoomSignals } from '../../events/room-signals.ts';
import type { RunLog } from '../../events/run-log.ts';
import type { Limiter } from '../../limits/limiter.ts';
import type { Contexts } from '../context/contexts.ts';
import type { RunKnowledge } from '../knowledge/run-knowledge.ts';
import type { ImageTools } from '../image/image-tool.ts';
import type { OpenOutsideTools } from '../mcp/run-tools.ts';
import type { ModelCalls } from '../model-calls.ts';
import type { RunQuotas } from '../quota/run-quotas.ts';
import type { PlanningContexts } from '../planning-context/planning-context.ts';
import type { DefaultsFor } from '../preference/answer-defaults.ts';
import type { Transcripts } from '../speech/transcripts.ts';
import type { RunMoods } from '../sentiment/run-moods.ts';
import type { PlanningTools, RunTools } from '../run-tool.ts';
import type { Traces } from '../trace/traces.ts';
import type { Metering } from '../usage/metering.ts';
import type { RunPictures } from './picture.ts';
import type { PromptData } from './prompts.ts';

/** What the files of this room share. */
export interface RunDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly runLog: RunLog;
  readonly conversationLog: ConversationLog;
  /** Ends streams of whoever takes no part any more. */
  readonly roomSignals: Pick<RoomSignals, 'watch'>;
  readonly modelCalls: ModelCalls;
  readonly contexts: Contexts;
  /** What people chose for answers that do not say how they should be. */
  readonly defaultsFor: DefaultsFor;
  /** What runs use. */
  readonly metering: Pick<Metering, 'openRun'>;
  /** What runs do, step by step. */
  readonly traces: Pick<Traces, 'openRun'>;
  /** The tools that a data session gives to an engine. */
  readonly toolsOf: RunTools;
  /** What an engine is told of a data session before it asks, given what the person asked. */
  readonly dataOf: (owner: { readonly sessionId: string; readonly userId: string }, question: string) => Promise<PromptData>;
  /** What an engine is told of somebody's planning, and the tools that it gets, in a conversation about a goal, a week or a day. */
  readonly planning: PlanningContexts & { readonly toolsOf: PlanningTools };
  /** The knowledge bases of conversations. */
  readonly knowledge: RunKnowledge;
  /** The tools of the servers of a persona. */
  readonly openOutsideTools: OpenOutsideTools;
  /** The tool by which a model draws; null in every run where the configuration names no model of pictures. */
  readonly imageTools: ImageTools;
  /** Models of pictures, and what draws with them. */
  readonly pictures: RunPictures;
  /** Writes down the recordings of a question, for engines that cannot hear. */
  readonly writeRecordings: Transcripts['writeQuestion'];
  /** How many runs somebody may start. */
  readonly chatsPerUser: Limiter;
  /** How much somebody may use. */
  readonly quotas: RunQuotas;
  /** Judges what people say, beside the answers. */
  readonly moods: RunMoods;
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

/**
 * Does work in a transaction on a connection of the pool, whose statements a connection prepares once. For what is hot: Prisma's are parsed and
 * planned each time.
 *
 * @throws what the work throws, when everything is undone
 */
export async function inPreparedTransaction<T>(pool: Pool, work: (runSql: RunSql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(async <Row>(text: string, values: readonly unknown[]) => {
      const name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
      return (await client.query<Row & QueryResultRow>({ name, text, values: [...values] })).rows;
    });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
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
  /** How many turns one message may lead to. */
  readonly maxTurns: number;
  /** How long a run waits for a person. */
  readonly inputTimeoutMs: number;
  /** How long the model that picks the next speaker may take. */
  readonly moderationTimeoutMs: number;
}
