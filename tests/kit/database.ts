import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { delay } from '../../src/base/async.ts';
import { inject } from 'vitest';
import { giveUpMs, patienceMs } from './patience.ts';

/** What the global setup tells the tests about the PostgreSQL of this run. */
export interface TestPostgres {
  /** Of the database from which others are made. */
  readonly adminConnectionString: string;
  /** The migrated database that is copied. */
  readonly template: string;
  /** How the names of this run's databases begin. */
  readonly prefix: string;
  /** Why there is no PostgreSQL to test on; null when there is one. */
  readonly absence: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly testPostgres: TestPostgres;
  }
}

/** A database for one test or one test file. */
export interface TestDatabase {
  /** For `pg`, for Prisma, and as DATABASE_URL of a server. */
  readonly connectionString: string;
  readonly name: string;
  /** Drops it, and cuts whoever is still connected. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a database.
 *
 * @param options.isMigrated false for an empty one
 */
export async function createTestDatabase(options: { readonly isMigrated?: boolean } = {}): Promise<TestDatabase> {
  const { adminConnectionString, template, prefix, absence } = inject('testPostgres');
  if (absence !== null) throw new Error(absence);
  const name = `${prefix}${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const source = options.isMigrated === false ? 'template0' : template;
  await runSql(adminConnectionString, `CREATE DATABASE ${name} TEMPLATE ${source}`);
  return {
    connectionString: withDatabase(adminConnectionString, name),
    name,
    [Symbol.asyncDispose]: async () => {
      await untilLeft(adminConnectionString, name);
      await runSql(adminConnectionString, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** Waits for connections that are closing: one that is ended by force in that moment throws where nobody can catch it. */
async function untilLeft(adminConnectionString: string, name: string): Promise<void> {
  const end = performance.now() + patienceMs;
  for (let waitMs = 5; ; waitMs = Math.min(2 * waitMs, 80)) {
    // One that sleeps was left by its client.
    const clients = `SELECT pid FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend' AND wait_event IS DISTINCT FROM 'PgSleep'`;
    if ((await runSql(adminConnectionString, clients)).length === 0 || performance.now() >= end) return;
    await delay(waitMs);
  }
}

/** The same server, another database. */
export function withDatabase(connectionString: string, name: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement on a connection of its own, and gives its rows. */
export async function runSql(connectionString: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString, connectionTimeoutMillis: giveUpMs });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
