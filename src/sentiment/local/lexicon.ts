import type { Emotion } from '../../base/sentiment.ts';
import { formsOf, type WordKind } from './inflect.ts';
import { negativeWords } from './words/negative.ts';
import { positiveWords } from './words/positive.ts';

/** Words of one strength that are inflected alike. */
export interface WordGroup {
  /** About -4 to 4. */
  readonly value: number;
  readonly emotion: Emotion | null;
  readonly kind: WordKind;
  /** Separated by white space, lower-cased. */
  readonly words: string;
}

/** What a word says by itself. */
export interface Entry {
  readonly value: number;
  readonly emotion: Emotion | null;
  /** Whether it says how something is, and not which thing or deed it is. */
  readonly isQuality: boolean;
}

/** Looks a lower-cased word up; null for one that says nothing. */
export type Lexicon = ReadonlyMap<string, Entry>;

/** Forms that the rules make and that mean something else, or that are too common to mean anything. */
const meaningless =
  `honestly sincerely clearly surely properly battles block blocked blocking blocks bores cancel cancelled cancelling cancels carefully cares cases clears cold crops dearly drop dropped
  dropping drops easel fairer fairest fairly fairs fined fineness finer fining fires gooder goods grossed grosses hardness hoped hoping
  interests jails jam jams kindly lags liker likings limit limited limiting limits lowly matches meaner meanest meaning meanly meanness
  niceness object objected objecting objects presents readying savers sorely steals strain strains stresses suits tires treats warns`
    .split(/\s+/)
    .filter((word) => word !== '');

/** Builds the lexicon: every listed word with its forms. A word listed twice keeps its plain listing, then the first. */
export function createLexicon(): Lexicon {
  const lexicon = new Map<string, Entry>();
  const groups = [...positiveWords, ...negativeWords].map(({ value, emotion, kind, words }) => ({
    entry: { value, emotion, isQuality: kind === 'adjective' },
    kind,
    words: words.trim().split(/\s+/),
  }));
  const isPlain = new Set<string>();
  for (const { entry, words } of groups) {
    for (const word of words) {
      if (!isPlain.has(word)) lexicon.set(word, entry);
      isPlain.add(word);
    }
  }
  for (const { entry, kind, words } of groups) {
    for (const form of words.flatMap((word) => formsOf(word, kind))) if (!lexicon.has(form)) lexicon.set(form, entry);
  }
  for (const word of meaningless) if (!isPlain.has(word)) lexicon.delete(word);
  return lexicon;
}
