import type { Run } from '../../../prisma/generated/client.ts';
import { linkedSignal } from '../../base/async.ts';
import { AppError } from '../../base/errors.ts';
import type { Engine, EngineUsage } from '../../engines/engine.ts';
import type { RunEndData } from '../../events/run-event.ts';
import type { RunWriter } from '../../events/run-log.ts';
import { createAnswer, type Answer } from './answer.ts';
import type { RunDependencies } from './deps.ts';
import type { RunEnd } from './end-statement.ts';
import { finishRun } from './finish.ts';
import { loadHistory, loadRoom } from './history.ts';
import { createUsageMeter, runLoop, type LoopOutcome, type UsageMeter } from './loop.ts';
import { runOptions } from './options.ts';
import { outlast } from './outlast.ts';
import { autoAnalyzePrompt, chatPrompt, dataPrompt } from './prompts.ts';
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

function endOf(outcome: LoopOutcome): RunEndData {
  if (outcome.end.type === 'finished') return { type: 'RunFinished', reason: outcome.end.reason, dataUpdated: false };
  const { code, message, isRetryable, retryAfterMs } = outcome.end.failure;
  return { type: 'RunFailed', code, message, retryable: isRetryable, retryAfterMs };
}

/** Everything that the engine is given: the conversation, the tools of its context, the options with their defaults. */
async function prepare(deps: RunDependencies, run: Run) {
  const conversation = await loadRoom(deps.pool, run.conversationId);
  const { sessionId } = conversation;
  const { engine, model } = deps.registry.resolve(run.model);
  const options = runOptions.parse(run.options);
  const tools = sessionId === null ? [] : deps.toolsOf({ sessionId, userId: run.userId });
  const tables =
    sessionId === null ? [] : await deps.prisma.file.findMany({ where: { sessionId }, select: { tableName: true }, orderBy: { createdAt: 'asc' } });
  const system = [
    // A person's instructions take the place of ours in a plain chat; with data they come beside them.
    sessionId === null ? (options.systemPrompt ?? chatPrompt) : dataPrompt(tables.map((table) => table.tableName)),
    ...(run.kind === 'AUTO_ANALYZE' ? [autoAnalyzePrompt] : []),
    ...(sessionId !== null && options.systemPrompt != null ? [options.systemPrompt] : []),
  ].join('\n\n');
  const messages = run.questionId === null ? [] : await loadHistory(deps.pool, run.conversationId, run.questionId);
  const request = {
    model,
    task: run.kind,
    system,
    messages,
    tools: tools.map((tool) => tool.definition),
    temperature: options.temperature ?? deps.settings.defaultTemperature,
    topP: options.topP ?? null,
    topK: options.topK ?? null,
    maxTokens: options.maxTokens ?? deps.settings.defaultMaxTokens,
  } as const;
  return { conversation, engine, model, tools, request };
}

/** Names a conversation that has no name, and says so in both logs. */
async function nameConversation(deps: RunDependencies, run: Run, engine: Engine, model: string, question: string, signal: AbortSignal): Promise<string | null> {
  const title = await makeTitle(engine, model, question, signal);
  if (title === null) return null;
  return (await writeTitle(deps, run.conversationId, title)) ? title : null;
}

/** The work of a run between its start and its end. */
async function answerQuestion(
  deps: RunDependencies,
  run: Run,
  answer: Answer,
  writer: RunWriter,
  meter: UsageMeter,
  signal: AbortSignal,
): Promise<LoopOutcome> {
  const { conversation, engine, model, tools, request } = await outlast(async () => prepare(deps, run), signal);
  const question = request.messages.find((message) => message.role === 'user')?.text ?? '';
  const titleSignal = AbortSignal.any([signal, AbortSignal.timeout(deps.settings.titleTimeoutMs)]);
  // Made beside the answer, so that it delays nothing; what goes wrong with it is logged and no failure of the run.
  const title =
    conversation.titleSource !== 'NONE'
      ? Promise.resolve(null)
      : nameConversation(deps, run, engine, model, question, titleSignal).catch((error: unknown) => {
          deps.logger.warn({ err: error, runId: run.id }, 'a conversation could not be named');
          return null;
        });
  const { maxSteps, toolTimeoutMs } = deps.settings;
  const outcome = await runLoop({ engine, request, tools, writer, answer, maxSteps, toolTimeoutMs }, meter, signal);
  const named = await title;
  if (named !== null) writer.append({ type: 'TitleChanged', title: named });
  return outcome;
}

/**
 * Performs a run that is leased to this node, from its first step to its last event, whatever happens in between.
 *
 * @param signal aborts with a `RunInterruption` as its reason
 */
export async function performRun(deps: RunDependencies, run: Run, signal: AbortSignal): Promise<void> {
  const writer = deps.runLog.openWriter(run.id, 1);
  const answer = createAnswer(deps, run.answerId ?? '', writer);
  const meter = createUsageMeter();
  const all = linkedSignal([signal, writer.lost], deps.settings.runTimeoutMs);
  let end: RunEndData;
  let outcome: LoopOutcome | null = null;
  try {
    outcome = await answerQuestion(deps, run, answer, writer, meter, all.signal);
    end = endOf(outcome);
  } catch (error) {
    if (writer.lost.aborted) end = interrupted;
    else if (signal.aborted) end = signal.reason === 'STOP' ? { type: 'RunFinished', reason: 'STOPPED', dataUpdated: false } : interrupted;
    else end = failureOf(deps, run, error);
  }
  try {
    await storeEnd(deps, run, answer, writer, { data: end, mode: outcome?.mode ?? null, confidence: outcome?.confidence ?? null }, meter.total());
  } finally {
    all.release();
    writer.close();
  }
}

async function storeEnd(
  deps: RunDependencies,
  run: Run,
  answer: Answer,
  writer: RunWriter,
  end: Omit<RunEnd, 'parts' | 'seq' | 'usage'>,
  usage: EngineUsage,
): Promise<void> {
  try {
    writer.append({ type: 'UsageReported', inputTokens: usage.inputTokens, outputTokens: usage.outputTokens });
    await writer.flushed();
    const open = answer.openPart();
    const owned = { status: 'RUNNING', leaseOwner: deps.settings.nodeId } as const;
    const whole = { ...end, usage, seq: writer.nextSeq(), parts: open === null ? [] : [open] };
    // Stored before, when only the answer was lost, it is not ours any more and stays as it is.
    const event = await outlast(() => finishRun(deps, run, owned, whole), writer.lost);
    if (event !== null) writer.deliver(event);
  } catch (error) {
    // The lease runs out, and the reaper ends the run.
    if (!writer.lost.aborted) deps.logger.error({ err: error, runId: run.id }, 'the end of a run could not be stored');
  }
}
