import type { DuckDBConnection } from '@duckdb/node-api';

import type { ColumnMeaning, ColumnProfile, TableProfile } from '../../../src/base/table.ts';
import { identifier } from '../../../src/engines/builtin/sql.ts';
import { cellText, runSql } from './sql-rows.ts';

/** Profiles a table by plain SQL, to the contract of `ColumnProfile`. */
export async function profileTable(connection: DuckDBConnection, name: string): Promise<TableProfile> {
  const table = identifier(name);
  const described = await runSql(connection, `DESCRIBE ${table}`);
  const [[rowCount] = []] = (await runSql(connection, `SELECT count(*)::INTEGER FROM ${table}`)).rows;
  const columns: ColumnProfile[] = [];
  for (const [column, type] of described.rows) columns.push(await profileColumn(connection, table, cellText(column), cellText(type)));
  const sample = await runSql(connection, `SELECT * FROM ${table} LIMIT 10`);
  return { name, fileName: `${name}.csv`, rowCount: Number(rowCount), columns, sampleRows: sample.rows };
}

async function profileColumn(connection: DuckDBConnection, table: string, name: string, type: string): Promise<ColumnProfile> {
  const column = identifier(name);
  const isNumber = !type.endsWith(']') && /^(U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|DOUBLE|FLOAT|DECIMAL)/i.test(type);
  const finite = `CASE WHEN isfinite(${column}::DOUBLE) THEN ${column}::DOUBLE END`;
  const numeric = isNumber ? `avg(${finite}), stddev_samp(${finite}), quantile_cont(${finite}, [0.25, 0.5, 0.75])` : 'NULL, NULL, NULL';
  const { rows } = await runSql(
    connection,
    `SELECT (count(*) - count(${column}))::INTEGER, count(DISTINCT ${column})::INTEGER, min(${column})::VARCHAR, max(${column})::VARCHAR, ${numeric}, count(${column})::INTEGER FROM ${table}`,
  );
  const [nulls, distinct, min, max, mean, deviation, quartiles, filled] = rows[0] ?? [];
  const top = await runSql(
    connection,
    `SELECT ${column}::VARCHAR, count(*)::INTEGER AS n FROM ${table} WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 10`,
  );
  const isNearlyUnique = Number(distinct) > Number(filled) * 0.95;
  const meaning: ColumnMeaning = isNumber ? 'MEASURE' : /^(DATE|TIMESTAMP)/.test(type) ? 'DATE' : isNearlyUnique ? 'TEXT' : 'CATEGORY';
  return {
    name,
    type,
    unit: null,
    quantiles: null,
    histogram: [],
    meaning,
    nullCount: Number(nulls),
    distinctCount: Number(distinct),
    min: min == null ? null : cellText(min),
    max: max == null ? null : cellText(max),
    mean: mean == null ? null : Number(mean),
    standardDeviation: deviation == null ? null : Number(deviation),
    quartiles: Array.isArray(quartiles) ? [Number(quartiles[0]), Number(quartiles[1]), Number(quartiles[2])] : null,
    topValues: isNearlyUnique ? [] : top.rows.map(([value, count]) => ({ value: cellText(value), count: Number(count) })),
  };
}
