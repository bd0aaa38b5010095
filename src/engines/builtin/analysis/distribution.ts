import { histogramChart } from '../charts/spread.ts';
import { present, say, type PlannedPlot } from '../script.ts';
import { capital, count, named, number, percent } from '../words.ts';
import { spacedName, unitOf, type Table } from '../column.ts';
import { binSql, chooseBinning } from './bins.ts';
import type { Facts, MeasureFacts } from './facts.ts';
import { tellFailure, type Finding } from './finding.ts';
import { finite, quantile } from './measures.ts';

/** How the values of the measures are spread: most skewed first, so that surprises come before bells. */
export function findDistributions(facts: Facts): readonly Finding[] {
  return facts.measures
    .filter((measure) => measure.max > measure.min && measure.count >= 8 && measure.column.distinctCount > 5)
    .map((measure) => ({ measure, score: 0.42 + Math.min(0.25, Math.abs(measure.skewness) / 20) }))
    .toSorted((left, right) => right.score - left.score)
    .slice(0, 3)
    .map(({ measure, score }, position) => distributionFinding(facts.table, measure, score - position * 0.12));
}

/** The picture of a distribution. */
export function histogram(table: Table, facts: MeasureFacts, conditions: readonly string[] = []): PlannedPlot {
  const binning = chooseBinning(facts);
  const title = `Distribution of ${spacedName(facts.column.name)}`;
  return {
    title,
    sql: binSql(table, facts, binning, conditions),
    spec: histogramChart(
      title,
      spacedName(facts.column.name),
      'from',
      'to',
      { field: 'rows', title: 'Rows' },
      binning.kind === 'powers' ? binning.powers : null,
    ),
  };
}

/** SQL for the numbers that describe a distribution, in one row. */
export function distributionSql(table: Table, facts: Pick<MeasureFacts, 'column'>, conditions: readonly string[] = []): string {
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const at = (share: number): string => quantile('x', share, table.rowCount);
  return `SELECT count(x) AS "values", min(x) AS lowest, ${at(0.25)} AS "first quarter", ${at(0.5)} AS median, avg(x) AS average, ${at(0.75)} AS "third quarter", max(x) AS highest, stddev_samp(x) AS "standard deviation" FROM (SELECT ${finite(facts.column)} AS x FROM ${table.sql}${filter})`;
}

function distributionFinding(table: Table, facts: MeasureFacts, score: number): Finding {
  const { column } = facts;
  return {
    score,
    plots: 1,
    heading: `How ${spacedName(column.name)} is spread`,
    *tell() {
      const result = yield* present(`${spacedName(column.name)} in numbers`, distributionSql(table, facts), histogram(table, facts));
      if (result === null) return yield* tellFailure();
      const { headline, sentences } = describeSpread(facts);
      yield* say(`${sentences}\n\n`);
      return headline;
    },
  };
}

/** Says where the middle half lies, and what the tails do. */
export function describeSpread(facts: MeasureFacts): { readonly headline: string; readonly sentences: string } {
  const { column, quartiles, mean, min, max, skewness } = facts;
  const [first, median, third] = quartiles;
  const middle =
    first === third
      ? `At least half of all values of ${named(column.name)} are ${number(median, unitOf(column))}`
      : `Half of all values of ${named(column.name)} lie between ${number(first, unitOf(column))} and ${number(third, unitOf(column))}; the middle one is ${number(median, unitOf(column))}`;
  const ends = ` The smallest is ${number(min, unitOf(column))}, the largest ${number(max, unitOf(column))}.`;
  const shape =
    skewness > 1
      ? ` A few large values pull the average up to ${number(mean, unitOf(column))}, so the median describes the typical row better.`
      : skewness < -1
        ? ` A few small values pull the average down to ${number(mean, unitOf(column))}, so the median describes the typical row better.`
        : ` The average is ${number(mean, unitOf(column))}${Math.abs(skewness) < 0.5 ? ', close to the middle: both sides are much alike' : ''}.`;
  const scale = chooseBinning(facts).kind === 'powers' ? ' The scale of the plot grows by powers of ten, because the values do.' : '';
  const zeros = min === 0 && scale !== '' ? ' Rows with zero are not drawn.' : '';
  return {
    headline:
      skewness > 1
        ? `${capital(column.name)} is very uneven: the median is ${number(median, unitOf(column))}, the average ${number(mean, unitOf(column))}.`
        : `${middle}.`,
    sentences: `${middle}.${ends}${shape}${scale}${zeros}`,
  };
}

/** The share of values outside the fences, in words; for people who ask about outliers. */
export function outlierShare(facts: MeasureFacts): string {
  const outside = facts.lowOutliers + facts.highOutliers;
  return `${count(outside)} of ${count(facts.count)} (${percent(outside / Math.max(1, facts.count))})`;
}
