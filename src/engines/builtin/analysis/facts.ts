import type { Column, Table } from '../column.ts';
import type { Grain } from '../dates.ts';

/** What one measure looks like. */
export interface MeasureFacts {
  readonly column: Column;
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  readonly quartiles: readonly [number, number, number];
  /** Fisher's moment coefficient of skewness; 0 for a symmetric distribution. */
  readonly skewness: number;
  /** Tukey's fences: 1.5 interquartile ranges below the first and above the third quartile. */
  readonly fences: readonly [number, number];
  /** How many values lie outside the fences. */
  readonly lowOutliers: number;
  readonly highOutliers: number;
}

/** Pearson's correlation of two measures. */
export interface Correlation {
  readonly left: Column;
  readonly right: Column;
  readonly r: number;
  readonly count: number;
  /** The same inside the groups of a category, pooled; null where it was not computed. */
  readonly within: { readonly category: Column; readonly r: number } | null;
}

/** How much of the variation of a measure a category explains. */
export interface Difference {
  readonly measure: Column;
  readonly category: Column;
  /** Epsilon squared: the explained share, corrected for the number of groups (Kelley 1935). */
  readonly explained: number;
}

/** How strongly two categories go together: Cramér's V, from 0 to 1. */
export interface Association {
  readonly left: Column;
  readonly right: Column;
  readonly v: number;
}

/** What a column of moments covers. */
export interface TimeFacts {
  readonly column: Column;
  /** Start and end as `YYYY-MM-DD`. */
  readonly start: string;
  readonly end: string;
  readonly count: number;
  readonly grain: Grain;
  /** How many different moments there are. */
  readonly distinct: number;
  /** How many periods of the grain hold rows. */
  readonly periods: number;
  /** Whether the months of several years can be compared. */
  readonly hasSeasons: boolean;
}

/** How a measure, or the number of rows where it is null, moves over time. */
export interface Trend {
  readonly time: TimeFacts;
  readonly measure: Column | null;
  /** The share of the movement that a straight line explains. */
  readonly fit: number;
  readonly slope: number;
}

/** How much of the variation of a measure the month of the year explains. */
export interface Season {
  readonly time: TimeFacts;
  readonly measure: Column;
  readonly explained: number;
}

/** Everything that is known about a table before anything is told. */
export interface Facts {
  readonly table: Table;
  /** Rows that repeat an earlier row in every column; null where it could not be counted. */
  readonly duplicates: number | null;
  readonly measures: readonly MeasureFacts[];
  readonly correlations: readonly Correlation[];
  readonly differences: readonly Difference[];
  readonly associations: readonly Association[];
  readonly times: readonly TimeFacts[];
  readonly trends: readonly Trend[];
  readonly seasons: readonly Season[];
  /** How many moments of the first time column lie in the future. */
  readonly futureCount: number;
  /** Columns that together tell every row from every other; empty where none are known to. */
  readonly rowKey: readonly Column[];
}
