import { scatterChart } from '../charts/points.ts';
import { spacedName, type Column, type Table } from '../column.ts';
import { present, say, type PlannedPlot } from '../script.ts';
import { fieldName, identifier, literal } from '../sql.ts';
import { correlation, named } from '../words.ts';
import type { Correlation, Facts } from './facts.ts';
import { tellFailure, type Finding } from './finding.ts';
import { finite } from './measures.ts';
import { isSameKind } from './relations.ts';

/** As many rows as a query may give by default; more points would only hide each other. */
const mostPoints = 1_000;

/** SQL for the correlations of given pairs, one row each, strongest first. */
export function pairsSql(table: Table, pairs: readonly { readonly left: Column; readonly right: Column }[]): string {
  const lines = pairs.map(
    ({ left, right }) =>
      `SELECT ${literal(left.name)} AS "one measure", ${literal(right.name)} AS "other measure", round(corr(${finite(left)}, ${finite(right)}), 3) AS correlation, regr_count(${finite(left)}, ${finite(right)}) AS rows FROM ${table.sql}`,
  );
  return `SELECT * FROM (${lines.join(' UNION ALL ')}) ORDER BY abs(correlation) DESC`;
}

/** The picture of two measures: all points, or a repeatable sample of large tables. */
export function scatter(table: Table, x: Column, y: Column, color: Column | null, conditions: readonly string[] = []): PlannedPlot {
  const [xName, yName] = [fieldName(x.name), fieldName(y.name)];
  const colorName = color === null ? null : fieldName(color.name);
  const columns = [
    `${finite(x)} AS ${identifier(xName)}`,
    `${finite(y)} AS ${identifier(yName)}`,
    ...(color === null || colorName === null ? [] : [`CAST(${color.sql} AS VARCHAR) AS ${identifier(colorName)}`]),
  ];
  const filter = [`${x.sql} IS NOT NULL`, `${y.sql} IS NOT NULL`, ...conditions].join(' AND ');
  const isSample = table.rowCount > mostPoints;
  const title = `${spacedName(y.name)} and ${spacedName(x.name)}${isSample ? ` (a sample of ${mostPoints.toLocaleString('en-US')} rows)` : ''}`;
  return {
    title,
    sql: `SELECT ${columns.join(', ')} FROM ${table.sql} WHERE ${filter}${isSample ? ` ORDER BY hash(${x.sql}, ${y.sql}) LIMIT ${mostPoints}` : ''}`,
    spec: scatterChart(
      title,
      { field: xName, title: spacedName(x.name) },
      { field: yName, title: spacedName(y.name) },
      color === null || colorName === null ? null : { field: colorName, title: spacedName(color.name) },
      color === null,
    ),
  };
}

/** Measures that go together, and pairs whose relation turns round inside the groups of a category (Simpson's paradox). */
export function findCorrelations(facts: Facts): readonly Finding[] {
  const coverage = (pair: Correlation): number => 0.6 + 0.4 * (pair.count / Math.max(1, facts.table.rowCount));
  const interesting = (pair: Correlation): number =>
    Math.abs(pair.r) * coverage(pair) - (isSameKind(pair.left, pair.right) ? 0.35 : 0) - (Math.abs(pair.r) > 0.995 ? 0.5 : 0);
  const strong = facts.correlations.filter((pair) => Math.abs(pair.r) >= 0.3);
  const shown = strong.toSorted((left, right) => interesting(right) - interesting(left))[0];
  const reversed = facts.correlations
    .filter((pair) => pair.within !== null && Math.sign(pair.within.r) !== Math.sign(pair.r) && Math.abs(pair.within.r) >= 0.25 && Math.abs(pair.r) >= 0.1)
    .toSorted((left, right) => Math.abs(right.within?.r ?? 0) - Math.abs(left.within?.r ?? 0))[0];
  return [...(shown === undefined ? [] : [correlationFinding(facts, shown)]), ...(reversed === undefined ? [] : [reversalFinding(facts, reversed)])];
}

function correlationFinding(facts: Facts, shown: Correlation): Finding {
  const { table } = facts;
  const color =
    facts.differences.find(
      (difference) =>
        (difference.measure === shown.left || difference.measure === shown.right) && difference.category.distinctCount <= 6 && difference.explained > 0.1,
    )?.category ?? null;
  return {
    score: 0.3 + 0.6 * Math.abs(shown.r),
    plots: 1,
    heading: 'What goes together',
    *tell() {
      const result = yield* present(
        `Strongest correlations in ${table.name}`,
        pairsSql(table, facts.correlations.slice(0, 8)),
        scatter(table, shown.left, shown.right, color),
      );
      if (result === null) return yield* tellFailure();
      const headline = describeCorrelation(shown);
      const twins = facts.correlations
        .filter((pair) => Math.abs(pair.r) > 0.995)
        .map((pair) => ` ${named(pair.left.name)} and ${named(pair.right.name)} say nearly the same thing twice (${correlation(pair.r)}).`);
      yield* say(`${headline}${twins.slice(0, 2).join('')} A correlation does not say what causes what.\n\n`);
      return headline;
    },
  };
}

function reversalFinding(facts: Facts, pair: Correlation): Finding {
  const { table } = facts;
  const { left, right, within } = pair;
  const category = within?.category;
  return {
    score: 0.62,
    plots: 1,
    heading: `A relation that turns round: ${spacedName(left.name)} and ${spacedName(right.name)}`,
    *tell() {
      if (category === undefined) return null;
      const name = identifier(fieldName(category.name));
      const sql = `SELECT coalesce(CAST(${category.sql} AS VARCHAR), 'all rows') AS ${name}, round(corr(${finite(left)}, ${finite(right)}), 3) AS correlation, regr_count(${finite(left)}, ${finite(right)}) AS rows FROM ${table.sql} WHERE ${category.sql} IS NOT NULL GROUP BY GROUPING SETS ((${category.sql}), ()) ORDER BY grouping(${category.sql}) DESC, 1`;
      const result = yield* present(
        `Correlation of ${spacedName(left.name)} and ${spacedName(right.name)} by ${spacedName(category.name)}`,
        sql,
        scatter(table, left, right, category),
      );
      if (result === null) return yield* tellFailure();
      const headline = `Over all rows ${named(left.name)} and ${named(right.name)} go ${pair.r > 0 ? 'up together' : 'in opposite directions'} (${correlation(pair.r)}), but among rows of the same ${named(category.name)} it is the other way round (${correlation(within?.r ?? 0)})`;
      yield* say(`${headline}. The groups differ, and that hides the relation inside them.\n\n`);
      return `${headline}.`;
    },
  };
}

/** Says how strongly two measures go together, and in which direction. */
export function describeCorrelation(pair: Pick<Correlation, 'left' | 'right' | 'r'>): string {
  const size = Math.abs(pair.r);
  const [left, right] = [named(pair.left.name), named(pair.right.name)];
  if (size < 0.1) return `${left} and ${right} have next to no linear relation (${correlation(pair.r)}).`;
  const strength = size >= 0.9 ? 'very strongly' : size >= 0.7 ? 'strongly' : size >= 0.4 ? 'moderately' : 'weakly';
  return `${left} and ${right} are ${strength} correlated (${correlation(pair.r)}): where one is higher, the other tends to be ${pair.r > 0 ? 'higher' : 'lower'}.`;
}
