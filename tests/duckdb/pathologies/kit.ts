import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../../src/base/json.ts';
import type { IngestReport, ReadingOptions } from '../../../src/base/reading.ts';
import { ingestCsv } from '../../../src/duckdb/child/ingest-csv.ts';
import { createWorkbench } from '../../../src/duckdb/child/workbench.ts';
import type { IngestJob } from '../../../src/duckdb/protocol.ts';

/** A damaged or unusual file, and what a careful person would read in it. */
export interface Pathology {
  readonly name: string;
  readonly file: string | Buffer;
  readonly options?: ReadingOptions;
  readonly hint?: '\t';
  /** The names and then all rows, with `¦` between cells and `∅` for what is missing. */
  readonly table: readonly string[];
  readonly report?: Partial<IngestReport>;
  /** The lines of the rejected rows; none by default. */
  readonly rejected?: readonly number[];
  /** What some warning says. */
  readonly warning?: RegExp;
}

type More = Omit<Pathology, 'name' | 'file' | 'table'>;

/** Describes a file. */
export function pathology(name: string, file: string | Buffer, table: readonly string[], more: More = {}): Pathology {
  return { name, file, table, ...more };
}

/** What was read of a file. */
export interface WhatWasRead {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  readonly rowCount: number;
  readonly report: IngestReport;
}

/** Reads files in this process, as a child does, with every column as text. */
export interface Reader extends AsyncDisposable {
  /** Where it puts its copies. */
  readonly folder: string;
  read(file: string | Buffer, options?: ReadingOptions, hint?: '\t'): Promise<WhatWasRead>;
}

export async function createReader(): Promise<Reader> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-reading-'));
  const signal = new AbortController().signal;
  return {
    folder,
    async read(file, options = {}, hint) {
      const sourcePath = join(folder, 'source.csv');
      await writeFile(sourcePath, file);
      const partialPath = join(folder, 'table.parquet');
      const job: IngestJob = {
        kind: 'ingest',
        sourcePath,
        format: 'CSV',
        compression: 'none',
        delimiterHint: hint ?? null,
        options: { isAllText: true, ...options },
        partialPath,
        maxExpandedBytes: 1_000_000_000,
        maxColumns: 1_000,
      };
      const bench = await createWorkbench({ folder, memoryBytes: 512_000_000, threads: 1, isSpilling: true }, signal);
      try {
        const { rowCount, report } = await ingestCsv(bench, job, folder, signal);
        const table = `read_parquet('${partialPath}')`;
        const columns = await bench.all(`SELECT column_name AS name FROM (DESCRIBE SELECT * FROM ${table})`);
        const names = columns.map(({ name }) => String(name));
        const rows = await bench.all(`SELECT * FROM ${table} LIMIT 1000`);
        return { columns: names, rows: rows.map((row) => names.map((name) => row[name] ?? null)), rowCount, report };
      } finally {
        bench.close();
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What must hold for a file, and what was read of it, in one shape that can be compared. */
export function comparison(pathology: Pathology, read: WhatWasRead): { readonly expected: unknown; readonly found: unknown } {
  const { report } = read;
  const keys = Object.keys(pathology.report ?? {});
  return {
    expected: {
      table: pathology.table,
      rejected: pathology.rejected ?? [],
      report: pathology.report ?? {},
      warning: pathology.warning === undefined ? '' : String(pathology.warning),
    },
    found: {
      table: [read.columns, ...read.rows.map((row) => row.map((value) => (value === null ? '∅' : String(value))))].map((row) => row.join('¦')),
      rejected: report.rejectedRows.map(({ line }) => line),
      report: Object.fromEntries(Object.entries(report).filter(([key]) => keys.includes(key))),
      warning:
        pathology.warning === undefined
          ? ''
          : report.warnings.some((warning) => pathology.warning?.test(warning))
            ? String(pathology.warning)
            : report.warnings,
    },
  };
}
