import { AppError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Limiter } from '../../../limits/limiter.ts';
import { requireAllowance } from '../../allowance.ts';
import type { ModelCalls } from '../../model-calls.ts';
import type { Asker } from '../metered-embedder.ts';
import { askForOrder, type RankedPassage } from './ask-model.ts';
import type { Rerankers } from './rerankers.ts';

/** An order that a model made, or why there is none. */
export type Reranked =
  | { readonly model: string; /** Places, from 0, the best first; what it left out is not among them. */ readonly order: readonly number[] }
  | { readonly problem: string };

/** Has models put passages in order. */
export interface Reranking {
  /**
   * Asks a model once. A failure of it is no failure of the search.
   *
   * @param name `provider:model`
   * @param passages at most `mostReranked`
   * @throws the reason of the signal
   */
  order(name: string, question: string, passages: readonly RankedPassage[], asker: Asker, signal: AbortSignal): Promise<Reranked>;
}

/** How many passages a model is shown. */
export const mostReranked = 24;
/** Of a passage: 24 of them are about 6,000 tokens. */
const longestShown = 1_000;

/** As a model that is made for it is given a passage: where it stands says what it is about. */
const textOf = ({ document, place, text }: RankedPassage): string => `${place === '' ? document : `${document}, ${place}`}\n${text}`;

/**
 * Creates it.
 *
 * @param deps.timeoutMs how long the order is waited for
 */
export function createReranking(deps: {
  readonly modelCalls: Pick<ModelCalls, 'engineFor' | 'nameOf'>;
  readonly rerankers: Rerankers;
  readonly chatsPerUser: Limiter;
  readonly logger: Logger;
  readonly timeoutMs: number;
}): Reranking {
  const { modelCalls, rerankers, chatsPerUser, logger, timeoutMs } = deps;

  const ask = async (name: string, question: string, passages: readonly RankedPassage[], asker: Asker, signal: AbortSignal): Promise<Reranked> => {
    const { askerId, runId, conversationId } = asker;
    // A run has passed this limit when it began.
    if (runId === null) requireAllowance(await chatsPerUser.consume(askerId), 'Too many requests to models in a minute');
    const shown = passages.map((passage) => ({ ...passage, text: passage.text.slice(0, longestShown).toWellFormed() }));
    const model = await modelCalls.nameOf(askerId, name);
    const order = await rerankers.of(asker, model);
    if (order !== null) return { model, order: await order(question, shown.map(textOf), signal) };
    const resolved = await modelCalls.engineFor(model, { userId: askerId, purpose: 'RERANKING', runId, conversationId });
    if (resolved.engine.id === 'builtin') throw new AppError('ENGINE_UNKNOWN', 'The built-in engine is no model and puts nothing in order; name another one.');
    return { model, order: await askForOrder(resolved, question, shown, signal) };
  };

  return {
    async order(name, question, passages, asker, signal) {
      const late = AbortSignal.timeout(timeoutMs);
      try {
        return await ask(name, question, passages, asker, AbortSignal.any([signal, late]));
      } catch (error) {
        signal.throwIfAborted();
        if (late.aborted) return { problem: `It was not re-ranked: "${name}" took longer than ${timeoutMs} ms.` };
        if (!(error instanceof AppError)) logger.error({ err: error }, 'a re-ranking failed unexpectedly');
        return {
          problem: `It was not re-ranked. ${error instanceof AppError ? error.message : 'Something unexpected failed; the log of the server has more.'}`,
        };
      }
    },
  };
}
