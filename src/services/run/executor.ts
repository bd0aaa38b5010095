import type { Run } from '../../../prisma/generated/client.ts';
import { delay } from '../../base/async.ts';
import type { RunDependencies } from './deps.ts';
import { endExpiredPauses } from './end-paused.ts';
import type { ResumedRun } from './resumed-run.ts';
import { performRun, type RunInterruption } from './perform.ts';
import { reapRuns } from './reaper.ts';
import { takeTurn } from './round.ts';
import { claimNext } from './start.ts';
import { whatWaits, whereSomethingWaits } from './waiting.ts';

/** Performs the runs of this node and looks after those of nodes that died. */
export interface Executor {
  /** Performs a run that was started for this node, or goes on with one that has waited for a person. Returns at once. */
  launch(run: Run, resumed?: ResumedRun): void;
  /** Stops a run if it is performed here. */
  stop(runId: string): void;
  /** Starts the next turn or the next waiting run of a conversation, if there is one and none is under way. */
  startNext(conversationId: string): Promise<void>;
  /**
   * Begins to renew leases and to end the runs of dead nodes.
   *
   * @param isAlone whether no other process can be using this database
   */
  start(isAlone: boolean): Promise<void>;
  /** Ends all runs of this node as INTERRUPTED, and waits until that is stored, but no longer than `closeTimeoutMs`. */
  close(): Promise<void>;
  /** How many runs are performed here. */
  active(): number;
}

/** Creates the executor; nothing runs until `start`. */
export function createExecutor(deps: RunDependencies): Executor {
  const { pool, logger, settings } = deps;
  const active = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>();
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;
  /** The time, as `performance.now()` tells it, before which no run counts as dead. */
  let reapsFrom = 0;

  const interrupt = (runId: string, reason: RunInterruption): void => active.get(runId)?.controller.abort(reason);

  /** Gives up finding out whose turn it is. */
  const closing = new AbortController();
  const starting = new Set<Promise<void>>();

  const findNext = async (conversationId: string): Promise<void> => {
    const waiting = await whatWaits(pool, conversationId);
    const turn = waiting.roundId === null ? null : await takeTurn(deps, waiting.roundId, closing.signal);
    const run = turn ?? (waiting.isRunWaiting ? await claimNext(deps, conversationId) : null);
    if (run !== null) launch(run);
  };

  const startNext = async (conversationId: string): Promise<void> => {
    if (isClosed) return;
    const begun = findNext(conversationId);
    const done = begun.then(
      () => void starting.delete(done),
      () => void starting.delete(done),
    );
    starting.add(done);
    await begun;
  };

  const launch = (run: Run, resumed: ResumedRun | null = null): void => {
    const controller = new AbortController();
    // Where it waited for a person, what this node did before may not be cleared away yet.
    const before = active.get(run.id)?.done ?? Promise.resolve();
    const done = before
      .then(() => performRun(deps, run, controller.signal, resumed))
      .catch((error: unknown) => logger.error({ err: error, runId: run.id }, 'a run ended without its end'))
      .then(() => {
        if (active.get(run.id)?.controller === controller) active.delete(run.id);
        return startNext(run.conversationId);
      })
      .catch((error: unknown) => logger.error({ err: error }, 'the next run could not be started'));
    active.set(run.id, { controller, done });
    if (isClosed) interrupt(run.id, 'SHUTDOWN');
  };

  /** One statement for all leases of this node; it also brings the stops whose notification was lost. */
  const renewLeases = async (): Promise<void> => {
    if (active.size === 0) return;
    const { rows } = await pool.query<{ id: string | null }>(
      `UPDATE runs SET lease_expires_at = now() + $2 * interval '1 millisecond' WHERE lease_owner = $1 AND status = 'RUNNING' AND id = ANY($3::uuid[])
       RETURNING CASE WHEN stop_requested_at IS NOT NULL THEN id END AS id`,
      [settings.nodeId, settings.leaseMs, [...active.keys()]],
    );
    for (const row of rows) if (row.id !== null) interrupt(row.id, 'STOP');
  };

  const wakeQueued = async (): Promise<void> => {
    for (const { conversationId, isRound } of await whereSomethingWaits(pool)) {
      const begun = startNext(conversationId);
      // A moderator may take its time, and leases must be renewed meanwhile.
      if (isRound) begun.catch((error: unknown) => logger.error({ err: error, conversationId }, 'the next turn could not be started'));
      else await begun;
    }
  };

  const lookAfter = async (isAlone: boolean): Promise<void> => {
    try {
      await renewLeases();
      // After an outage everybody's leases have run out; whoever lives renews them first.
      if (performance.now() >= reapsFrom) await reapRuns(deps, isAlone, [...active.keys()], isClosed ? null : launch);
    } catch (error) {
      reapsFrom = performance.now() + settings.leaseMs;
      throw error;
    }
    await endExpiredPauses(deps);
    await wakeQueued();
  };

  const schedule = (): void => {
    if (isClosed) return;
    timer = setTimeout(() => {
      void lookAfter(false)
        .catch((error: unknown) => logger.warn({ err: error }, 'leases could not be renewed; trying again'))
        .finally(schedule);
    }, settings.leaseMs / 3);
    timer.unref();
  };

  return {
    launch,
    stop: (runId) => interrupt(runId, 'STOP'),
    startNext,
    start: async (isAlone) => {
      await lookAfter(isAlone);
      schedule();
    },
    close: async () => {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      closing.abort(new Error('the server is stopping'));
      for (const runId of active.keys()) interrupt(runId, 'SHUTDOWN');
      const limit = new AbortController();
      const ended = Promise.allSettled([deps.contexts.summaries.close(), ...starting, ...[...active.values()].map((run) => run.done)]).then(() =>
        limit.abort(),
      );
      await Promise.race([ended, delay(settings.closeTimeoutMs, limit.signal).catch(() => undefined)]);
      if (active.size > 0) logger.warn({ runs: active.size }, 'the ends of runs could not be stored; their leases run out, and they are ended then');
    },
    active: () => active.size,
  };
}
