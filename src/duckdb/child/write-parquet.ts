import { messageOf } from '../../base/errors.ts';
import type { Json } from '../../base/json.ts';
import type { IngestReport, ReadingOptions } from '../../base/reading.ts';
import { isComplaint, typedProjection, unitOf, type ColumnType } from './column-types.ts';
import { formatOf } from './date-formats.ts';
import { chosenType, proposeTypes, type ColumnDecision, type ColumnSample } from './decide-types.ts';
import { parquetOptions } from './parquet-options.ts';
import { quoteName, quoteString } from './quote.ts';
import { refineTypes } from './refine-types.ts';
import { unitsOption } from './units-option.ts';
import type { Workbench } from './workbench.ts';

/** Rows of text that become a Parquet file of typed columns. */
export interface TypedWriting {
  /** Where the Parquet file shall lie. */
  readonly path: string;
  /** The names of the columns. */
  readonly names: readonly string[];
  /** All rows, as a relation with the text columns `c0`, `c1` ... */
  readonly rows: string;
  /**
   * The same for the attempt that writes, for what only that one shall record.
   *
   * @param attempt 1 or 2
   */
  readonly rowsOfAttempt: (attempt: number) => string;
  readonly options: ReadingOptions;
}

/** What was written. The marks and formats are those of the report. */
export interface TypedWritten extends Pick<IngestReport, 'decimalMark' | 'thousandsMark' | 'dateFormats'> {
  readonly rowCount: number;
  /** The attempt that succeeded. */
  readonly attempt: number;
  /** Sentences for people about the types. */
  readonly warnings: readonly string[];
}

/**
 * Writes rows of text as zstd Parquet with the types that a person would give them.
 *
 * The types are decided by the first rows. When a text further down does not fit, they are decided anew by all rows: so no value is
 * changed and no row is lost by a wrong guess, and an ordinary file is read once.
 */
export async function writeTyped(bench: Workbench, writing: TypedWriting): Promise<TypedWritten> {
  const { path, names, rows, rowsOfAttempt, options } = writing;
  const write = (decisions: readonly ColumnDecision[], attempt: number): Promise<number> =>
    writeParquet(bench, path, rowsOfAttempt(attempt), decisions.map(chosenType), names);
  const written = (decisions: readonly ColumnDecision[], attempt: number, rowCount: number): TypedWritten => ({
    rowCount,
    attempt,
    ...marksOf(decisions.map(chosenType), names),
    warnings: decisions.flatMap(({ warnings }) => warnings),
  });
  const proposed = proposeTypes(await takeSamples(bench, rows, names), options);
  try {
    return written(proposed, 1, await write(proposed, 1));
  } catch (error) {
    if (!isComplaint(messageOf(error))) throw error;
  }
  const refined = await refineTypes(bench, rows, names, proposed);
  return written(refined, 2, await write(refined, 2));
}

/** The first rows; of a column that begins empty, its first values. */
async function takeSamples(bench: Workbench, relation: string, names: readonly string[]): Promise<readonly ColumnSample[]> {
  const sampleRows = Math.max(200, Math.min(10_000, Math.floor(200_000 / names.length)));
  const textOf = (row: Readonly<Record<string, Json>>, index: number): string | null => {
    const text = row[`c${index}`];
    return typeof text === 'string' ? text : null;
  };
  const sample = await bench.all(`SELECT * FROM ${relation} LIMIT ${sampleRows}`);
  const samples: ColumnSample[] = [];
  for (const [index, name] of names.entries()) {
    const values = sample.map((row) => textOf(row, index));
    const beginsEmpty = sample.length === sampleRows && values.every((value) => value === null);
    const later = beginsEmpty ? await bench.all(`SELECT c${index} FROM ${relation} WHERE c${index} IS NOT NULL LIMIT ${sampleRows}`) : null;
    samples.push({ name, values: later === null ? values : later.map((row) => textOf(row, index)) });
  }
  return samples;
}

/** What a report says of the marks in the numbers and of the notations of the dates: those of most columns that have any. */
function marksOf(types: readonly ColumnType[], names: readonly string[]): Pick<IngestReport, 'decimalMark' | 'thousandsMark' | 'dateFormats'> {
  const mostFrequent = (marks: readonly string[]): string | null =>
    [...Map.groupBy(marks, (mark) => mark)].toSorted(([, one], [, other]) => other.length - one.length)[0]?.[0] ?? null;
  const decimalMarks = types.flatMap((type) => {
    if ('notation' in type) return type.notation.maxDecimals === 0 ? [] : [type.notation.decimalMark];
    return type.kind === 'DOUBLE' ? ['.'] : [];
  });
  return {
    decimalMark: mostFrequent(decimalMarks),
    thousandsMark: mostFrequent(types.flatMap((type) => ('notation' in type && type.notation.thousandsMark !== '' ? [type.notation.thousandsMark] : []))),
    dateFormats: types.flatMap((type, index) => {
      const format = formatOf(type);
      return format === null ? [] : [{ column: names[index] ?? '', format }];
    }),
  };
}

/** Writes and counts the rows. */
async function writeParquet(bench: Workbench, path: string, relation: string, types: readonly ColumnType[], names: readonly string[]): Promise<number> {
  const projections = types.map((type, index) => typedProjection(type, index));
  const inner = projections.map((projection) => projection.inner).join(', ');
  const outer = projections.map((projection, index) => `${projection.outer} AS ${quoteName(names[index] ?? '')}`).join(', ');
  const [written] = await bench.all(
    `COPY (SELECT ${outer} FROM (SELECT ${inner} FROM ${relation})) TO ${quoteString(path)} (${parquetOptions(names.length)}${unitsOption(types.map(unitOf), names)})`,
  );
  return Number(written?.['Count'] ?? 0);
}
