import { mkdir, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { abortable } from '../base/async.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ReadingOptions } from '../base/reading.ts';
import type { TableData } from '../base/table.ts';
import type { JobOutcome } from './child-process.ts';
import { defaultLimits, type DuckdbLimits, type JobLimits } from './limits.ts';
import { createChildPool, type ChildPool } from './pool.ts';
import type { ChildMessage, IngestResult, Job, QueryTable, SourceCompression, SourceFormat } from './protocol.ts';
import { createFairQueue, type FairQueue } from './queue.ts';
import { sweepFolders } from './sweep.ts';
import { createTableJobs, type TableJobs } from './table-jobs.ts';

/** A SELECT over some Parquet files of ours. */
export interface QueryRequest {
  /** What it may read: names in SQL, and paths that `ingest` has written. Nothing else is within its reach. */
  readonly tables: readonly QueryTable[];
  readonly sql: string;
  /** The most rows to answer with; more than the configured limit is that limit. */
  readonly maxRows?: number;
  /** After how long it is stopped; more than the configured limit is that limit. */
  readonly timeoutMs?: number;
  /** Whose query it is: turns go round among users. */
  readonly userKey: string;
}

/** An uploaded file. */
export interface IngestRequest {
  /** Where it lies; the name must be ours, for DuckDB reads meaning into names. */
  readonly sourcePath: string;
  readonly format: SourceFormat;
  /** `none` by default. */
  readonly compression?: SourceCompression | undefined;
  /** A tab for a file that is named `.tsv`; it is used when the file holds one. */
  readonly delimiterHint?: '\t' | undefined;
  /** What a person said about how to read it; nothing by default. */
  readonly options?: ReadingOptions | undefined;
  /** Where the Parquet file shall lie; it appears there whole or not at all. */
  readonly targetPath: string;
  readonly userKey: string;
}

/** DuckDB in child processes: hostile SQL and hostile files can end a child, and nothing else. */
export interface Duckdb extends TableJobs {
  /**
   * Runs one SELECT.
   *
   * @param signal stops it; the caller is released at once, the child is free or dead within `interruptGraceMs`
   * @throws AppError SQL_NOT_ALLOWED, SQL_INVALID, SQL_TIMEOUT, SQL_TOO_LARGE, QUERY_CRASHED, RATE_LIMITED, SERVICE_UNAVAILABLE; the reason
   *   of the signal
   */
  query(request: QueryRequest, signal: AbortSignal): Promise<TableData>;
  /**
   * Reads an uploaded file once, writes it as zstd Parquet, and tells what is in it. When it fails, no file is left.
   *
   * @param onProgress is called a few times a second with how much of it is done, of 0 to 1, while it is long work
   * @throws AppError UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE, SQL_TIMEOUT, RATE_LIMITED, SERVICE_UNAVAILABLE; the reason of the signal
   */
  ingest(request: IngestRequest, signal: AbortSignal, onProgress?: (fraction: number) => void): Promise<IngestResult>;
  /** The ids of the processes that live now, for health and for tests. */
  processIds(): { readonly query: readonly number[]; readonly ingest: readonly number[]; readonly write: readonly number[] };
  /** Refuses new work, kills the children, wipes their folders. */
  close(): Promise<void>;
}

/** What `createDuckdb` is given. */
export interface DuckdbOptions {
  /** Where the private folders of the children are made; created when it is missing. Several servers may share it. */
  readonly tempFolder: string;
  readonly log: Logger;
  /** `defaultLimits` unless given. */
  readonly limits?: DuckdbLimits;
  /** How the memory of a child is held; by default the operating system does it on Linux, and the child itself elsewhere. */
  readonly memoryGuard?: 'ulimit' | 'watchdog';
  /** When the children that are kept warm are started, from now; at once by default. A job does not wait for it. */
  readonly warmAfterMs?: number;
  /** False leaves the syntax check out, for tests that show that the locked child refuses by itself. True by default. */
  readonly isGuarded?: boolean;
}

/** Opens DuckDB: sweeps what a killed server left behind, and starts the children in the background. */
export async function createDuckdb(options: DuckdbOptions): Promise<Duckdb> {
  const limits = options.limits ?? defaultLimits;
  const memoryGuard = options.memoryGuard ?? (process.platform === 'linux' ? 'ulimit' : 'watchdog');
  // The children work in folders of their own: they understand absolute paths only.
  const tempFolder = resolve(options.tempFolder);
  await mkdir(tempFolder, { recursive: true, mode: 0o700 });
  await sweepFolders(tempFolder, options.log);

  const poolOf = (kind: JobLimits): ChildPool =>
    createChildPool({
      ...kind,
      workers: kind.workers + kind.longWorkers,
      warmAfterMs: options.warmAfterMs ?? 0,
      tempFolder,
      spawnTimeoutMs: limits.spawnTimeoutMs,
      interruptGraceMs: limits.interruptGraceMs,
      memoryGuard,
      log: options.log,
    });
  const queueOf = (kind: JobLimits): FairQueue => createFairQueue({ ...kind, slots: kind.workers, longSlots: kind.longWorkers, retryAfterMs: 1_000 });
  const pools = { query: poolOf(limits.query), ingest: poolOf(limits.ingest), write: poolOf(limits.write) };
  const queues = { query: queueOf(limits.query), ingest: queueOf(limits.ingest), write: queueOf(limits.write) };

  // The turn is given on only when the child is free again, even where the caller has long gone.
  const perform = (job: Job, userKey: string, signal: AbortSignal, timeoutMs?: number): Promise<JobOutcome> =>
    abortable(performWhole(job, userKey, signal, timeoutMs), signal);
  const performWhole = (job: Job, userKey: string, signal: AbortSignal, timeoutMs?: number): Promise<JobOutcome> => {
    const place = job.kind === 'page' || job.kind === 'explain' ? 'query' : job.kind === 'writeAll' ? 'write' : job.kind;
    return queues[place].run(userKey, signal, () => pools[place].run(job, timeoutMs ?? limits[place].timeoutMs, signal));
  };

  return {
    ...createTableJobs({ limits, perform, performWhole, failed, failure: queryFailure }),
    async query(request, signal) {
      signal.throwIfAborted();
      const { maxRows, maxBytes, maxSqlCharacters } = limits.query;
      const timeoutMs = Math.min(request.timeoutMs ?? limits.query.timeoutMs, limits.query.timeoutMs);
      const rows = Math.max(1, Math.min(request.maxRows ?? maxRows, maxRows));
      const job: Job = {
        kind: 'query',
        tables: request.tables.map(({ name, path }) => ({ name, path: resolve(path) })),
        sql: request.sql,
        maxRows: rows,
        maxBytes,
        maxSqlCharacters,
        isGuarded: options.isGuarded ?? true,
      };
      const startedAt = performance.now();
      const outcome = await perform(job, request.userKey, signal, timeoutMs);
      if (outcome.kind === 'answered' && outcome.answer.kind === 'queried') return outcome.answer.data;
      if (outcome.kind === 'answered' && outcome.answer.kind === 'failed') throw failed(outcome.answer);
      options.log.warn({ outcome: outcome.kind, elapsedMs: Math.round(performance.now() - startedAt) }, 'a query did not end by itself');
      throw queryFailure(outcome, timeoutMs, signal);
    },
    async ingest(request, signal, onProgress) {
      signal.throwIfAborted();
      const { maxExpandedBytes, maxColumns, timeoutMs } = limits.ingest;
      const targetPath = resolve(request.targetPath);
      const partialPath = `${targetPath}.partial`;
      const sourcePath = resolve(request.sourcePath);
      const job: Job = {
        kind: 'ingest',
        sourcePath,
        format: request.format,
        compression: request.compression ?? 'none',
        delimiterHint: request.delimiterHint ?? null,
        options: request.options ?? {},
        partialPath,
        maxExpandedBytes,
        maxColumns,
      };
      const settled = queues.ingest.run(request.userKey, signal, async () => {
        try {
          const outcome = await pools.ingest.run(job, timeoutMs, signal, onProgress);
          if (outcome.kind === 'answered' && outcome.answer.kind === 'ingested') {
            await rename(partialPath, targetPath);
            return outcome.answer.result;
          }
          if (outcome.kind === 'answered' && outcome.answer.kind === 'failed') throw failed(outcome.answer);
          throw ingestFailure(outcome, timeoutMs, signal);
        } finally {
          await rm(partialPath, { force: true });
        }
      });
      return abortable(settled, signal);
    },
    processIds: () => ({ query: pools.query.processIds(), ingest: pools.ingest.processIds(), write: pools.write.processIds() }),
    async close() {
      queues.query.close();
      queues.ingest.close();
      queues.write.close();
      await Promise.all([pools.query.close(), pools.ingest.close(), pools.write.close()]);
    },
  };
}

/** The failure that a child tells, as it is thrown. */
function failed({ code, message, place }: Extract<ChildMessage, { kind: 'failed' }>): Error {
  switch (code) {
    case 'INTERNAL_SERVER_ERROR':
      return new Error(message);
    case 'SERVICE_UNAVAILABLE':
      // With a cause that looks like that of every other write onto a full disk.
      return new AppError(code, message, { cause: Object.assign(new Error('a child found the disk full'), { code: 'ENOSPC' }) });
    case 'INTERRUPTED':
      return new AppError('SERVICE_UNAVAILABLE', message);
    case 'SQL_INVALID':
    case 'SQL_NOT_ALLOWED': {
      const [reason = ''] = message.split('\n\nLINE ');
      return new AppError(code, message, { issues: [{ path: ['sql'], message: reason, ...place }] });
    }
    case 'SQL_TIMEOUT':
    case 'SQL_TOO_LARGE':
    case 'UNSUPPORTED_FILE':
    case 'PAYLOAD_TOO_LARGE':
    case 'BAD_USER_INPUT':
    case 'QUERY_CRASHED':
      return new AppError(code, message);
  }
}

function queryFailure(outcome: JobOutcome, timeoutMs: number, signal: AbortSignal): unknown {
  switch (outcome.kind) {
    case 'timedOut':
      return new AppError('SQL_TIMEOUT', `The SQL ran longer than ${timeoutMs} ms and was stopped. Aggregate or filter earlier, or join on keys.`);
    case 'memoryExceeded':
      return new AppError('SQL_TOO_LARGE', 'The SQL needed more memory than it may use. Aggregate or filter earlier, or take fewer rows and shorter texts.');
    case 'aborted':
      return signal.reason;
    case 'answered':
    case 'crashed':
      return new AppError('QUERY_CRASHED', 'The SQL ended the process that ran it. Nothing else was harmed; write it in another way.');
  }
}

function ingestFailure(outcome: JobOutcome, timeoutMs: number, signal: AbortSignal): unknown {
  switch (outcome.kind) {
    case 'timedOut':
      return new AppError('SQL_TIMEOUT', `Reading the file took longer than ${timeoutMs} ms and was stopped; split it into smaller files.`);
    case 'memoryExceeded':
      return new AppError('UNSUPPORTED_FILE', 'The file needs more memory to be read than it may use: its rows or values are too large.');
    case 'aborted':
      return signal.reason;
    case 'answered':
    case 'crashed':
      return new AppError('UNSUPPORTED_FILE', 'The file ended the process that read it: it is damaged, or made to do so.');
  }
}
