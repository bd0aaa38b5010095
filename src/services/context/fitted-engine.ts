import type { Engine, EnginePart, EngineRequest } from '../../engines/engine.ts';
import type { CostOf } from './cost.ts';
import { estimateTokens, estimateTools } from './estimate.ts';
import { withImages, type ReadImage } from './images.ts';
import { stepsOf } from './piece.ts';
import { fitContext, type ReadContext, type ShownContext } from './shown-context.ts';

/** What an engine is fitted with. */
export interface Fitting {
  readonly context: ReadContext;
  /** How many tokens instructions, tools and conversation may have together. */
  readonly inputTokens: number;
  /** Null for a model that reads no pictures. */
  readonly readImage: ReadImage | null;
  readonly costOf: CostOf;
  /** Hears of each request what it shows. */
  readonly onShown: (shown: ShownContext) => void;
  /** Hears of a request that was too long, and how many tokens are tried next. */
  readonly onTooLong: (inputTokens: number) => void;
}

/** How much of what was too long is shown at the second attempt. */
const secondShare = 0.5;

/**
 * An engine that is shown as much of a conversation as its model can read. It is asked with all messages, as if there were no limit: those
 * of the conversation first, and the steps of the answer after them.
 *
 * When the provider says before the first token that it was too long, because our estimate or what we know of the model is wrong, it is
 * asked once more with half.
 */
export function fitEngine(engine: Engine, fitting: Fitting): Engine {
  const { context, costOf } = fitting;
  const given = context.pieces.reduce((count, piece) => count + piece.messages.length, 0);
  const depth = (context.pieces.at(-1)?.depth ?? -1) + 1;

  const shownOf = (request: EngineRequest, inputTokens: number): ShownContext => {
    const pieces = [...context.pieces, ...stepsOf(request.messages.slice(given), depth)];
    const fixedTokens = estimateTokens(request.system ?? '') + estimateTools(request.tools);
    return fitContext({ ...context, pieces }, { fixedTokens, inputTokens }, costOf);
  };

  const ask = async (request: EngineRequest, shown: ShownContext, signal: AbortSignal): Promise<AsyncIterable<EnginePart>> => {
    const system = shown.note === null ? request.system : [request.system, shown.note].filter((text) => text !== null).join('\n\n');
    return engine.stream({ ...request, system, messages: await withImages(shown.pieces, fitting.readImage) }, signal);
  };

  async function* stream(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart, void, undefined> {
    let inputTokens = fitting.inputTokens;
    for (const isLast of [false, true]) {
      const shown = shownOf(request, inputTokens);
      fitting.onShown(shown);
      let hasBegun = false;
      let isTooLong = false;
      for await (const part of await ask(request, shown, signal)) {
        isTooLong = !isLast && !hasBegun && part.type === 'error' && part.failure.code === 'ENGINE_CONTEXT_TOO_LONG';
        if (isTooLong) break;
        hasBegun ||= part.type !== 'usage';
        yield part;
      }
      if (!isTooLong) return;
      inputTokens = Math.floor(Math.min(inputTokens, shown.tokens) * secondShare);
      fitting.onTooLong(inputTokens);
    }
  }

  return { ...engine, stream };
}
