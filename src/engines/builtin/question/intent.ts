import type { Aggregate } from '../analysis/aggregate.ts';
import type { Column } from '../column.ts';
import type { Grain } from '../dates.ts';
import type { Filter } from './filters.ts';
import type { Reading } from './parse.ts';
import { adjectiveWords, downwardAdjectives, impliedMeasure } from './adjectives.ts';
import type { Change, Intent } from './question.ts';
import { isFiller } from './tokens.ts';

const superlative = new RegExp(
  String.raw`\b(highest|largest|biggest|greatest|most|maximum|max|best|top|lowest|smallest|least|fewest|minimum|min|worst|bottom|${adjectiveWords})\b`,
);
const downward = new RegExp(String.raw`\b(lowest|smallest|least(?! expensive)|fewest|minimum|min|worst|bottom|${downwardAdjectives})\b`);

/** Finds out what a question asks for; null when it is nothing known. The order matters: special words come before general ones. */
export function readIntent(reading: Reading): Intent | null {
  const { text, table } = reading;
  const has = (pattern: RegExp): boolean => pattern.test(text);
  const columns = reading.columns.map((mention) => mention.column);
  const [first] = columns;
  const named = columns.filter((column) => column.isNumber && column.time === null);
  const implied = named.some((column) => column.role === 'measure') ? null : impliedMeasure(table, text);
  const numbers = implied === null ? named : [implied, ...named];
  const time = columns.find((column) => column.time !== null) ?? table.columns.find((column) => column.role === 'time') ?? null;

  if (has(/^(help|hi|hello|hey)\b|what can (you|i) (do|ask|answer)|how do i use/)) return { kind: 'help' };
  if (first === undefined && has(/\b(analy[sz]e|analysis|insights?|explore|overview|interesting|findings?|tell me about)\b/) && reading.filters.length === 0)
    return { kind: 'analyse' };
  if (has(/\b(missing|nulls?|empty|blanks?|incomplete|gaps)\b/)) return { kind: 'missing' };
  if (has(/\b(duplicates?|duplicated|repeated rows|occur more than once)\b/)) return { kind: 'duplicates' };
  if (has(/\b(outliers?|anomal\w+|unusual|extremes?|extreme values)\b/)) {
    const measure = numbers[0] ?? table.columns.find((column) => column.role === 'measure');
    return measure === undefined ? null : { kind: 'outliers', column: measure };
  }
  if (
    has(/\b(correlat\w*|relationship|relation|related|connection|depends?|association|influence)\b/) ||
    (numbers.length === 2 && has(/\b(vs|versus|against)\b/))
  ) {
    const [left, right] = numbers;
    return left === undefined || right === undefined
      ? table.columns.filter((column) => column.role === 'measure').length > 1
        ? { kind: 'correlations' }
        : null
      : { kind: 'correlation', left, right };
  }
  if (has(/\b(distribution|histogram|distributed|spread|range)\b/) && first !== undefined) {
    const by = columns.find((column) => column !== numbers[0] && column.role === 'category' && isBy(reading, column));
    if (by !== undefined && numbers[0] !== undefined) return { kind: 'spread', column: numbers[0], by };
    return { kind: 'distribution', column: numbers[0] ?? first };
  }
  const [number] = numbers;
  if (number !== undefined && numbers.length === 1 && has(/\b(min|minimum|lowest|smallest)\b.*\b(and|to)\b.*\b(max|maximum|highest|largest)\b/))
    return { kind: 'distribution', column: number };
  if (first === undefined && has(/\b(columns?|fields?|schema|variables?|describe|structure|summar\w+)\b/)) return { kind: 'columns' };
  return readShare(reading) ?? readRows(reading, columns) ?? readValues(reading, columns, numbers, time);
}

function readShare(reading: Reading): Intent | null {
  if (!/\b(share|percent|percentage|proportion|fraction|%)/.test(reading.text)) return null;
  if (changeOf(reading.text) === 'percent') return null;
  const columns = reading.columns.map((mention) => mention.column);
  const [column] = columns.filter((one) => one.role === 'category');
  const measure = columns.find((one) => one.role === 'measure' && one.isAdditive) ?? null;
  if (column !== undefined)
    return { kind: 'group', aggregate: measure === null ? 'count' : 'sum', measure, by: column, second: null, limit: null, isAscending: false, order: 'value' };
  if (reading.filters.length === 0) return null;
  // "share of Japan among four-cylinder cars": what comes after "among" is the whole.
  const whole = reading.tokens.findIndex((token) => /^(among|within|amongst)$/.test(token.text));
  const of = whole === -1 ? reading.filters : reading.filters.filter((filter) => filter.start < whole);
  return { kind: 'share', of: of.length === 0 ? reading.filters : of };
}

