import type { Table } from '../column.ts';
import { equals, findNumberFilters, findTimeFilters, findValues, type Filter, type ValueMention } from './filters.ts';
import { readIntent } from './intent.ts';
import { findColumns, type ColumnMention } from './match.ts';
import type { Question } from './question.ts';
import { isFiller, tokenize, type Token } from './tokens.ts';

/** What is found in a question before it is known what it asks. */
export interface Reading {
  readonly table: Table;
  readonly tokens: readonly Token[];
  /** The question in lower case, single spaces. */
  readonly text: string;
  /** Columns named, without those that only serve a condition. */
  readonly columns: readonly ColumnMention[];
  readonly filters: readonly Filter[];
  /** Words that say something, and were not understood. */
  readonly unknown: readonly Token[];
}

/**
 * Reads a question over one table.
 *
 * @param looked values that were found in the data for words that were not understood at first
 * @returns null when it asks nothing that is known
 */
export function parseQuestion(table: Table, text: string, looked: readonly ValueMention[] = []): Question | null {
  const reading = readWords(table, text, looked);
  const intent = readIntent(reading);
  if (intent === null) return null;
  const isShare = intent.kind === 'share';
  const meaningful = reading.tokens.filter((token) => !isFiller(token)).length;
  const understood = meaningful === 0 ? 1 : 1 - reading.unknown.length / meaningful;
  const confidence = reading.unknown.length === 0 ? 0.95 : Math.max(0.2, Math.round(understood * 80) / 100);
  const alternatives = [...new Set(reading.columns.filter((mention) => mention.score < 0.95).flatMap((mention) => mention.alternatives))].slice(0, 3);
  return { table, intent, filters: isShare ? reading.filters.filter((filter) => !intent.of.includes(filter)) : reading.filters, alternatives, confidence };
}

/** Finds columns, values and conditions in a question, and what is left. */
export function readWords(table: Table, text: string, looked: readonly ValueMention[]): Reading {
  const tokens = tokenize(text);
  const mentions = findColumns(table, tokens);
  const numberFilters = findNumberFilters(tokens, mentions);
  const used = new Set<number>();
  const use = (span: { readonly start: number; readonly end: number }): void => {
    for (let index = span.start; index < span.end; index += 1) used.add(index);
  };
  mentions.forEach(use);
  numberFilters.forEach(use);
  const time = mentions.find((mention) => mention.column.time !== null)?.column ?? table.columns.find((column) => column.role === 'time') ?? null;
  const timeFilters = findTimeFilters(tokens, time, (index) => used.has(index) && tokens[index]?.kind !== 'word');
  timeFilters.forEach(use);
  const values = [...findValues(table, tokens, (index) => used.has(index)), ...looked];
  values.forEach(use);

  const valueFilters = joinValues(values, tokens);
  const booleans = mentions.filter((mention) => mention.column.isBoolean && isCondition(mention, tokens)).map((mention) => booleanFilter(mention, tokens));
  const filters = [...numberFilters, ...timeFilters, ...valueFilters, ...booleans];
  const serving = (mention: ColumnMention): boolean =>
    [...numberFilters, ...booleans, ...timeFilters].some((filter) => mention.start >= filter.start && mention.end <= filter.end) ||
    valueFilters.some((filter) => filter.column === mention.column && isBeside(mention, filter, tokens));
  const names = new Set(table.name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  const unknown = tokens.filter(
    (token, index) =>
      !used.has(index) && token.kind !== 'number' && !isFiller(token) && !names.has(token.text) && !names.has(`${token.text}s`) && !names.has(token.stem),
  );
  return { table, tokens, text: text.toLowerCase().replaceAll(/\s+/g, ' '), columns: mentions.filter((mention) => !serving(mention)), filters, unknown };
}

/** Values of the same column are a choice; "not" or "except" before them turns it round. */
function joinValues(values: readonly ValueMention[], tokens: readonly Token[]): readonly Filter[] {
  const columns = [...new Set(values.map((value) => value.column))];
  return columns.map((column) => {
    const own = values.filter((value) => value.column === column);
    const [start, end] = [Math.min(...own.map((value) => value.start)), Math.max(...own.map((value) => value.end))];
    const isNot = [start - 1, start - 2].some((index) => /^(not|except|excluding|exclude|without|isn't|!=|<>)$/.test(tokens[index]?.text ?? ''));
    return { ...equals(column, [...new Set(own.map((value) => value.value))], isNot), start, end };
  });
}

/** "Origin USA", "Origin is USA", "USA origin": the column is only said to make the value clear. */
function isBeside(mention: ColumnMention, filter: Filter, tokens: readonly Token[]): boolean {
  const [from, to] = mention.end <= filter.start ? [mention.end, filter.start] : [filter.end, mention.start];
  const between = tokens.slice(from, to);
  return (
    between.length <= 2 && between.every((token) => token.kind === 'sign' || /^(is|are|was|were|not|equals|equal|to|of|the|in|with|except)$/.test(token.text))
  );
}

function isCondition(mention: ColumnMention, tokens: readonly Token[]): boolean {
  const [before, after] = [
    tokens[mention.start - 1]?.text ?? '',
    tokens[mention.end + (/^(is|are|=)$/.test(tokens[mention.end]?.text ?? '') ? 1 : 0)]?.text ?? '',
  ];
  return /^(where|with|not|are|is|and|were|was)$/.test(before) || /^(true|false|yes|no)$/.test(after);
}

function booleanFilter(mention: ColumnMention, tokens: readonly Token[]): Filter {
  const after = tokens.slice(mention.end, mention.end + 2).map((token) => token.text);
  const isFalse = tokens[mention.start - 1]?.text === 'not' || after.includes('false') || after.includes('no');
  const skipped = after.findIndex((word) => /^(true|false|yes|no)$/.test(word));
  return { ...equals(mention.column, [isFalse ? 'false' : 'true']), start: mention.start, end: mention.end + skipped + 1 };
}
