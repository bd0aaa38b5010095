import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { messageOf } from '../../src/base/errors.ts';
import { runSql, withDatabase } from './database.ts';
import { eventually } from './eventually.ts';
import { findFreePort } from './free-port.ts';
import { createTemporaryFolder, databasePrefix } from './leftovers.ts';
import { giveUpMs } from './patience.ts';

const server = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const program = process.env['TEST_PGBOUNCER'] ?? '/usr/sbin/pgbouncer';

/** Why there is no pooler to test with; null when there is one. */
export const poolerAbsence: string | null = await absence();

async function absence(): Promise<string | null> {
  const client = new Client({ connectionString: server, connectionTimeoutMillis: giveUpMs });
  client.on('error', () => undefined);
  try {
    if (spawnSync(program, ['--version']).status !== 0) throw new Error(`there is no PgBouncer at ${program}; set TEST_PGBOUNCER`);
    await client.connect();
    await client.end();
    return null;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return messageOf(error);
  }
}

/** A database of a PostgreSQL server behind PgBouncer, which hands connections out by the transaction. */
export interface PooledDatabase {
  /** Through the pooler. */
  readonly url: string;
  /** Past it. */
  readonly directUrl: string;
  /** Ends the pooler, and drops the database. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes an empty database, and starts a pooler before it.
 *
 * @param connections how many the pooler has to the server, so that statements of one client go to several of them
 */
export async function openPooledDatabase(connections: number): Promise<PooledDatabase> {
  const disposal = new AsyncDisposableStack();
  const name = `${databasePrefix}${Date.now().toString(36)}_${process.pid}_${randomUUID().slice(0, 8)}`;
  await runSql(server, `CREATE DATABASE ${name} TEMPLATE template0`);
  disposal.defer(async () => void (await runSql(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)));
  const folder = disposal.use(await createTemporaryFolder());
  const port = await findFreePort();
  const { hostname, port: serverPort, username, password } = new URL(server);
  const [users, config] = [join(folder.path, 'users.txt'), join(folder.path, 'pgbouncer.ini')];
  await writeFile(users, `"${username}" "${password}"\n`);
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    auth_file: users,
    pool_mode: 'transaction',
    default_pool_size: connections,
  };
  const secret = password === '' ? '' : ` password=${password}`;
  await writeFile(
    config,
    `[databases]\n${name} = host=${hostname} port=${serverPort || 5432} user=${username}${secret}\n[pgbouncer]\n${Object.entries(settings)
      .map(([key, value]) => `${key} = ${value}`)
      .join('\n')}\n`,
  );
  // It refuses to be root, and reads its files as whoever it is then.
  await chmod(folder.path, 0o755);
  const isRoot = process.getuid?.() === 0;
  const pooler = spawn(program, ['-q', ...(isRoot ? ['-u', 'nobody'] : []), config], { stdio: 'ignore' });
  disposal.defer(async () => {
    if (pooler.exitCode !== null) return;
    pooler.kill('SIGKILL');
    await once(pooler, 'exit');
  });
  const url = new URL(withDatabase(server, name));
  url.hostname = '127.0.0.1';
  url.port = String(port);
  await eventually(() => runSql(url.href, 'SELECT 1'));
  return { url: url.href, directUrl: withDatabase(server, name), [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}
