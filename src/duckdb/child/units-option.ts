import type { Json } from '../../base/json.ts';
import { quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';

/** The key in the metadata of our Parquet files. */
const key = 'colloquy_units';

/**
 * The option of COPY that keeps the units of columns in the Parquet file itself, so that whoever profiles the file knows them.
 *
 * @param units null for columns that have none
 * @returns with a comma in front; empty where no column has a unit
 */
export function unitsOption(units: readonly (string | null)[], names: readonly string[]): string {
  const known = units.flatMap((unit, index) => (unit === null ? [] : [[names[index] ?? '', unit]]));
  return known.length === 0 ? '' : `, KV_METADATA {${key}: ${quoteString(JSON.stringify(Object.fromEntries(known)))}}`;
}

/** The units of the columns of a Parquet file of ours, by name; of files that keep none, nothing. */
export async function unitsIn(bench: Workbench, path: string): Promise<ReadonlyMap<string, string>> {
  const rows = await bench.all(`SELECT decode(value) AS units FROM parquet_kv_metadata(${quoteString(path)}) WHERE decode(key) = ${quoteString(key)}`);
  const text = rows[0]?.['units'];
  const units: Json = typeof text === 'string' ? JSON.parse(text) : null;
  return new Map(Object.entries(units ?? {}).flatMap(([name, unit]) => (typeof unit === 'string' ? [[name, unit] as const] : [])));
}
