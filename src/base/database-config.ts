import { wholeNumber } from './config-values.ts';

/** The connections of a server to its database. */
export interface DatabasePoolConfig {
  /** How many there may be. */
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  /** How long a statement waits for one. */
  readonly connectTimeoutMs: number;
  /** How long the database may say nothing at all while it owes an answer, before it counts as away. */
  readonly answerTimeoutMs: number;
}

/** The variables of the connections. */
export const databasePoolVariables = {
  DATABASE_POOL_SIZE: wholeNumber(10, 2, 200),
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(15_000, 100, 600_000),
  DATABASE_CONNECT_TIMEOUT_MS: wholeNumber(5_000, 100, 600_000),
  DATABASE_ANSWER_TIMEOUT_MS: wholeNumber(1_500, 100, 600_000),
};

/** The part of the configuration. */
export function shapeDatabasePool(values: { readonly [Name in keyof typeof databasePoolVariables]: number }): DatabasePoolConfig {
  return {
    poolSize: values.DATABASE_POOL_SIZE,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
    answerTimeoutMs: values.DATABASE_ANSWER_TIMEOUT_MS,
  };
}
