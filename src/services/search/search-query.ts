import { z } from 'zod';
import { wordsOf } from './words.ts';

/** A query in the forms in which the database wants it. */
export interface SearchQuery {
  /** For `websearch_to_tsquery`. */
  readonly websearch: string;
  /** The words that are looked for, not those that must be absent. */
  readonly words: readonly string[];
  /** Whether it is nothing but words, so that names that look like them may be found too. */
  readonly isPlain: boolean;
}

const longest = 200;
const tokenPattern = /(-?)(?:"([^"]*)"?|([^\s"]+))/gu;

/**
 * Reads a query: words that must all be there, `"quoted phrases"`, `-without` and `or`, as search engines of the web have it. Whatever is
 * written, it means something: what holds no word is left out. A word with signs inside, such as `sales_2024.csv`, is a phrase.
 */
function readQuery(text: string): SearchQuery {
  const words: string[] = [];
  const written: string[] = [];
  let isPlain = true;
  for (const [, minus = '', phrase, bare = ''] of text.matchAll(tokenPattern)) {
    if (phrase === undefined && bare.toLowerCase() === 'or') {
      isPlain = false;
      written.push('or');
      continue;
    }
    const found = wordsOf(phrase ?? bare).map((word) => word.text);
    if (found.length === 0) continue;
    if (minus !== '' || phrase !== undefined) isPlain = false;
    if (minus === '') words.push(...found);
    written.push(`${minus}${phrase !== undefined || found.length > 1 ? `"${found.join(' ')}"` : found.join('')}`);
  }
  return { websearch: written.join(' '), words, isPlain };
}

/** What somebody looks for. */
export const searchQuery = z
  .string()
  .max(longest, `has at most ${longest} characters`)
  .transform(readQuery)
  .refine(({ words }) => words.length > 0, 'names no word to look for; write at least one, for example: budget "next year" -draft');
