import type { Run } from '../../../prisma/generated/client.ts';
import { linkedSignal } from '../../base/async.ts';
import type { RunEndData } from '../../events/run-event.ts';
import type { RunWriter } from '../../events/run-log.ts';
import { answerQuestion } from './answer-question.ts';
import type { ResumedRun } from './resumed-run.ts';
import { createAnswer } from './answer.ts';
import type { RunDependencies } from './deps.ts';
import type { LoopOutcome } from './loop.ts';
import type { TraceEnd } from '../trace/traces.ts';
import type { Changes } from './prepare.ts';
import { releaseLease } from './resume.ts';
import { endOf, failureOf, interrupted, stoppedEnd } from './run-end.ts';
import { storeEnd, storePause, type PerformedRun } from './store-end.ts';

/** Why a run is ended from outside; the reason of its signal. */
export type RunInterruption = 'STOP' | 'SHUTDOWN';

/**
 * Performs a run that is leased to this node, from its first step to its last event, whatever happens in between; or until it waits for a person.
 *
 * @param signal aborts with a `RunInterruption` as its reason
 * @param resumed where it goes on after it has waited, or after its process was gone while a provider worked for it; null for one that begins
 */
export async function performRun(deps: RunDependencies, run: Run, signal: AbortSignal, resumed: ResumedRun | null): Promise<void> {
  const writer = deps.runLog.openWriter(run.id, resumed?.seq ?? 1);
  const answer = createAnswer(deps, run.answerId ?? '', writer, resumed?.position ?? 0);
  const meter = deps.metering.openRun(run.id, resumed?.entryId ?? null);
  const calls = deps.modelCalls.openRun(run.id);
  const trace = deps.traces.openRun(run);
  const changes: Changes = { isDataUpdated: run.dataUpdated, isContextNearlyFull: false, hasJob: run.jobId !== null };
  const all = linkedSignal([signal, writer.lost], deps.settings.runTimeoutMs);
  const performed: PerformedRun = { run, answer, writer, meter, trace, isResumed: resumed?.loop != null };

  /** Null when it waits for a person. */
  const perform = async (): Promise<{ readonly data: RunEndData; readonly outcome: LoopOutcome | null } | null> => {
    try {
      const outcome = await answerQuestion(deps, run, { answer, writer, trace, changes, resumed }, all.signal);
      const { end } = outcome;
      if (end.type !== 'paused') return { data: endOf(end, changes), outcome };
      return (await storePause(deps, performed, end.pause, changes)) ? null : { data: stoppedEnd(changes), outcome };
    } catch (error) {
      if (writer.lost.aborted) return { data: interrupted, outcome: null };
      if (signal.aborted) return { data: signal.reason === 'STOP' ? stoppedEnd(changes) : interrupted, outcome: null };
      return { data: failureOf(deps, run, error), outcome: null };
    }
  };

  let end: TraceEnd = 'AWAITING_INPUT';
  try {
    const ended = await perform();
    if (ended === null) return;
    const { data, outcome } = ended;
    // What has begun at a provider goes on there, and so does the run, elsewhere.
    const isLeft = signal.reason === 'SHUTDOWN' && outcome === null && changes.hasJob && !writer.lost.aborted && !answer.hasWords();
    end = isLeft ? 'HANDED_OVER' : data;
    if (isLeft) return await leaveRun(deps, run, writer);
    await storeEnd(deps, performed, { data, mode: outcome?.mode ?? null, confidence: outcome?.confidence ?? null });
  } finally {
    all.release();
    meter.close();
    calls.close();
    trace.close(end);
    writer.close();
  }
  // After the answer, for the next question: no first word waits for it.
  if (changes.isContextNearlyFull) deps.contexts.summaries.prepare(run);
}

/** Lets go of a run whose job goes on, so that the next process takes it at once. */
async function leaveRun(deps: RunDependencies, run: Run, writer: RunWriter): Promise<void> {
  try {
    await writer.flushed();
    await releaseLease(deps, run);
  } catch (error) {
    // Its lease runs out by itself.
    deps.logger.warn({ err: error, runId: run.id }, 'a run could not be let go of');
  }
}
