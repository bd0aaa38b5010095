import { barChart } from '../charts/bars.ts';
import type { Table } from '../column.ts';
import { present, say, type PlannedPlot } from '../script.ts';
import { literal } from '../sql.ts';
import { count, counted, listed, named, percent } from '../words.ts';
import { tellFailure, type Finding } from './finding.ts';

/** SQL that counts missing values by column, most first. */
export function missingSql(table: Table): string {
  const gaps = table.columns.filter((column) => column.profile.nullCount > 0);
  const columns = gaps.length > 0 ? gaps : table.columns.slice(0, 40);
  const lines = columns
    .slice(0, 60)
    .map(
      (column) =>
        `SELECT ${literal(column.name)} AS "column", count(*) - count(${column.sql}) AS missing, round(100.0 * (count(*) - count(${column.sql})) / count(*), 1) AS percent FROM ${table.sql}`,
    );
  return `SELECT * FROM (${lines.join(' UNION ALL ')}) WHERE missing > 0 ORDER BY missing DESC, "column"`;
}

/** The missing values of a table, where there are some. */
export function findMissing(table: Table): readonly Finding[] {
  const gaps = table.columns.filter((column) => column.profile.nullCount > 0);
  if (gaps.length === 0 || table.rowCount === 0) return [];
  const largest = Math.max(...gaps.map((column) => column.profile.nullCount / table.rowCount));
  const sql = missingSql(table);
  const title = `Missing values in ${table.name}`;
  const isPicture = gaps.filter((column) => column.profile.nullCount / table.rowCount > 0.01).length >= 4;
  const plot: PlannedPlot | null = isPicture
    ? { title, sql: `${sql} LIMIT 20`, spec: barChart(title, { field: 'column', title: 'Column' }, { field: 'percent', title: 'Rows without a value (%)' }) }
    : null;
  return [
    {
      score: 1,
      plots: isPicture ? 1 : 0,
      heading: 'Missing values',
      *tell() {
        const result = yield* present(title, sql, plot);
        const rows = result?.rows.map((row) => ({ name: row.text('column') ?? '', missing: row.number('missing') ?? 0 })) ?? [];
        const [first, ...rest] = rows;
        if (first === undefined) return yield* tellFailure();
        const share = (missing: number): string => percent(missing / table.rowCount);
        const others = rest.slice(0, 3).map((row) => `${named(row.name)} (${count(row.missing)}, ${share(row.missing)})`);
        const most = `${named(first.name)} is missing in ${count(first.missing)} of ${counted(table.rowCount, 'row')} (${share(first.missing)})`;
        const caution = largest > 0.3 ? ' What is said about these columns holds only for the rows that have a value.' : '';
        yield* say(
          `${most}${others.length === 0 ? '' : `, followed by ${listed(others)}`}. ${rows.length === table.columns.length ? 'No column is complete.' : `${count(table.columns.length - gaps.length)} of ${counted(table.columns.length, 'column')} ${table.columns.length - gaps.length === 1 ? 'is' : 'are'} complete.`}${caution}\n\n`,
        );
        return largest > 0.05 ? `${most}.` : null;
      },
    },
  ];
}
