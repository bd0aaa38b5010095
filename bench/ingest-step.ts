// One way of making Parquet of a CSV file, in a process of its own with two threads. Prints what it took as a line of JSON.
//   node bench/ingest-step.ts copy|write|ingest <csv> <folder>
import { DuckDBInstance } from '@duckdb/node-api';
import { defaultLimits } from '../src/duckdb/limits.ts';
import { ingestCsv } from '../src/duckdb/child/ingest-csv.ts';
import { ingestFile } from '../src/duckdb/child/ingest.ts';
import { openWorkbench, type Workbench } from '../src/duckdb/child/workbench.ts';
import type { IngestJob } from '../src/duckdb/protocol.ts';

const [step = '', source = '', folder = ''] = process.argv.slice(2);
const threads = 2;
const never = new AbortController().signal;
const job: IngestJob = {
  kind: 'ingest',
  sourcePath: source,
  format: 'CSV',
  compression: 'none',
  delimiterHint: null,
  options: {},
  partialPath: `${folder}/${step}.parquet`,
  maxExpandedBytes: defaultLimits.ingest.maxExpandedBytes,
  maxColumns: defaultLimits.ingest.maxColumns,
};
const openBench = ({ keepsOrder }: { readonly keepsOrder: boolean }): Promise<Workbench> =>
  openWorkbench({ folder, memoryBytes: defaultLimits.ingest.memoryBytes, threads, isSpilling: true, keepsOrder });

/** DuckDB as everybody uses it: it finds the types, and keeps what it does not know as text. */
async function copy(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  await connection.run(`COPY (FROM read_csv('${source}')) TO '${job.partialPath}' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
}

async function write(): Promise<void> {
  const bench = await openBench({ keepsOrder: true });
  await ingestCsv(bench, job, folder, never);
  bench.close();
}

const steps: Readonly<Record<string, () => Promise<unknown>>> = { copy, write, ingest: () => ingestFile(job, openBench, folder, never, () => undefined) };
const [startedAt, cpuAtStart] = [performance.now(), process.cpuUsage()];
await steps[step]?.();
const { user, system } = process.cpuUsage(cpuAtStart);
process.stdout.write(
  `${JSON.stringify({ seconds: (performance.now() - startedAt) / 1_000, cpu: (user + system) / 1e6, megabytes: process.resourceUsage().maxRSS / 1_024 })}\n`,
);
