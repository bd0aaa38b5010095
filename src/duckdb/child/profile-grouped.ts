import type { Json } from '../../base/json.ts';
import type { ColumnProfile } from '../../base/table.ts';
import type { Bins } from './histogram-bins.ts';
import {
  binValue,
  finiteOf,
  histogramOf,
  isFloat,
  longestValue,
  quantileShares,
  quantilesOf,
  textOf,
  upperBounds,
  type ColumnFacts,
  type ProfiledColumn,
} from './profile-column.ts';
import type { Workbench } from './workbench.ts';

const topCount = 10;

/**
 * Everything about a column, exactly, from its different values and how often each occurs. Where values repeat themselves this costs less
 * than the cheapest estimate, for Parquet keeps such columns as numbers into a dictionary, which DuckDB groups by.
 *
 * @param bins of its histogram; null for none
 */
export async function profileGrouped(bench: Workbench, relation: string, column: ProfiledColumn, bins: Bins | null): Promise<ColumnFacts> {
  const text = (value: string): string => `left(CAST(${value} AS VARCHAR), ${longestValue})`;
  const [row = {}] = await bench.all(
    [
      `WITH g AS MATERIALIZED (SELECT ${column.sql} AS v, count(*) AS n FROM ${relation} WHERE v IS NOT NULL GROUP BY v)`,
      ...numberParts(column, bins),
      ` SELECT CAST(sum(n) AS BIGINT) AS present, count(*) AS different, ${text('min(v)')} AS least, ${text('max(v)')} AS largest`,
      column.isText ? ', sum(strlen(v) * n) / sum(n) AS length' : '',
      `, (SELECT list({value: ${text('v')}, count: n} ORDER BY n DESC, ${text('v')}) FROM (FROM g ORDER BY n DESC, v LIMIT ${topCount})) AS top`,
      column.isNumber ? ', (FROM moments) AS moments' : '',
      bins === null ? '' : ', (FROM bins) AS bins',
      ' FROM g',
    ].join(''),
  );
  const moments = fieldsOf(row['moments']);
  return {
    presentCount: Number(row['present'] ?? 0),
    distinctCount: Number(row['different'] ?? 0),
    min: textOf(row['least']),
    max: textOf(row['largest']),
    mean: finiteOf(moments.get('mean')),
    standardDeviation: finiteOf(moments.get('deviation')),
    quantiles: quantilesOf(moments.get('quantiles')),
    histogram: histogramOf(bins, differencesOf(row['bins'])),
    topValues: topOf(row['top']),
    averageLength: finiteOf(row['length']),
  };
}

/** The parts of the statement that look at values as numbers. */
function numberParts(column: ProfiledColumn, bins: Bins | null): readonly string[] {
  if (!column.isNumber && bins === null) return [];
  const isFinite = isFloat(column) ? ' WHERE isfinite(v)' : '';
  const counted = `, f AS MATERIALIZED (SELECT ${binValue(column, 'v')} AS x, n, sum(n) OVER (ORDER BY v) AS upto FROM g${isFinite})`;
  const bounds = bins === null ? [] : upperBounds(bins).map((upper) => `coalesce(CAST(max(upto) FILTER (WHERE x <= ${upper}) AS BIGINT), 0)`);
  const histogram = bins === null ? '' : `, bins AS (SELECT [${bounds.join(', ')}] FROM f)`;
  if (!column.isNumber) return [counted, histogram];
  // Between the two values nearest to the place, as `quantile_cont` does it.
  const quantiles = quantileShares.map((share) => {
    const place = `((total - 1) * ${share})`;
    const at = (rank: string): string => `min(x) FILTER (WHERE upto > ${rank})`;
    return `${at(`floor(${place})`)} + (${at(`ceil(${place})`)} - ${at(`floor(${place})`)}) * any_value(${place} - floor(${place}))`;
  });
  return [
    counted,
    histogram,
    ', t AS (SELECT CAST(sum(n) AS DOUBLE) AS total, sum(x * n) / sum(n) AS middle FROM f)',
    `, moments AS (SELECT {mean: any_value(middle), deviation: CASE WHEN any_value(total) > 1 THEN sqrt(sum(n * (x - middle) * (x - middle)) / (any_value(total) - 1)) END, quantiles: [${quantiles.join(', ')}]} FROM f, t)`,
  ];
}

function fieldsOf(value: Json | undefined): ReadonlyMap<string, Json> {
  return new Map<string, Json>(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

/** How many values each bin holds, from how many are in it and those before it. */
function differencesOf(upTo: Json | undefined): readonly number[] {
  const sums = Array.isArray(upTo) ? upTo.map(Number) : [];
  return sums.map((sum, index) => sum - (sums[index - 1] ?? 0));
}

function topOf(list: Json | undefined): ColumnProfile['topValues'] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: Json) =>
    typeof entry === 'object' && entry !== null && 'value' in entry && 'count' in entry ? [{ value: String(entry.value), count: Number(entry.count) }] : [],
  );
}
