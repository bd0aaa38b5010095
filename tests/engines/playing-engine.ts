import type { Engine, EngineFailure, EnginePart, EngineRequest, EngineUsage } from '../../src/engines/engine.ts';

/** An engine that plays answers one after the other, with what it was asked. */
export interface PlayingEngine extends Engine {
  readonly requests: readonly EngineRequest[];
}

/** The part that ends an answer with a failure. */
export function failing(failure: Partial<EngineFailure> = {}): EnginePart {
  return { type: 'error', failure: { code: 'ENGINE_OVERLOADED', message: 'It is overloaded.', isRetryable: true, retryAfterMs: null, ...failure } };
}

/** What was used, in short. */
export const usage = (inputTokens: number, outputTokens: number): { readonly type: 'usage'; readonly usage: EngineUsage } => ({
  type: 'usage',
  usage: { inputTokens, cachedInputTokens: 0, outputTokens, reasoningTokens: 0 },
});

/** An answer that comes to its end. */
export const answering = (text: string): readonly EnginePart[] => [
  { type: 'text', text },
  { type: 'finish', reason: 'STOP' },
];

/** Creates one; when all answers were played the last is played again. */
export function createPlayingEngine(id: string, ...answers: readonly (readonly EnginePart[])[]): PlayingEngine {
  const requests: EngineRequest[] = [];
  return {
    id,
    name: id,
    defaultModel: 'one',
    requests,
    listModels: () => Promise.resolve([]),
    stream: (request) => {
      requests.push(request);
      const answer = answers[requests.length - 1] ?? answers.at(-1) ?? [];
      return (async function* play() {
        yield* answer;
      })();
    },
  };
}

/** Reads an answer to its end. */
export async function partsOf(engine: Engine, request: EngineRequest, signal = new AbortController().signal): Promise<readonly EnginePart[]> {
  const parts: EnginePart[] = [];
  for await (const part of engine.stream(request, signal)) parts.push(part);
  return parts;
}
