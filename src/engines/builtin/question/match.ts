import { spacedName, type Column, type Table } from '../column.ts';
import { singular } from '../words.ts';
import { isFiller, type Token } from './tokens.ts';
import { editDistance } from '../../../base/edit-distance.ts';

/** A column that a question names. */
export interface ColumnMention {
  readonly column: Column;
  /** The first token, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** How well the words fit, 0 to 1. */
  readonly score: number;
  /** Other columns that fit as well. */
  readonly alternatives: readonly Column[];
}

const longestName = 6;

/** Finds the columns that a question names, forgiving case, spaces, underscores, plurals, abbreviations and small typing errors. */
export function findColumns(table: Table, tokens: readonly Token[]): readonly ColumnMention[] {
  const candidates: ColumnMention[] = [];
  for (let length = Math.min(longestName, tokens.length); length >= 1; length -= 1) {
    for (let start = 0; start + length <= tokens.length; start += 1) {
      const best = bestColumn(table, tokens.slice(start, start + length), wantsNumber(tokens, start));
      if (best !== null) candidates.push({ ...best, start, end: start + length });
    }
  }
  const chosen: ColumnMention[] = [];
  const strength = (mention: ColumnMention): number => mention.score + 0.2 * (mention.end - mention.start);
  for (const candidate of candidates.toSorted((left, right) => strength(right) - strength(left))) {
    if (chosen.every((other) => candidate.end <= other.start || candidate.start >= other.end)) chosen.push(candidate);
  }
  return chosen.toSorted((left, right) => left.start - right.start);
}

/** Whether a number is more likely meant than a category, where both fit: "average rating", but "by rating". */
function wantsNumber(tokens: readonly Token[], start: number): boolean {
  const before = tokens.slice(Math.max(0, start - 2), start).map((token) => token.text);
  if (before.some((word) => /^(by|per|each|every|which|share|percentage)$/.test(word))) return false;
  return tokens.some((token) =>
    /^(average|avg|mean|total|sum|median|highest|lowest|max|min|top|bottom|over|under|above|below|correlated|correlation)$/.test(token.text),
  );
}

function bestColumn(table: Table, words: readonly Token[], isNumberWanted: boolean): Pick<ColumnMention, 'column' | 'score' | 'alternatives'> | null {
  const scored = table.columns
    .filter((column) => column.role !== 'empty')
    .map((column) => ({ column, score: Math.max(fit(column.name, words), column.otherName === null ? 0 : fit(column.otherName, words)) }))
    .filter((entry) => entry.score > 0)
    .toSorted((left, right) => right.score - left.score || (isNumberWanted ? Number(right.column.isNumber) - Number(left.column.isNumber) : 0));
  const [best, ...others] = scored;
  if (best === undefined) return null;
  return { ...best, alternatives: others.filter((other) => other.score === best.score).map((other) => other.column) };
}

/** How well some words name a column: 1 for its name, less for parts of it, 0 for something else. */
function fit(name: string, words: readonly Token[]): number {
  const [first] = words;
  if (words.length === 1 && first?.kind === 'quote') return first.stem === name.replaceAll('"', '').trim().toLowerCase() ? 1 : 0;
  if (words.some((word) => word.kind === 'sign' || word.kind === 'quote')) return 0;
  if (words.some((word) => word.kind === 'number') && !/\d/.test(name)) return 0;
  const said = words.map((word) => word.stem);
  const whole = nameWords(name);
  const short = nameWords(name.replaceAll(/\(.*?\)|\[.*?\]/g, ' '));
  if (isEqual(said, whole) || isEqual(said, short)) return 1;
  const joined = said.join('');
  if (joined === short.join('') || joined === whole.join('')) return 0.98;
  if (words.length === 1 && first?.kind !== 'word') return 0;
  if (isEqual(said.toSorted(), short.toSorted())) return 0.95;
  // Words that build questions, such as "rows" or "time", name a column only as they stand in its name.
  if (words.some(isFiller)) return 0;
  if (words.length === 1 && short.length >= 3 && joined === short.map((word) => word.charAt(0)).join('')) return 0.9;
  if (said.length === short.length && said.every((word, index) => isLike(word, short[index] ?? ''))) return 0.85;
  if (isTypo(joined, short.join(''))) return 0.85;
  const isPart = said.length < short.length && said.every((word) => word.length >= 3 && short.some((other) => other === word || isLike(word, other)));
  return isPart ? 0.5 + 0.3 * (said.length / short.length) : 0;
}

function nameWords(name: string): readonly string[] {
  return (
    spacedName(name)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map((word) => singular(word));
}

function isEqual(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index]);
}

/** Whether one word abbreviates the other, or is it with a typing error. */
function isLike(left: string, right: string): boolean {
  if (left === right) return true;
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  if (short.length >= 3 && long.startsWith(short) && (short.length >= 5 || short.length * 4 >= long.length))
    return short.length >= 4 || long.length - short.length >= 4;
  return isTypo(left, right);
}

function isTypo(left: string, right: string): boolean {
  const length = Math.min(left.length, right.length);
  if (length < 5 || Math.abs(left.length - right.length) > 2) return false;
  return editDistance(left, right) <= (length >= 8 ? 2 : 1);
}
