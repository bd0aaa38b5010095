import { abortable, abortableNext } from '../../base/async.ts';
import type { Engine, EngineFailure, EngineFinishReason, EngineMessage, EnginePart, EngineRequest, ToolCall } from '../../engines/engine.ts';
import type { RunWriter } from '../../events/run-log.ts';
import type { InputRequest, RunTool, ToolOutcome } from '../run-tool.ts';
import type { Answer } from './answer.ts';
import { createFailedCalls, type FailedCalls } from './failed-calls.ts';
import { resultOf, type GivenInput, type LoopPause, type ResumedLoop } from './loop-state.ts';
import type { NoteModel } from './model-change.ts';

/** What the loop works with. */
export interface LoopOptions {
  readonly engine: Engine;
  /** The first request; the messages of later ones grow. */
  readonly request: EngineRequest;
  readonly tools: readonly RunTool[];
  readonly writer: RunWriter;
  readonly answer: Answer;
  /** Told when another model answers than the one that was asked; the answer goes on when it is done. */
  readonly noteModel: NoteModel;
  /** Told what job a provider began for the answer; the answer goes on when it is noted. */
  readonly noteJob: (jobId: string) => Promise<void>;
  /** How many times the engine may be called. */
  readonly maxSteps: number;
  /** How long one call of a tool may take, in milliseconds. */
  readonly toolTimeoutMs: number;
  /** Where an earlier node left off, and what the person has said since; null for a run that begins. */
  readonly resumed: ResumedLoop | null;
}

/** How a loop ended by itself. */
export interface LoopOutcome {
  readonly end:
    | { readonly type: 'finished'; readonly reason: Exclude<EngineFinishReason, 'TOOL_CALLS'> | 'MAX_STEPS' }
    | { readonly type: 'failed'; readonly failure: EngineFailure }
    /** A person is asked for something. */
    | { readonly type: 'paused'; readonly pause: LoopPause };
  readonly mode: string | null;
  readonly confidence: number | null;
}

interface Step {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly last: Extract<EnginePart, { type: 'finish' | 'error' }>;
}

/** One call of the engine, its text streamed as it comes. */
async function streamStep({ engine, writer, answer, noteModel, noteJob }: LoopOptions, request: EngineRequest, signal: AbortSignal): Promise<Step> {
  const stream = engine.stream(request, signal)[Symbol.asyncIterator]();
  // An engine that does not hear the abort must not hold up the end of the run.
  const { next, release } = abortableNext(stream, signal);
  const toolCalls: ToolCall[] = [];
  let text = '';
  try {
    for (;;) {
      const behind = writer.ready();
      if (behind !== null) await behind;
      const { done, value: part } = await next();
      if (done === true) return { text, toolCalls, last: { type: 'error', failure: endedEarly(engine) } };
      switch (part.type) {
        case 'text':
          text += part.text;
          answer.text(part.text);
          break;
        case 'reasoning':
          answer.reasoning(part.text);
          break;
        case 'toolCall':
          toolCalls.push(part.call);
          break;
        case 'model':
          await noteModel(part.name, part.reason);
          break;
        case 'job':
          await noteJob(part.id);
          break;
        case 'usage':
          // Counted where every call is, see services/usage.
          break;
        case 'finish':
        case 'error':
          return { text, toolCalls, last: part };
        default:
          part satisfies never;
      }
    }
  } finally {
    release();
    // Not awaited: a generator that is stuck answers `return` only when it is no longer stuck.
    void stream.return?.()?.then(undefined, () => {});
  }
}

function endedEarly(engine: Engine): EngineFailure {
  return { code: 'ENGINE_PROTOCOL', message: `${engine.name} ended its answer without saying so.`, isRetryable: true, retryAfterMs: null };
}

