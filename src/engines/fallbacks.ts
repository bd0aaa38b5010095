import type { Engine, EngineFailure, EnginePart, EngineRequest, EngineUsage } from './engine.ts';
import type { ResolvedModel } from './registry.ts';

/** A model that was asked and did not begin to answer. */
interface FailedModel {
  readonly name: string;
  readonly failure: EngineFailure;
}

/** Failures that lie in the request: another model would be asked the same. Everything else lies with the provider or its key. */
const ownFaults: readonly EngineFailure['code'][] = ['ENGINE_BAD_REQUEST', 'ENGINE_REFUSED', 'ENGINE_CONTEXT_TOO_LONG', 'ENGINE_UNKNOWN'];

/** Whether another model may answer after this failure. */
function mayGoOn({ code }: EngineFailure): boolean {
  return !ownFaults.includes(code);
}

function sum(left: EngineUsage | null, right: EngineUsage | null): EngineUsage | null {
  if (left === null || right === null) return left ?? right;
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
  };
}

/** The failure of the last model, told with those before it. */
function allFailed(failed: readonly FailedModel[], last: FailedModel): EngineFailure {
  if (failed.length === 0) return last.failure;
  const all = [...failed, last];
  const waits = all.flatMap(({ failure }) => (failure.isRetryable && failure.retryAfterMs !== null ? [failure.retryAfterMs] : []));
  return {
    code: last.failure.code,
    message: `None of ${all.length} models answered. ${all.map(({ name, failure }) => `${name}: ${failure.message}`).join(' ')}`,
    isRetryable: all.some(({ failure }) => failure.isRetryable),
    retryAfterMs: waits.length === 0 ? null : Math.min(...waits),
  };
}

/**
 * An engine for one run, in which the next model answers when one fails before its first token. Once a model has begun to answer, it answers
 * to the end of the run: there are no answers of two models. It says which one it is by a `model` part, just before its first word.
 *
 * @param first the model that is asked for
 * @param others in the order in which they take over
 */
export function withFallbacks(first: ResolvedModel, others: readonly ResolvedModel[]): Engine {
  if (others.length === 0) return first.engine;
  const waiting = [...others];
  let current = first;
  let hasBegun = false;

  const begin = (request: EngineRequest, signal: AbortSignal): AsyncIterator<EnginePart> =>
    current.engine.stream({ ...request, model: current.model }, signal)[Symbol.asyncIterator]();

  const open = (request: EngineRequest, signal: AbortSignal): AsyncIterator<EnginePart> => {
    let parts = begin(request, signal);
    const failed: FailedModel[] = [];
    // What models used that did not answer, and what this one has used before its first word.
    let spent: EngineUsage | null = null;
    let used: EngineUsage | null = null;
    let isDecided = hasBegun;
    let isLeft = false;
    let ready: EnginePart[] = [];

    /** What stands before the first part of the model that answers, or before the failure of the last one. */
    const decide = (part: EnginePart): void => {
      isDecided = true;
      if (part.type === 'error') {
        const usage = sum(spent, used);
        ready = [
          ...(usage === null ? [] : [{ type: 'usage', usage } as const]),
          { type: 'error', failure: allFailed(failed, { name: current.name, failure: part.failure }) },
        ];
        return;
      }
      hasBegun = true;
      const reason = failed.map(({ failure }) => failure.message).join(' ');
      ready = [
        ...(spent === null ? [] : [{ type: 'usage', usage: spent } as const]),
        ...(failed.length === 0 ? [] : [{ type: 'model', name: current.name, reason } as const]),
        ...(used === null ? [] : [{ type: 'usage', usage: used } as const]),
        part,
      ];
    };

    /** Reads up to the first word of a model; null when the stream has ended before it. */
    const readFirst = async (): Promise<EnginePart | null> => {
      while (!isDecided) {
        const { done, value: part } = await parts.next();
        if (done === true) return null;
        if (part.type === 'usage') {
          used = part.usage;
          continue;
        }
        const next = part.type === 'error' && mayGoOn(part.failure) && !signal.aborted && !isLeft ? waiting.shift() : undefined;
        if (part.type !== 'error' || next === undefined) {
          decide(part);
          continue;
        }
        failed.push({ name: current.name, failure: part.failure });
        spent = sum(spent, used);
        used = null;
        current = next;
        parts = begin(request, signal);
      }
      return ready.shift() ?? null;
    };

    const nextWaiting = async (): Promise<IteratorResult<EnginePart>> => {
      const part = isDecided ? ready.shift() : await readFirst();
      return part == null ? { done: true, value: undefined } : { done: false, value: part };
    };
    return {
      // Once the first part is out this adds nothing to a token.
      next: () => (isDecided && ready.length === 0 ? parts.next() : nextWaiting()),
      return: async () => {
        isLeft = true;
        return (await parts.return?.()) ?? { done: true, value: undefined };
      },
    };
  };

  return { ...first.engine, stream: (request, signal) => ({ [Symbol.asyncIterator]: () => open(request, signal) }) };
}
