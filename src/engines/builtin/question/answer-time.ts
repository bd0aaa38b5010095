import { aggregateName, aggregateSql } from '../analysis/aggregate.ts';
import { readTime, timeSql } from '../analysis/moments.ts';
import { describeMovement, movementRows, overTimeSql } from '../analysis/trend.ts';
import { columnChart } from '../charts/bars.ts';
import { axisTitle, spacedName, unitOf } from '../column.ts';
import { grains, monthName } from '../dates.ts';
import { explore, present, say, type Script } from '../script.ts';
import { identifier, where } from '../sql.ts';
import { capital, named, number } from '../words.ts';
import { answerChange } from './answer-change.ts';
import { answerSeries } from './answer-series.ts';
import { title } from './answer-values.ts';
import { chosenChart } from './chart-choice.ts';
import { conditionsOf, filtersText, type Intent, type Question } from './question.ts';

const failed = 'I could not work this out: the query failed.';

/** A value over time, or by the month of the year. */
export function* answerTime(question: Question, intent: Extract<Intent, { kind: 'time' }>): Script {
  const { table } = question;
  const { time, measure, aggregate } = intent;
  const conditions = conditionsOf(question);
  const value = aggregateName(aggregate, measure);
  const spoken = capital(spacedName(value));
  if (intent.isCalendarMonth) return yield* answerMonths(question, intent, value);
  const [facts] = readTime(time, (yield* explore([timeSql(table, time)]))[0] ?? null);
  if (facts === undefined) return yield* say(`${named(time.name)} could not be read as a date.`);
  const grain = intent.grain ?? facts.grain;
  if (intent.change !== 'none') return yield* answerChange(question, intent, grain, intent.change);
  if (intent.series !== null) return yield* answerSeries(question, intent, grain, intent.series);
  const sql = overTimeSql(table, time, grain, aggregate, measure, measure === null, conditions);
  // Finer periods than the data's own make more points than a plot may have.
  const drawn = grains.indexOf(grain) < grains.indexOf(facts.grain) && facts.periods > 60 ? facts.grain : grain;
  const heading = `${spoken} by ${drawn}`;
  const drawnSql = overTimeSql(table, time, drawn, aggregate, measure, measure === null, conditions);
  const { spec, note } = chosenChart(question.wish, {
    title: heading,
    value: { field: value, title: axisTitle(spoken, measure) },
    category: null,
    series: null,
    time: { field: drawn, title: spacedName(time.name), grain: drawn, periods: drawn === facts.grain ? facts.periods : 100 },
    isAdditive: aggregate !== 'avg' && aggregate !== 'median',
  });
  if (note !== '') yield* say(note);
  const result = yield* present(title(question), sql, spec === null ? null : { title: heading, sql: drawnSql, spec });
  if (result === null) return yield* say(failed);
  const mayBeNegative = Number(measure?.profile.min ?? 0) < 0;
  const told = describeMovement(yield* movementRows(result, sql, grain, value), grain, value, null, mayBeNegative, unitOf(measure));
  const only = result.rows[0]?.number(value) ?? null;
  const left =
    measure !== null && conditions.length === 0 && grain === facts.grain && result.rowCount < Math.min(200, facts.periods)
      ? ` ${capital(grain)}s with very few rows are left out.`
      : '';
  return yield* say(
    told !== null
      ? `${told.sentences}${left}`
      : only === null
        ? `There is nothing to show${filtersText(question.filters)}.`
        : `There is only one ${grain}: the ${named(value)} is ${number(only, unitOf(measure))}.`,
  );
}

function* answerMonths(question: Question, intent: Extract<Intent, { kind: 'time' }>, value: string): Script {
  const { table } = question;
  const moment = intent.time.time?.expression ?? intent.time.sql;
  const sql = `SELECT month(${moment}) AS number, strftime(any_value(${moment}), '%b') AS month, ${aggregateSql(intent.aggregate, intent.measure)} AS ${identifier(value)} FROM ${table.sql}${where([`${intent.time.sql} IS NOT NULL`, ...conditionsOf(question)])} GROUP BY 1 HAVING number IS NOT NULL ORDER BY 1`;
  const spoken = `${capital(spacedName(value))} by month of the year`;
  const order = Array.from({ length: 12 }, (_, month) => monthName(month + 1).slice(0, 3));
  const result = yield* present(title(question), sql, {
    title: spoken,
    sql,
    spec: columnChart(spoken, { field: 'month', title: 'Month' }, { field: value, title: capital(spacedName(value)) }, order),
  });
  const months = (result?.rows ?? []).flatMap((row) => {
    const [month, amount] = [row.number('number'), row.number(value)];
    return month === null || amount === null ? [] : [{ month, amount }];
  });
  const sorted = months.toSorted((left, right) => right.amount - left.amount);
  const [highest, lowest] = [sorted[0], sorted.at(-1)];
  if (highest === undefined || lowest === undefined) return yield* say(failed);
  return yield* say(
    `The ${named(value)} is highest in ${monthName(highest.month)} (${number(highest.amount, unitOf(intent.measure))}) and lowest in ${monthName(lowest.month)} (${number(lowest.amount, unitOf(intent.measure))}).`,
  );
}
