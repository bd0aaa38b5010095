import type { ColumnType } from './column-types.ts';

/** Pairs of words that mean yes and no, for certain where both stand in a column. */
const pairs: readonly (readonly [yes: string, no: string])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['y', 'n'],
  ['t', 'f'],
  ['ja', 'nein'],
  ['j', 'n'],
  ['ja', 'nee'],
  ['ja', 'nej'],
  ['ja', 'nei'],
  ['oui', 'non'],
  ['si', 'no'],
  ['sí', 'no'],
  ['sì', 'no'],
  ['sim', 'não'],
  ['tak', 'nie'],
  ['да', 'нет'],
  ['はい', 'いいえ'],
  ['是', '否'],
  ['wahr', 'falsch'],
  ['vrai', 'faux'],
  ['verdadero', 'falso'],
];

/**
 * The type of a column of two words that mean yes and no, as a list of one; empty for other columns. Both words must occur, but for `true` and `false`,
 * which mean nothing else: a column of nothing but `no` may be of Norway.
 *
 * @param present what the column holds, without missing values
 */
export function yesNoOf(present: readonly string[]): readonly ColumnType[] {
  const words = new Set<string>();
  for (const value of present) {
    words.add(value.trim().toLowerCase());
    if (words.size > 2) return [];
  }
  const found = pairs.find(([yes, no]) => (words.has(yes) && words.has(no)) || (yes === 'true' && words.size === 1 && (words.has(yes) || words.has(no))));
  if (found === undefined) return [];
  const [yes, no] = found;
  const spelled = (word: string): string => present.find((value) => value.toLowerCase() === word) ?? word;
  return [{ kind: 'BOOLEAN', yes, no, spellings: [spelled(yes), spelled(no)] }];
}

/** Whether two values are a pair of words that mean yes and no. */
export function isYesNoPair(values: readonly string[]): boolean {
  const words = values.map((value) => value.toLowerCase());
  return words.length === 2 && pairs.some(([yes, no]) => words.includes(yes) && words.includes(no));
}
