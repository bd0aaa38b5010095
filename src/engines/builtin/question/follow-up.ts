import type { Column } from '../column.ts';
import { unmetClaims } from './claims.ts';
import type { Filter } from './filters.ts';
import { fromFrame, toFrame, type Frame } from './frame.ts';
import { aggregateOf, changeOf, explicitOther, grainOf, isBy, limitOf } from './intent.ts';
import { confidenceOf, type Reading } from './parse.ts';
import type { Intent, Question } from './question.ts';
import type { ChartKind } from './wishes.ts';

const cue =
  /^(?:and|but|or|only|just|now|also|then|ok(?:ay)?|what about|how about|same|the same|without|exclude|excluding|except|ignore|ignoring|drop|remove|add|include|instead|not|no|sort|order|rank|reverse|as an?|in an?|make it|show (?:it|that|them|this)|plot (?:it|that|them|this)|draw (?:it|that|them|this)|i mean|i meant|for|by|per|in|since|before|after|between|from|until|during|with|where|split|break|grouped?|change)\b/i;
const pronoun = /\b(?:it|that|those|these|them|this|instead|too|as well|again|the same|the rest|one)\b/i;
const ownQuestion =
  /\b(?:how many|number of|count of|what is|what are|what was|which|who|how much|how do|how does|how did|show me|list|compare|distribution|correlat\w*|outliers?|missing|describe|analy[sz]e)\b/i;

/** Whether a text may build on the question before it. */
export function mayFollow(text: string): boolean {
  const isShort = (text.match(/[\p{L}\p{N}]+/gu) ?? []).length <= 4;
  return cue.test(text.trim()) || pronoun.test(text) || isShort;
}

/** Whether a text stands on its own although it begins like one that does not: "For Japan, what is the average weight?". */
function standsAlone(text: string, reading: Reading, standalone: Question | null): boolean {
  if (standalone === null || standalone.leftOut.length > 0) return false;
  // "How many?" asks it of what was spoken of.
  if (reading.columns.length === 0 && reading.filters.length === 0 && reading.tokens.length <= 3) return false;
  const isCued =
    /^(?:and|but|also|now|then|what about|how about|same|the same|only|just|instead|sort|order|i mean|i meant)\b/i.test(text.trim()) || pronoun.test(text);
  if (isCued) return false;
  const names = reading.columns.some(({ column }) => column.role !== 'time');
  // One word that names a column is taken up as an exchange: "acceleration".
  if (!ownQuestion.test(text) && aggregateOf(reading.text) === null && !/\b(?:top|bottom)\b.*\bby\b/.test(reading.text))
    return !cue.test(text.trim()) && reading.tokens.length > 4;
  return names || ownQuestion.test(text);
}

/**
 * Reads a text as a change of the question before it.
 *
 * @param base the question before it
 * @param text what was said, without a wish for a picture
 * @param reading its words, over the table of the base
 * @param wish the picture that was wished for
 * @param standalone how it reads on its own; null when it does not
 * @returns the changed question; null where it stands on its own or changes nothing that is known
 */
export function followUp(base: Question, text: string, reading: Reading, wish: ChartKind | null, standalone: Question | null): Question | null {
  if (!mayFollow(text) && wish === null) return null;
  if (text !== '' && standsAlone(text, reading, standalone)) return null;
  // A share is asked of the rows, whatever was computed before.
  if (standalone?.intent.kind === 'share' && standalone.leftOut.length === 0 && base.intent.kind !== 'share') return null;
  const intent = changedIntent(base, reading);
  const of = intent.kind === 'share' ? intent.of : [];
  const filters = changedFilters(base.filters, { ...reading, filters: reading.filters.filter((filter) => !of.includes(filter)) });
  const isChanged = filters !== base.filters || intent !== base.intent || wish !== null;
  if (!isChanged) return null;
  const leftOut = [...new Set([...reading.unknown.map((token) => token.text), ...unmetClaims(text, intent), ...base.leftOut])];
  return {
    ...base,
    intent,
    filters,
    wish: wish ?? base.wish,
    leftOut,
    alternatives: [],
    confidence: Math.min(base.confidence, confidenceOf(reading, leftOut)),
  };
}

