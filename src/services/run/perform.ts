import type { Run } from '../../../prisma/generated/client.ts';
import { linkedSignal } from '../../base/async.ts';
import { AppError } from '../../base/errors.ts';
import type { RunEndData } from '../../events/run-event.ts';
import type { RunWriter } from '../../events/run-log.ts';
import type { RunMeter } from '../usage/metering.ts';
import { createAnswer, type Answer } from './answer.ts';
import type { RunDependencies } from './deps.ts';
import type { RunEnd } from './end-statement.ts';
import { finishRun } from './finish.ts';
import { runLoop, type LoopOutcome } from './loop.ts';
import { createModelNotes } from './model-change.ts';
import { createJobNote } from './job-note.ts';
import type { RunOptions } from './options.ts';
import { outlast } from './outlast.ts';
import { drawAnswer } from './picture.ts';
import { releaseLease, type RunRest } from './resume.ts';
import { engineOf, prepareRun, type Changes } from './prepare.ts';
import { writeTitle } from './title-statement.ts';
import { makeTitle } from './title.ts';

/** Why a run is ended from outside; the reason of its signal. */
export type RunInterruption = 'STOP' | 'SHUTDOWN';

const interrupted: RunEndData = {
  type: 'RunFailed',
  code: 'INTERRUPTED',
  message: 'The server is stopping; what was written until now is kept. Try again.',
  retryable: true,
  retryAfterMs: null,
};

/** The end that an error means: one of ours is told, everything else is logged and masked. */
function failureOf(deps: RunDependencies, run: Run, error: unknown): RunEndData {
  if (error instanceof AppError)
    return {
      type: 'RunFailed',
      code: error.code,
      message: error.message,
      retryable: error.code === 'SERVICE_UNAVAILABLE',
      retryAfterMs: error.retryAfterMs ?? null,
    };
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return {
      type: 'RunFailed',
      code: 'ENGINE_TIMEOUT',
      message: `The run took longer than ${deps.settings.runTimeoutMs} ms and was stopped.`,
      retryable: true,
      retryAfterMs: null,
    };
  }
  deps.logger.error({ err: error, runId: run.id }, 'a run failed unexpectedly');
  return {
    type: 'RunFailed',
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Something unexpected failed. The run id finds it in the log.',
    retryable: true,
    retryAfterMs: null,
  };
}

function endOf(outcome: LoopOutcome, changes: Changes): RunEndData {
  if (outcome.end.type === 'finished') return { type: 'RunFinished', reason: outcome.end.reason, dataUpdated: changes.isDataUpdated };
  const { code, message, isRetryable, retryAfterMs } = outcome.end.failure;
  return { type: 'RunFailed', code, message, retryable: isRetryable, retryAfterMs };
}

/** Names a conversation that has no name, and says so in both logs. */
async function nameConversation(deps: RunDependencies, run: Run, options: RunOptions, question: string, signal: AbortSignal): Promise<string | null> {
  const { engine, model } = await engineOf(deps, run, options, 'TITLE');
  const title = await makeTitle(engine, model, question, signal);
  if (title === null) return null;
  return (await writeTitle(deps, run.conversationId, title)) ? title : null;
}

/** The work of a run between its start and its end. */
async function answerQuestion(deps: RunDependencies, run: Run, answer: Answer, writer: RunWriter, changes: Changes, signal: AbortSignal): Promise<LoopOutcome> {
  if (run.kind === 'IMAGE') return drawAnswer(deps, run, answer, writer, changes, signal);
  const { id: runId, userId, conversationId, questionId } = run;
  const writeRecordings = async (): Promise<void> =>
    deps.writeRecordings(questionId ?? runId, { userId, runId, conversationId }, (name) => answer.status(`Listening to ${name}`), signal);
  const { conversation, context, tools, request, options } = await outlast(async () => prepareRun(deps, run, changes, writeRecordings), signal);
  const titleSignal = AbortSignal.any([signal, AbortSignal.timeout(deps.settings.titleTimeoutMs)]);
  // Made beside the answer, so that it delays nothing; what goes wrong with it is logged and no failure of the run.
  const title =
    conversation.titleSource !== 'NONE'
      ? Promise.resolve(null)
      : nameConversation(deps, run, options, context.firstQuestion, titleSignal).catch((error: unknown) => {
          deps.logger.warn({ err: error, runId: run.id }, 'a conversation could not be named');
          return null;
        });
  const asked = { run, engine: context.engine, request, words: context.question, method: options.sentimentMethod ?? null };
  const mood = await deps.moods.begin(asked, writer, signal);
  const { maxSteps, toolTimeoutMs } = deps.settings;
  const noteModel = createModelNotes(deps, run, writer);
  const noteJob = createJobNote(deps, run, changes, signal);
  try {
    const outcome = await runLoop({ engine: mood.engine, request, tools, writer, answer, noteModel, maxSteps, toolTimeoutMs, noteJob }, signal);
    changes.isContextNearlyFull = outcome.end.type === 'finished' && context.isNearlyFull();
    const [named] = await Promise.all([title, mood.settled()]);
    if (named !== null) writer.append({ type: 'TitleChanged', title: named });
    return outcome;
  } finally {
    mood.close();
  }
}

/**
 * Performs a run that is leased to this node, from its first step to its last event, whatever happens in between.
 *
 * @param signal aborts with a `RunInterruption` as its reason
 * @param from where to go on with one that another process began; at the beginning by default
 */
export async function performRun(
  deps: RunDependencies,
  run: Run,
  signal: AbortSignal,
  from: RunRest = { lastSeq: 1, position: 0, entryId: null },
): Promise<void> {
  const writer = deps.runLog.openWriter(run.id, from.lastSeq);
  const answer = createAnswer(deps, run.answerId ?? '', writer, from.position);
  const meter = deps.metering.openRun(run.id, from.entryId);
  const calls = deps.modelCalls.openRun(run.id);
  const changes: Changes = { isDataUpdated: false, isContextNearlyFull: false, hasJob: run.jobId !== null };
  const all = linkedSignal([signal, writer.lost], deps.settings.runTimeoutMs);
  let end: RunEndData;
  let outcome: LoopOutcome | null = null;
  try {
    outcome = await answerQuestion(deps, run, answer, writer, changes, all.signal);
    end = endOf(outcome, changes);
  } catch (error) {
    if (writer.lost.aborted) end = interrupted;
    else if (signal.aborted) end = signal.reason === 'STOP' ? { type: 'RunFinished', reason: 'STOPPED', dataUpdated: changes.isDataUpdated } : interrupted;
    else end = failureOf(deps, run, error);
  }
  // What has begun at a provider goes on there, and so does the run, elsewhere.
  const isLeft = signal.reason === 'SHUTDOWN' && outcome === null && changes.hasJob && !writer.lost.aborted && !answer.hasWords();
  try {
    if (isLeft) await leaveRun(deps, run, writer);
    else await storeEnd(deps, run, answer, writer, { data: end, mode: outcome?.mode ?? null, confidence: outcome?.confidence ?? null }, meter);
  } finally {
    all.release();
    meter.close();
    calls.close();
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

async function storeEnd(
  deps: RunDependencies,
  run: Run,
  answer: Answer,
  writer: RunWriter,
  end: Omit<RunEnd, 'parts' | 'seq' | 'usage'>,
  meter: RunMeter,
): Promise<void> {
  try {
    // Before the end: what was kept free for the run is given back with it, and what it used must count by then.
    const usage = await meter.settle(writer.lost);
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
