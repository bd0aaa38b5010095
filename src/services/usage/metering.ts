import type { Pool } from 'pg';
import { abortable } from '../../base/async.ts';
import { AppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { Engine, EngineFailure, EngineRequest } from '../../engines/engine.ts';
import type { ResolvedModel } from '../../engines/registry.ts';
import { isForeignKeyViolation } from '../../stores/violations.ts';
import type { ModelCall } from '../model-calls.ts';
import type { CallQuotas } from '../quota/call-quotas.ts';
import { onPool } from '../run/deps.ts';
import { outlast } from '../run/outlast.ts';
import { costOf, priceOf } from './cost.ts';
import { closeEntry, openEntry, type BegunCall } from './entry-statements.ts';
import { estimateRequest } from './estimate.ts';
import { createMeteredEngine, type CallCount, type CallRecord, type OpenAccount, type Opening } from './metered-engine.ts';
import type { UsageMetrics } from './usage-metrics.ts';
import { addUsage, noUsage, type RunUsage } from './run-usage.ts';

/** What the calls of a run use, while this node performs it. */
export interface RunMeter {
  /**
   * What the answer used, once every call of the run that has ended is stored.
   *
   * @param lost gives the waiting up
   * @throws the reason of `lost`
   */
  settle(lost: AbortSignal): Promise<RunUsage>;
  /** Forgets the run. */
  close(): void;
}

/** The account of one call that streams no answer. */
export interface CallAccount {
  /** Called once, however the call ended. */
  close(count: CallCount): void;
}

/** Counts every call of a model. */
export interface Metering {
  /** The engine of a model whose calls are counted. `builtin` is no model: what it does is not counted. */
  meter(model: ResolvedModel & { readonly isOwnKey?: boolean; readonly workspaceId?: string | null }, call: ModelCall): Engine;
  /**
   * Opens the account of a call that is not paid by tokens: pictures, speech.
   *
   * @param reckonedMicros what it will cost, which is kept free for it; null where unknown
   * @param signal gives the waiting up, during an outage of the database
   * @returns the account, or why the call must not be made
   */
  openMedia(begun: Omit<BegunCall, 'id' | 'createdAt'>, reckonedMicros: bigint | null, signal: AbortSignal): Promise<EngineFailure | CallAccount>;
  /**
   * Opens the account of a call that reads texts and writes none: of models that make vectors of them, or put them in order. It belongs to no answer,
   * also where it is made for a run.
   *
   * @param reading.inputTokens what it will read, by an estimate, which is kept free for it
   * @param reading.inputPrice in millionths of a US dollar for a million tokens; null where it is unknown
   * @param signal gives the waiting up, during an outage of the database
   * @returns the account, or why the call must not be made
   */
  openReading(
    begun: Omit<BegunCall, 'id' | 'createdAt'>,
    reading: { readonly inputTokens: number; readonly inputPrice: number | null },
    signal: AbortSignal,
  ): Promise<EngineFailure | CallAccount>;
  /**
   * Begins to count for a run what is called in its name.
   *
   * @param entryId of the call that another process began and the run goes on with; null, the default, for none
   */
  openRun(runId: string, entryId?: string | null): RunMeter;
}

/** A call that has ended. */
export interface EndedCall {
  readonly begun: BegunCall;
  readonly request: EngineRequest;
  readonly record: CallRecord;
  /** What it used; null of `builtin`. */
  readonly count: CallCount | null;
  /** When the first part of the answer came; null where none did. */
  readonly firstAt: Date | null;
  readonly endedAt: Date;
}

interface RunCount {
  usage: RunUsage;
  readonly pending: Set<Promise<void>>;
  /** Of those, the calls for its answer. */
  readonly answers: Set<Promise<void>>;
  /** In which its first call is counted, where another process began that; null otherwise. */
  entryId: string | null;
}

/** An outage that lasts longer leaves the entry to house-keeping. */
const longestOutageMs = 60_000;

/** What it stands on. */
export interface MeteringDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  /** Lets calls through; null lets all. */
  readonly quotas: CallQuotas | null;
  readonly metrics: UsageMetrics;
  /** Told of every call once it has ended, those of `builtin` too. */
  readonly called?: ((call: EndedCall) => void) | null;
}