/** Conditions on the same thing take each other's place; others are added. */
function changedFilters(before: readonly Filter[], reading: Reading): readonly Filter[] {
  const { text, filters } = reading;
  if (
    /\b(?:all of them|for all|everything|no filters?|without (?:any |the )?(?:filters?|conditions?)|remove the (?:filters?|conditions?)|all (?:years|rows|of it))\b/.test(
      text,
    ) &&
    filters.length === 0
  )
    return before.length === 0 ? before : [];
  if (filters.length === 0) return before;
  const isAdded = /\b(?:too|as well|also|add|include)\b/.test(text);
  const merged = filters.map((filter) => {
    const same = before.find((other) => other.column === filter.column && other.values.length > 0 && filter.values.length > 0);
    return isAdded && same !== undefined ? joined(same, filter) : filter;
  });
  const isReplaced = (old: Filter): boolean =>
    merged.some(
      (filter) =>
        filter.column === old.column && (topicOf(filter) === topicOf(old) || old.values.length > 0 !== filter.values.length > 0) && !isNegative(filter),
    );
  return [...before.filter((old) => !isReplaced(old)), ...merged];
}

function isNegative(filter: Filter): boolean {
  return / is not /.test(filter.text);
}

/** A year and a month of the same column go together, two years do not. */
function topicOf(filter: Filter): string {
  return /^the (year|month)/.exec(filter.text)?.[1] ?? 'value';
}

function joined(left: Filter, right: Filter): Filter {
  const values = [...new Set([...left.values, ...right.values])];
  const quoted = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ');
  const names = values.length === 1 ? (values[0] ?? '') : `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`;
  return { ...right, values, sql: `CAST(${right.column.sql} AS VARCHAR) IN (${quoted})`, text: `${right.column.name} is ${names}` };
}

function changedIntent(base: Question, reading: Reading): Intent {
  const { intent } = base;
  const other = changedOther(intent, reading);
  if (other !== null) return other;
  const frame = toFrame(intent);
  if (frame === null) return intent;
  const changed = changedFrame(frame, base, reading);
  return changed === frame ? intent : fromFrame(changed);
}

/** What is not made of values: a spread, a correlation, a share, rows. */
function changedOther(intent: Intent, reading: Reading): Intent | null {
  const [column] = reading.columns.map((mention) => mention.column);
  const isPlain = aggregateOf(reading.text) === null && grainOf(reading.text) === null && !(column !== undefined && isBy(reading, column));
  switch (intent.kind) {
    case 'distribution':
    case 'outliers':
      return isPlain && column !== undefined && (column.isNumber || intent.kind === 'distribution') ? { ...intent, column } : null;
    case 'distinct':
      return isPlain && column !== undefined ? { ...intent, column } : null;
    case 'correlation':
      return isPlain && column?.isNumber === true && column !== intent.left ? { ...intent, right: column } : null;
    case 'share': {
      const [filter] = reading.filters;
      return filter !== undefined && intent.of.some((one) => one.column === filter.column) ? { kind: 'share', of: [filter] } : null;
    }
    case 'rows': {
      const limit = limitOf(reading) ?? bareNumber(reading);
      if (column?.isNumber === true && /\b(sort|order|rank)/.test(reading.text))
        return { kind: 'top', measure: column, limit: limit ?? intent.limit, isAscending: !/\bdescending|highest|largest\b/.test(reading.text) };
      return limit === null ? null : { kind: 'rows', limit: Math.min(200, limit) };
    }
    case 'aggregate':
    case 'analyse':
    case 'columns':
    case 'compare':
    case 'correlations':
    case 'duplicates':
    case 'group':
    case 'help':
    case 'missing':
    case 'spread':
    case 'time':
    case 'top':
      return null;
    default:
      return intent satisfies never;
  }
}

function changedFrame(frame: Frame, base: Question, reading: Reading): Frame {
  const { text } = reading;
  let next = frame;
  const set = (change: Partial<Frame>): void => void (next = { ...next, ...change });
  const columns = reading.columns.map((mention) => mention.column);
  const isSort = /\b(sort(ed)?|order(ed)?|rank(ed)?)\b/.test(text);
  const groups = columns.filter(
    (column) => column.time === null && (column.role === 'category' || column.role === 'label') && (isBy(reading, column) || !column.isNumber),
  );
  const measure = columns.find((column) => column.isNumber && column.time === null && !groups.includes(column)) ?? null;
  const aggregate = explicitOther(text) ?? (/\b(minimum|min)\b/.test(text) ? 'min' : /\b(maximum|max)\b/.test(text) ? 'max' : null);

  if (measure !== null && !isSort) set({ measure, aggregate: aggregate ?? (frame.measure === null ? (measure.isAdditive ? 'sum' : 'avg') : frame.aggregate) });
  else if (aggregate !== null && frame.measure !== null) set({ aggregate, isOfRows: false });
  else if (/\b(how many|count|number of( rows)?)\b/.test(text)) set({ aggregate: 'count', measure: null, isOfRows: false });
  if (changeOf(text) !== 'none') set({ change: changeOf(text) });
  if (!isSort) next = withGroups(next, reading, groups);
  next = withPeriods(next, base, reading);
  return withOrder(next, reading, isSort, columns);
}

