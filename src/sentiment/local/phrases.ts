import type { Emotion } from '../../base/sentiment.ts';
import type { Token } from './tokens.ts';

/** What several words together say, in place of what each of them does. */
export interface Phrase {
  readonly value: number;
  readonly emotion: Emotion | null;
  /** One element a word: its alternatives. `*` stands for up to three words of any kind. */
  readonly elements: readonly (ReadonlySet<string> | '*')[];
  /** Whether the words around it are left to themselves: it says nothing, and is not turned by a negation. */
  readonly isOpaque: boolean;
}

/** Phrases of one strength, as they are listed. */
export interface PhraseGroup {
  readonly value: number;
  readonly emotion: Emotion | null;
  /** One phrase a line: words, `a|b` for alternatives, `*` for up to three words, `{not}` and `{be}` for their forms. */
  readonly phrases: string;
}

const macros: Readonly<Record<string, string>> = {
  '{not}': `not never no don't doesn't didn't isn't wasn't aren't won't wouldn't can't couldn't cannot hasn't haven't hadn't dont doesnt didnt wont cant`,
  '{be}': `is was are were be been being am it's that's i'm you're they're`,
  '{dont}': `don't dont`,
  '{wont}': `won't wont wouldn't wouldnt`,
  '{will}': 'will would shall',
  '{never}': 'never',
  '{cant}': `can't cannot cant couldn't couldnt`,
  '{have}': 'have has had having get gets got',
  '{i}': 'i we you they he she it',
};

function elementOf(written: string): ReadonlySet<string> | '*' {
  if (written === '*') return '*';
  return new Set(written.split('|').flatMap((word) => macros[word]?.split(' ') ?? [word]));
}

/** Phrases by the words that they can begin with. */
export type PhraseBook = ReadonlyMap<string, readonly Phrase[]>;

/** Reads the listed phrases; of those that begin alike the longest comes first. */
export function createPhraseBook(groups: readonly PhraseGroup[]): PhraseBook {
  const book = new Map<string, Phrase[]>();
  for (const { value, emotion, phrases } of groups) {
    for (const line of phrases.split('\n')) {
      const written = line.trim();
      if (written === '') continue;
      const elements = written.split(/\s+/).map(elementOf);
      const first = elements[0];
      if (first === undefined || first === '*') continue;
      for (const word of first) book.set(word, [...(book.get(word) ?? []), { value, emotion, elements, isOpaque: value === 0 }]);
    }
  }
  for (const [word, phrases] of book)
    book.set(
      word,
      phrases.toSorted((left, right) => right.elements.length - left.elements.length),
    );
  return book;
}

/** How many words `*` may stand for. */
const widestGap = 3;

function wordAt(tokens: readonly Token[], index: number): string | null {
  const token = tokens[index];
  return token?.kind === 'word' || token?.kind === 'number' ? token.text : null;
}

/** Where the elements from `element` on end when they begin at a token; null when they do not stand there. At most one gap is open at a time. */
function matchFrom(phrase: Phrase, element: number, tokens: readonly Token[], index: number): number | null {
  const wanted = phrase.elements[element];
  if (wanted === undefined) return index;
  if (wanted === '*') {
    for (let skipped = 0; skipped <= widestGap; skipped += 1) {
      const end = matchFrom(phrase, element + 1, tokens, index + skipped);
      if (end !== null) return end;
      if (wordAt(tokens, index + skipped) === null) return null;
    }
    return null;
  }
  const word = wordAt(tokens, index);
  return word !== null && wanted.has(word) ? matchFrom(phrase, element + 1, tokens, index + 1) : null;
}

/** The phrase that begins at a token, and behind which token it ends; null for none. */
export function phraseAt(book: PhraseBook, tokens: readonly Token[], index: number): { readonly phrase: Phrase; readonly end: number } | null {
  const word = wordAt(tokens, index);
  for (const phrase of word === null ? [] : (book.get(word) ?? [])) {
    const end = matchFrom(phrase, 0, tokens, index);
    if (end !== null) return { phrase, end };
  }
  return null;
}