function readRows(reading: Reading, columns: readonly Column[]): Intent | null {
  const { text, unknown, filters } = reading;
  // "Countries with a population over 100 million" asks for the rows, where the column names each.
  const named = columns.filter((column) => column.time === null);
  const isNaming = (column: Column | undefined): boolean => column?.role === 'label' && column.distinctCount >= column.filledCount * 0.95;
  const first = reading.tokens.find((token) => !isFiller(token))?.text;
  const isOfThings =
    named.length === 1 ? isNaming(named[0]) : named.length === 0 && first === reading.table.name.toLowerCase() && reading.table.columns.some(isNaming);
  if (
    isOfThings &&
    filters.length > 0 &&
    !superlative.test(text) &&
    !aggregateOf(text) &&
    !/\b(how many|number of|by|per|trend|over time|different|distinct|unique|how often)\b/.test(text)
  )
    return { kind: 'rows', limit: Math.min(200, limitOf(reading) ?? 50) };
  const isAsked =
    /\b(first|show|display|list|preview|sample|see|give|head|rows?|data|records?)\b/.test(text) &&
    !superlative.test(text) &&
    !aggregateOf(text) &&
    !/\b(how many|number of|by|per|trend|over time|different|distinct|unique)\b/.test(text);
  if (!isAsked || columns.some((column) => column.role !== 'label') || unknown.length > 0) return null;
  return { kind: 'rows', limit: Math.min(200, limitOf(reading) ?? 10) };
}

