import { messageOf } from '../../base/errors.ts';
import { plainReport } from '../../base/reading.ts';
import type { IngestJob } from '../protocol.ts';
import { uniqueColumnNames } from './column-names.ts';
import { ChildFailure, cleanFileMessage } from './failure.ts';
import type { Ingested } from './ingest-csv.ts';
import { columnsOf, flattenObjects, isStruct, storedExpression, type JsonColumn } from './json-columns.ts';
import { exactColumns, keyPath, type ExactColumns } from './json-numbers.ts';
import { keepSoundLines, prepareJson, type JsonSource, type SoundLines } from './json-source.ts';
import { parquetOptions } from './parquet-options.ts';
import { quoteName, quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';

/** The rows of a JSON file. */
interface Rows {
  /** What can stand behind FROM. */
  readonly relation: string;
  readonly columns: readonly JsonColumn[];
  readonly warnings: readonly string[];
}

/** The largest single value: an object of an array, a line, or a whole file that is one object. Each thread holds two of them in memory. */
const largestValueBytes = 33_554_432;

/** The name of the only column of values that are no objects. */
const scalarName = 'value';

function readCall({ path, layout }: JsonSource, options: string): string {
  return `read_json(${quoteString(path)}, format = '${layout}', compression = 'uncompressed', maximum_object_size = ${largestValueBytes}${options})`;
}

/** With `depth` 1 what lies inside a value is kept as its JSON text. */
function detection(maxColumns: number, depth: number): string {
  return `, sample_size = -1, map_inference_threshold = ${maxColumns}, field_appearance_threshold = 0, maximum_depth = ${depth}`;
}

/** Whether DuckDB may have named a column in another way than its key: keys that are empty, or differ from another in case alone. */
function isRenamed(columns: readonly JsonColumn[]): boolean {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  return columns.some(({ name }) => /^C\d+$|^json$/i.test(name) || (/_\d+$/.test(name) && names.has(name.toLowerCase().replace(/_\d+$/, ''))));
}

/** Options that read columns with types that are known already. */
function typed(columns: readonly JsonColumn[]): string {
  return `, columns = {${columns.map(({ name, type }) => `${quoteString(name)}: ${quoteString(type)}`).join(', ')}}`;
}

/** The rows as JSON, in a column `json`. */
function rawCall({ path, layout }: JsonSource): string {
  return `read_json_objects(${quoteString(path)}, format = '${layout}', compression = 'uncompressed', maximum_object_size = ${largestValueBytes})`;
}

/** The rows with the types of all their values: the file is read through once for them. */
async function findRows(bench: Workbench, source: JsonSource, maxColumns: number, depth = -1): Promise<Rows> {
  const detecting = detection(maxColumns, depth);
  const columns = await columnsOf(bench, `SELECT * FROM ${readCall(source, detecting)}`);
  const [only] = columns;
  if (columns.length === 1 && only?.name === 'json') {
    const call = readCall(source, `${detecting}, records = 'false'`);
    const [root] = await columnsOf(bench, `SELECT * FROM ${call}`);
    if (root !== undefined && !isStruct(root.type)) {
      const exact = await exactColumns(bench, rawCall(source), [root], () => '');
      const relation = readCall(source, `${typed(exact.columns)}, records = 'false'`);
      return { relation, columns: exact.columns.map((column) => ({ ...column, name: scalarName })), warnings: exact.warnings };
    }
  }
  const renamed = isRenamed(columns);
  // Where a column is any of the keys, the numbers under all of them are looked at.
  const exact = await exactColumns(bench, rawCall(source), columns, renamed ? () => '.*' : keyPath);
  const outer = renamed ? asDetected(source, detecting, columns, exact) : { relation: readCall(source, typed(exact.columns)), ...exact };
  return source.layout === 'unstructured' ? unwrap(bench, outer) : outer;
}

/** The rows with the types that DuckDB found, where it could not be told which column is which key. */
function asDetected(source: JsonSource, detecting: string, columns: readonly JsonColumn[], exact: ExactColumns): Rows {
  const rounded = columns.filter(({ type }, index) => type !== exact.columns[index]?.type).map(({ name }) => `"${name}"`);
  const warnings =
    rounded.length === 0
      ? []
      : [
          `Long numbers of ${rounded.slice(0, 10).join(', ')} may be rounded, for keys of the file are empty or differ in case alone. Give each key a name of its own.`,
        ];
  return { relation: readCall(source, detecting), columns, warnings };
}

/** The rows inside of one object, where it holds a single list of objects: the way in which many services wrap their answers. */
async function unwrap(bench: Workbench, outer: Rows): Promise<Rows> {
  const lists = outer.columns.filter(({ type }) => type.startsWith('STRUCT(') && type.endsWith(')[]'));
  const [list, ...others] = lists;
  if (list === undefined || others.length > 0) return outer;
  const [counted] = await bench.all(`SELECT count(*) AS count FROM (SELECT 1 FROM ${outer.relation} LIMIT 2)`);
  if (Number(counted?.['count'] ?? 0) !== 1) return outer;
  const relation = `(SELECT unnest(${list.expression}) AS row FROM ${outer.relation})`;
  const fields = await columnsOf(bench, `SELECT unnest(row) FROM ${relation}`);
  const beside = outer.columns.filter((column) => column !== list).map(({ name }) => `"${name}"`);
  const left = beside.length === 0 ? '' : ` Left out of the table was what stands beside it: ${beside.slice(0, 10).join(', ')}.`;
  return {
    relation,
    columns: fields.map(({ name, type }) => ({ name, type, expression: `struct_extract(row, ${quoteString(name)})` })),
    warnings: [...outer.warnings, `The file is one object; the rows are those of its list "${list.name}".${left}`],
  };
}

/** The same, where keys cannot be told apart as columns: with what lies inside the values as text. */
async function findAnyRows(bench: Workbench, source: JsonSource, maxColumns: number): Promise<Rows> {
  try {
    const rows = await findRows(bench, source, maxColumns);
    return { ...rows, columns: await flattenObjects(bench, rows.relation, rows.columns, maxColumns) };
  } catch (error) {
    if (!/Not implemented Error|Duplicate name|Binder Error|Parser Error/i.test(messageOf(error))) throw error;
    const rows = await findRows(bench, source, maxColumns, 1);
    return { ...rows, warnings: [...rows.warnings, 'Objects inside of rows were kept as JSON text: their keys are empty, or differ in case alone.'] };
  }
}

function failureOf(error: unknown, secrets: readonly string[]): unknown {
  const message = messageOf(error);
  if (/maximum_object_size/i.test(message))
    return new ChildFailure(
      'UNSUPPORTED_FILE',
      `A single value of the file is larger than ${largestValueBytes} bytes. Save the rows as one array of objects, or as one object a line (.jsonl).`,
    );
  const place = /Malformed JSON in file .*?, (at byte \d+ in [^:]+: [^.\n]*)/.exec(message)?.[1];
  if (place !== undefined) return new ChildFailure('UNSUPPORTED_FILE', `The JSON is malformed ${cleanFileMessage(place, secrets)}.`);
  const duplicate = /has duplicate key "([^"]*)"/.exec(message)?.[1];
  if (duplicate !== undefined) return new ChildFailure('UNSUPPORTED_FILE', `An object of the file has the key "${duplicate}" twice. Keep one of them.`);
  return error;
}

