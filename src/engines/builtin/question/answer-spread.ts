import { finite, quantile } from '../analysis/measures.ts';
import { boxChart } from '../charts/spread.ts';
import { axisTitle, groupName, spacedName, unitOf, type Column } from '../column.ts';
import { present, say, type Script } from '../script.ts';
import { fieldName, identifier, where } from '../sql.ts';
import { named, number } from '../words.ts';
import { title } from './answer-values.ts';
import { conditionsOf, filtersText, type Question } from './question.ts';

/** More boxes than this cannot be told apart. */
const mostBoxes = 20;

/** How the values of a measure are spread in each value of a category: the five numbers of a box plot. */
export function* answerSpread(question: Question, column: Column, by: Column): Script {
  const { table } = question;
  const category = fieldName(by.name);
  const at = (share: number): string => quantile('x', share, table.rowCount);
  const filter = where([`${by.sql} IS NOT NULL`, ...conditionsOf(question)]);
  const sql = `SELECT name AS ${identifier(category)}, min(x) AS lowest, ${at(0.25)} AS "first quarter", ${at(0.5)} AS median, ${at(0.75)} AS "third quarter", max(x) AS highest, count(x) AS "values" FROM (SELECT CAST(${by.sql} AS VARCHAR) AS name, ${finite(column)} AS x FROM ${table.sql}${filter}) WHERE x IS NOT NULL GROUP BY 1 ORDER BY median DESC, 1 LIMIT ${mostBoxes}`;
  const spoken = `${spacedName(column.name)} by ${spacedName(by.name)}`;
  const fields = { low: 'lowest', firstQuarter: 'first quarter', median: 'median', thirdQuarter: 'third quarter', high: 'highest' };
  const spec = boxChart(`Distribution of ${spoken}`, { field: category, title: spacedName(by.name) }, axisTitle(spacedName(column.name), column), fields);
  const result = yield* present(title(question), sql, question.wish === 'table' ? null : { title: `Distribution of ${spoken}`, sql, spec });
  if (result === null) return yield* say('I could not work this out: the query failed.');
  const groups = result.rows.map((row) => ({
    name: groupName(by, row.text(category) ?? ''),
    median: row.number('median'),
    first: row.number('first quarter'),
    third: row.number('third quarter'),
  }));
  const [highest, lowest] = [groups[0], groups.at(-1)];
  if (highest === undefined || lowest === undefined) return yield* say(`There is no value of ${named(column.name)}${filtersText(question.filters)}.`);
  const amount = (value: number | null): string => number(value ?? 0, unitOf(column));
  const middle = `half of its values lie between ${amount(highest.first)} and ${amount(highest.third)}`;
  const rest = lowest === highest ? '' : ` It is lowest for ${lowest.name}: ${amount(lowest.median)}.`;
  return yield* say(
    `The median of ${named(column.name)} is highest for ${highest.name}: ${amount(highest.median)}; ${middle}.${rest} The lines reach from the smallest to the largest value.`,
  );
}
