import type { TimeFacts } from '../analysis/facts.ts';
import { labelColumn, spacedName, withRole, type Column, type Table } from '../column.ts';
import { singular } from '../words.ts';

/** Every shape of question that is understood, made of the columns of a table. */
export function askableQuestions(table: Table): readonly string[] {
  const measures = withRole(table, 'measure').slice(0, 4);
  const categories = withRole(table, 'category')
    .filter((column) => !column.isNumber)
    .concat(withRole(table, 'category').filter((column) => column.isNumber))
    .slice(0, 3);
  const [time] = withRole(table, 'time');
  const [first, second] = measures;
  const [category] = categories;
  const label = labelColumn(table);
  const values = category?.profile.topValues.map((top) => top.value).filter((value) => /[\p{L}\p{N}]/u.test(value)) ?? [];
  const questions = [
    ...measures.flatMap((measure) => categories.slice(0, 2).map((one) => `What is the average ${name(measure)} by ${name(one)}?`)),
    ...measures.map((measure) => `What are the top 5 rows by ${name(measure)}?`),
    ...measures.map((measure) => `What is the distribution of ${name(measure)}?`),
    ...(time === undefined ? [] : measures.map((measure) => `How does the average ${name(measure)} change over time?`)),
    ...(first === undefined || second === undefined ? [] : [`How are ${name(first)} and ${name(second)} correlated?`, 'What are the strongest correlations?']),
    ...categories.map((one) => `How many rows are there per ${name(one)}?`),
    ...(category === undefined || values[0] === undefined ? [] : [`What share of the rows has ${name(category)} ${quote(values[0])}?`]),
    ...(first === undefined || category === undefined || values[0] === undefined || values[1] === undefined
      ? []
      : [`Compare the ${name(first)} of ${quote(values[0])} and ${quote(values[1])}`]),
    ...measures.map((measure) => `What are the outliers of ${name(measure)}?`),
    ...(first === undefined
      ? []
      : [`What is the median ${name(first)}?`, ...(plainMedian(first) === null ? [] : [`How many rows have ${name(first)} over ${plainMedian(first)}?`])]),
    ...(time === undefined || time.distinctCount > table.rowCount * 0.9 ? [] : ['How many rows are there per year?']),
    ...(label?.role === 'label' && first !== undefined ? [`Which ${singular(spacedName(label.name).toLowerCase())} has the highest ${name(first)}?`] : []),
    'Which values are missing?',
    'Are there duplicates?',
    'Describe the columns',
    'Show me the first 10 rows',
    'Analyse the data',
  ];
  return [...new Set(questions)];
}

/** A few questions to begin with, of different shapes. */
export function starterQuestions(table: Table, times: readonly TimeFacts[]): readonly string[] {
  const all = askableQuestions(table);
  const shapes = [
    /^What is the average/,
    /over time/,
    /^Which .* highest|^What are the top/,
    /^Compare/,
    /correlated/,
    /^How many rows are there per/,
    /distribution/,
    /missing/,
    /first 10/,
  ];
  const chosen = shapes.flatMap((shape) =>
    shape.source.includes('over time') && times.length === 0 ? [] : all.filter((question) => shape.test(question)).slice(0, 1),
  );
  return chosen.slice(0, 5);
}

/** The understood questions that are nearest to one that is not: by shared words, then by shared pairs of letters. */
export function nearestQuestions(table: Table, question: string, most = 3): readonly string[] {
  const wanted = wordSet(question);
  const scored = askableQuestions(table).map((text, position) => {
    const words = wordSet(text);
    const shared = [...wanted].filter((word) => words.has(word)).length;
    return { text, score: shared / Math.sqrt(words.size + 1) + letterLikeness(question, text) - position / 1_000 };
  });
  return scored
    .toSorted((left, right) => right.score - left.score)
    .slice(0, most)
    .map((entry) => entry.text);
}

/** A column as a person writes it in a question: in quotes where its name is no plain words. */
function name(column: Column): string {
  return /^[\p{L}][\p{L}\p{N} _]*$/u.test(column.name) ? spacedName(column.name) : `"${column.name.replaceAll('"', '')}"`;
}

function quote(value: string): string {
  return /^[\p{L}\p{N}]+$/u.test(value) ? value : `"${value.replaceAll('"', '')}"`;
}

function plainMedian(column: Column): string | null {
  const median = column.profile.quartiles?.[1] ?? column.profile.mean ?? 0;
  const text = String(Number(median.toPrecision(3)));
  return /^\d+(\.\d+)?$/.test(text) ? text : null;
}

function wordSet(text: string): ReadonlySet<string> {
  return new Set(
    (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
      .filter((word) => word.length > 2 && !['the', 'what', 'are', 'and', 'how', 'for', 'rows'].includes(word))
      .map((word) => singular(word)),
  );
}

function letterLikeness(left: string, right: string): number {
  const pairs = (text: string): ReadonlySet<string> =>
    new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => text.slice(index, index + 2).toLowerCase()));
  const [a, b] = [pairs(left.slice(0, 300)), pairs(right)];
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return (2 * shared) / Math.max(1, a.size + b.size);
}
