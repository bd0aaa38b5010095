import { spacedName, withRole, type Column, type Table } from '../column.ts';
import type { QueryResult } from '../results.ts';
import type { Association, Correlation, Difference } from './facts.ts';
import { finite } from './measures.ts';

/** Categories that can be compared: few enough values, and more than one. */
export function comparableCategories(table: Table, mostValues = 30, most = 6): readonly Column[] {
  return withRole(table, 'category')
    .filter((column) => column.distinctCount >= 2 && column.distinctCount <= mostValues)
    .slice(0, most);
}

/** All pairs of a list, each once. */
export function pairsOf<Item>(items: readonly Item[]): readonly (readonly [Item, Item])[] {
  return items.flatMap((left, index) => items.slice(index + 1).map((right) => [left, right] as const));
}

/** SQL for the correlations of all pairs, in one row. */
export function correlationSql(table: Table, measures: readonly Column[]): string {
  const values = measures.map((column, index) => `${finite(column)} AS x${index}`);
  const pairs = pairsOf(measures.map((_, index) => index));
  const terms = pairs.map(([left, right]) => `corr(x${left}, x${right}) AS "r${left}_${right}", regr_count(x${left}, x${right}) AS "n${left}_${right}"`);
  return `SELECT ${terms.join(', ')} FROM (SELECT ${values.join(', ')} FROM ${table.sql})`;
}

/** Reads what `correlationSql` found, strongest first; pairs with too few rows are left out. */
export function readCorrelations(measures: readonly Column[], result: QueryResult | null): readonly Correlation[] {
  const row = result?.rows[0];
  const found = pairsOf([...measures.entries()]).flatMap(([[leftIndex, left], [rightIndex, right]]): readonly Correlation[] => {
    const r = row?.number(`r${leftIndex}_${rightIndex}`) ?? null;
    const count = row?.number(`n${leftIndex}_${rightIndex}`) ?? 0;
    return r === null || count < 10 ? [] : [{ left, right, r, count, within: null }];
  });
  return found.toSorted((first, second) => Math.abs(second.r) - Math.abs(first.r));
}

/** SQL for the correlations of pairs inside the groups of a category, pooled over the groups, in one row. */
export function withinSql(table: Table, category: Column, pairs: readonly Correlation[]): string {
  const groups = pairs.map(({ left, right }, index) => {
    const [x, y] = [finite(left), finite(right)];
    return `regr_sxy(${y}, ${x}) AS c${index}, regr_sxx(${y}, ${x}) AS a${index}, regr_syy(${y}, ${x}) AS b${index}`;
  });
  const pooled = pairs.map((_, index) => `sum(c${index}) / nullif(sqrt(sum(a${index}) * sum(b${index})), 0) AS r${index}`);
  return `WITH g AS (SELECT ${groups.join(', ')} FROM ${table.sql} WHERE ${category.sql} IS NOT NULL GROUP BY ${category.sql}) SELECT ${pooled.join(', ')} FROM g`;
}

/** Whether two measures are close by their names (both "Gross", say), so that a correlation is no news. */
export function isSameKind(left: Column, right: Column): boolean {
  const head = (column: Column): string =>
    spacedName(column.name)
      .replaceAll(/\(.*?\)/g, '')
      .trim()
      .toLowerCase()
      .split(' ')
      .at(-1) ?? '';
  return head(left) === head(right);
}

/** SQL for how much a category explains of each measure, in one row. */
export function differenceSql(table: Table, categorySql: string, measures: readonly Column[]): string {
  const values = measures.map((column, index) => `${finite(column)} AS x${index}`);
  const groups = measures.map((_, index) => `count(x${index}) AS n${index}, avg(x${index}) AS m${index}, var_pop(x${index}) AS v${index}`);
  const terms = measures.flatMap((_, index) => {
    const [n, m, v] = [`n${index}`, `m${index}`, `v${index}`];
    const inside = `sum(${n} * ${v})`;
    // Between the groups: the sum of n·m² less the total squared over the total count.
    const between = `(sum(${n} * (${m} - (SELECT sum(${n} * ${m}) / nullif(sum(${n}), 0) FROM g)) ** 2))`;
    return [`${inside} AS i${index}`, `${between} AS b${index}`, `sum(${n}) AS n${index}`, `count(*) FILTER (${n} > 0) AS k${index}`];
  });
  return `WITH v AS (SELECT ${categorySql} AS k, ${values.join(', ')} FROM ${table.sql}), g AS (SELECT k, ${groups.join(', ')} FROM v WHERE k IS NOT NULL GROUP BY k) SELECT ${terms.join(', ')} FROM g`;
}

/** The explained share of one measure in what `differenceSql` found: epsilon squared, 1 − (n − 1)/(n − k) · (1 − eta²); null where undefined. */
export function readExplained(result: QueryResult | null, index: number): number | null {
  const row = result?.rows[0];
  const [inside, between, rows, groups] = ['i', 'b', 'n', 'k'].map((letter) => row?.number(`${letter}${index}`) ?? null);
  if (inside == null || between == null || rows == null || groups == null || groups < 2 || rows <= groups || inside + between <= 0) return null;
  const eta = between / (inside + between);
  return Math.max(0, 1 - ((rows - 1) / (rows - groups)) * (1 - eta));
}

/** Reads the differences that one category makes. */
export function readDifferences(category: Column, measures: readonly Column[], result: QueryResult | null): readonly Difference[] {
  return measures.flatMap((measure, index) => {
    const explained = readExplained(result, index);
    return explained === null ? [] : [{ measure, category, explained }];
  });
}

/** SQL for Cramér's V of two categories. */
export function associationSql(table: Table, left: Column, right: Column): string {
  return [
    `WITH c AS (SELECT CAST(${left.sql} AS VARCHAR) AS a, CAST(${right.sql} AS VARCHAR) AS b, count(*)::DOUBLE AS n FROM ${table.sql} WHERE ${left.sql} IS NOT NULL AND ${right.sql} IS NOT NULL GROUP BY 1, 2),`,
    'm AS (SELECT a, b, n, sum(n) OVER (PARTITION BY a) AS na, sum(n) OVER (PARTITION BY b) AS nb FROM c)',
    'SELECT sqrt(greatest(sum(n * n / (na * nb)) - 1, 0) / nullif(least(count(DISTINCT a), count(DISTINCT b)) - 1, 0)) AS v, sum(n) AS n FROM m',
  ].join(' ');
}

/** Reads what `associationSql` found. */
export function readAssociation(left: Column, right: Column, result: QueryResult | null): readonly Association[] {
  const v = result?.rows[0]?.number('v') ?? null;
  const count = result?.rows[0]?.number('n') ?? 0;
  return v === null || count < 20 ? [] : [{ left, right, v: Math.min(1, v) }];
}
