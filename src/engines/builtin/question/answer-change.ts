import { aggregateName, type Aggregate } from '../analysis/aggregate.ts';
import { overTimeSql } from '../analysis/trend.ts';
import { axisTitle, spacedName, unitOf } from '../column.ts';
import { periodName, type Grain } from '../dates.ts';
import type { ResultRow } from '../results.ts';
import { explore, present, say, type Script } from '../script.ts';
import { fieldName, identifier } from '../sql.ts';
import { capital, named, number } from '../words.ts';
import { title } from './answer-values.ts';
import { chosenChart } from './chart-choice.ts';
import { conditionsOf, filtersText, type Change, type Intent, type Question } from './question.ts';

/** How many periods a moving average takes together. */
const windows: Readonly<Record<Grain, number>> = { hour: 24, day: 7, week: 4, month: 3, quarter: 4, year: 3 };

const names: Readonly<Record<Exclude<Change, 'none'>, (value: string) => string>> = {
  percent: (value) => fieldName(`change of ${value} in percent`),
  running: (value) => fieldName(`running total of ${value}`),
  moving: (value) => fieldName(`moving average of ${value}`),
};

function changeSql(change: Exclude<Change, 'none'>, value: string, grain: Grain): string {
  const name = identifier(value);
  const window = `OVER (ORDER BY ${grain}`;
  if (change === 'running') return `sum(${name}) ${window})`;
  if (change === 'moving')
    return `CASE WHEN count(*) ${window} ROWS BETWEEN ${windows[grain] - 1} PRECEDING AND CURRENT ROW) = ${windows[grain]} THEN avg(${name}) ${window} ROWS BETWEEN ${windows[grain] - 1} PRECEDING AND CURRENT ROW) END`;
  return `round(100.0 * (${name} / nullif(lag(${name}) ${window}), 0) - 1), 1)`;
}

/** What is made of a value over time: its change from period to period, its sum so far, its moving average. */
export function* answerChange(question: Question, intent: Extract<Intent, { kind: 'time' }>, grain: Grain, change: Exclude<Change, 'none'>): Script {
  const { table } = question;
  const { time, measure } = intent;
  // Averages cannot be added up.
  const aggregate: Aggregate = change === 'running' && measure !== null && intent.aggregate !== 'count' ? 'sum' : intent.aggregate;
  const value = aggregateName(aggregate, measure);
  const name = names[change](value);
  const base = overTimeSql(table, time, grain, aggregate, measure, true, conditionsOf(question));
  const sql = `SELECT ${grain}, ${identifier(value)}, ${changeSql(change, value, grain)} AS ${identifier(name)} FROM (${base}) ORDER BY ${grain}`;
  const spoken = capital(spacedName(name));
  const heading = `${spoken} by ${grain}`;
  const { spec, note } = chosenChart(question.wish, {
    title: heading,
    value: { field: name, title: change === 'percent' ? spoken : axisTitle(spoken, measure) },
    category: null,
    series: null,
    time: { field: grain, title: spacedName(time.name), grain, periods: 100 },
    isAdditive: change === 'running',
  });
  if (note !== '') yield* say(note);
  const result = yield* present(title(question), sql, spec === null ? null : { title: heading, sql, spec });
  if (result === null) return yield* say('I could not work this out: the query failed.');
  const column = identifier(name);
  const [ends] = yield* explore([
    `WITH c AS (${sql}) SELECT * FROM c WHERE ${grain} IN (SELECT unnest([max(${grain}), arg_max(${grain}, ${column}), arg_min(${grain}, ${column})]) FROM c WHERE ${column} IS NOT NULL) ORDER BY ${column} DESC`,
  ]);
  const rows = (ends?.rows ?? []).filter((row) => row.number(name) !== null);
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return yield* say(`There are too few ${grain}s for that${filtersText(question.filters)}.`);
  const at = (row: ResultRow): string => periodName(row.text(grain) ?? '', grain);
  const amount = (row: ResultRow): string => number(row.number(name), change === 'percent' ? '%' : unitOf(measure));
  if (change === 'running') return yield* say(`The ${named(value)} adds up to ${amount(first)} by ${at(first)}.`);
  const of = change === 'moving' ? `moving average of ${windows[grain]} ${grain}s` : `change from one ${grain} to the next`;
  return yield* say(`The ${of} is highest in ${at(first)} (${amount(first)})${first === last ? '' : ` and lowest in ${at(last)} (${amount(last)})`}.`);
}
