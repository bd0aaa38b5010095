import { megabyte, wholeNumber } from './config-values.ts';

/** What a query of a person or of a model may take. */
export interface SqlConfig {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  readonly maxRows: number;
  readonly maxResultBytes: number;
  readonly workers: number;
  readonly maxWaitingPerUser: number;
}

/** The variables of queries. */
export const sqlVariables = {
  SQL_TIMEOUT_MS: wholeNumber(10_000, 100, 600_000),
  SQL_MEMORY_BYTES: wholeNumber(256 * megabyte, 64 * megabyte, 1024 * 1024 * megabyte),
  SQL_MAX_ROWS: wholeNumber(1_000, 1, 1_000_000),
  SQL_MAX_RESULT_BYTES: wholeNumber(megabyte, 1_024, 1024 * megabyte),
  SQL_WORKERS: wholeNumber(2, 1, 64),
  SQL_MAX_WAITING_PER_USER: wholeNumber(3, 0, 100),
};

/** The part of the configuration. */
export function shapeSql(values: { readonly [Name in keyof typeof sqlVariables]: number }): SqlConfig {
  return {
    timeoutMs: values.SQL_TIMEOUT_MS,
    memoryBytes: values.SQL_MEMORY_BYTES,
    maxRows: values.SQL_MAX_ROWS,
    maxResultBytes: values.SQL_MAX_RESULT_BYTES,
    workers: values.SQL_WORKERS,
    maxWaitingPerUser: values.SQL_MAX_WAITING_PER_USER,
  };
}
