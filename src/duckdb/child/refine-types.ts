import type { Json } from '../../base/json.ts';
import { fitCondition, isMissing, type ColumnType } from './column-types.ts';
import { dateWarnings, missingWarning, type ColumnDecision } from './decide-types.ts';
import type { Workbench } from './workbench.ts';

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
  if (column === undefined || column.present === 0) return { candidates: [], warnings: [] };
  const candidates = types.filter((_, index) => column.fits[index] === column.present);
  if (candidates.length === 0)
    return { candidates, warnings: [`"${name}" holds values such as "${column.oddOne}" among others of another kind; it was kept as text.`] };
  return { candidates, warnings: [...dateWarnings(name, candidates, column.example), ...(column.marked > 0 ? [missingWarning(name)] : [])] };
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
