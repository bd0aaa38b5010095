import { aggregateName, aggregateSql } from '../analysis/aggregate.ts';
import { chosenMeasures } from '../analysis/measures.ts';
import { groupName, unitOf, type Column } from '../column.ts';
import { present, say, type Script } from '../script.ts';
import { fieldName, identifier, where } from '../sql.ts';
import { capital, count, listed, named, number } from '../words.ts';
import { title } from './answer-values.ts';
import { conditionsOf, type Question } from './question.ts';

/** Values of a category side by side: how many rows they have, and the average of each measure. */
export function* answerCompare(question: Question, by: Column): Script {
  const { table } = question;
  const measures = chosenMeasures(table, 6);
  const category = fieldName(by.name);
  const averages = measures.map((measure) => `${aggregateSql('avg', measure)} AS ${identifier(aggregateName('avg', measure))}`);
  const sql = `SELECT CAST(${by.sql} AS VARCHAR) AS ${identifier(category)}, ${['count(*) AS rows', ...averages].join(', ')} FROM ${table.sql}${where(conditionsOf(question))} GROUP BY 1 ORDER BY rows DESC, 1 LIMIT 20`;
  const result = yield* present(title(question), sql);
  const rows = result?.rows ?? [];
  if (rows.length === 0) return yield* say('I could not work this out: the query failed, or no row has these values.');
  const name = (row: (typeof rows)[number]): string => groupName(by, row.text(category) ?? '');
  const counts = `${capital(listed(rows.map((row) => `${name(row)} has ${count(row.number('rows') ?? 0)}`)))} rows.`;
  const lines = measures.flatMap((measure) => {
    const values = rows.flatMap((row) => {
      const value = row.number(aggregateName('avg', measure));
      return value === null ? [] : [{ name: name(row), value }];
    });
    const [highest] = values.toSorted((left, right) => right.value - left.value);
    if (highest === undefined || values.length < 2) return [];
    const rest = values.filter((one) => one !== highest).map((one) => `${number(one.value, unitOf(measure))} for ${one.name}`);
    return [`- The average ${named(measure.name)} is highest for ${highest.name}: ${number(highest.value, unitOf(measure))}, against ${listed(rest)}.\n`];
  });
  return yield* say(`${counts}${lines.length === 0 ? '' : `\n\n${lines.join('')}`}`);
}
