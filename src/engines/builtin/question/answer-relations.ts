import { describeCorrelation, pairsSql, scatter } from '../analysis/correlations.ts';
import { outlierShare } from '../analysis/distribution.ts';
import { chosenMeasures, measureSql, readMeasure } from '../analysis/measures.ts';
import { describeOutliers, namingColumns, outlierSql } from '../analysis/outliers.ts';
import { pairsOf } from '../analysis/relations.ts';
import { unitOf, type Column } from '../column.ts';
import { explore, present, say, type Script } from '../script.ts';
import { where } from '../sql.ts';
import { correlation, counted, named, number } from '../words.ts';
import { title } from './answer-values.ts';
import { conditionsOf, filtersText, type Question } from './question.ts';

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
      `${named(column.name)} has no outliers${filtersText(question.filters)}: all ${counted(facts.count, 'value')} lie between ${number(facts.fences[0], unitOf(column))} and ${number(facts.fences[1], unitOf(column))}, 1.5 interquartile ranges beyond the quartiles.`,
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
