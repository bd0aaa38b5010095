import { aggregateName, aggregateSql, type Aggregate } from '../analysis/aggregate.ts';
import { describeExtremes } from '../analysis/differences.ts';
import { finite } from '../analysis/measures.ts';
import { namingColumns } from '../analysis/outliers.ts';
import { barChart } from '../charts/bars.ts';
import { axisTitle, groupName, spacedName, unitOf, type Column } from '../column.ts';
import { present, say, type PlannedPlot, type Script } from '../script.ts';
import { fieldName, identifier, where } from '../sql.ts';
import { capital, count, counted, named, number, percent, quoted } from '../words.ts';
import { categoryField, chosenChart } from './chart-choice.ts';
import type { Filter } from './filters.ts';
import { conditionsOf, filtersText, readingOf, type Intent, type Question } from './question.ts';

const failed = 'I could not work this out: the query failed.';

/** One number. */
export function* answerAggregate(question: Question, aggregate: Aggregate, measure: Column | null): Script {
  const { table, filters } = question;
  const value = aggregateName(aggregate, measure);
  const rows = measure === null ? '' : `, count(${measure.sql}) AS rows`;
  const all = measure === null && filters.length > 0 ? `, round(100.0 * count(*) / nullif((SELECT count(*) FROM ${table.sql}), 0), 1) AS percent` : '';
  const result = yield* present(
    title(question),
    `SELECT ${aggregateSql(aggregate, measure)} AS ${identifier(value)}${rows}${all} FROM ${table.sql}${where(conditionsOf(question))}`,
  );
  const row = result?.rows[0];
  if (row === undefined) return yield* say(failed);
  const amount = row.number(value);
  if (measure === null) {
    const share = filters.length === 0 ? '' : ` (${number(row.number('percent') ?? 0)} % of ${count(table.rowCount)})`;
    return yield* say(`There ${amount === 1 ? 'is' : 'are'} ${counted(amount ?? 0, 'row')}${share}${filtersText(filters)}.`);
  }
  if (amount === null) return yield* say(`No row${filtersText(filters)} has a value of ${named(measure.name)}, so there is no answer.`);
  return yield* say(`The ${named(value)} is ${number(amount, unitOf(measure))}${filtersText(filters)}, over ${counted(row.number('rows') ?? 0, 'row')}.`);
}

/** One number for each value of a category. */
export function* answerGroup(question: Question, intent: Extract<Intent, { kind: 'group' }>): Script {
  const { table } = question;
  const { aggregate, measure, by, second, isAscending } = intent;
  if (second !== null) return yield* answerPairs(question, intent, second);
  const [category, value] = [fieldName(by.name), aggregateName(aggregate, measure)];
  const order = identifier(value);
  const share =
    measure === null || aggregate === 'sum'
      ? `, round(100.0 * ${aggregateSql(aggregate, measure)} / nullif(sum(${aggregateSql(aggregate, measure)}) OVER (), 0), 1) AS percent`
      : '';
  const rows = measure === null ? '' : `, count(${measure.sql}) AS rows`;
  const having = measure === null ? '' : ` HAVING count(${measure.sql}) > 0`;
  const base = `SELECT CAST(${by.sql} AS VARCHAR) AS ${identifier(category)}, ${aggregateSql(aggregate, measure)} AS ${order}${share}${rows} FROM ${table.sql}${where([`${by.sql} IS NOT NULL`, ...conditionsOf(question)])} GROUP BY 1${having} ORDER BY ${intent.order === 'name' ? '' : `${order} ${isAscending ? 'ASC' : 'DESC'}, `}${by.isNumber ? `any_value(${by.sql})` : '1'}`;
  const sql = `${base} LIMIT ${intent.limit ?? 50}`;
  const spoken = `${capital(spacedName(value))} by ${spacedName(by.name)}`;
  const { spec, note } = chosenChart(question.wish, {
    title: spoken,
    value: { field: value, title: axisTitle(capital(spacedName(value)), measure) },
    category: categoryField(by, Math.min(intent.limit ?? 20, 20)),
    series: null,
    time: null,
    isAdditive: aggregate === 'count' || aggregate === 'sum',
  });
  const plot: PlannedPlot | null =
    by.distinctCount > 1 && spec !== null ? { title: spoken, sql: `${base} LIMIT ${Math.min(intent.limit ?? 20, 20)}`, spec } : null;
  if (note !== '') yield* say(note);
  const result = yield* present(title(question), sql, plot);
  if (result === null) return yield* say(failed);
  const shown = result.rows.flatMap((row) => {
    const [group, amount] = [row.text(category), row.number(value)];
    return group === null || amount === null ? [] : [{ group, value: amount, share: row.number('percent') }];
  });
  // Sorted by name, what is said is still about the highest and the lowest.
  const groups = intent.order === 'name' ? shown.toSorted((left, right) => (isAscending ? left.value - right.value : right.value - left.value)) : shown;
  const [first] = groups;
  if (first === undefined) return yield* say(`No row${filtersText(question.filters)} has a value of ${named(by.name)}, so there is nothing to compare.`);
  const descending = isAscending ? groups.toReversed() : groups;
  if (measure === null) return yield* say(describeCounts(by, groups, isAscending, result.rowCount < (intent.limit ?? 50)));
  const isCut = intent.limit !== null && result.rowCount >= intent.limit;
  if (isCut) {
    const runnerUp = groups[1] === undefined ? '' : `, then ${groupName(by, groups[1].group)} (${number(groups[1].value, unitOf(measure))})`;
    return yield* say(
      `${capital(groupName(by, first.group))} has the ${isAscending ? 'lowest' : 'highest'} ${named(value)} (${number(first.value, unitOf(measure))})${runnerUp}.`,
    );
  }
  return yield* say(describeExtremes(descending, by, value, unitOf(measure)) ?? failed);
}

