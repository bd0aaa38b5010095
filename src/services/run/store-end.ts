import type { Run } from '../../../prisma/generated/client.ts';
import type { RunWriter } from '../../events/run-log.ts';
import { sumOfRun } from '../usage/lost-calls.ts';
import type { OpenTrace } from '../trace/traces.ts';
import type { RunMeter } from '../usage/metering.ts';
import type { Answer } from './answer.ts';
import { onPool, type RunDependencies } from './deps.ts';
import type { RunEnd } from './end-statement.ts';
import { finishRun } from './finish.ts';
import type { LoopPause } from './loop-state.ts';
import { outlast } from './outlast.ts';
import { pauseRun } from './pause.ts';
import type { Changes } from './prepare.ts';

/** A run that this node has performed. */
export interface PerformedRun {
  readonly run: Run;
  readonly answer: Answer;
  readonly writer: RunWriter;
  readonly meter: RunMeter;
  readonly trace: OpenTrace;
  /** Whether another part of it was performed before, whose usage counts as well. */
  readonly isResumed: boolean;
}

/** Stores the end of a run that this node has performed. Never throws: what cannot be stored the reaper ends. */
export async function storeEnd(deps: RunDependencies, performed: PerformedRun, end: Omit<RunEnd, 'parts' | 'seq' | 'usage'>): Promise<void> {
  const { run, answer, writer, meter, trace, isResumed } = performed;
  try {
    // Before the end: what was kept free for the run is given back with it, and what it used must count by then.
    const [own] = await Promise.all([meter.settle(writer.lost), trace.stored()]);
    const usage = isResumed ? await outlast(() => sumOfRun(onPool(deps.pool, 'usage-of-run'), run.id), writer.lost) : own;
    writer.append({ type: 'UsageReported', ...usage, costMicros: usage.costMicros === null ? null : Number(usage.costMicros) });
    await writer.flushed();
    const owned = { status: 'RUNNING', leaseOwner: deps.settings.nodeId } as const;
    const whole = { ...end, usage, seq: writer.nextSeq(), parts: answer.openParts() };
    // Stored before, when only the answer was lost, it is not ours any more and stays as it is.
    const event = await outlast(() => finishRun(deps, run, owned, whole), writer.lost);
    if (event !== null) writer.deliver(event);
  } catch (error) {
    // The lease runs out, and the reaper ends the run.
    if (!writer.lost.aborted) deps.logger.error({ err: error, runId: run.id }, 'the end of a run could not be stored');
  }
}

/**
 * Puts a run down until a person has answered.
 *
 * @returns whether it waits now; false when somebody wants it stopped
 * @throws when it was taken away from this node, or could not be stored
 */
export async function storePause(
  deps: RunDependencies,
  { run, answer, writer, meter, trace }: PerformedRun,
  pause: LoopPause,
  changes: Changes,
): Promise<boolean> {
  // Another node may go on, and counts what is stored.
  await Promise.all([meter.settle(writer.lost), trace.stored()]);
  await writer.flushed();
  const whole = { ...pause, isDataUpdated: changes.isDataUpdated, seq: writer.nextSeq(), parts: answer.openParts() };
  let isRepeated = false;
  const event = await outlast(() => {
    // Stored at the first attempt, when only the answer was lost: it waits already.
    const attempt = pauseRun(deps, run, whole, isRepeated);
    isRepeated = true;
    return attempt;
  }, writer.lost);
  if (event === null) return false;
  writer.deliver(event);
  return true;
}
