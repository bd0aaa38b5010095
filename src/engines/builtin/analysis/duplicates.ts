import { present, say } from '../script.ts';
import { counted, percent } from '../words.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** Rows that repeat an earlier row in every column, where there are some. */
export function findDuplicates(facts: Facts): readonly Finding[] {
  const { table, duplicates } = facts;
  if (duplicates === null || duplicates === 0) return [];
  const columns = table.columns.map((column) => column.sql).join(', ');
  const sql = `SELECT count(*) AS times, ${columns} FROM ${table.sql} GROUP BY ${columns} HAVING count(*) > 1 ORDER BY times DESC LIMIT 10`;
  const sentence = `${counted(duplicates, 'row')} (${percent(duplicates / table.rowCount)}) ${duplicates === 1 ? 'repeats' : 'repeat'} another row in every column`;
  return [
    {
      score: 1,
      plots: 0,
      heading: 'Repeated rows',
      *tell() {
        yield* present(`Rows of ${table.name} that occur more than once`, sql);
        yield* say(`${sentence}. That may be right, or the same thing was counted twice.\n\n`);
        return `${sentence}.`;
      },
    },
  ];
}
