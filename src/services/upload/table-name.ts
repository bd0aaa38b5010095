import { withoutEnding } from './file-name.ts';

const longestName = 48;

/** Words that DuckDB 1.5 does not take as a table name without quotes: `duckdb_keywords()`, categories `reserved` and `type_function`. */
const reservedWords = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default deferrable desc describe distinct do else end ' +
    'except false fetch for foreign from group having in initially intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer ' +
    'pivot_wider placing primary qualify references returning select show some summarize symmetric table then to trailing true union unique unpivot using variadic ' +
    'when where window with ' +
    'anti asof at authorization binary by collation columns concurrently cross freeze full generated glob ilike inner is isnull join left like map natural notnull ' +
    'outer overlaps positional right semi similar struct tablesample try_cast unpack verbose'
  ).split(' '),
);

/**
 * The table name that a file suggests: speakable, and valid in SQL without quotes. `Sales 2024 (final).csv` gives `sales_2024_final`.
 *
 * Letters of every script stay, accents of Latin ones go; what begins with a digit gets the prefix `data_`, a reserved word the suffix `_data`.
 *
 * @param fileName the label of the file
 */
export function tableNameOf(fileName: string): string {
  const words = withoutEnding(fileName)
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '_');
  const name = [...words]
    .slice(0, longestName)
    .join('')
    .replaceAll(/^_+|_+$/g, '');
  if (name === '') return 'data';
  if (!/^\p{L}/u.test(name)) return `data_${name}`;
  return reservedWords.has(name) ? `${name}_data` : name;
}

/**
 * The name, or the name with the first free number: `sales`, `sales_2`, `sales_3`.
 *
 * @param name a valid table name
 * @param taken the names that are in use; compared without regard to case, as SQL does
 */
export function uniqueTableName(name: string, taken: Iterable<string>): string {
  const used = new Set([...taken].map((other) => other.toLowerCase()));
  if (!used.has(name.toLowerCase())) return name;
  let number = 2;
  while (used.has(`${name}_${number}`.toLowerCase())) number += 1;
  return `${name}_${number}`;
}
