import { lineChart } from '../charts/lines.ts';
import { axisTitle, spacedName, unitOf, type Column, type Table } from '../column.ts';
import { periodName, periodOf, type Grain } from '../dates.ts';
import type { QueryResult, ResultRow } from '../results.ts';
import { explore, present, say, type PlannedPlot, type Script } from '../script.ts';
import { fieldName, identifier } from '../sql.ts';
import { capital, count, named, number, percent } from '../words.ts';
import { aggregateName, aggregateSql, type Aggregate } from './aggregate.ts';
import type { Facts, TimeFacts, Trend } from './facts.ts';
import { tellFailure, type Finding } from './finding.ts';
import { isThick } from './moments.ts';

/** SQL for an aggregate over the periods of a time column, without periods of very few rows. */
export function overTimeSql(
  table: Table,
  time: Column,
  grain: Grain,
  aggregate: Aggregate,
  measure: Column | null,
  isFull = false,
  conditions: readonly string[] = [],
): string {
  const period = time.time === null ? time.sql : periodOf(time.time, time.sql, grain);
  const value = aggregateName(aggregate, measure);
  const columns = measure === null ? 'count(*) AS rows' : `${aggregateSql(aggregate, measure)} AS ${identifier(value)}, count(${measure.sql}) AS rows`;
  const filter = [`${time.sql} IS NOT NULL`, ...conditions].join(' AND ');
  return `WITH g AS (SELECT ${period} AS ${grain}, ${columns} FROM ${table.sql} WHERE ${filter} GROUP BY 1) SELECT * FROM g WHERE ${grain} IS NOT NULL${isFull ? '' : ` AND rows > 0 AND ${isThick}`} ORDER BY ${grain}`;
}

/** SQL for an aggregate over the periods, for each value of a category. */
function splitSql(table: Table, time: TimeFacts, aggregate: Aggregate, measure: Column, split: Column): string {
  const period = time.column.time === null ? time.column.sql : periodOf(time.column.time, time.column.sql, time.grain);
  return `SELECT ${period} AS ${time.grain}, CAST(${split.sql} AS VARCHAR) AS ${identifier(fieldName(split.name))}, ${aggregateSql(aggregate, measure)} AS ${identifier(aggregateName(aggregate, measure))} FROM ${table.sql} WHERE ${time.column.sql} IS NOT NULL AND ${split.sql} IS NOT NULL GROUP BY 1, 2 HAVING count(${measure.sql}) > 0 ORDER BY 1, 2`;
}

/** Movements over time: of the measure that moves most clearly, and of others that move clearly too. */
export function findTrends(facts: Facts): readonly Finding[] {
  const ofMeasures = facts.trends.filter((trend) => trend.measure !== null);
  const ofRows = facts.trends.filter((trend) => trend.measure === null);
  const chosen = [...ofMeasures.slice(0, 1), ...ofMeasures.slice(1, 3).filter((trend) => trend.fit > 0.5), ...ofRows];
  return chosen.map((trend) => trendFinding(facts, trend));
}

function trendFinding(facts: Facts, trend: Trend): Finding {
  const { time, measure } = trend;
  const { table } = facts;
  const aggregate: Aggregate = measure === null ? 'count' : measure.isAdditive && !hasGaps(table, measure) ? 'sum' : 'avg';
  const value = aggregateName(aggregate, measure);
  const tableGrain: Grain = time.hasSeasons && time.grain === 'month' ? 'year' : time.grain;
  const spoken = capital(spacedName(value));
  const title = `${spoken} by ${time.grain}`;
  // Only where every group is there in every period: else the lines show groups coming and going, and not what the sentence says.
  const split =
    facts.rowKey.length !== 2
      ? null
      : (facts.differences.find(
          (difference) =>
            difference.measure === measure &&
            difference.category.distinctCount <= 6 &&
            difference.explained >= 0.3 &&
            fieldName(difference.category.name) !== time.grain,
        )?.category ?? null);
  const plotTitle = split === null ? title : `${title} and ${spacedName(split.name)}`;
  const plot: PlannedPlot = {
    title: plotTitle,
    sql:
      split === null || measure === null ? overTimeSql(table, time.column, time.grain, aggregate, measure) : splitSql(table, time, aggregate, measure, split),
    spec: lineChart(plotTitle, { field: time.grain, title: spacedName(time.column.name) }, { field: value, title: axisTitle(spoken, measure) }, time.grain, {
      isFromZero: aggregate !== 'avg',
      points: time.periods,
      ...(split === null ? {} : { series: { field: fieldName(split.name), title: spacedName(split.name) } }),
    }),
  };
  return {
    score: 0.4 + 0.5 * trend.fit - (measure === null ? 0.15 : 0),
    plots: 1,
    heading: `${measure === null ? 'Number of rows' : spoken} over time`,
    *tell() {
      const sql = overTimeSql(table, time.column, tableGrain, aggregate, measure);
      const result = yield* present(`${spoken} by ${tableGrain}`, sql, plot);
      const told =
        result === null
          ? null
          : describeMovement(
              yield* movementRows(result, sql, tableGrain, value),
              tableGrain,
              value,
              tableGrain === time.grain ? trend : null,
              facts.measures.some((one) => one.column === measure && one.min < 0),
              unitOf(measure),
            );
      if (told === null) return yield* tellFailure();
      yield* say(`${told.sentences}${thinPeriods(time, result?.rowCount ?? 0, tableGrain)}\n\n`);
      return told.headline;
    },
  };
}

