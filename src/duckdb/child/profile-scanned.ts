import type { Json } from '../../base/json.ts';
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

/** A column with its bins, and with its bounds where the statistics of the Parquet file have told them. */
export interface BoundedColumn {
  readonly column: ProfiledColumn;
  readonly bins: Bins | null;
  readonly bounds: { readonly presentCount: number; readonly min: string | null; readonly max: string | null } | null;
}

/**
 * About columns most of whose values are different, in one pass over all of them: counts of different values and quantiles are estimates.
 * (HyperLogLog and t-digest, as DuckDB has them.)
 */
export async function profileScanned(bench: Workbench, relation: string, columns: readonly BoundedColumn[]): Promise<readonly ColumnFacts[]> {
  const [row = {}] = await bench.all(`SELECT ${columns.flatMap(aggregatesOf).join(', ')} FROM ${relation}`);
  return columns.map(({ bins, bounds }, index) => {
    const presentCount = bounds?.presentCount ?? Number(row[`n${index}`] ?? 0);
    return {
      presentCount,
      distinctCount: Math.min(Number(row[`d${index}`] ?? 0), presentCount),
      min: bounds === null ? textOf(row[`lo${index}`]) : bounds.min,
      max: bounds === null ? textOf(row[`hi${index}`]) : bounds.max,
      mean: finiteOf(row[`m${index}`]),
      standardDeviation: finiteOf(row[`s${index}`]),
      quantiles: quantilesOf(row[`q${index}`]),
      histogram: histogramOf(bins, countsOf(row[`b${index}`])),
      topValues: [],
      averageLength: finiteOf(row[`l${index}`]),
    };
  });
}

function aggregatesOf({ column, bins, bounds }: BoundedColumn, index: number): readonly string[] {
  const name = column.sql;
  const distinct = `approx_count_distinct(${name}) AS d${index}`;
  const own =
    bounds === null
      ? [
          `count(${name}) AS n${index}`,
          ...(column.isNested
            ? []
            : ['min', 'max'].map((bound) => `left(CAST(${bound}(${name}) AS VARCHAR), ${longestValue}) AS ${bound === 'min' ? 'lo' : 'hi'}${index}`)),
        ]
      : [];
  if (column.isText) return [distinct, ...own, `avg(strlen(${name})) AS l${index}`];
  // A single infinity would make the standard deviation an error.
  const filter = isFloat(column) ? ` FILTER (WHERE isfinite(${name}))` : '';
  const value = binValue(column, name);
  // A value is in the first bin whose bound is not less: bounds without a value are in the map as well.
  const histogram = bins === null ? [] : [`map_values(histogram(${value}, [${upperBounds(bins).join(', ')}])${filter}) AS b${index}`];
  if (!column.isNumber) return [distinct, ...own, ...histogram];
  return [
    distinct,
    ...own,
    ...histogram,
    `avg(${value})${filter} AS m${index}`,
    `stddev_samp(${value})${filter} AS s${index}`,
    `approx_quantile(${value}, [${quantileShares.join(', ')}])${filter} AS q${index}`,
  ];
}

function countsOf(value: Json | undefined): readonly number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
