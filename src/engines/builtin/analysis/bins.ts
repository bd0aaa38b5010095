import { identifier } from '../sql.ts';
import type { Table } from '../column.ts';
import type { MeasureFacts } from './facts.ts';
import { finite } from './measures.ts';

/** How the values of a measure are sorted into bins. */
export type Binning = { readonly kind: 'even'; readonly width: number } | { readonly kind: 'powers'; readonly powers: readonly number[] };

/**
 * Chooses bins that a person can read: even ones of a round width (Freedman and Diaconis 1981, between 8 and 40 bins), or, where the
 * values span many orders of magnitude, bins that grow as 1, 2, 5, 10, 20, 50.
 */
export function chooseBinning(facts: MeasureFacts): Binning {
  const { min, max, count, quartiles, skewness, column } = facts;
  const median = quartiles[1];
  if (min >= 0 && skewness > 2.5 && median > 0 && max / median > 30) {
    const smallest = Math.max(Math.floor(Math.log10(Math.max(min, median / 10_000))), Math.floor(Math.log10(max)) - 9);
    const powers = Array.from({ length: Math.ceil(Math.log10(max)) - smallest + 1 }, (_, index) => 10 ** (smallest + index));
    return { kind: 'powers', powers };
  }
  const range = max - min;
  const ideal = (2 * (quartiles[2] - quartiles[0])) / Math.cbrt(Math.max(1, count));
  const width = roundWidth(Math.min(range / 8, Math.max(range / 40, ideal)));
  return { kind: 'even', width: column.isWhole ? Math.max(1, Math.round(width)) : width };
}

/** SQL that counts the values in each bin: `from`, `to`, `rows`. */
export function binSql(table: Table, facts: MeasureFacts, binning: Binning, conditions: readonly string[] = []): string {
  const value = finite(facts.column);
  const source = `SELECT ${value} AS x FROM ${table.sql}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`;
  if (binning.kind === 'even') {
    const width = plain(binning.width);
    return `SELECT round(floor(x / ${width}) * ${width}, 10) AS ${identifier('from')}, round((floor(x / ${width}) + 1) * ${width}, 10) AS ${identifier('to')}, count(*) AS rows FROM (${source}) WHERE x IS NOT NULL GROUP BY 1, 2 ORDER BY 1`;
  }
  const smallest = plain(binning.powers[0] ?? 1);
  const step = (lower: string, upper: string): string => `CASE WHEN x / p < 2 THEN ${lower} WHEN x / p < 5 THEN ${upper}`;
  return [
    `WITH v AS (SELECT greatest(x, ${smallest}) AS x FROM (${source}) WHERE x > 0), w AS (SELECT x, power(10, floor(log10(x) + 1e-12)) AS p FROM v)`,
    `SELECT p * ${step('1', '2')} ELSE 5 END AS ${identifier('from')}, p * ${step('2', '5')} ELSE 10 END AS ${identifier('to')}, count(*) AS rows FROM w GROUP BY 1, 2 ORDER BY 1`,
  ].join(' ');
}

/** The nearest of 1, 2, 2.5 and 5 times a power of ten, at least as wide. */
function roundWidth(width: number): number {
  if (!(width > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(width));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= width * 0.999) ?? 10;
  return Number((factor * power).toPrecision(6));
}

/** A number that SQL reads as a double. */
function plain(value: number): string {
  return `${value
    .toPrecision(12)
    .replace(/(\.\d*?)0+($|e)/, '$1$2')
    .replace(/\.($|e)/, '$1')}::DOUBLE`;
}