/**
 * The rows that tell a movement: all of them, or, where the engine is shown only the first, the first, the last, the highest and the lowest.
 */
export function* movementRows(result: QueryResult, sql: string, grain: Grain, value: string): Script<readonly ResultRow[]> {
  if (result.rows.length === result.rowCount && result.rowCount < 200) return result.rows;
  const name = identifier(value);
  const ends = `SELECT unnest([min(${grain}), max(${grain}), arg_max(${grain}, ${name}), arg_min(${grain}, ${name})]) FROM s`;
  const [found] = yield* explore([`WITH s AS (${sql}) SELECT * FROM s WHERE ${grain} IN (${ends}) ORDER BY ${grain}`]);
  return found?.rows ?? [];
}

/** Says from where to where a value went, and where it was highest and lowest. */
export function describeMovement(
  rows: readonly ResultRow[],
  grain: Grain,
  value: string,
  trend: Trend | null,
  mayBeNegative = false,
  unit: string | null = null,
): { readonly headline: string; readonly sentences: string } | null {
  const points = rows.flatMap((row) => {
    const amount = row.number(value);
    const start = row.text(grain);
    return amount === null || start === null ? [] : [{ amount, period: periodName(start, grain), rows: row.number('rows') ?? 1 }];
  });
  const usual = points.map((point) => point.rows).toSorted((left, right) => left - right)[Math.floor(points.length / 2)] ?? 0;
  // A period that has only begun, or is only half recorded, would look like a fall.
  const full = value === 'rows' ? points : points.filter((point) => point.rows * 2 >= usual);
  const [first, last] = [full[0], full.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const highest = points.reduce((best, point) => (point.amount > best.amount ? point : best));
  const lowest = points.reduce((best, point) => (point.amount < best.amount ? point : best));
  const show = (amount: number): string => (value === 'rows' ? count(amount) : number(amount, unit));
  // A percentage needs a zero that means nothing at all: of degrees it would be nonsense.
  const change = !mayBeNegative && first.amount > 0 && last.amount > 0 ? last.amount / first.amount - 1 : null;
  const by =
    change === null || Math.abs(change) < 0.0005
      ? ''
      : change > 2
        ? `, ${number(last.amount / first.amount)} times as much`
        : ` (${change < 0 ? '−' : '+'}${percent(Math.abs(change))})`;
  const verb = last.amount === first.amount ? 'stayed the same' : last.amount > first.amount ? 'rose' : 'fell';
  const subject = value === 'rows' ? 'The number of rows' : `The ${named(value)}`;
  const fromTo = `${subject} ${verb} from ${show(first.amount)} in ${first.period} to ${show(last.amount)} in ${last.period}${by}`;
  const manner =
    trend === null || points.length < 4
      ? ''
      : trend.fit > 0.85
        ? ' The rise or fall is steady: a straight line describes it well.'
        : trend.fit < 0.25
          ? ' There is no steady direction: it goes up and down in between.'
          : '';
  return {
    headline: `${fromTo}.`,
    sentences: `${fromTo}. It was highest in ${highest.period} (${show(highest.amount)}) and lowest in ${lowest.period} (${show(lowest.amount)}).${manner.replace('rise or fall', verb === 'fell' ? 'fall' : 'rise')}`,
  };
}

function thinPeriods(time: TimeFacts, shown: number, grain: Grain): string {
  return grain === time.grain && shown < time.periods && shown < 200 ? ` ${capital(grain)}s with very few rows are left out.` : '';
}

/** A total over periods misleads when many values are missing: their number changes with it. */
function hasGaps(table: Table, measure: Column): boolean {
  return measure.profile.nullCount > table.rowCount * 0.05;
}
