import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { delay } from '../../src/base/async.ts';
import { inject } from 'vitest';
import { giveUpMs, patienceMs } from './patience.ts';
import { emptyTables, markOf } from './spare-databases.ts';

/** What the global setup tells the tests about the PostgreSQL of this run. */
export interface TestPostgres {
  /** Of the database from which others are made. */
  readonly adminConnectionString: string;
  /** The migrated database that is copied. */
  readonly template: string;
  /** What `markOf` says of it. */
  readonly mark: string;
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
  /** Cuts whoever is still connected, and keeps it as new for the next test, or drops it: it is no more under its name. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The databases, by the template that they are still like, that tests of this worker have used and the next ones may have. */
const spares = new Map<string, string[]>();

/**
 * Makes a database, or takes one that is as new: to copy the template is half of the work of a short test.
 *
 * @param options.isMigrated false for an empty one
 */
export async function createTestDatabase({ isMigrated = true }: { readonly isMigrated?: boolean } = {}): Promise<TestDatabase> {
  const postgres = inject('testPostgres');
  const { adminConnectionString, template, absence } = postgres;
  if (absence !== null) throw new Error(absence);
  const spare = isMigrated ? spares.get(template)?.pop() : undefined;
  const name = spare ?? newName(postgres);
  if (spare === undefined) await runSql(adminConnectionString, `CREATE DATABASE ${name} TEMPLATE ${isMigrated ? template : 'template0'}`);
  return {
    connectionString: withDatabase(adminConnectionString, name),
    name,
    [Symbol.asyncDispose]: () => onClient(adminConnectionString, (admin) => (isMigrated ? giveBack(postgres, admin, name) : drop(admin, name))),
  };
}

function newName({ prefix }: TestPostgres): string {
  return `${prefix}${randomUUID().replaceAll('-', '').slice(0, 12)}`;
}

/**
 * Makes a database as it was before it was used, under another name: whoever still knows the old one finds nothing. Drops it where that cannot
 * be, as where a test has changed more than rows.
 */
async function giveBack(postgres: TestPostgres, admin: Client, used: string): Promise<void> {
  const { adminConnectionString, template, mark } = postgres;
  const name = newName(postgres);
  const renew = async (): Promise<boolean> => {
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [used]);
    await admin.query(`ALTER DATABASE ${used} RENAME TO ${name}`);
    return onClient(withDatabase(adminConnectionString, name), async (client) => {
      if ((await markOf(client)) !== mark) return false;
      await emptyTables(client);
      return true;
    });
  };
  await untilLeft(admin, used);
  if (await renew().catch(() => false)) spares.set(template, [...(spares.get(template) ?? []), name]);
  // By the one name or by the other.
  else for (const either of [used, name]) await drop(admin, either);
}

async function drop(admin: Client, name: string): Promise<void> {
  await untilLeft(admin, name);
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** Waits for connections that are closing: one that is ended by force in that moment throws where nobody can catch it. */
async function untilLeft(admin: Client, name: string): Promise<void> {
  const end = performance.now() + patienceMs;
  for (let waitMs = 5; ; waitMs = Math.min(2 * waitMs, 80)) {
    // One that sleeps was left by its client.
    const { rows } = await admin.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend' AND wait_event IS DISTINCT FROM 'PgSleep'",
      [name],
    );
    if (rows.length === 0 || performance.now() >= end) return;
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
  return onClient(connectionString, async (client) => (await client.query(sql)).rows);
}

/** Does something on a connection of its own. */
export async function onClient<Result>(connectionString: string, use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString, connectionTimeoutMillis: giveUpMs });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
