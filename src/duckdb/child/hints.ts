import type { DuckdbError } from './duckdb-error.ts';
import { callHint } from './call-advice.ts';
import { nearest } from '../../base/nearest.ts';
import { syntaxAdvice } from './syntax-advice.ts';
import type { Place } from './place.ts';

/** An error as it is told: what is wrong, and what to write in place of it. */
export interface Hint {
  readonly message: string;
  readonly advice: string | null;
}

/** What a hint can know about. */
export interface HintContext {
  readonly sql: string;
  /** The columns that the SQL can read, where the error is about a column. */
  readonly columns: readonly { readonly table: string; readonly column: string }[];
}

/** The names of C that DuckDB uses for its types in some messages. */
const typeNames: readonly (readonly [RegExp, string])[] = [
  [/\bINT8\b/g, 'TINYINT'],
  [/\bINT16\b/g, 'SMALLINT'],
  [/\bINT32\b/g, 'INTEGER'],
  [/\bINT64\b/g, 'BIGINT'],
  [/\bINT128\b/g, 'HUGEINT'],
];

const typeAdvice = 'The types are INTEGER, BIGINT, DOUBLE, DECIMAL(18, 2), VARCHAR, BOOLEAN, DATE, TIME, TIMESTAMP, INTERVAL, lists and structs of them.';

/** For errors of the binder. */
const bindings: readonly (readonly [RegExp, string])[] = [
  [/must appear in the GROUP BY clause/, 'GROUP BY ALL groups by every column that is not aggregated.'],
  [/WHERE clause cannot contain aggregates/, 'Conditions on aggregates stand in HAVING, after GROUP BY.'],
  [/WHERE clause cannot contain window functions/, 'Conditions on window functions stand in QUALIFY.'],
  [/Cannot compare values of type/, 'Cast one side, so that both are of the same type.'],
  [/same number of result columns/, 'UNION ALL BY NAME matches columns by their names, and fills in NULL.'],
];

function conversionAdvice(message: string): string | null {
  if (/Could not convert string/.test(message)) return 'TRY_CAST(value AS type) gives NULL in place of an error for values that do not fit.';
  if (/out of range/i.test(message)) return 'Cast to a larger type, such as BIGINT or DOUBLE.';
  if (/(date|timestamp)/i.test(message)) return "Dates are written 'YYYY-MM-DD'; strptime(text, '%d.%m.%Y') reads other notations.";
  return null;
}

const listedColumns = 40;

function columnHint(name: string, message: string, context: HintContext, place: Place | null): Hint {
  const candidates = [...(/Candidate bindings: (.*)/.exec(message)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
  const aliases = [...context.sql.matchAll(/\bas\s+"?(\w+)/gi)].map((match) => match[1] ?? '');
  const guess = nearest(name, [...candidates, ...context.columns.map(({ column }) => column), ...aliases]);
  const tables = Map.groupBy(context.columns.slice(0, listedColumns), ({ table }) => table);
  const lists = [...tables].map(([table, columns]) => `"${table}" has ${columns.map(({ column }) => `"${column}"`).join(', ')}`);
  const rest = context.columns.length - listedColumns;
  const list = `${lists.join('; ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const here = place === null ? '' : (context.sql.split('\n')[place.line - 1]?.slice(place.column - 1) ?? '');
  const isQuoted = here.startsWith('"');
  const isLambda = here.slice(name.length).trimStart().startsWith('=>');
  const advice = [
    ...(isLambda ? [`A lambda is written "lambda ${name}: ...".`] : []),
    ...(/^[“”‘’„]/.test(name) ? ['Write straight quotes: single ones around texts.'] : []),
    ...(guess === null ? [] : [`Did you mean "${guess}"?`]),
    ...(guess === null && isQuoted ? [`Texts stand in single quotes: '${name}'.`] : []),
    ...(list === '' ? [] : [`${list}.`]),
  ];
  return { message: `There is no column "${name}" here.`, advice: advice.length === 0 ? null : advice.join(' ') };
}

/** The column that an error is about, or null when it is about something else. */
export function missingColumnOf(error: DuckdbError): string | null {
  if (error.subtype === 'COLUMN_NOT_FOUND') return error.name;
  return /does not have a column named "([^"]+)"/.exec(error.message)?.[1] ?? null;
}

/**
 * What may help with an error about SQL that a person or a model wrote.
 *
 * @param place where DuckDB sees the error
 */
export function hintFor(error: DuckdbError, context: HintContext, place: Place | null): Hint {
  const message = typeNames.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), error.message);
  if (/Max expression depth|memory exhausted at or near/.test(message))
    return { message: 'The SQL is nested too deeply.', advice: 'Write it in steps, with WITH.' };
  const missing = missingColumnOf(error);
  if (missing !== null) return columnHint(missing, message, context, place);
  if (error.type === 'Parser') return { message: message === 'errhint NOT IMPLEMENTED' ? 'syntax error' : message, advice: syntaxAdvice(error, context.sql) };
  if (error.type === 'Conversion') return { message, advice: conversionAdvice(message) };
  if (message.startsWith('Type with name')) return { message: message.split('\n')[0] ?? '', advice: typeAdvice };
  if (/No function matches|Could not choose a best candidate/.test(message)) return callHint(message);
  const advice = bindings.find(([pattern]) => pattern.test(message))?.[1] ?? null;
  return { message, advice };
}
