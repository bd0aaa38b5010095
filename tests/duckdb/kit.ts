import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { AppError } from '../../src/base/errors.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { TableData } from '../../src/base/table.ts';
import { createDuckdb, type Duckdb, type DuckdbOptions, type IngestRequest } from '../../src/duckdb/duckdb.ts';
import { defaultLimits, type DuckdbLimits, type JobLimits } from '../../src/duckdb/limits.ts';
import type { IngestResult, QueryTable } from '../../src/duckdb/protocol.ts';
import { fileKindOf } from '../../src/services/upload/file-name.ts';
import { giveUpMs } from '../kit/patience.ts';

export interface Kit extends AsyncDisposable {
  readonly duckdb: Duckdb;
  /** Everything of this kit lies in it. */
  readonly folder: string;
  readonly tempFolder: string;
  /** Makes a Parquet file from a SELECT, outside of the code under test. */
  table(name: string, sql: string): Promise<QueryTable>;
  query(sql: string, tables?: readonly QueryTable[], signal?: AbortSignal, userKey?: string): Promise<TableData>;
  /** The rows of a query that must succeed. */
  rows(sql: string, tables?: readonly QueryTable[]): Promise<TableData['rows']>;
  ingest(
    name: string,
    content: string | Uint8Array,
    options?: Pick<IngestRequest, 'compression' | 'delimiterHint' | 'options'>,
  ): Promise<IngestResult & { readonly table: QueryTable }>;
  files(): Promise<readonly string[]>;
  /** The folders of children that exist now. */
  childFolders(): Promise<readonly string[]>;
}

/** The limits of the product with other ones among them. A query may take long, which is not what most tests are about. */
export function limitsWith(query: Partial<DuckdbLimits['query']>, ingest: Partial<JobLimits> = {}): DuckdbLimits {
  return { ...defaultLimits, query: { ...defaultLimits.query, timeoutMs: giveUpMs, ...query }, ingest: { ...defaultLimits.ingest, ...ingest } };
}

/** Limits with which one child reads many files, which the product never does, to save the starts. */
export const limitsOfOneReader: DuckdbLimits = limitsWith({ workers: 1, warm: 1 }, { jobsPerChild: 100, leftoverBytes: 1_024 * 1_024 * 1_024 });

/** DuckDB with a folder of its own; disposing kills and wipes everything. */
export async function startKit(options: Partial<DuckdbOptions> = {}): Promise<Kit> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-duckdb-'));
  const tempFolder = join(folder, 'temp');
  const duckdb = await createDuckdb({ tempFolder, log: createLogger({ level: 'silent' }), limits: limitsWith({}), ...options });
  const never = new AbortController().signal;
  const query: Kit['query'] = (sql, tables = [], signal = never, userKey = 'user') => duckdb.query({ tables, sql, userKey }, signal);
  return {
    duckdb,
    folder,
    tempFolder,
    async table(name, sql) {
      const path = join(folder, `${name}.parquet`);
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
      connection.closeSync();
      instance.closeSync();
      return { name, path };
    },
    query,
    rows: async (sql, tables) => (await query(sql, tables)).rows,
    async ingest(name, content, options = {}) {
      const sourcePath = join(folder, `source-${name}`);
      const targetPath = join(folder, `${name}.parquet`);
      await writeFile(sourcePath, content);
      const { format } = fileKindOf(name.replace(/^[^.]*$/, '$&.csv'));
      const result = await duckdb.ingest({ sourcePath, format, ...options, targetPath, userKey: 'user' }, never);
      return { ...result, table: { name: 'data', path: targetPath } };
    },
    files: async () => (await readdir(folder)).toSorted(),
    childFolders: async () => (await readdir(tempFolder)).toSorted(),
    async [Symbol.asyncDispose]() {
      await duckdb.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The error that a promise must reject with. */
export async function refusal(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`expected a refusal, but it answered ${JSON.stringify(outcome.value).slice(0, 300)}`);
  if (!(outcome.error instanceof AppError)) throw outcome.error;
  return outcome.error;
}

/** Resolves when the process is gone. */
export async function goneWithin(processId: number, milliseconds: number): Promise<boolean> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    try {
      process.kill(processId, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
