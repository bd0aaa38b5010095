import type { Column, ColumnRole } from '../column.ts';
import { present, say, type Script } from '../script.ts';
import { literal } from '../sql.ts';
import { count, counted, listed, named, quoted } from '../words.ts';
import type { Facts } from './facts.ts';
import { quantile } from './measures.ts';
import { tellFailure } from './finding.ts';

const kinds: Readonly<Record<ColumnRole, string>> = {
  measure: 'number',
  category: 'category',
  time: 'time',
  identifier: 'identifier',
  label: 'text',
  place: 'place',
  constant: 'one value only',
  empty: 'empty',
  other: 'other',
};

const mostColumns = 40;

/** Above this many rows different values are estimated (HyperLogLog), because counting them takes a pass for each column. */
const estimateFromRows = 500_000;

/** Shows one line for each column, and says which kinds there are. */
export function* tellColumns(facts: Facts): Script {
  const { table } = facts;
  yield* say('### The columns\n\n');
  const shown = table.columns.slice(0, mostColumns);
  const result = yield* present(`Columns of ${table.name}`, columnsSql(facts, shown));
  if (result === null) yield* tellFailure();
  else yield* say(`${sentences(facts).join(' ')}\n\n`);
}

/** SQL that profiles columns, one row each. */
export function columnsSql(facts: Pick<Facts, 'table'>, columns: readonly Column[]): string {
  const { table } = facts;
  const lines = columns.map((column, index) => {
    const distinct = table.rowCount > estimateFromRows ? `approx_count_distinct(${column.sql})` : `count(DISTINCT ${column.sql})`;
    const hasOrder = column.role !== 'other';
    const text = (what: string): string => (hasOrder ? `CAST(${what}(${column.sql}) AS VARCHAR)` : 'NULL');
    const median = column.isNumber && column.role !== 'identifier' ? `round(CAST(${quantile(column.sql, 0.5, table.rowCount)} AS DOUBLE), 4)` : 'NULL';
    return `SELECT ${index} AS position, ${literal(column.name)} AS "column", ${literal(kinds[column.role])} AS kind, count(${column.sql}) AS filled, count(*) - count(${column.sql}) AS missing, ${distinct} AS "different values", ${text('min')} AS lowest, ${median} AS median, ${text('max')} AS highest FROM ${table.sql}`;
  });
  return `SELECT * EXCLUDE (position) FROM (${lines.join(' UNION ALL ')}) ORDER BY position`;
}

/** Values that people and programs write where there is none. */
const placeholder = /^(?:[.?\-–—_*#]+|n\/?a|none|null|nil|nan|unknown|missing|undefined|tbd|-?999+)$/i;

function placeholders(column: Column): readonly string[] {
  if (column.role !== 'category' || column.isNumber) return [];
  return column.profile.topValues
    .filter((top) => placeholder.test(top.value.trim()))
    .map((top) => `${named(column.name)} is "${quoted(top.value)}" in ${counted(top.count, 'row')}, which may stand for a missing value.`);
}

function sentences(facts: Facts): readonly string[] {
  const { columns } = facts.table;
  const having = (...roles: readonly ColumnRole[]): readonly Column[] => columns.filter((column) => roles.includes(column.role));
  const names = (list: readonly Column[]): string => listed(list.map((column) => named(column.name)));
  const kind = (list: readonly Column[], one: string, several: string): string =>
    list.length === 0 ? '' : `${count(list.length)} ${list.length === 1 ? one : several} (${names(list)})`;
  const groups = [
    kind(having('measure'), 'measure', 'measures'),
    kind(having('category'), 'category', 'categories'),
    kind(having('time'), 'column of time', 'columns of time'),
    kind(having('identifier', 'label'), 'column of names or ids', 'columns of names or ids'),
    kind(having('place'), 'coordinate', 'coordinates'),
  ].filter((group) => group !== '');
  const constants = having('constant');
  const empties = having('empty');
  const asText = having('time').filter((column) => column.time?.kind === 'text');
  return [
    groups.length === 0 ? '' : `There ${groups[0]?.startsWith('1 ') === true ? 'is' : 'are'} ${listed(groups)}.`,
    asText.length === 0 ? '' : `${names(asText)} ${asText.length === 1 ? 'holds' : 'hold'} dates written as text; I read them as dates.`,
    constants.length === 0
      ? ''
      : `${names(constants)} ${constants.length === 1 ? 'has' : 'have'} the same value everywhere, and ${constants.length === 1 ? 'tells' : 'tell'} nothing.`,
    ...columns.flatMap(placeholders),
    empties.length === 0 ? '' : `${names(empties)} ${empties.length === 1 ? 'is' : 'are'} empty in every row.`,
    columns.length > mostColumns ? `The first ${count(mostColumns)} of ${counted(columns.length, 'column')} are shown.` : '',
  ].filter((sentence) => sentence !== '');
}