function readValues(reading: Reading, columns: readonly Column[], numbers: readonly Column[], time: Column | null): Intent | null {
  const { text, filters, table } = reading;
  const isCount = /\b(how many|number of|count|counts|how often|most common|most frequent|frequen\w+|occurrences)\b/.test(text);
  // "Items per status" has an answer while all of them are of one status as well.
  const isGroup = (column: Column): boolean =>
    column.role === 'category' || (column.role === 'label' && !column.isNumber) || (column.role === 'constant' && !column.isNumber && isBy(reading, column));
  const groups = columns.filter((column) => column.time === null && isGroup(column));
  const measure =
    numbers.find((column) => column.role !== 'category' || (groups.length === 1 && groups[0] !== column && !isCount)) ??
    numbers.find((column) => !groups.includes(column)) ??
    // Of "total quantity by product" the quantity is added up, even if it has few values.
    (explicitOther(text) !== null
      ? numbers.find((column) => !isBy(reading, column) && groups.some((group) => group !== column && isBy(reading, group)))
      : undefined) ??
    (aggregateOf(text) !== null && groups.length === 1 && numbers[0] === groups[0] ? (numbers[0] ?? null) : null);
  const others = groups.filter((column) => column !== measure);
  const by = others.find((column) => isBy(reading, column)) ?? others[0] ?? compared(reading);
  const second =
    others.find((column) => column !== by && by !== null && (isBy(reading, column) || (measure === null && isPaired(reading, by, column)))) ?? null;
  const change = changeOf(text);
  const explicit = aggregateOf(text);
  const asked = explicit ?? (measure === null ? 'count' : typicalAggregate(measure, by, table.rowCount, table.columns));
  const isAscending = downward.test(text);
  const limit = limitOf(reading);

  const grain = grainOf(text);
  const isWhich = /\bwhich (year|month|quarter|week)s?\b/.test(text);
  const isOverTime =
    /\b(over time|trends?|over the years|timeline|develop\w*|evol\w+|chang\w+|grow\w*|time series)\b/.test(text) ||
    grain !== null ||
    change !== 'none' ||
    isWhich ||
    /\b(month of the year|calendar month|season\w*)\b/.test(text);
  if (time?.time != null && (isOverTime || isBy(reading, time)) && !(superlative.test(text) && by !== null)) {
    const isCalendarMonth = /\bwhich months?\b|month of the year|calendar month|season\w*/.test(text) && !/\bwhich month and year\b/.test(text);
    const chosen: Grain | null = isCalendarMonth
      ? 'month'
      : (grain ?? whichGrain(text) ?? (time.time.kind === 'year' ? 'year' : isBy(reading, time) && /year/i.test(time.name) ? 'year' : null));
    return {
      kind: 'time',
      aggregate:
        isCount || measure === null
          ? 'count'
          : isWhich || explicit === null
            ? (explicitOther(text) ?? (measure.isAdditive && !isCalendarMonth ? 'sum' : 'avg'))
            : asked,
      measure: isCount ? null : measure,
      time,
      grain: chosen,
      isCalendarMonth,
      series: isCalendarMonth || change !== 'none' ? null : (others.find((column) => isBy(reading, column) && column.role === 'category') ?? compared(reading)),
      change,
    };
  }
  const choice = compared(reading);
  if (measure === null && choice !== null && !isCount && (by === null || by === choice)) return { kind: 'compare', by: choice };
  if (/\b(distinct|unique|different)\b/.test(text) && by !== null) return { kind: 'distinct', column: by };
  if (isCount && by !== null && (measure === null || explicit === null)) {
    return /\bhow many\b/.test(text) &&
      !/\b(per|by|each|every|most|least|fewest)\b/.test(text) &&
      groups.length > 0 &&
      filters.length === 0 &&
      isObject(reading, by)
      ? { kind: 'distinct', column: by }
      : { kind: 'group', aggregate: 'count', measure: null, by, second, limit: limit ?? cutOf(by, superlative.test(text)), isAscending, order: 'value' };
  }
  if (isCount && measure === null) return { kind: 'aggregate', aggregate: 'count', measure: null };
  const isExtreme = superlative.test(text);
  if (isExtreme && measure !== null && by === null && !/\b(average|mean|avg|total|sum|median)\b/.test(text))
    return { kind: 'top', measure, limit: limit ?? (/\b(top|bottom)\b/.test(text) ? 10 : 1), isAscending };
  if (isExtreme && measure !== null && by?.role === 'label' && explicitOther(text) === null)
    return { kind: 'top', measure, limit: limit ?? (/\b(top|bottom)\b/.test(text) ? 10 : 1), isAscending };
  if (measure !== null && by !== null) {
    const aggregate = isExtreme && explicitOther(text) === null && !isBy(reading, by) ? typicalAggregate(measure, by, table.rowCount, table.columns) : asked;
    return {
      kind: 'group',
      aggregate,
      measure,
      by,
      second,
      order: 'value',
      limit: limit ?? cutOf(by, isExtreme && !isBy(reading, by)),
      isAscending: isAscending && !isBy(reading, by),
    };
  }
  if (isExtreme && by !== null)
    return { kind: 'group', aggregate: 'count', measure: null, by, second, limit: limit ?? cutOf(by, true), isAscending, order: 'value' };
  if (measure !== null)
    return explicit === null && filters.length === 0
      ? { kind: 'distribution', column: measure }
      : { kind: 'aggregate', aggregate: explicit ?? (isOfOne(filters) ? 'avg' : typicalAggregate(measure, null, table.rowCount, table.columns)), measure };
  if (by !== null) return { kind: 'group', aggregate: 'count', measure: null, by, second, limit: null, isAscending: false, order: 'value' };
  return filters.length > 0 && reading.unknown.length === 0 ? { kind: 'aggregate', aggregate: 'count', measure: null } : null;
}

/** Whether conditions name one thing, of which a total makes no sense: a title, a name. */
function isOfOne(filters: readonly Filter[]): boolean {
  return filters.some((filter) => filter.column.role === 'label' && filter.values.length === 1);
}

/** Where a question asks for the highest, ten groups are enough; few groups are all shown. */
function cutOf(by: Column, isExtreme: boolean): number | null {
  return isExtreme && by.distinctCount > 10 ? 10 : null;
}

/** The column of several values that are to be compared: "USA and Japan". */
function compared(reading: Reading): Column | null {
  return reading.filters.find((filter) => filter.values.length > 1)?.column ?? null;
}

/** The aggregate that a question names; null for none. */
export function aggregateOf(text: string): Aggregate | null {
  return (
    explicitOther(text) ?? (/\b(minimum|min|lowest|smallest)\b/.test(text) ? 'min' : /\b(maximum|max|highest|largest|biggest)\b/.test(text) ? 'max' : null)
  );
}

