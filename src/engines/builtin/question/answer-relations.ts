import { aggregateName, aggregateSql } from '../analysis/aggregate.ts';
import { describeCorrelation, pairsSql, scatter } from '../analysis/correlations.ts';
import { outlierShare } from '../analysis/distribution.ts';
import { chosenMeasures, measureSql, readMeasure } from '../analysis/measures.ts';
import { readTime, timeSql } from '../analysis/moments.ts';
import { describeOutliers, namingColumns, outlierSql } from '../analysis/outliers.ts';
import { pairsOf } from '../analysis/relations.ts';
import { describeMovement, movementRows, overTimeSql } from '../analysis/trend.ts';
import { columnChart, lineChart } from '../charts.ts';
import { spacedName, type Column } from '../column.ts';
import { grains, monthName } from '../dates.ts';
import { explore, present, say, type Script } from '../script.ts';
import { identifier, where } from '../sql.ts';
import { capital, correlation, counted, named, number } from '../words.ts';
import { title } from './answer-values.ts';
import { conditionsOf, filtersText, type Intent, type Question } from './question.ts';

const failed = 'I could not work this out: the query failed.';
const caution = ' A correlation does not say what causes what.';

/** How two measures go together. */
export function* answerCorrelation(question: Question, left: Column, right: Column): Script {
  const { table } = question;
  const conditions = conditionsOf(question);
  const filtered = conditions.length === 0 ? table : { ...table, sql: `(SELECT * FROM ${table.sql}${where(conditions)})` };
  const result = yield* present(title(question), pairsSql(filtered, [{ left, right }]), scatter(table, left, right, null, conditions));
  const row = result?.rows[0];
  if (row === undefined) return yield* say(failed);
  const r = row.number('correlation');
  if (r === null)
    return yield* say(
      `A correlation cannot be computed: one of ${named(left.name)} and ${named(right.name)} has no or only one value${filtersText(question.filters)}.`,
    );
  return yield* say(`${describeCorrelation({ left, right, r })}${caution}`);
}

/** The strongest correlations of all measures. */
export function* answerCorrelations(question: Question): Script {
  const { table } = question;
  const result = yield* present(
    title(question),
    `${pairsSql(
      table,
      pairsOf(chosenMeasures(table, 6)).map(([left, right]) => ({ left, right })),
    )} LIMIT 10`,
  );
  const row = result?.rows[0];
  const r = row?.number('correlation') ?? null;
  if (row === undefined || r === null) return yield* say(failed);
  return yield* say(`Strongest are ${named(row.text('one measure') ?? '')} and ${named(row.text('other measure') ?? '')} (${correlation(r)}).${caution}`);
}

/** Values far from the rest. */
export function* answerOutliers(question: Question, column: Column): Script {
  const { table } = question;
  const conditions = conditionsOf(question);
  const filtered = conditions.length === 0 ? table : { ...table, sql: `(SELECT * FROM ${table.sql}${where(conditions)})` };
  const [found] = yield* explore([measureSql(filtered, column)]);
  const [facts] = readMeasure(column, found ?? null);
  if (facts === undefined) return yield* say(`There is no value of ${named(column.name)}${filtersText(question.filters)}.`);
  if (facts.lowOutliers + facts.highOutliers === 0) {
    return yield* say(
      `${named(column.name)} has no outliers${filtersText(question.filters)}: all ${counted(facts.count, 'value')} lie between ${number(facts.fences[0])} and ${number(facts.fences[1])}, 1.5 interquartile ranges beyond the quartiles.`,
    );
  }
  const result = yield* present(title(question), outlierSql(filtered, facts, 20));
  if (result === null) return yield* say(failed);
  const names = namingColumns(table, column);
  const rows = result.rows.flatMap((row) => {
    const value = row.number(column.name);
    return value === null
      ? []
      : [
          {
            value,
            name: names
              .slice(0, names[0]?.role === 'label' ? 1 : 2)
              .flatMap((one) => row.text(one.name) ?? [])
              .join(', '),
          },
        ];
  });
  return yield* say(
    `${describeOutliers(facts, rows)}${(facts.lowOutliers + facts.highOutliers) / facts.count > 0.05 ? ` That is many (${outlierShare(facts)}): the values have a long tail rather than errors.` : ''}`,
  );
}

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
  const sql = overTimeSql(table, time, grain, aggregate, measure, measure === null, conditions);
  // Finer periods than the data's own make more points than a plot may have.
  const drawn = grains.indexOf(grain) < grains.indexOf(facts.grain) && facts.periods > 60 ? facts.grain : grain;
  const heading = `${spoken} by ${drawn}`;
  const spec = lineChart(heading, { field: drawn, title: spacedName(time.name) }, { field: value, title: spoken }, drawn, {
    isFromZero: aggregate !== 'avg' && aggregate !== 'median',
    points: drawn === facts.grain ? facts.periods : 100,
  });
  const result = yield* present(title(question), sql, {
    title: heading,
    sql: overTimeSql(table, time, drawn, aggregate, measure, measure === null, conditions),
    spec,
  });
  if (result === null) return yield* say(failed);
  const mayBeNegative = Number(measure?.profile.min ?? 0) < 0;
  const told = describeMovement(yield* movementRows(result, sql, grain, value), grain, value, null, mayBeNegative);
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
        : `There is only one ${grain}: the ${named(value)} is ${number(only)}.`,
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
    `The ${named(value)} is highest in ${monthName(highest.month)} (${number(highest.amount)}) and lowest in ${monthName(lowest.month)} (${number(lowest.amount)}).`,
  );
}