function withGroups(frame: Frame, reading: Reading, groups: readonly Column[]): Frame {
  const [group, second = null] = groups;
  if (group === undefined) return frame;
  const isMore = /^(?:and|also|then|split|break|additionally)\b|\b(?:too|as well|also|split|broken|for each|for every)\b/.test(reading.text);
  if (frame.time !== null) return isMore || !isBy(reading, group) ? { ...frame, by: group } : { ...frame, time: null, grain: null, by: group, second };
  if (frame.by !== null && isMore && frame.by !== group) return { ...frame, second: group };
  return {
    ...frame,
    by: group,
    second,
    limit: null,
    isOfRows: false,
    aggregate: frame.isOfRows && frame.measure?.isAdditive === true ? 'sum' : frame.aggregate,
  };
}

function withPeriods(frame: Frame, base: Question, reading: Reading): Frame {
  const { text } = reading;
  const time = reading.columns.find((mention) => mention.column.time !== null)?.column ?? base.table.columns.find((column) => column.role === 'time') ?? null;
  const grain = grainOf(text) ?? /^(year|quarter|month|week|day|hour)s?$/.exec(text.replace(/^(?:and|now|just|only) /, ''))?.[1] ?? null;
  const isCalendar = /\bmonth of the year|calendar month|season\w*\b/.test(text);
  const isOverTime =
    /\b(over time|trend|timeline|over the years|chang\w+|develop\w*)\b/.test(text) || grain !== null || isCalendar || changeOf(text) !== 'none';
  if (time === null || !isOverTime) return frame;
  const isMore = /^(?:and|also)\b|\b(?:too|as well|also|each)\b/.test(text);
  const chosen = grain === 'year' || grain === 'quarter' || grain === 'month' || grain === 'week' || grain === 'day' || grain === 'hour' ? grain : frame.grain;
  return {
    ...frame,
    time,
    grain: isCalendar ? 'month' : chosen,
    isCalendarMonth: isCalendar,
    by: frame.time !== null || isMore ? frame.by : null,
    second: null,
    limit: null,
    order: 'value',
    isOfRows: false,
  };
}

function withOrder(frame: Frame, reading: Reading, isSort: boolean, columns: readonly Column[]): Frame {
  const { text } = reading;
  const limit = limitOf(reading) ?? (/\b(only|just|top|bottom|first|show)\b/.test(text) ? bareNumber(reading) : null);
  let next = limit === null ? frame : { ...frame, limit };
  if (/\b(bottom|lowest|smallest|least|worst|fewest)\b/.test(text)) next = { ...next, isAscending: true };
  else if (/\b(top|highest|largest|biggest|best|most)\b/.test(text)) next = { ...next, isAscending: false };
  if (/\b(alphabetical(ly)?|by names?|by label)\b/.test(text) || (isSort && columns.some((column) => column === frame.by))) next = { ...next, order: 'name' };
  else if (isSort && (/\bby (the )?(value|count|number|amount)\b/.test(text) || (frame.measure !== null && columns.includes(frame.measure))))
    next = { ...next, order: 'value' };
  if (/\b(descending|desc|highest first|largest first)\b/.test(text)) next = { ...next, isAscending: false };
  else if (/\b(ascending|asc|lowest first|smallest first|increasing)\b/.test(text)) next = { ...next, isAscending: true };
  else if (/\b(reverse[d]?|other way (a)?round)\b/.test(text)) next = { ...next, isAscending: !frame.isAscending };
  return next;
}

function bareNumber(reading: Reading): number | null {
  const numbers = reading.tokens.flatMap((token) =>
    token.value !== null && Number.isInteger(token.value) && token.value > 0 && token.value <= 200 ? [token.value] : [],
  );
  return numbers.length === 1 && reading.filters.length === 0 ? (numbers[0] ?? null) : null;
}
