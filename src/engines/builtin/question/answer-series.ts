import { aggregateName, aggregateSql } from '../analysis/aggregate.ts';
import { axisTitle, groupName, spacedName, unitOf, type Column } from '../column.ts';
import { periodName, periodOf, type Grain } from '../dates.ts';
import { explore, present, say, type Script } from '../script.ts';
import { fieldName, identifier, literals, where } from '../sql.ts';
import { capital, count, listed, named, number } from '../words.ts';
import { title } from './answer-values.ts';
import { categoryField, chosenChart } from './chart-choice.ts';
import { conditionsOf, filtersText, type Intent, type Question } from './question.ts';

/** More lines than these cannot be told apart. */
const mostSeries = 8;

/** A value over time, a line for each value of a category. */
export function* answerSeries(question: Question, intent: Extract<Intent, { kind: 'time' }>, grain: Grain, series: Column): Script {
  const { table } = question;
  const { time, measure, aggregate } = intent;
  const [name, value] = [fieldName(series.name), aggregateName(aggregate, measure)];
  const conditions = [`${series.sql} IS NOT NULL`, `${time.sql} IS NOT NULL`, ...conditionsOf(question)];
  const text = `CAST(${series.sql} AS VARCHAR)`;
  const [found] = yield* explore([`SELECT ${text} AS value, count(*) AS n FROM ${table.sql}${where(conditions)} GROUP BY 1 ORDER BY n DESC, 1 LIMIT 200`]);
  const values = (found?.rows ?? []).flatMap((row) => row.text('value') ?? []);
  if (values.length === 0) return yield* say(`There is nothing to show${filtersText(question.filters)}.`);
  const shown = values.slice(0, mostSeries);
  const period = time.time === null ? time.sql : periodOf(time.time, time.sql, grain);
  const having = measure === null ? '' : ` HAVING count(${measure.sql}) > 0`;
  const of = values.length > shown.length ? [...conditions, `${text} IN (${literals(shown)})`] : conditions;
  const sql = `SELECT * FROM (SELECT ${period} AS ${grain}, ${text} AS ${identifier(name)}, ${aggregateSql(aggregate, measure)} AS ${identifier(value)} FROM ${table.sql}${where(of)} GROUP BY 1, 2${having}) WHERE ${grain} IS NOT NULL ORDER BY 1, 2`;
  const spoken = capital(spacedName(value));
  const heading = `${spoken} by ${grain} and ${spacedName(series.name)}`;
  const { spec, note } = chosenChart(question.wish, {
    title: heading,
    value: { field: value, title: axisTitle(spoken, measure) },
    category: null,
    series: { ...categoryField(series, mostSeries), distinct: shown.length },
    time: { field: grain, title: spacedName(time.name), grain, periods: 100 },
    isAdditive: aggregate !== 'avg' && aggregate !== 'median',
  });
  if (note !== '') yield* say(note);
  const result = yield* present(title(question), `${sql} LIMIT 1000`, spec === null ? null : { title: heading, sql, spec });
  if (result === null) return yield* say('I could not work this out: the query failed.');
  // The engine is shown the first rows only; the ends of each line come from a query of their own.
  const ends = `SELECT ${identifier(name)} AS name, min(${grain}) AS first, max(${grain}) AS last, arg_min(${identifier(value)}, ${grain}) AS before, arg_max(${identifier(value)}, ${grain}) AS after FROM (${sql}) GROUP BY 1 ORDER BY after DESC, 1`;
  const [lines] = yield* explore([ends]);
  const told = (lines?.rows ?? []).slice(0, 5).flatMap((row) => {
    const [label, first, last] = [row.text('name'), row.text('first'), row.text('last')];
    const [before, after] = [row.number('before'), row.number('after')];
    if (label === null || first === null || last === null || before === null || after === null) return [];
    const verb = after === before ? 'stays at' : after > before ? 'rises to' : 'falls to';
    const from = after === before ? '' : ` from ${number(before, unitOf(measure))} in ${periodName(first, grain)}`;
    return [`- ${groupName(series, label)} ${verb} ${number(after, unitOf(measure))} in ${periodName(last, grain)}${from}.\n`];
  });
  const rest = values.length > shown.length ? `The ${count(shown.length)} values of ${named(series.name)} with most rows are shown: ${listed(shown)}.\n\n` : '';
  return yield* say(`${rest}${told.join('')}`);
}
