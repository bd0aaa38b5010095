/** Characters of scripts that are written without spaces; each is a word. The same as in `search_words` of the database. */
const lone = '\\u3041-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff';
const wordPattern = new RegExp(`[${lone}]|[[\\p{L}\\p{N}\\p{M}]--[${lone}]]+`, 'gv');

/** A word of a text, and where it stands, in UTF-16 units. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The words of a text, as the search sees them. */
export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(wordPattern)].map(({ 0: word, index }) => ({ text: word, start: index, end: index + word.length }));
}

const replacements: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ı: 'i', ŧ: 't', ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th' };

/** A word in lower case and without accents: what `search_fold` of the database makes of it. */
export function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[øłđðħıŧßæœþ]/g, (letter) => replacements[letter] ?? letter);
}
