import { excerptOf, type MarkedText } from '../../search/highlight.ts';
import { fold, wordsOf } from '../../search/words.ts';

/** A piece of a passage with the words of a query marked. */
export type KnowledgeExcerpt = MarkedText;

/** Shorter words are in every text. */
const shortest = 3;

/** Two words with the same stem, nearly always: forms differ in their last letters. */
function isAlike(word: string, wanted: string): boolean {
  const length = Math.max(shortest, Math.min(word.length, wanted.length) - 3);
  return Math.abs(word.length - wanted.length) <= 4 && word.slice(0, length) === wanted.slice(0, length);
}

/** The piece of a passage that shows best why it was found. */
export function excerptFor(text: string, query: string): KnowledgeExcerpt {
  const wanted = wordsOf(query)
    .map((word) => fold(word.text))
    .filter((word) => word.length >= shortest);
  return excerptOf(text, (folded) => folded.length >= shortest && wanted.some((word) => isAlike(folded, word)));
}