/** An aggregate other than the highest and the lowest that a question names; null for none. */
export function explicitOther(text: string): Aggregate | null {
  if (/\b(average|avg|mean|typical|averages)\b/.test(text)) return 'avg';
  if (/\b(total|sum|totals|overall|combined|altogether)\b/.test(text)) return 'sum';
  return /\bmedian\b/.test(text) ? 'median' : null;
}

/** Totals of what can be added up, averages of the rest; also of what a year repeats for each group, such as populations. */
function typicalAggregate(measure: Column, by: Column | null, rowCount: number, columns: readonly Column[]): Aggregate {
  const year = columns.find((column) => column.time?.kind === 'year');
  const isPanel = year !== undefined && by !== null && year.distinctCount * by.distinctCount <= rowCount * 1.2;
  return measure.isAdditive && !isPanel ? 'sum' : 'avg';
}

/** What a question wants made of the values of periods. */
export function changeOf(text: string): Change {
  if (/\b(percent(age)? (change|growth|increase|decrease)|growth rate|(change|growth|grow|increase|decrease)s?( rate)? in percent)\b|% change/.test(text))
    return 'percent';
  if (/\b(running|cumulative|accumulated)\b/.test(text)) return 'running';
  return /\b(moving|rolling) (average|mean|avg)\b/.test(text) ? 'moving' : 'none';
}

function whichGrain(text: string): Grain | null {
  const found = /\bwhich (year|quarter|week)s?\b/.exec(text)?.[1];
  return found === 'year' || found === 'quarter' || found === 'week' ? found : null;
}

/** The period that a question names; null for none. */
export function grainOf(text: string): Grain | null {
  const found =
    /\b(?:by|per|each|every|a|over the|across|through)\s+(?:\w+\s+)?(hour|day|week|month|quarter|year)s?\b/.exec(text)?.[1] ??
    { hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month', quarterly: 'quarter', yearly: 'year', annual: 'year', annually: 'year' }[
      /\b(hourly|daily|weekly|monthly|quarterly|yearly|annual|annually)\b/.exec(text)?.[1] ?? ''
    ];
  return found === 'hour' || found === 'day' || found === 'week' || found === 'month' || found === 'quarter' || found === 'year' ? found : null;
}

/** Whether "by", "per", "for each" or "across" stands before a column. */
export function isBy(reading: Reading, column: Column): boolean {
  const mention = reading.columns.find((one) => one.column === column);
  if (mention === undefined) return false;
  const before = reading.tokens.slice(Math.max(0, mention.start - 3), mention.start).map((token) => token.text);
  // "by major genre and distributor": the second is as much what is gone by as the first.
  const previous = reading.columns.find((one) => one.end === mention.start - 1 && /^(and|then|x)$/.test(before.at(-1) ?? ''));
  if (previous !== undefined && previous.column !== column && isBy(reading, previous.column)) return true;
  return before.some((word) => /^(by|per|each|every|across|over|between|among)$/.test(word));
}

/** "Origin and cylinders": two columns side by side. */
function isPaired(reading: Reading, left: Column, right: Column): boolean {
  const [one, other] = [left, right].map((column) => reading.columns.find((mention) => mention.column === column));
  return one !== undefined && other !== undefined && other.start === one.end + 1 && /^(and|x|vs|versus|with)$/.test(reading.tokens[one.end]?.text ?? '');
}

/** Whether a column is what "how many" counts: "how many species are there". */
function isObject(reading: Reading, column: Column): boolean {
  const mention = reading.columns.find((one) => one.column === column);
  return mention !== undefined && reading.tokens[mention.start - 1]?.text === 'many' && reading.tokens.slice(mention.end).every(isFiller);
}

/** How many rows or groups a question asks for; null where it does not say. */
export function limitOf(reading: Reading): number | null {
  const index = reading.tokens.findIndex(
    (token, at) =>
      token.value !== null &&
      Number.isInteger(token.value) &&
      token.value > 0 &&
      token.value <= 1000 &&
      (/^(top|bottom|first|last|the|best|worst|highest|lowest|show|list|which|largest|smallest|of|biggest|me)$/.test(reading.tokens[at - 1]?.text ?? '') ||
        superlative.test(reading.tokens[at - 1]?.text ?? '') ||
        superlative.test(reading.tokens[at + 1]?.text ?? '')) &&
      !reading.filters.some((filter) => at >= filter.start && at < filter.end),
  );
  return index === -1 ? null : (reading.tokens[index]?.value ?? null);
}
