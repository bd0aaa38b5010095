/** Which forms of a word are made by rule. */
export type WordKind = 'verb' | 'noun' | 'adjective' | 'form';

const isVowel = (letter: string | undefined): boolean => letter !== undefined && 'aeiou'.includes(letter);

/** Whether the last letter is doubled before -ed and -ing: one syllable that ends in consonant, vowel, consonant. */
function doublesLast(word: string): boolean {
  const [third, second, last] = word.slice(-3);
  const vowels = word.match(/[aeiouy]+/g)?.length ?? 0;
  return vowels === 1 && !isVowel(third) && isVowel(second) && !isVowel(last) && !'wxy'.includes(last ?? '');
}

function withS(word: string): string {
  if (/(s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}

/** The word as it stands before -ed, -er and -est. */
function beforeE(word: string): string {
  if (word.endsWith('e')) return word.slice(0, -1);
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}i`;
  return doublesLast(word) ? `${word}${word.slice(-1)}` : word;
}

function withIng(word: string): string {
  if (/[^eoy]e$/.test(word)) return `${word.slice(0, -1)}ing`;
  return doublesLast(word) ? `${word}${word.slice(-1)}ing` : `${word}ing`;
}

function withLy(word: string): string {
  if (/[^aeiou]le$/.test(word)) return `${word.slice(0, -1)}y`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ily`;
  return word.endsWith('ic') ? `${word}ally` : `${word}ly`;
}

/**
 * The regular English forms of a word; irregular ones are listed as words of their own.
 *
 * @param word lower-cased, its plain form
 * @param kind `form` stays as it is
 */
export function formsOf(word: string, kind: WordKind): readonly string[] {
  switch (kind) {
    case 'verb':
      return [word, withS(word), `${beforeE(word)}ed`, withIng(word)];
    case 'noun':
      return [word, withS(word)];
    case 'adjective': {
      const compared = word.length <= 6 ? [`${beforeE(word)}er`, `${beforeE(word)}est`] : [];
      const quality = /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}iness` : `${word}ness`;
      return [word, withLy(word), quality, ...compared];
    }
    case 'form':
      return [word];
    default:
      return kind satisfies never;
  }
}
