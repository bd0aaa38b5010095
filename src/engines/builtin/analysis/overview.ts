import { withRole, type Column, type Table } from '../column.ts';
import { periodName } from '../dates.ts';
import { present, say, type Script } from '../script.ts';
import { count, counted, listed, named, quoted, singular } from '../words.ts';
import { spacedName } from '../column.ts';
import type { Facts, TimeFacts } from './facts.ts';

/** Says what the table is: its size, what one row is, which time it covers, and shows the first rows. */
export function* tellOverview(facts: Facts, isOnly: boolean): Script {
  const { table } = facts;
  yield* say(`### ${isOnly ? 'What this is' : `What ${quoted(table.name)} is`}\n\n`);
  yield* present(`First rows of ${table.name}`, `SELECT * FROM ${table.sql} LIMIT 5`);
  const sentences = [
    `${named(table.name)} has ${counted(table.rowCount, 'row')} and ${counted(table.columns.length, 'column')}.`,
    oneRow(facts),
    ...facts.times.slice(0, 1).map(period),
  ].filter((sentence) => sentence !== '');
  yield* say(`${sentences.join(' ')}\n\n`);
}

function oneRow(facts: Facts): string {
  const noun = (column: Column): string => {
    const word = singular(spacedName(column.name).toLowerCase());
    return `one ${quoted(word)}`;
  };
  const [first, second] = facts.rowKey;
  if (first === undefined) return '';
  if (second !== undefined)
    return `Each row is ${noun(first)} ${momentNoun(facts, second) === 'day' ? 'on' : 'in'} one ${momentNoun(facts, second)}: ${named(first.name)} and ${named(second.name)} together tell all rows apart.`;
  if (first.time !== null) return `Each row is one ${momentNoun(facts, first)}: no ${named(first.name)} occurs twice.`;
  return `Each row is ${noun(first)}: no ${named(first.name)} occurs twice.`;
}

function momentNoun(facts: Facts, column: Column): string {
  const time = facts.times.find((one) => one.column === column);
  if (time !== undefined && time.periods === time.distinct) return time.grain;
  return column.time?.kind === 'date' ? 'day' : 'moment';
}

function period(time: TimeFacts): string {
  const isYears = time.grain === 'year' || time.column.time?.kind === 'year';
  const [start, end] = isYears ? [periodName(time.start, 'year'), periodName(time.end, 'year')] : [time.start, time.end];
  return start === end ? `All of it is of ${start} (${named(time.column.name)}).` : `It covers ${start} to ${end} (${named(time.column.name)}).`;
}

/** One line for each table of a session with several. */
export function describeTables(tables: readonly Table[]): string {
  const lines = tables.map(
    (table) =>
      `- ${named(table.name)}${table.fileName === '' ? '' : ` (${quoted(table.fileName)})`}: ${counted(table.rowCount, 'row')}, ${counted(table.columns.length, 'column')}: ${listed(
        table.columns.map((column) => quoted(column.name)),
        10,
      )}`,
  );
  return `${lines.join('\n')}\n\n`;
}

/** Columns of the same name in several tables, by which they might be joined; empty where there are none. */
export function describeJoins(tables: readonly Table[]): string {
  const byName = new Map<string, string[]>();
  for (const table of tables) {
    for (const column of table.columns) {
      const key = column.name.toLowerCase();
      byName.set(key, [...(byName.get(key) ?? []), `${named(table.name)}.${quoted(column.name)}`]);
    }
  }
  const shared = [...byName.values()].filter((places) => places.length > 1);
  if (shared.length === 0) return 'No two tables share a column name, so nothing suggests how to join them.\n\n';
  const pairs = shared.slice(0, 6).map((places) => listed(places));
  return `${count(shared.length)} column ${shared.length === 1 ? 'name is' : 'names are'} shared and could join the tables: ${pairs.join('; ')}.\n\n`;
}

/** The table that is analysed in a session with several: the one with most to say. */
export function mainTable(tables: readonly Table[]): Table | null {
  const interest = (table: Table): number =>
    Math.log10(1 + table.rowCount) * (withRole(table, 'measure', 'time').length * 2 + withRole(table, 'category').length + 1);
  return tables.toSorted((left, right) => interest(right) - interest(left))[0] ?? null;
}