/** One number for each pair of values of two categories. */
function* answerPairs(question: Question, intent: Extract<Intent, { kind: 'group' }>, second: Column): Script {
  const { table } = question;
  const { aggregate, measure, by, isAscending } = intent;
  const [one, other, value] = [fieldName(by.name), fieldName(second.name), aggregateName(aggregate, measure)];
  const rows = measure === null ? '' : `, count(${measure.sql}) AS rows`;
  const having = measure === null ? '' : ` HAVING count(${measure.sql}) > 0`;
  const filter = where([`${by.sql} IS NOT NULL`, `${second.sql} IS NOT NULL`, ...conditionsOf(question)]);
  const order = intent.order === 'name' ? '1, 2' : `${identifier(value)} ${isAscending ? 'ASC' : 'DESC'}, 1, 2`;
  const base = `SELECT CAST(${by.sql} AS VARCHAR) AS ${identifier(one)}, CAST(${second.sql} AS VARCHAR) AS ${identifier(other)}, ${aggregateSql(aggregate, measure)} AS ${identifier(value)}${rows} FROM ${table.sql}${filter} GROUP BY 1, 2${having} ORDER BY ${order}`;
  const spoken = `${capital(spacedName(value))} by ${spacedName(by.name)} and ${spacedName(second.name)}`;
  const isPicture = by.distinctCount <= 30 && second.distinctCount <= 24;
  const { spec, note } = chosenChart(question.wish, {
    title: spoken,
    value: { field: value, title: axisTitle(capital(spacedName(value)), measure) },
    category: categoryField(by, 30),
    series: categoryField(second, 24),
    time: null,
    isAdditive: aggregate === 'count' || aggregate === 'sum',
  });
  const plot: PlannedPlot | null = isPicture && spec !== null ? { title: spoken, sql: `${base} LIMIT 300`, spec } : null;
  if (plot !== null && note !== '') yield* say(note);
  const result = yield* present(title(question), `${base} LIMIT ${intent.limit ?? 200}`, plot);
  if (result === null) return yield* say(failed);
  const pairs = result.rows.flatMap((row) => {
    const amount = row.number(value);
    return amount === null ? [] : [{ name: `${groupName(by, row.text(one) ?? '')} with ${groupName(second, row.text(other) ?? '')}`, amount }];
  });
  const sorted = pairs.toSorted((left, right) => right.amount - left.amount);
  const [highest, lowest] = [sorted[0], sorted.at(-1)];
  if (highest === undefined || lowest === undefined) return yield* say(`No row${filtersText(question.filters)} has both.`);
  const rest = highest === lowest ? '' : `, and lowest for ${lowest.name} (${number(lowest.amount, unitOf(measure))})`;
  return yield* say(
    `Of ${counted(pairs.length, 'combination')} shown the ${measure === null ? 'number of rows' : named(value)} is highest for ${highest.name} (${number(highest.amount, unitOf(measure))})${rest}.`,
  );
}

