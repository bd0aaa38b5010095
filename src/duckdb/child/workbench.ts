import { DuckDBInstance, type DuckDBConnection, type DuckDBResult, type DuckDBValue } from '@duckdb/node-api';
import type { Json } from '../../base/json.ts';
import { cellOf, createUnboundedBudget } from './cell.ts';
import { quoteString } from './quote.ts';

/** A database of one job and its one connection. */
export interface Workbench {
  /** Runs a statement, and gives all rows of its result as objects of JSON values: for statements of ours, whose results are small. */
  all(sql: string, values?: DuckDBValue[]): Promise<readonly Readonly<Record<string, Json>>[]>;
  /** Runs a statement whose result streams. */
  stream(sql: string): Promise<DuckDBResult>;
  /**
   * Closes the way to the outside for good: no file but the given ones can be read or written, nothing can be installed, and no setting
   * can be changed, this one least of all.
   */
  lock(paths: readonly string[], folders?: readonly string[]): Promise<void>;
  /** Stops the running statement, if DuckDB listens. */
  interrupt(): void;
  close(): void;
}

/** How a workbench is opened. */
export interface WorkbenchOptions {
  readonly folder: string;
  readonly memoryBytes: number;
  readonly threads: number;
  /** Whether DuckDB may put aside on disk what does not fit; never for queries, which could read it. */
  readonly isSpilling: boolean;
  /** False lets DuckDB write rows in any order, with less memory. */
  readonly keepsOrder?: boolean;
}

/** Opens an in-memory database that is not locked yet. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.floor(options.memoryBytes / 1_000_000)}MB`,
    threads: String(options.threads),
    temp_directory: options.isSpilling ? `${options.folder}/spill` : '',
    preserve_insertion_order: String(options.keepsOrder ?? true),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    extension_directory: `${options.folder}/extensions`,
  });
  const connection = await instance.connect();
  // Without it the results would depend on the time zone of the server.
  await connection.run(`SET TimeZone = 'UTC'; SET Calendar = 'gregorian'`);
  return benchOf(instance, connection);
}

/**
 * Opens a workbench that is interrupted when the signal aborts.
 *
 * @throws the reason of the signal, when it has aborted
 */
export async function createWorkbench(options: WorkbenchOptions, signal: AbortSignal): Promise<Workbench> {
  signal.throwIfAborted();
  const workbench = await openWorkbench(options);
  signal.addEventListener('abort', () => workbench.interrupt(), { once: true });
  return workbench;
}

function benchOf(instance: DuckDBInstance, connection: DuckDBConnection): Workbench {
  return {
    async all(sql, values) {
      const reader = await connection.runAndReadAll(sql, values);
      const names = reader.columnNames();
      return reader.getRows().map((row) => Object.fromEntries(names.map((name, index) => [name, cellOf(row[index] ?? null, createUnboundedBudget())])));
    },
    stream: (sql) => connection.stream(sql),
    async lock(paths, folders = []) {
      const list = (values: readonly string[]): string => `[${values.map(quoteString).join(', ')}]`;
      await connection.run(
        `SET allowed_paths = ${list(paths)}; SET allowed_directories = ${list(folders)}; SET enable_external_access = false; SET lock_configuration = true`,
      );
    },
    interrupt: () => connection.interrupt(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
