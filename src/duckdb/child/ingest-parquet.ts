import { open } from 'node:fs/promises';
import { plainReport } from '../../base/reading.ts';
import type { IngestJob } from '../protocol.ts';
import { uniqueColumnNames } from './column-names.ts';
import { ChildFailure } from './failure.ts';
import type { Ingested } from './ingest-csv.ts';
import { parquetOptions } from './parquet-options.ts';
import { quoteName, quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';
import { readBytes } from './read-bytes.ts';
import { describe } from './describe.ts';

const mark = 'PAR1';
const encryptedMark = 'PARE';
/** Two marks, the length of the footer, and the shortest footer. */
const smallestFile = 12;

/** A Parquet file begins and ends with its mark; a cut upload has lost the second one. (Apache Parquet format, "File format".) */
async function checkMarks(path: string): Promise<void> {
  await using file = await open(path);
  const { size } = await file.stat();
  if (size === 0) throw new ChildFailure('UNSUPPORTED_FILE', 'The file is empty.');
  const read = async (position: number): Promise<string> => (await readBytes(file, position, mark.length)).toString('latin1');
  const [first, last] = [await read(0), size >= smallestFile ? await read(size - 4) : ''];
  if (last === encryptedMark) throw new ChildFailure('UNSUPPORTED_FILE', 'The Parquet file is encrypted; upload it without encryption.');
  if (first !== mark) throw new ChildFailure('UNSUPPORTED_FILE', 'The file is not Parquet: it does not begin with PAR1.');
  if (last !== mark) throw new ChildFailure('UNSUPPORTED_FILE', 'The Parquet file is cut off: its end is missing. Upload it again.');
}

/**
 * Writes a Parquet file anew as zstd Parquet of ours. Queries never see the client's own file: a crafted one can break the database that
 * reads it, and here that is a process which ends with this job.
 */
export async function ingestParquet(bench: Workbench, job: IngestJob, folder: string): Promise<Ingested> {
  const path = job.sourcePath;
  await checkMarks(path);
  await bench.lock([path, job.partialPath], [folder]);
  const relation = `read_parquet(${quoteString(path)}, hive_partitioning = false)`;
  const described = await describe(bench, `SELECT * FROM ${relation}`);
  if (described.length > job.maxColumns) {
    throw new ChildFailure(
      'UNSUPPORTED_FILE',
      `The file has ${described.length} columns; at most ${job.maxColumns} can be read. Remove those that do not matter.`,
    );
  }
  const found = described.map(({ name }) => name);
  const { names, warnings } = uniqueColumnNames(found);
  const columns = found.map((name, index) => `${quoteName(name)} AS ${quoteName(names[index] ?? '')}`).join(', ');
  const [written] = await bench.all(`COPY (SELECT ${columns} FROM ${relation}) TO ${quoteString(job.partialPath)} (${parquetOptions(names.length)})`);
  return {
    rowCount: Number(written?.['Count'] ?? 0),
    report: { ...plainReport, warnings },
  };
}
