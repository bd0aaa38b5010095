import { createDeferred, type Deferred } from '../../src/base/async.ts';
import type { Engine, EngineFailure, EngineFinishReason, EnginePart, EngineRequest, Model } from '../../src/engines/engine.ts';

/** One request to a scripted engine, answered by the test step by step. */
export interface EngineCall {
  readonly request: EngineRequest;
  text(text: string): void;
  reasoning(text: string): void;
  toolCall(id: string, name: string, args: unknown): void;
  usage(inputTokens: number, outputTokens: number, details?: { readonly cachedInputTokens?: number; readonly reasoningTokens?: number }): void;
  finish(reason?: EngineFinishReason): void;
  fail(failure: Partial<EngineFailure>): void;
  /** Resolves when the engine was told to stop. */
  readonly aborted: Promise<void>;
}

/** An engine whose answers a test writes. */
export interface ScriptedEngine extends Engine {
  /** The next request of a kind that was not handed out yet, waiting for one when there is none. Titles, moods and summaries are asked for apart. */
  nextCall(task?: EngineRequest['task'] | 'ANSWER'): Promise<EngineCall>;
  /** Every request so far. */
  readonly requests: readonly EngineRequest[];
}

/** Answers of both kinds are handed out together, everything else apart. */
type Kind = 'ANSWER' | Exclude<EngineRequest['task'], 'CHAT' | 'AUTO_ANALYZE'>;

function createCall(request: EngineRequest, signal: AbortSignal): { readonly call: EngineCall; readonly parts: AsyncIterable<EnginePart> } {
  const queue: EnginePart[] = [];
  let arrived: Deferred<void> = createDeferred();
  const aborted = createDeferred();
  signal.addEventListener('abort', () => aborted.resolve(), { once: true });
  if (signal.aborted) aborted.resolve();
  const push = (part: EnginePart): void => {
    queue.push(part);
    arrived.resolve();
  };
  async function* stream(): AsyncGenerator<EnginePart> {
    for (;;) {
      const part = queue.shift();
      if (part !== undefined) {
        yield part;
        if (part.type === 'finish' || part.type === 'error') return;
      } else {
        arrived = createDeferred();
        await Promise.race([arrived.promise, aborted.promise]);
        if (signal.aborted) return;
      }
    }
  }
  const call: EngineCall = {
    request,
    text: (text) => push({ type: 'text', text }),
    reasoning: (text) => push({ type: 'reasoning', text }),
    toolCall: (id, name, args) => push({ type: 'toolCall', call: { id, name, arguments: typeof args === 'string' ? args : JSON.stringify(args) } }),
    usage: (inputTokens, outputTokens, { cachedInputTokens = 0, reasoningTokens = 0 } = {}) =>
      push({ type: 'usage', usage: { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } }),
    finish: (reason = 'STOP') => push({ type: 'finish', reason }),
    fail: (failure) =>
      push({ type: 'error', failure: { code: 'ENGINE_OVERLOADED', message: 'scripted failure', isRetryable: true, retryAfterMs: null, ...failure } }),
    aborted: aborted.promise,
  };
  return { call, parts: stream() };
}

/** Creates an engine that answers nothing by itself, except titles when `title` is given. */
export function createScriptedEngine(
  options: {
    readonly id?: string;
    readonly title?: string | null;
    readonly hasVision?: boolean;
    readonly hasTools?: boolean;
    readonly prices?: Partial<Pick<Model, 'inputPrice' | 'outputPrice' | 'cachedInputPrice'>>;
  } = {},
): ScriptedEngine {
  const { id = 'scripted', title = 'A scripted title', hasVision = false, hasTools = true } = options;
  const requests: EngineRequest[] = [];
  const waiting: Record<Kind, Deferred<EngineCall>[]> = { ANSWER: [], TITLE: [], SENTIMENT: [], SUMMARY: [], MODERATION: [], RERANKING: [] };
  const calls: Record<Kind, EngineCall[]> = { ANSWER: [], TITLE: [], SENTIMENT: [], SUMMARY: [], MODERATION: [], RERANKING: [] };
  const kindOf = (task: EngineRequest['task'] | 'ANSWER'): Kind => (task === 'CHAT' || task === 'AUTO_ANALYZE' ? 'ANSWER' : task);
  return {
    id,
    name: 'Scripted',
    defaultModel: 'one',
    requests,
    listModels: () =>
      Promise.resolve([
        {
          id: 'one',
          name: 'One',
          description: 'A model for tests.',
          hasTools,
          hasVision,
          hasJson: true,
          contextWindow: 8_000,
          inputPrice: null,
          outputPrice: null,
          cachedInputPrice: null,
          ...options.prices,
        },
      ]),
    stream: (request, signal) => {
      requests.push(request);
      const { call, parts } = createCall(request, signal);
      if (request.task === 'TITLE' && title !== null) {
        call.text(title);
        call.finish();
        return parts;
      }
      const kind = kindOf(request.task);
      const waiter = waiting[kind].shift();
      if (waiter === undefined) calls[kind].push(call);
      else waiter.resolve(call);
      return parts;
    },
    nextCall: (task = 'ANSWER') => {
      const kind = kindOf(task);
      const call = calls[kind].shift();
      if (call !== undefined) return Promise.resolve(call);
      const waiter = createDeferred<EngineCall>();
      waiting[kind].push(waiter);
      return waiter.promise;
    },
  };
}
