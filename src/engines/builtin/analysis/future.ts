import type { Column, Table } from '../column.ts';
import { present, say } from '../script.ts';
import { counted, named } from '../words.ts';
import type { Facts } from './facts.ts';
import { tellFailure, type Finding } from './finding.ts';
import { namingColumns } from './outliers.ts';

/** The condition for a moment after today. Tomorrow is spared: somewhere it has begun. */
function isFuture(column: Column): string {
  return `${column.time?.expression ?? column.sql} > CAST(current_date + INTERVAL 1 DAY AS TIMESTAMP)`;
}

/** SQL that counts the moments in the future. */
export function futureSql(table: Table, column: Column): string {
  return `SELECT count(*) AS future FROM ${table.sql} WHERE ${isFuture(column)}`;
}

/** Dates in the future: plans, or years of two digits that were put into the wrong century. */
export function findFutureDates(facts: Facts): readonly Finding[] {
  const column = facts.times[0]?.column;
  if (column === undefined || facts.futureCount === 0) return [];
  const { table } = facts;
  const names = [column, ...namingColumns(table, column)].slice(0, 4).map((one) => one.sql);
  return [
    {
      score: 1,
      plots: 0,
      heading: 'Dates in the future',
      *tell() {
        const result = yield* present(
          `Rows with a ${column.name} in the future`,
          `SELECT ${names.join(', ')} FROM ${table.sql} WHERE ${isFuture(column)} ORDER BY ${column.time?.expression ?? column.sql} DESC, ${names.join(', ')} LIMIT 10`,
        );
        if (result === null) return yield* tellFailure();
        const sentence = `${counted(facts.futureCount, 'row')} ${facts.futureCount === 1 ? 'has' : 'have'} a ${named(column.name)} in the future`;
        yield* say(`${sentence}. Unless these are plans, the century is wrong: years of two digits are often read so.\n\n`);
        return `${sentence}: plans, or the wrong century.`;
      },
    },
  ];
}
