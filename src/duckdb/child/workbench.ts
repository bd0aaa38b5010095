import { DuckDBInstance, StatementType, type DuckDBConnection, type DuckDBPreparedStatement, type DuckDBResult, type DuckDBValue } from '@duckdb/node-api';
import type { Json } from '../../base/json.ts';
import { createUnboundedBudget, readCell } from './cell.ts';
import { ChildFailure } from './failure.ts';
import { quoteString } from './quote.ts';

/** A database of one job and its one connection. */
export interface Workbench {
  /** Runs a statement, and gives all rows of its result as objects of JSON values: for statements of ours, whose results are small. */
  all(sql: string, values?: DuckDBValue[]): Promise<readonly Readonly<Record<string, Json>>[]>;
  /**
   * Parses and binds a text that a person wrote, and does not run it: what is wrong with it is told with its place in the text.
   *
   * @throws ChildFailure as `select`
   */
  check(sql: string): Promise<void>;
  /** Runs statements, the last of which has a result that streams. */
  stream(sql: string): Promise<DuckDBResult>;
  /**
   * Runs a text that a person wrote.
   *
   * @throws ChildFailure SQL_NOT_ALLOWED when DuckDB itself does not take it for one SELECT
   */
  select(sql: string): Promise<DuckDBResult>;
  /**
   * Closes the way to the outside for good: no file but the given ones can be read or written, nothing can be installed, and no setting
   * can be changed, this one least of all.
   */
  lock(paths: readonly string[], folders?: readonly string[]): Promise<void>;
  /** How far the running statement is, of 0 to 1, and whether it writes a file; null when DuckDB does not know. Only where it may spill. */
  progress(): { readonly isWriting: boolean; readonly fraction: number } | null;
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
    // An ingest may write its file a second time, and DuckDB would go on with the bytes of the first.
    enable_external_file_cache: String(!options.isSpilling),
  });
  const connection = await instance.connect();
  // Without it the results would depend on the time zone of the server.
  await connection.run(`SET TimeZone = 'UTC'; SET Calendar = 'gregorian'`);
  if (options.isSpilling) await connection.run('SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0');
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
  interruptWith(signal, workbench);
  return workbench;
}

/**
 * Has a workbench stop what it runs when a signal aborts.
 *
 * @throws the reason of the signal, when it has aborted
 */
export function interruptWith(signal: AbortSignal, workbench: Workbench): void {
  signal.throwIfAborted();
  signal.addEventListener('abort', () => workbench.interrupt(), { once: true });
}

function notSelect(): ChildFailure {
  return new ChildFailure('SQL_NOT_ALLOWED', 'Only one SELECT is allowed.');
}

function benchOf(instance: DuckDBInstance, connection: DuckDBConnection): Workbench {
  let isWriting = false;
  const prepareSelect = async (sql: string): Promise<DuckDBPreparedStatement> => {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) throw notSelect();
    const prepared = await statements.prepare(0);
    if (prepared.statementType === StatementType.SELECT) return prepared;
    prepared.destroySync();
    throw notSelect();
  };
  return {
    async all(sql, values) {
      isWriting = sql.startsWith('COPY ');
      const result = await connection.run(sql, values);
      const names = result.columnNames();
      // From the vectors, as all cells are read: a value alone does not tell that it is a 32-bit float.
      return (await result.fetchAllChunks()).flatMap((chunk) => {
        const vectors = names.map((name, index) => ({ name, vector: chunk.getColumnVector(index) }));
        return Array.from({ length: chunk.rowCount }, (_, row) =>
          Object.fromEntries(vectors.map(({ name, vector }) => [name, readCell(vector, row, createUnboundedBudget())])),
        );
      });
    },
    async check(sql) {
      (await prepareSelect(sql)).destroySync();
    },
    stream: (sql) => connection.stream(sql),
    async select(sql) {
      const prepared = await prepareSelect(sql);
      try {
        return await prepared.stream();
      } finally {
        prepared.destroySync();
      }
    },
    async lock(paths, folders = []) {
      const list = (values: readonly string[]): string => `[${values.map(quoteString).join(', ')}]`;
      await connection.run(
        `SET allowed_paths = ${list(paths)}; SET allowed_directories = ${list(folders)}; SET enable_external_access = false; SET lock_configuration = true`,
      );
    },
    progress() {
      const { percentage } = connection.progress;
      return percentage < 0 ? null : { isWriting, fraction: Math.min(1, percentage / 100) };
    },
    interrupt: () => connection.interrupt(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
