import type { Json } from '../../base/json.ts';
import { decimalPattern, fitCondition, isMissing, missingPattern, type ColumnType } from './column-types.ts';
import { dateTypesOf } from './date-formats.ts';
import type { Workbench } from './workbench.ts';

/** What is decided for a column. */
export interface ColumnDecision {
  /** The types that every value that was looked at fits, best first; the column is read as the first. Empty is text. */
  readonly candidates: readonly ColumnType[];
  /** Whether there was no value to decide by. */
  readonly isEmpty: boolean;
  /** A sentence for people; null where there is nothing to say. */
  readonly warning: string | null;
}

/** The type that a decision leads to. */
export function chosenType(decision: ColumnDecision): ColumnType {
  return decision.candidates[0] ?? { kind: 'VARCHAR' };
}

const missing = new RegExp(`^${missingPattern}$`, 'i');
const decimal = new RegExp(`^${decimalPattern}$`);
const whole = /^\s*(0|-?[1-9]\d{0,18})\s*$/;

function isWhole(text: string): boolean {
  return whole.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

const plainTypes: readonly { readonly type: ColumnType; readonly fits: (text: string) => boolean }[] = [
  { type: { kind: 'BIGINT' }, fits: isWhole },
  { type: { kind: 'DOUBLE' }, fits: (text) => decimal.test(text) && /\d/.test(text) && Number.isFinite(Number(text)) },
  { type: { kind: 'BOOLEAN' }, fits: (text) => /^\s*(true|false)\s*$/i.test(text) },
  { type: { kind: 'DATE' }, fits: (text) => /^\s*\d{4}-\d\d-\d\d\s*$/.test(text) },
  { type: { kind: 'TIMESTAMP' }, fits: (text) => /^\s*\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s*$/.test(text) },
  { type: { kind: 'TIMESTAMP WITH TIME ZONE' }, fits: (text) => /^\s*\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s*(Z|[+-]\d\d(:?\d\d)?)\s*$/.test(text) },
  { type: { kind: 'TIME' }, fits: (text) => /^\s*\d{1,2}:\d\d(:\d\d(\.\d{1,6})?)?\s*$/.test(text) },
];

/**
 * Decides by a sample what a column is read as. The rules here only propose: whether every value of the file fits is checked when it is
 * written, and `refineTypes` decides where one does not.
 *
 * @param values the sample; null for empty fields
 * @param name the name of the column, for the warning
 */
export function proposeType(values: readonly (string | null)[], name: string): ColumnDecision {
  const filled = values.filter((value) => value !== null);
  const present = filled.filter((value) => !missing.test(value));
  const [example] = present;
  if (example === undefined) return { candidates: [], isEmpty: filled.length === 0, warning: null };
  const plain = plainTypes.filter(({ fits }) => present.every(fits)).map(({ type }) => type);
  const candidates = plain.length > 0 ? plain : dateTypesOf(present);
  return {
    candidates,
    isEmpty: false,
    warning:
      warningOf(candidates, { name, example, hasMarks: present.length < filled.length }) ?? (candidates.length > 0 ? null : nearlyNumeric(present, name)),
  };
}

function nearlyNumeric(present: readonly string[], name: string): string | null {
  const others = present.filter((value) => !decimal.test(value));
  if (present.length < 20 || others.length > present.length * 0.1 || others[0] === undefined) return null;
  return `"${name}" holds numbers and other values (such as "${others[0].slice(0, 64)}"); it was kept as text.`;
}

function warningOf(candidates: readonly ColumnType[], about: { readonly name: string; readonly example: string; readonly hasMarks: boolean }): string | null {
  const [type, ...others] = candidates;
  if (type === undefined) return null;
  if ('format' in type && type.format.startsWith('%m') && others.some((other) => 'format' in other && other.format.startsWith('%d'))) {
    return `The dates of "${about.name}" (such as ${about.example}) can be read in two ways; they were read as month before day.`;
  }
  return about.hasMarks ? `Marks such as NA in "${about.name}" were read as missing values.` : null;
}

/** How many conditions one query evaluates: see `Reading` for what they cost. */
const conditionsPerQuery = 40;

/**
 * Decides anew by all rows. What did not fit the sample cannot fit the whole: only the remaining candidates are tried.
 *
 * @param relation all rows, with text columns `c0`, `c1` ...
 * @param names the names of the columns, for warnings
 * @param proposed the decisions by the sample
 */
export async function refineTypes(
  bench: Workbench,
  relation: string,
  names: readonly string[],
  proposed: readonly ColumnDecision[],
): Promise<readonly ColumnDecision[]> {
  const refined = [...proposed];
  let batch: number[] = [];
  let conditions = 0;
  for (const [index, decision] of proposed.entries()) {
    if (decision.candidates.length > 0) batch.push(index);
    conditions += decision.candidates.length;
    if (batch.length === 0 || (conditions < conditionsPerQuery && index < proposed.length - 1)) continue;
    const counted = await countFits(
      bench,
      relation,
      batch.map((column) => ({ column, candidates: proposed[column]?.candidates ?? [] })),
    );
    for (const [position, column] of batch.entries())
      refined[column] = refinedDecision(counted[position], proposed[column]?.candidates ?? [], names[column] ?? '');
    batch = [];
    conditions = 0;
  }
  return refined;
}

interface ColumnFits {
  /** How many values are not missing. */
  readonly present: number;
  /** How many marks of missing values there are. */
  readonly marked: number;
  /** How many values fit each of the types. */
  readonly fits: readonly number[];
  readonly example: string;
  /** A value that fits none of the types. */
  readonly oddOne: string;
}

function refinedDecision(column: ColumnFits | undefined, types: readonly ColumnType[], name: string): ColumnDecision {
  if (column === undefined || column.present === 0) return { candidates: [], isEmpty: false, warning: null };
  const candidates = types.filter((_, index) => column.fits[index] === column.present);
  const warning =
    candidates.length > 0
      ? warningOf(candidates, { name, example: column.example, hasMarks: column.marked > 0 })
      : `"${name}" holds values such as "${column.oddOne}" among others of another kind; it was kept as text.`;
  return { candidates, isEmpty: false, warning };
}

async function countFits(
  bench: Workbench,
  relation: string,
  batch: readonly { readonly column: number; readonly candidates: readonly ColumnType[] }[],
): Promise<readonly ColumnFits[]> {
  const inner = batch.map(({ column }) => `${isMissing(`c${column}`)} AS m${column}, CASE WHEN m${column} THEN NULL ELSE c${column} END AS v${column}`);
  const columns = batch.map(({ column, candidates }) => {
    const text = `v${column}`;
    const conditions = candidates.map((type) => fitCondition(type, text));
    const fits = conditions.map((condition) => `count_if(${condition})`);
    const oddOne = `left(max(${text}) FILTER (WHERE coalesce(NOT (${conditions.at(-1) ?? 'true'}), true)), 64)`;
    return `{present: count(${text}), marked: count_if(m${column}), fits: [${fits.join(', ')}], example: left(min(${text}), 64), oddOne: ${oddOne}}`;
  });
  const [row] = await bench.all(`SELECT [${columns.join(', ')}] AS columns FROM (SELECT ${inner.join(', ')} FROM ${relation})`);
  const found = row?.['columns'];
  return Array.isArray(found) ? found.map(fitsOf) : [];
}

function fitsOf(value: Json): ColumnFits {
  const fields = new Map<string, Json>(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const number = (field: Json | undefined): number => Number(field ?? 0);
  const text = (field: Json | undefined): string => (typeof field === 'string' ? field : '');
  const fits = fields.get('fits');
  return {
    present: number(fields.get('present')),
    marked: number(fields.get('marked')),
    fits: Array.isArray(fits) ? fits.map(number) : [],
    example: text(fields.get('example')),
    oddOne: text(fields.get('oddOne')),
  };
}