async function findSoundRows(
  bench: Workbench,
  job: IngestJob,
  source: JsonSource,
  folder: string,
  signal: AbortSignal,
): Promise<Rows & { readonly lines: SoundLines | null }> {
  if (source.layout !== 'newline_delimited') return { ...(await findAnyRows(bench, source, job.maxColumns)), lines: null };
  const found = await findAnyRows(bench, source, job.maxColumns).catch((error: unknown) => {
    if (!/Malformed JSON/i.test(messageOf(error))) throw error;
    return null;
  });
  // A line that holds another value than an object makes DuckDB take all of them for values.
  if (found !== null && found.columns[0]?.name !== scalarName) return { ...found, lines: null };
  const lines = await keepSoundLines(source.path, folder, signal);
  return { ...(await findAnyRows(bench, { ...source, path: lines.path }, job.maxColumns)), lines };
}

/** Writes the rows of a JSON file as zstd Parquet: of an array of objects, of one object a line, or of one object. */
export async function ingestJson(bench: Workbench, job: IngestJob, folder: string, signal: AbortSignal): Promise<Ingested> {
  const source = await prepareJson(job.sourcePath, folder, job.maxExpandedBytes, signal);
  await bench.lock([source.path, job.partialPath], [folder]);
  try {
    const { relation, columns, warnings, lines } = await findSoundRows(bench, job, source, folder, signal);
    const [only] = columns;
    if (only === undefined || (columns.length === 1 && only.name === scalarName && /^(JSON|MAP\(VARCHAR, JSON\))$/.test(only.type)))
      throw new ChildFailure('UNSUPPORTED_FILE', 'The file holds no objects that could be rows. Rows are objects: [{ "name": "Ada", "age": 36 }].');
    if (columns.length > job.maxColumns) {
      throw new ChildFailure(
        'UNSUPPORTED_FILE',
        `The file has ${columns.length} columns; at most ${job.maxColumns} can be read. Remove those that do not matter.`,
      );
    }
    const named = uniqueColumnNames(columns.map(({ name }) => name));
    const isAllText = job.options.isAllText ?? false;
    const selected = columns.map((column, index) => `${storedExpression(column, isAllText)} AS ${quoteName(named.names[index] ?? '')}`).join(', ');
    const [written] = await bench.all(`COPY (SELECT ${selected} FROM ${relation}) TO ${quoteString(job.partialPath)} (${parquetOptions(columns.length)})`);
    return {
      rowCount: Number(written?.['Count'] ?? 0),
      report: {
        ...plainReport,
        encoding: source.encoding,
        rejectedRowCount: lines?.rejectedCount ?? 0,
        rejectedRows: lines?.rejected ?? [],
        warnings: [...warnings, ...named.warnings],
      },
    };
  } catch (error) {
    throw failureOf(error, [source.path, job.partialPath, folder]);
  }
}
