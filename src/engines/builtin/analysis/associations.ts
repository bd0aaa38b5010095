import { heatmapChart } from '../charts/grids.ts';
import { present, say } from '../script.ts';
import { groupName, spacedName } from '../column.ts';
import { fieldName, identifier } from '../sql.ts';
import { count, counted, named, number } from '../words.ts';
import type { Association, Facts } from './facts.ts';
import { tellFailure, type Finding } from './finding.ts';

/** The two categories that go together most. */
export function findAssociations(facts: Facts): readonly Finding[] {
  const strongest = facts.associations.filter((association) => association.v >= 0.2).toSorted((left, right) => right.v - left.v)[0];
  return strongest === undefined ? [] : [associationFinding(facts, strongest)];
}

function associationFinding(facts: Facts, { left, right, v }: Association): Finding {
  const { table } = facts;
  const [leftName, rightName] = [fieldName(left.name), fieldName(right.name) === fieldName(left.name) ? `${fieldName(right.name)} 2` : fieldName(right.name)];
  const crossed = `SELECT CAST(${left.sql} AS VARCHAR) AS a, CAST(${right.sql} AS VARCHAR) AS b, count(*) AS n FROM ${table.sql} WHERE ${left.sql} IS NOT NULL AND ${right.sql} IS NOT NULL GROUP BY 1, 2`;
  const expected = 'sum(n) OVER (PARTITION BY a) * sum(n) OVER (PARTITION BY b) / sum(n) OVER ()';
  const sql = `WITH c AS (${crossed}) SELECT a AS ${identifier(leftName)}, b AS ${identifier(rightName)}, n AS rows, round(CAST(${expected} AS DOUBLE), 1) AS "expected by chance" FROM c ORDER BY n - ${expected} DESC LIMIT 20`;
  const title = `${spacedName(left.name)} and ${spacedName(right.name)}`;
  const spec = heatmapChart(
    `Rows by ${title}`,
    { field: rightName, title: spacedName(right.name) },
    { field: leftName, title: spacedName(left.name) },
    { field: 'rows', title: 'Rows' },
  );
  return {
    score: 0.3 + 0.5 * v,
    plots: 1,
    heading: `${title} together`,
    *tell() {
      const plotSql = `WITH c AS (${crossed}) SELECT a AS ${identifier(leftName)}, b AS ${identifier(rightName)}, n AS rows FROM c ORDER BY 1, 2`;
      const result = yield* present(title, sql, { title: `Rows by ${title}`, sql: plotSql, spec });
      const top = result?.rows[0];
      if (top === undefined) return yield* tellFailure();
      const strength =
        v > 0.995 ? 'one determines the other' : v >= 0.6 ? 'they go together strongly' : v >= 0.3 ? 'they go together' : 'they go together a little';
      const headline = `${named(left.name)} and ${named(right.name)}: ${strength} (Cramér's V ${number(Math.round(v * 100) / 100)} of at most 1)`;
      yield* say(
        `${headline}. ${groupName(left, top.text(leftName) ?? '')} with ${groupName(right, top.text(rightName) ?? '')} stands out: ${counted(top.number('rows') ?? 0, 'row')}, where chance would give about ${count(top.number('expected by chance') ?? 0)}.\n\n`,
      );
      return `${headline}.`;
    },
  };
}
