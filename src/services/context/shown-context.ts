import type { CostOf } from './cost.ts';
import { fitPieces } from './fit.ts';
import { cutNote, noteTokens, type Summary } from './notes.ts';
import { isQuestion, piecesOf, type Piece, type StoredMessage } from './piece.ts';

/** A conversation up to its question, as it was read. */
export interface ReadContext {
  readonly pieces: readonly Piece[];
  /** Whether it was read from its first message on. */
  readonly isWhole: boolean;
  /** The newest summary on the path. */
  readonly summary: Summary | null;
}

/** What an engine is shown. */
export interface ShownContext {
  readonly pieces: readonly Piece[];
  /** Of all that is shown, with the instructions and the note. */
  readonly tokens: number;
  /** How many messages of the path are not shown. */
  readonly cutMessageCount: number;
  /** What the engine is told of them; null when all are shown. */
  readonly note: string | null;
}

/**
 * What a path says to engines.
 *
 * @param self the persona that answers; null for the assistant without one
 */
export function readContext(path: readonly StoredMessage[], self: string | null = null): ReadContext {
  const last = path.findLast((message) => message.summary !== null);
  return {
    pieces: piecesOf(path, self),
    isWhole: (path[0]?.depth ?? 0) === 0,
    summary: last === undefined || last.summary === null ? null : { text: last.summary, messageCount: last.depth + 1 },
  };
}

/**
 * What of a conversation fits, with a note in place of what does not.
 *
 * @param limits.fixedTokens of what stands beside the conversation: instructions and tools
 * @param limits.inputTokens what all of it may have together
 */
export function fitContext(context: ReadContext, limits: { readonly fixedTokens: number; readonly inputTokens: number }, costOf: CostOf): ShownContext {
  const { pieces, isWhole, summary } = context;
  const { fixedTokens, inputTokens } = limits;
  const whole = fitPieces(pieces, inputTokens - fixedTokens, costOf);
  const isFromTheFirst = whole.pieces[0]?.depth === pieces.find(isQuestion)?.depth;
  if (isWhole && isFromTheFirst) return { pieces: whole.pieces, tokens: fixedTokens + whole.tokens, cutMessageCount: 0, note: null };
  const aside = noteTokens(summary);
  const fitted = fitPieces(pieces, inputTokens - fixedTokens - aside, costOf);
  const cutMessageCount = fitted.pieces[0]?.depth ?? 0;
  return { pieces: fitted.pieces, tokens: fixedTokens + aside + fitted.tokens, cutMessageCount, note: cutNote(cutMessageCount, summary) };
}
