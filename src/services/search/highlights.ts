import type { Statements } from '../../stores/statements.ts';
import { excerptOf, mayMatch, nearestOf, type MarkedText } from './highlight.ts';
import { searchKinds, type SearchType } from './kinds/kinds.ts';
import type { SearchField, SearchText } from './kinds/search-kind.ts';
import { fold, wordsOf } from './words.ts';

/** A piece of a found text. */
export interface SearchHighlight extends MarkedText {
  readonly field: SearchField;
}

/** Of columns and tags, how many are shown. */
const mostHighlights = 5;

const lexemes = (parameter: string): string =>
  `tsvector_to_array(to_tsvector('simple', search_words(${parameter})) || to_tsvector('english', search_words(${parameter})))`;
const sameStem = `SELECT word FROM unnest($1::text[]) AS word WHERE ${lexemes('word')} && ${lexemes('$2::text')}`;

/**
 * What the texts of hits show of a query.
 *
 * The words are marked here and not by `ts_headline`, which looks for what the text says and not for what the index has of it: it misses
 * words with accents, and takes its time over long texts. Which words have the stem of another, the database knows.
 *
 * @param words those of the query
 */
export async function highlightsOf(
  statements: Statements,
  asked: { readonly userId: string; readonly words: readonly string[]; readonly hits: readonly { readonly kind: SearchType; readonly subjectId: string }[] },
): Promise<ReadonlyMap<string, readonly SearchHighlight[]>> {
  const { userId, words, hits } = asked;
  const groups = [...Map.groupBy(hits, (hit) => hit.kind)];
  const texts = await Promise.all(
    groups.map(([kind, group]) =>
      searchKinds[kind].textsOf(
        statements,
        userId,
        group.map((hit) => hit.subjectId),
      ),
    ),
  );
  const textsOf = new Map<string, readonly SearchText[]>(texts.flatMap((found) => [...found]));
  const wanted = words.map(fold);
  const said = new Set([...textsOf.values()].flat().flatMap(({ text }) => wordsOf(text).map((word) => fold(word.text))));
  const possible = [...said].filter((word) => mayMatch(word, wanted));
  const { rows } = possible.length === 0 ? { rows: [] } : await statements.query<{ word: string }>(sameStem, [possible, words.join(' ')]);
  const matching = new Set(rows.map((row) => row.word));
  const isNear = nearestOf(wanted);

  const shown = (of: readonly SearchText[]): readonly SearchHighlight[] => {
    const marked = of.map(({ field, text }) => ({ field, ...excerptOf(text, (word) => matching.has(word)) }));
    const exact = marked.filter(({ marks }) => marks.length > 0);
    if (exact.length > 0) return exact.slice(0, mostHighlights);
    const near = of.map(({ field, text }) => ({ field, ...excerptOf(text, isNear) })).filter(({ marks }) => marks.length > 0);
    return (near.length > 0 ? near : marked.slice(0, 1)).slice(0, mostHighlights);
  };
  return new Map([...textsOf].map(([id, of]) => [id, shown(of)]));
}
