import type { CostOf } from './cost.ts';
import { isQuestion, type Piece } from './piece.ts';
import { oldResultLength, tightResultLength, withShortResults } from './shorten.ts';

/** What of a conversation is shown. */
export interface Fitted {
  /** Oldest first, from a person's message on, up to the newest step of the answer. */
  readonly pieces: readonly Piece[];
  readonly tokens: number;
  /** Whether the results of tools are not as they were. */
  readonly isShortened: boolean;
}

/**
 * As much of a conversation as fits, the newest first. When it does not fit as it is, long results of tools in old turns are shortened, the
 * oldest first; then whole turns are left out, the oldest first; then the results of the present turn are shortened. A turn is a person's
 * message with all that answers it, so what is shown begins with a person's message and no call is without its result.
 *
 * @param pieces oldest first; the last that a person said is the question
 * @param budget in tokens; the question and the steps of its answer are shown even when they alone are more
 */
export function fitPieces(pieces: readonly Piece[], budget: number, costOf: CostOf): Fitted {
  const first = pieces.findIndex(isQuestion);
  const shown = first === -1 ? [] : pieces.slice(first);
  const costs = shown.map(costOf);
  let total = costs.reduce((sum, cost) => sum + cost, 0);
  let isShortened = false;
  const shorten = (from: number, to: number, length: number): void => {
    for (const [index, piece] of [...shown.entries()].slice(from, to)) {
      if (total <= budget) return;
      const short = withShortResults(piece, length);
      if (short === piece) continue;
      const cost = costOf(short);
      total += cost - (costs[index] ?? 0);
      costs[index] = cost;
      shown[index] = short;
      isShortened = true;
    }
  };

  const question = shown.findLastIndex(isQuestion);
  shorten(0, question, oldResultLength);
  let start = 0;
  while (total > budget && start < question) {
    const next = shown.findIndex((piece, index) => index > start && isQuestion(piece));
    total -= costs.slice(start, next).reduce((sum, cost) => sum + cost, 0);
    start = next;
  }
  shorten(question + 1, shown.length, oldResultLength);
  shorten(question + 1, shown.length, tightResultLength);
  return { pieces: shown.slice(start), tokens: total, isShortened };
}