/** Runs the tool that a call names, within its time. */
async function runTool(
  { tools, toolTimeoutMs, answer }: LoopOptions,
  call: ToolCall,
  said: GivenInput | null,
  failedCalls: FailedCalls,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const tool = tools.find((candidate) => candidate.definition.name === call.name);
  if (tool === undefined) {
    const known = tools.map((candidate) => candidate.definition.name).join(', ');
    return { content: `There is no tool "${call.name}". The tools are: ${known === '' ? 'none' : known}.`, isError: true };
  }
  const answered = said === null ? null : resultOf(said);
  if (answered !== null) return answered;
  const refusal = failedCalls.refusalOf(call.name);
  if (refusal !== null) return { content: refusal, isError: true };
  const limitMs = tool.timeoutMs ?? toolTimeoutMs;
  const limit = AbortSignal.timeout(limitMs);
  const both = AbortSignal.any([signal, limit]);
  try {
    const { content, isError } = await abortable(tool.run(call.arguments, answer, both), both);
    return { content: isError ? failedCalls.told(call.name, content) : content, isError };
  } catch (error) {
    if (limit.aborted && !signal.aborted)
      return { content: failedCalls.told(call.name, `"${call.name}" took longer than ${limitMs} ms and was stopped.`), isError: true };
    throw error;
  }
}

/** What the calls of one step came to. */
interface CallOutcome {
  readonly messages: readonly EngineMessage[];
  /** Set when a person is asked for something; the calls from that one on have no results yet. */
  readonly paused: { readonly request: InputRequest; readonly calls: readonly ToolCall[] } | null;
}

/**
 * Runs the calls of a step, one after the other, up to one that a person must say something about.
 *
 * @param said what the person has said about the first one; null where nobody was asked
 */
async function runCalls(
  options: LoopOptions,
  calls: readonly ToolCall[],
  said: GivenInput | null,
  failedCalls: FailedCalls,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const messages: EngineMessage[] = [];
  const outcomes: { toolName: string; isError: boolean }[] = [];
  for (const [place, call] of calls.entries()) {
    const given = place === 0 ? said : null;
    if (given === null) options.writer.append({ type: 'ToolCallStarted', toolCallId: call.id, name: call.name });
    const tool = options.tools.find((candidate) => candidate.definition.name === call.name);
    const request = given === null ? (tool?.asks?.(call.arguments) ?? null) : null;
    if (request !== null) return { messages, paused: { request, calls: calls.slice(place) } };
    const { content, isError } = await runTool(options, call, given, failedCalls, signal);
    outcomes.push({ toolName: call.name, isError });
    await options.answer.addExchange({ id: call.id, name: call.name, arguments: call.arguments, content, isError });
    messages.push({ role: 'tool', toolCallId: call.id, name: call.name, content, isError });
  }
  failedCalls.endStep(outcomes);
  return { messages, paused: null };
}

/**
 * The agent loop: streams an answer, runs the tools that it calls for, shows the results to the engine, and so on until it is done, or until a
 * person is asked for something.
 *
 * @param signal ends everything; its reason is thrown
 * @throws the reason of the signal, and what goes wrong in storing
 */
export async function runLoop(options: LoopOptions, signal: AbortSignal): Promise<LoopOutcome> {
  const { resumed } = options;
  const given = options.request.messages;
  let messages: readonly EngineMessage[] = [...given, ...(resumed?.state.messages ?? [])];
  const failedCalls = createFailedCalls();
  /** What the calls add, or the pause that they end in. */
  const perform = async (step: number, calls: readonly ToolCall[], said: GivenInput | null): Promise<LoopOutcome | null> => {
    const { messages: results, paused } = await runCalls(options, calls, said, failedCalls, signal);
    messages = [...messages, ...results];
    if (paused === null) return null;
    const state = { step, messages: messages.slice(given.length), calls: paused.calls };
    return { end: { type: 'paused', pause: { request: paused.request, state } }, mode: null, confidence: null };
  };
  if (resumed !== null) {
    const paused = await perform(resumed.state.step, resumed.state.calls, resumed.said);
    if (paused !== null) return paused;
  }
  for (let step = (resumed?.state.step ?? 0) + 1; step <= options.maxSteps; step += 1) {
    const { text, toolCalls, last } = await streamStep(options, { ...options.request, messages }, signal);
    signal.throwIfAborted();
    if (last.type === 'error') return { end: { type: 'failed', failure: last.failure }, mode: null, confidence: null };
    if (toolCalls.length === 0) {
      const reason = last.reason === 'TOOL_CALLS' ? 'STOP' : last.reason;
      return { end: { type: 'finished', reason }, mode: last.mode ?? 'model', confidence: last.confidence ?? null };
    }
    messages = [...messages, { role: 'assistant', text, toolCalls }];
    const paused = await perform(step, toolCalls, null);
    if (paused !== null) return paused;
  }
  return { end: { type: 'finished', reason: 'MAX_STEPS' }, mode: 'model', confidence: null };
}