/** Creates the metering of a node. */
export function createMetering({ pool, clock, newId, logger, quotas, metrics, called = null }: MeteringDependencies): Metering {
  const runs = new Map<string, RunCount>();

  const store = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      // Mostly done at once; only an outage needs a timer.
      await work().catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'SERVICE_UNAVAILABLE') throw error;
        return outlast(work, AbortSignal.timeout(longestOutageMs));
      });
    } catch (error) {
      // The person was deleted meanwhile.
      if (isForeignKeyViolation(error)) logger.debug({ what }, 'the usage of somebody who is deleted was not stored');
      else logger.error({ err: error, what }, 'the usage of a model could not be stored');
    }
  };

  /** Tells of a call when its account is closed. */
  const told = (account: OpenAccount, begun: BegunCall, request: EngineRequest): OpenAccount => {
    if (called === null) return account;
    let firstAt: Date | null = null;
    return {
      opened: account.opened,
      begun: () => void (firstAt = clock.now()),
      close: (count, record) => {
        called({ begun, request, record, count: begun.provider === 'builtin' ? null : count, firstAt, endedAt: clock.now() });
        account.close(count, record);
      },
    };
  };

  /** The id of the entry of a call: a new one, but for the call that another process began. */
  const entryIdOf = ({ runId, purpose }: Pick<ModelCall, 'runId' | 'purpose'>): string => {
    const run = runId === null ? undefined : runs.get(runId);
    if (run === undefined || run.entryId === null || (purpose !== 'ANSWER' && purpose !== 'IMAGE')) return newId();
    const id = run.entryId;
    run.entryId = null;
    return id;
  };

  const openCall = (engine: Engine, begun: BegunCall, request: EngineRequest, signal: AbortSignal): Opening => {
    const price = priceOf(engine, begun.model);
    const run = begun.call.runId === null ? undefined : runs.get(begun.call.runId);
    const finish = async (count: CallCount, opened: Promise<void>): Promise<void> => {
      await opened;
      const known = await price;
      const costMicros = costOf(count.usage, known);
      if (run !== undefined && begun.call.purpose === 'ANSWER') {
        run.usage = addUsage(run.usage, { ...count.usage, costMicros, isEstimated: count.isEstimated });
      }
      metrics.called(begun, count, costMicros);
      await store(begun.call.purpose, () => closeEntry(onPool(pool, 'close-usage'), begun, count, known));
    };
    return {
      admitted: quotas?.admit({ begun, request, price, settled: async () => run === undefined || Promise.all(run.answers) }, signal) ?? null,
      account: () => {
        const reckoned = { input: estimateRequest(request), output: 0, costMicros: null };
        // Once: a call must not wait for an outage, and an entry that was not opened is made when it is closed.
        const opened = openEntry(onPool(pool, 'open-usage'), begun, reckoned).catch((error: unknown) =>
          logger.debug({ err: error }, 'the usage of a model could not be opened'),
        );
        const close = (count: CallCount): void => {
          const done = finish(count, opened).finally(() => {
            run?.pending.delete(done);
            run?.answers.delete(done);
          });
          run?.pending.add(done);
          if (begun.call.purpose === 'ANSWER') run?.answers.add(done);
        };
        return told({ opened, close }, begun, request);
      },
    };
  };

  return {
    openMedia: async (called, reckonedMicros, signal) => {
      const begun: BegunCall = { ...called, id: entryIdOf(called.call), createdAt: clock.now() };
      const run = begun.call.runId === null ? undefined : runs.get(begun.call.runId);
      const refusal = (await quotas?.admitMedia({ begun, costMicros: reckonedMicros ?? 0n }, signal)) ?? null;
      if (refusal !== null) return refusal;
      const reckoned = { input: 0, output: 0, costMicros: reckonedMicros };
      await store('opening', () => openEntry(onPool(pool, 'open-usage'), begun, reckoned));
      const finish = async (count: CallCount): Promise<void> => {
        const costMicros = count.costMicros ?? null;
        if (run !== undefined) run.usage = addUsage(run.usage, { ...count.usage, costMicros, isEstimated: count.isEstimated });
        metrics.called(begun, count, costMicros);
        await store(begun.call.purpose, () => closeEntry(onPool(pool, 'close-usage'), begun, { ...count, costMicros }, null));
      };
      return {
        close: (count) => {
          const done = finish(count).finally(() => run?.pending.delete(done));
          run?.pending.add(done);
        },
      };
    },

    openReading: async (called, { inputTokens, inputPrice }, signal) => {
      const begun: BegunCall = { ...called, id: newId(), createdAt: clock.now() };
      const price = inputPrice === null ? null : { inputPrice, cachedInputPrice: null, outputPrice: 0 };
      const refusal = (await quotas?.admitReading({ begun, inputTokens, price }, signal)) ?? null;
      if (refusal !== null) return refusal;
      const costMicros = costOf({ inputTokens, cachedInputTokens: 0, outputTokens: 0 }, price);
      await store('opening', () => openEntry(onPool(pool, 'open-usage'), begun, { input: inputTokens, output: 0, costMicros }));
      return {
        close: (count) => {
          metrics.called(begun, count, costOf(count.usage, price));
          void store(begun.call.purpose, () => closeEntry(onPool(pool, 'close-usage'), begun, count, price));
        },
      };
    },

    meter: ({ engine, isOwnKey = false, workspaceId = null }, call) => {
      const isBuiltin = engine.id === 'builtin';
      if (isBuiltin && called === null) return engine;
      return createMeteredEngine(engine, (request, signal) => {
        const begun = { id: entryIdOf(call), call, provider: engine.id, model: request.model, isOwnKey, workspaceId, createdAt: clock.now() };
        if (isBuiltin) return { admitted: null, account: () => told({ opened: Promise.resolve(), close: () => undefined }, begun, request) };
        return openCall(engine, begun, request, signal);
      });
    },

    openRun: (runId, entryId = null) => {
      const run: RunCount = { usage: noUsage, pending: new Set(), answers: new Set(), entryId };
      runs.set(runId, run);
      return {
        settle: async (lost) => {
          // What ends while it is waited for is waited for as well.
          while (run.pending.size > 0) await abortable(Promise.all(run.pending), lost);
          return run.usage;
        },
        close: () => void runs.delete(runId),
      };
    },
  };
}
