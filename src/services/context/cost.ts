import { LRUCache } from 'lru-cache';
import { estimateImageTokens, estimateTokens, tokensPerMessage } from './estimate.ts';
import type { Piece } from './piece.ts';

/** How many tokens a piece costs, by estimate. */
export type CostOf = (piece: Piece) => number;

function wordsOf(piece: Piece): readonly string[] {
  return piece.messages.flatMap((message) => {
    switch (message.role) {
      case 'user':
        return [message.text];
      case 'assistant':
        return [message.text, ...message.toolCalls.flatMap((call) => [call.name, call.arguments])];
      case 'tool':
        return [message.content];
      default:
        return message satisfies never;
    }
  });
}

function sizeOf({ width, height }: { readonly width: number | null; readonly height: number | null }) {
  return width === null || height === null ? null : { width, height };
}

/** What a piece costs, reckoned anew. */
export const costOf: CostOf = (piece) =>
  piece.messages.length * tokensPerMessage +
  wordsOf(piece).reduce((sum, text) => sum + estimateTokens(text), 0) +
  piece.images.reduce((sum, image) => sum + estimateImageTokens(sizeOf(image)), 0);

const mostRemembered = 50_000;

/** As `costOf`, remembering what stored messages cost: what was said does not change, and is shown again with every question. */
export function createRememberedCosts(): CostOf {
  const known = new LRUCache<string, number>({ max: mostRemembered });
  return (piece) => {
    if (piece.id === null) return costOf(piece);
    // A message that is shortened, or whose answer is still being written, is another one.
    const key = `${piece.id} ${wordsOf(piece).reduce((sum, text) => sum + text.length, 0)}`;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const cost = costOf(piece);
    known.set(key, cost);
    return cost;
  };
}