function describeCounts(
  by: Column,
  groups: readonly { readonly group: string; readonly value: number; readonly share: number | null }[],
  isAscending: boolean,
  isComplete: boolean,
): string {
  const [first, second] = groups;
  if (first === undefined) return failed;
  const share = first.share === null ? '' : `, ${percent(first.share / 100)} of them`;
  const next = second === undefined ? '' : ` Next ${second.value === 1 ? 'is' : 'comes'} ${groupName(by, second.group)} with ${count(second.value)}.`;
  return `${capital(groupName(by, first.group))} has the ${isAscending ? 'fewest' : 'most'} rows: ${count(first.value)}${share}.${next}${isComplete ? ` There are ${counted(groups.length, 'different value')} of ${named(by.name)}.` : ''}`;
}

/** The rows with the highest or lowest value. */
export function* answerTop(question: Question, intent: Extract<Intent, { kind: 'top' }>): Script {
  const { table } = question;
  const { measure, limit, isAscending } = intent;
  const names = namingColumns(table, measure);
  const columns = [...names, measure];
  const order = `${finite(measure)} ${isAscending ? 'ASC' : 'DESC'}, ${columns.map((column) => column.sql).join(', ')}`;
  const filter = where([`${finite(measure)} IS NOT NULL`, ...conditionsOf(question)]);
  const sql = `SELECT ${columns.map((column) => column.sql).join(', ')} FROM ${table.sql}${filter} ORDER BY ${order} LIMIT ${limit}`;
  const [label] = names;
  const isPicture = limit >= 3 && limit <= 30 && label !== undefined && label.distinctCount > table.rowCount * 0.5;
  const spoken = `${isAscending ? 'Lowest' : 'Highest'} ${spacedName(measure.name)}`;
  const plot: PlannedPlot | null =
    isPicture && label !== undefined
      ? {
          title: spoken,
          // The same name may occur twice, and one bar must not stand for two rows.
          sql: `SELECT ${identifier('name')} || CASE WHEN count(*) OVER (PARTITION BY name) > 1 THEN ' #' || row_number() OVER (PARTITION BY name ORDER BY value DESC) ELSE '' END AS name, value FROM (SELECT CAST(${label.sql} AS VARCHAR) AS name, ${finite(measure)} AS value FROM ${table.sql}${filter} ORDER BY ${order} LIMIT ${limit})`,
          spec: barChart(spoken, { field: 'name', title: spacedName(label.name) }, { field: 'value', title: spacedName(measure.name) }),
        }
      : null;
  const result = yield* present(title(question), sql, plot);
  if (result === null) return yield* say(failed);
  const rows = result.rows.map((row) => ({
    value: row.number(measure.name),
    name: names
      .slice(0, label?.role === 'label' ? 1 : 2)
      .flatMap((column) => row.text(column.name) ?? [])
      .join(', '),
  }));
  const [first] = rows;
  if (first === undefined || first.value === null) return yield* say(`No row${filtersText(question.filters)} has a value of ${named(measure.name)}.`);
  const ties = rows.filter((row) => row.value === first.value).length;
  const tied = ties > 1 ? ` ${counted(ties, 'row')} of those shown share this value.` : '';
  return yield* say(
    `The ${isAscending ? 'lowest' : 'highest'} ${named(measure.name)} is ${number(first.value, unitOf(measure))}${first.name === '' ? '' : `: ${quoted(first.name)}`}.${tied}`,
  );
}

/** A part of the rows in percent of the whole. */
export function* answerShare(question: Question, of: readonly Filter[]): Script {
  const { table, filters } = question;
  const part = of.map((filter) => filter.sql).join(' AND ');
  const sql = `SELECT count(*) FILTER (WHERE ${part}) AS rows, count(*) AS "all rows", round(100.0 * count(*) FILTER (WHERE ${part}) / nullif(count(*), 0), 1) AS percent FROM ${table.sql}${where(conditionsOf(question))}`;
  const result = yield* present(title(question), sql);
  const row = result?.rows[0];
  if (row === undefined) return yield* say(failed);
  return yield* say(
    `${number(row.number('percent'))} %: ${count(row.number('rows') ?? 0)} of ${counted(row.number('all rows') ?? 0, 'row')}${filtersText(of)}${filters.length === 0 ? '' : `, out of those${filtersText(filters)}`}.`,
  );
}

/** A heading for a result: the reading of the question. */
export function title(question: Question): string {
  return capital(readingOf(question).replaceAll('\\', '')).slice(0, 180);
}
