import type { Column, Table } from '../column.ts';
import { unmetClaims } from './claims.ts';
import { equals, findNumberFilters, findTimeFilters, findValues, type Filter, type ValueMention } from './filters.ts';
import { readIntent } from './intent.ts';
import { findColumns, type ColumnMention } from './match.ts';
import type { Intent, Question } from './question.ts';
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
 * Reads a question over one table, without a wish for a picture.
 *
 * @param looked values that were found in the data for words that were not understood at first
 * @returns null when it asks nothing that is known
 */
export function parseQuestion(table: Table, text: string, looked: readonly ValueMention[] = []): Question | null {
  const reading = readWords(table, text, looked);
  const intent = readIntent(reading);
  if (intent === null) return null;
  const isShare = intent.kind === 'share';
  const leftOut = leftOutOf(reading, intent);
  const confidence = confidenceOf(reading, leftOut);
  const alternatives = [...new Set(reading.columns.filter((mention) => mention.score < 0.95).flatMap((mention) => mention.alternatives))].slice(0, 3);
  return {
    table,
    intent,
    wish: null,
    leftOut,
    filters: isShare ? reading.filters.filter((filter) => !intent.of.includes(filter)) : reading.filters,
    alternatives,
    confidence,
  };
}

/** How much of a question is in its reading. */
export function confidenceOf(reading: Reading, leftOut: readonly string[]): number {
  if (leftOut.length === 0) return 0.95;
  const meaningful = reading.tokens.filter((token) => !isFiller(token)).length;
  const understood = meaningful === 0 ? 1 : 1 - reading.unknown.length / meaningful;
  return Math.min(0.6, Math.max(0.2, Math.round(understood * 80) / 100));
}

/** The words of a question that its reading does not hold: unknown ones, columns that play no part, computations that are not made. */
export function leftOutOf(reading: Reading, intent: Intent): readonly string[] {
  const used = columnsOf(intent);
  // "How many countries per region": each row is a country, so its rows are counted.
  const isCount = 'aggregate' in intent && intent.aggregate === 'count';
  const unused = reading.columns.filter(
    ({ column }) =>
      used !== null &&
      !used.includes(column) &&
      !(isCount && isNameOfRows(column)) &&
      reading.filters.every((filter) => filter.column !== column) &&
      (column.time === null || intent.kind === 'top'),
  );
  const words = (mention: ColumnMention): string =>
    reading.tokens
      .slice(mention.start, mention.end)
      .map((token) => token.text)
      .join(' ');
  return [...new Set([...reading.unknown.map((token) => token.text), ...unused.map(words), ...unmetClaims(reading.text, intent)])];
}

function isNameOfRows(column: Column): boolean {
  return column.role === 'label' && column.filledCount > 0 && column.distinctCount >= column.filledCount * 0.99;
}

/** The columns that an answer is made of; null where it is made of all. */
function columnsOf(intent: Intent): readonly Column[] | null {
  switch (intent.kind) {
    case 'top':
      // Beside the measure, columns that name the rows are shown as it is.
      return null;
    case 'aggregate':
      return intent.measure === null ? [] : [intent.measure];
    case 'group':
      return [intent.by, ...[intent.measure, intent.second].filter((column) => column !== null)];
    case 'time':
      return [intent.time, ...[intent.measure, intent.series].filter((column) => column !== null)];
    case 'correlation':
      return [intent.left, intent.right];
    case 'spread':
      return [intent.column, intent.by];
    case 'outliers':
    case 'distribution':
    case 'distinct':
      return [intent.column];
    case 'analyse':
    case 'columns':
    case 'compare':
    case 'correlations':
    case 'duplicates':
    case 'help':
    case 'missing':
    case 'rows':
    case 'share':
      return null;
    default:
      return intent satisfies never;
  }
}

/** Finds columns, values and conditions in a question, and what is left. */
export function readWords(table: Table, text: string, looked: readonly ValueMention[]): Reading {
  const tokens = tokenize(text);
  const mentions = settled(findColumns(table, tokens)).filter((mention) => !isTableName(mention, table, tokens));
  const numberFilters = findNumberFilters(
    tokens,
    mentions,
    table.columns.some((column) => column.role === 'time'),
  );
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
      !used.has(index) &&
      (token.kind !== 'number' || isStray(tokens, index)) &&
      !isFiller(token) &&
      !names.has(token.text) &&
      !names.has(`${token.text}s`) &&
      !names.has(token.stem),
  );
  return { table, tokens, text: text.toLowerCase().replaceAll(/\s+/g, ' '), columns: mentions.filter((mention) => !serving(mention)), filters, unknown };
}

/** A number that no condition took up, and that does not say how many are to be shown. */
function isStray(tokens: readonly Token[], index: number): boolean {
  const neighbours = [-2, -1, 1, 2].map((step) => tokens[index + step]?.text ?? '');
  return !neighbours.some((word) =>
    /^(top|bottom|first|last|best|worst|highest|lowest|largest|smallest|biggest|the|show|list|which|me|rows|row|records|examples?|day|days|week|weeks|month|months|year|years|quarters?|only|just|period|periods|point)$/.test(
      word,
    ),
  );
}

/** "Average price of products", said of the table "products", which has a column "product". */
function isTableName(mention: ColumnMention, table: Table, tokens: readonly Token[]): boolean {
  const said = tokens[mention.start]?.text ?? '';
  const isOne = mention.end === mention.start + 1 && said === table.name.toLowerCase() && said !== mention.column.name.toLowerCase();
  return (
    isOne &&
    !tokens.slice(Math.max(0, mention.start - 2), mention.start).some((token) => /^(by|per|each|every|which|what|many|different|distinct)$/.test(token.text))
  );
}

/** "Highest grossing movies worldwide": a word of its own says which of two columns the other word meant. */
function settled(mentions: readonly ColumnMention[]): readonly ColumnMention[] {
  return mentions.flatMap((mention) => {
    const chosen = mentions.find((other) => other !== mention && mention.score < 0.95 && mention.alternatives.includes(other.column));
    return [chosen === undefined ? mention : { ...mention, column: chosen.column, alternatives: [] }];
  });
}

/** Values of the same column are a choice; "not" or "except" before them turns it round. */
function joinValues(values: readonly ValueMention[], tokens: readonly Token[]): readonly Filter[] {
  const columns = [...new Set(values.map((value) => value.column))];
  return columns.map((column) => {
    const own = values.filter((value) => value.column === column);
    const [start, end] = [Math.min(...own.map((value) => value.start)), Math.max(...own.map((value) => value.end))];
    const isNot = [start - 1, start - 2].some((index) =>
      /^(not|except|excluding|exclude|excluded|without|no|drop|remove|minus|ignoring|ignore|counting|isn't|!=|<>)$/.test(tokens[index]?.text ?? ''),
    );
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
