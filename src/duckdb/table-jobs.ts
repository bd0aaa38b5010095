import { resolve } from 'node:path';
import { rm } from 'node:fs/promises';
import type { RowFilter, RowOrder } from '../base/rows.ts';
import type { ChildAnswer, JobOutcome } from './child-process.ts';
import type { DuckdbLimits } from './limits.ts';
import type { Job, QueryTable } from './protocol.ts';
import type { Explanation, RowChoice, RowPage, WriteFormat, WriteJob, WriteResult } from './table-job.ts';

/** Rows of a Parquet file of ours that are wanted. */
export interface PageRequest {
  readonly path: string;
  /** Null for all. */
  readonly columns: readonly string[] | null;
  readonly filter: readonly RowFilter[];
  readonly order: readonly RowOrder[];
  readonly choice: RowChoice;
  readonly userKey: string;
}

/** A SELECT to look at. */
export interface ExplainRequest {
  readonly tables: readonly QueryTable[];
  readonly sql: string;
  readonly userKey: string;
}

/** A SELECT whose rows are to be written. */
export interface WriteRequest {
  readonly tables: readonly QueryTable[];
  readonly sql: string;
  readonly format: WriteFormat;
  /** Where to; nothing may be there. Within a folder that is the caller's alone. */
  readonly path: string;
  /** For CSV: whether texts that look like formulas are made harmless. False by default. */
  readonly isSpreadsheetSafe?: boolean;
  /** Whether the written Parquet is profiled. False by default. */
  readonly isProfiled?: boolean;
  readonly userKey: string;
}

/** What can be done with tables beside running one SELECT for its first rows. */
export interface TableJobs {
  /**
   * Reads rows of one file, filtered and ordered, by SQL of ours.
   *
   * @throws AppError BAD_USER_INPUT for a column that is not there or a value that does not fit, and what `query` throws
   */
  page(request: PageRequest, signal: AbortSignal): Promise<RowPage>;
  /**
   * Tells what a SELECT would do, without running it.
   *
   * @throws AppError what `query` throws
   */
  explain(request: ExplainRequest, signal: AbortSignal): Promise<Explanation>;
  /**
   * Runs a SELECT and writes all of its rows into a file, within limits of its own. When it fails, no file is left.
   *
   * @throws AppError what `query` throws
   */
  write(request: WriteRequest, signal: AbortSignal): Promise<WriteResult>;
  /**
   * The same for several SELECTs of one user, one after another in the time of one: a later one may read what one before it has written.
   * When one fails, no file is left of any.
   *
   * @throws AppError what `query` throws
   */
  writeAll(requests: readonly Omit<WriteRequest, 'userKey'>[], userKey: string, signal: AbortSignal): Promise<readonly WriteResult[]>;
}

/** What `createTableJobs` stands on. */
export interface TableJobsDependencies {
  readonly limits: Pick<DuckdbLimits, 'query' | 'write'>;
  /** Runs a job in its turn. */
  readonly perform: (job: Job, userKey: string, signal: AbortSignal) => Promise<JobOutcome>;
  /** The same, but settles only when the child has let go of the job, also after the abort. */
  readonly performWhole: (job: Job, userKey: string, signal: AbortSignal) => Promise<JobOutcome>;
  readonly failed: (answer: Extract<ChildAnswer, { kind: 'failed' }>) => Error;
  readonly failure: (outcome: JobOutcome, timeoutMs: number, signal: AbortSignal) => unknown;
}

/** Makes the jobs. */
export function createTableJobs({ limits, perform, performWhole, failed, failure }: TableJobsDependencies): TableJobs {
  const { maxBytes, maxSqlCharacters } = limits.query;

  const answerOf = (outcome: JobOutcome, timeoutMs: number, signal: AbortSignal): ChildAnswer => {
    if (outcome.kind !== 'answered') throw failure(outcome, timeoutMs, signal);
    if (outcome.answer.kind === 'failed') throw failed(outcome.answer);
    return outcome.answer;
  };
  const strange = (): Error => new Error('a child answered another question than it was asked');
  const absolute = (tables: readonly QueryTable[]): readonly QueryTable[] => tables.map(({ name, path }) => ({ name, path: resolve(path) }));

  const writeJob = ({ tables, sql, format, path, isSpreadsheetSafe = false, isProfiled = false }: Omit<WriteRequest, 'userKey'>): WriteJob => {
    const { maxRows, maxColumns } = limits.write;
    const bounds = { maxRows, maxColumns, maxBytes: limits.write.maxBytes, maxSqlCharacters };
    return { kind: 'write', tables: absolute(tables), sql, format, isSpreadsheetSafe, isProfiled, path: resolve(path), ...bounds };
  };

  return {
    async page({ userKey, path, ...request }, signal) {
      const job: Job = { kind: 'page', ...request, path: resolve(path), maxBytes };
      const answer = answerOf(await perform(job, userKey, signal), limits.query.timeoutMs, signal);
      if (answer.kind !== 'paged') throw strange();
      return answer.page;
    },

    async explain({ userKey, tables, sql }, signal) {
      const job: Job = { kind: 'explain', tables: absolute(tables), sql, maxSqlCharacters };
      const answer = answerOf(await perform(job, userKey, signal), limits.query.timeoutMs, signal);
      if (answer.kind !== 'explained') throw strange();
      return answer.explanation;
    },

    async write({ userKey, ...request }, signal) {
      const job = writeJob(request);
      try {
        const answer = answerOf(await performWhole(job, userKey, signal), limits.write.timeoutMs, signal);
        if (answer.kind !== 'written') throw strange();
        return answer.result;
      } catch (error) {
        await rm(job.path, { force: true });
        throw error;
      }
    },

    async writeAll(requests, userKey, signal) {
      const writes = requests.map(writeJob);
      try {
        const answer = answerOf(await performWhole({ kind: 'writeAll', writes }, userKey, signal), limits.write.timeoutMs, signal);
        if (answer.kind !== 'allWritten' || answer.results.length !== writes.length) throw strange();
        return answer.results;
      } catch (error) {
        for (const { path } of writes) await rm(path, { force: true });
        throw error;
      }
    },
  };
}
