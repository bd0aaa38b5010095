import { quoteName, quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';
import { describe } from './describe.ts';

/** A column of the table that JSON becomes. */
export interface JsonColumn {
  /** The keys that lead to it, joined: `address_city`. */
  readonly name: string;
  /** Its value, in SQL over the relation. */
  readonly expression: string;
  /** The type of the expression. */
  readonly type: string;
}

/** How many levels of objects become columns of their own; what lies deeper stays a STRUCT. */
const flattenedLevels = 3;

/** The columns of a SELECT, with the expressions that give them. */
export async function columnsOf(bench: Workbench, select: string): Promise<readonly JsonColumn[]> {
  return (await describe(bench, select)).map(({ name, type }) => ({ name, expression: quoteName(name), type }));
}

/** Whether a type is an object with known keys, and not a list of them. */
export function isStruct(type: string): boolean {
  return type.startsWith('STRUCT(') && type.endsWith(')');
}

async function flatten(bench: Workbench, relation: string, column: JsonColumn, levels: number): Promise<readonly JsonColumn[]> {
  if (levels === 0 || !isStruct(column.type)) return [column];
  const keys = await columnsOf(bench, `SELECT unnest(${column.expression}) FROM ${relation}`);
  return flattenAll(
    bench,
    relation,
    keys.map((key) => ({ name: `${column.name}_${key.name}`, expression: `struct_extract(${column.expression}, ${quoteString(key.name)})`, type: key.type })),
    levels - 1,
  );
}

async function flattenAll(bench: Workbench, relation: string, columns: readonly JsonColumn[], levels: number): Promise<readonly JsonColumn[]> {
  const flat: JsonColumn[] = [];
  for (const column of columns) flat.push(...(await flatten(bench, relation, column, levels)));
  return flat;
}

/**
 * Gives the keys of nested objects columns of their own, which SQL and people can name: `address.city` becomes `address_city`. Lists stay
 * lists, for they are several values.
 *
 * @param columns the columns of the relation
 * @param mostColumns when flattening would lead to more than this, the objects stay as they are
 */
export async function flattenObjects(bench: Workbench, relation: string, columns: readonly JsonColumn[], mostColumns: number): Promise<readonly JsonColumn[]> {
  const flat = await flattenAll(bench, relation, columns, flattenedLevels);
  return flat.length > mostColumns ? columns : flat;
}

/** A column as it is stored: values of several kinds become text, without the quotes of strings. */
export function storedExpression({ expression, type }: JsonColumn, isAllText: boolean): string {
  if (type === 'JSON') return `(${expression} ->> '$')`;
  return isAllText ? `CAST(${expression} AS VARCHAR)` : expression;
}
