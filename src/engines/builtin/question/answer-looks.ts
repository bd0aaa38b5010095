import { topValuesSql, describeTop } from '../analysis/categories.ts';
import { columnsSql } from '../analysis/columns.ts';
import { describeSpread, distributionSql, histogram } from '../analysis/distribution.ts';
import { measureSql, readMeasure } from '../analysis/measures.ts';
import { missingSql } from '../analysis/missing.ts';
import { barChart } from '../charts/bars.ts';
import { spacedName, type Column } from '../column.ts';
import { explore, present, say, type Script } from '../script.ts';
import { fieldName, identifier, where } from '../sql.ts';
import { counted, listed, named, percent, count, quoted } from '../words.ts';
import { title } from './answer-values.ts';
import { conditionsOf, filtersText, type Question } from './question.ts';

const failed = 'I could not work this out: the query failed.';

/** The first rows. */
export function* answerRows(question: Question, limit: number): Script {
  const { table } = question;
  const result = yield* present(title(question), `SELECT * FROM ${table.sql}${where(conditionsOf(question))} LIMIT ${limit}`);
  if (result === null) return yield* say(failed);
  return yield* say(
    result.rowCount === 0
      ? `There is no row${filtersText(question.filters)}.`
      : `${result.rowCount === 1 ? 'This is' : 'These are'} ${counted(result.rowCount, 'row')} of ${named(table.name)}${filtersText(question.filters)}; the table has ${counted(table.rowCount, 'row')} and ${counted(table.columns.length, 'column')}.`,
  );
}

/** One line for each column. */
export function* answerColumns(question: Question): Script {
  const { table } = question;
  const shown = table.columns.slice(0, 40);
  const result = yield* present(title(question), columnsSql({ table }, shown));
  if (result === null) return yield* say(failed);
  return yield* say(
    `${named(table.name)} has ${counted(table.rowCount, 'row')} and ${counted(table.columns.length, 'column')}: ${listed(
      table.columns.map((column) => named(column.name)),
      12,
    )}.`,
  );
}

/** Missing values by column. */
export function* answerMissing(question: Question): Script {
  const { table } = question;
  const result = yield* present(title(question), missingSql(table));
  if (result === null) return yield* say(failed);
  const [first] = result.rows;
  if (first === undefined) return yield* say(`No value is missing: every column of ${named(table.name)} is complete.`);
  const missing = first.number('missing') ?? 0;
  return yield* say(
    `${counted(result.rowCount, 'column')} of ${count(table.columns.length)} ${result.rowCount === 1 ? 'has' : 'have'} missing values, most of all ${named(first.text('column') ?? '')}: ${counted(missing, 'row')} (${percent(missing / table.rowCount)}).`,
  );
}

/** Rows that occur more than once. */
export function* answerDuplicates(question: Question): Script {
  const { table } = question;
  const columns = table.columns.map((column) => column.sql).join(', ');
  const result = yield* present(
    title(question),
    `SELECT count(*) AS times, ${columns} FROM ${table.sql} GROUP BY ${columns} HAVING count(*) > 1 ORDER BY times DESC LIMIT 50`,
  );
  if (result === null) return yield* say(failed);
  return yield* say(
    result.rowCount === 0
      ? 'No row occurs twice.'
      : `${result.rowCount >= 50 ? 'At least ' : ''}${counted(result.rowCount, 'row')} ${result.rowCount === 1 ? 'occurs' : 'occur'} more than once.`,
  );
}

/** The different values of a column. */
export function* answerDistinct(question: Question, column: Column): Script {
  const { table } = question;
  const name = fieldName(column.name);
  const filter = where([`${column.sql} IS NOT NULL`, ...conditionsOf(question)]);
  const sql = `SELECT CAST(${column.sql} AS VARCHAR) AS ${identifier(name)}, count(*) AS rows FROM ${table.sql}${filter} GROUP BY 1 ORDER BY rows DESC, 1 LIMIT 200`;
  const [counts] = yield* explore([`SELECT count(DISTINCT ${column.sql}) AS n FROM ${table.sql}${filter}`]);
  const result = yield* present(title(question), sql);
  const distinct = counts?.rows[0]?.number('n') ?? null;
  if (result === null || distinct === null) return yield* say(failed);
  const values = result.rows
    .slice(0, 8)
    .flatMap((row) => row.text(name) ?? [])
    .map(quoted);
  return yield* say(
    `There ${distinct === 1 ? 'is' : 'are'} ${counted(distinct, 'different value')} of ${named(column.name)}${filtersText(question.filters)}${values.length === 0 ? '' : `: ${distinct > values.length ? `${values.join(', ')} ...` : listed(values)}`}.`,
  );
}

/** How the values of a column are spread: a histogram of numbers, bars of everything else. */
export function* answerDistribution(question: Question, column: Column): Script {
  const { table } = question;
  const conditions = conditionsOf(question);
  if (!column.isNumber || (column.role === 'category' && column.distinctCount <= 12)) {
    const name = fieldName(column.name);
    const sql = topValuesSql(table, column, conditions, 20);
    const spoken = `Rows by ${spacedName(column.name)}`;
    const result = yield* present(title(question), sql, {
      title: spoken,
      sql,
      spec: barChart(spoken, { field: name, title: spacedName(column.name) }, { field: 'rows', title: 'Rows' }),
    });
    const [first, ...rest] = (result?.rows ?? []).map((row) => ({
      value: row.text(name) ?? '',
      rows: row.number('rows') ?? 0,
      share: row.number('percent') ?? 0,
    }));
    return yield* say(first === undefined ? `There is no value of ${named(column.name)}${filtersText(question.filters)}.` : describeTop(column, first, rest));
  }
  // The facts are of the rows that are asked for, so that the bins fit them.
  const filtered = conditions.length === 0 ? table : { ...table, sql: `(SELECT * FROM ${table.sql}${where(conditions)})` };
  const [found] = yield* explore([measureSql(filtered, column)]);
  const [facts] = readMeasure(column, found ?? null);
  if (facts === undefined) return yield* say(`There is no value of ${named(column.name)}${filtersText(question.filters)}.`);
  const result = yield* present(title(question), distributionSql(table, facts, conditions), facts.max > facts.min ? histogram(table, facts, conditions) : null);
  return yield* say(result === null ? failed : describeSpread(facts).sentences);
}
