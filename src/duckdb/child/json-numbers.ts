import type { JsonColumn } from './json-columns.ts';
import { quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';

/** A type inside of the type of a column, where a number may be lost. */
interface NumberPlace {
  readonly type: 'DOUBLE' | 'HUGEINT';
  /** The JSON path from the value of the column to it. */
  readonly path: string;
  /** Where it stands in the text of the type. */
  readonly start: number;
}

/** Parquet has no integers of 128 bits: DuckDB writes them as DOUBLE. Decimals of 38 digits are exact. */
const exactType = 'DECIMAL(38,0)';

/** What a DOUBLE may not hold, in the text of a row: sixteen digits or more without a decimal mark, or an exponent of three digits. */
const longNumber = String.raw`(^|[:,\[\s])-?\d{16,}\s*([,}\]]|$)|\d[eE]\+?\d{3}`;

/** A key as a step of a JSON path; with signs that a path cannot quote, every key. */
function step(key: string): string {
  return /["\\*]/.test(key) ? '.*' : `."${key}"`;
}

/** Finds the numbers in a type as DuckDB writes it: `STRUCT(a DOUBLE, "b c" MAP(VARCHAR, DOUBLE)[])`. */
function numberPlaces(type: string): readonly NumberPlace[] {
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = at;
    const found = sticky.exec(type)?.[0];
    at += found?.length ?? 0;
    return found ?? null;
  };
  const inside = (places: readonly NumberPlace[], before: string): NumberPlace[] => places.map((place) => ({ ...place, path: before + place.path }));
  const read = (): readonly NumberPlace[] => {
    let places: readonly NumberPlace[] = [];
    const start = at;
    if (take(/STRUCT\(/) !== null) {
      do {
        const name = take(/"(?:[^"]|"")*"|[^\s"]+/) ?? '';
        take(/ /);
        places = [...places, ...inside(read(), step(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name))];
      } while (take(/, /) !== null);
      take(/\)/);
    } else if (take(/MAP\(/) !== null) {
      read();
      take(/, /);
      places = inside(read(), '.*');
      take(/\)/);
    } else {
      const word = take(/\w+(?: \w+)*(?:\([\d, ]*\))?/);
      if (word === 'DOUBLE' || word === 'HUGEINT') places = [{ type: word, path: '', start }];
    }
    while (take(/\[\d*\]/) !== null) places = inside(places, '[*]');
    return places;
  };
  return read();
}

/**
 * How a number is stored: as whole numbers where all are, as DOUBLE where each is shown again as it was written, else as text.
 *
 * @param rows the rows as JSON, in a column `json`
 */
async function storedType(bench: Workbench, rows: string, path: string): Promise<string> {
  const found = `json_extract(json, ${quoteString(`$${path}`)})`;
  const values = `SELECT CAST(${path.includes('*') ? `unnest(${found})` : found} AS VARCHAR) AS text FROM ${rows}`;
  const whole = `regexp_full_match(text, '-?\\d+')`;
  const exact = `TRY_CAST(text AS ${exactType})`;
  const isLost = `CASE WHEN ${whole} THEN ${exact} IS NULL OR ${exact} IS DISTINCT FROM TRY_CAST(CAST(TRY_CAST(text AS DOUBLE) AS VARCHAR) AS ${exactType}) ELSE isinf(TRY_CAST(text AS DOUBLE)) END`;
  const [facts] = await bench.all(
    `SELECT coalesce(bool_and(${whole} AND ${exact} IS NOT NULL), false) AS whole, coalesce(bool_or(${isLost}), false) AS lost FROM (${values}) WHERE text IS NOT NULL AND text <> 'null'`,
  );
  if (facts?.['whole'] === true) return exactType;
  return facts?.['lost'] === true ? 'VARCHAR' : 'DOUBLE';
}

/** Columns whose types lose no number, and what there is to say of them. */
export interface ExactColumns {
  readonly columns: readonly JsonColumn[];
  readonly warnings: readonly string[];
}

/**
 * Gives columns types that hold their whole numbers: DuckDB takes those beyond 64 bits for DOUBLE, which rounds them.
 *
 * @param rows what can stand behind FROM: each row as JSON, in a column `json`
 * @param pathOf the JSON path from a row to a column
 */
export async function exactColumns(
  bench: Workbench,
  rows: string,
  columns: readonly JsonColumn[],
  pathOf: (column: JsonColumn) => string,
): Promise<ExactColumns> {
  const places = new Map(columns.map((column) => [column, numberPlaces(column.type)]));
  if ([...places.values()].every((found) => found.length === 0)) return { columns, warnings: [] };
  const [long] = await bench.all(`SELECT 1 AS found FROM ${rows} WHERE regexp_matches(CAST(json AS VARCHAR), ${quoteString(longNumber)}) LIMIT 1`);
  if (long === undefined) return { columns, warnings: [] };
  const exact: JsonColumn[] = [];
  const texts: string[] = [];
  for (const column of columns) {
    let { type } = column;
    for (const place of (places.get(column) ?? []).toReversed()) {
      const stored = place.type === 'HUGEINT' ? exactType : await storedType(bench, rows, pathOf(column) + place.path);
      if (stored === 'VARCHAR') texts.push(column.name);
      type = type.slice(0, place.start) + stored + type.slice(place.start + place.type.length);
    }
    exact.push({ ...column, type });
  }
  const names = [...new Set(texts)].slice(0, 10).map((name) => `"${name}"`);
  return {
    columns: exact,
    warnings: names.length === 0 ? [] : [`Numbers of ${names.join(', ')} are kept as text: as numbers, some would lose digits.`],
  };
}

/** The JSON path from a row that is an object to one of its keys. */
export function keyPath({ name }: JsonColumn): string {
  return step(name);
}
