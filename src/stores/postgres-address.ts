import { Client } from 'pg';
import { clusterUser } from './cluster.ts';
import type { PostmasterFile } from './postmaster.ts';

/** How a cluster is reached: through a Unix socket, or over loopback TCP with a password. */
export type PostgresAddress =
  | { readonly kind: 'socket'; readonly folder: string; readonly port: number }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly password: string };

/**
 * The address that a running PostgreSQL says it has.
 *
 * @param file its `postmaster.pid`
 * @param password for TCP
 * @returns null when it has no address that can be used
 */
export function addressOf(file: PostmasterFile, password: string | null): PostgresAddress | null {
  if (file.socketFolder !== '') return { kind: 'socket', folder: file.socketFolder, port: file.port };
  if (file.listenAddress === '' || password === null) return null;
  return { kind: 'tcp', host: file.listenAddress, port: file.port, password };
}

/**
 * The connection string of a database, as `pg`, Prisma and `psql` read it.
 *
 * @param address where the cluster is
 * @param database its name
 */
export function connectionStringOf(address: PostgresAddress, database: string): string {
  // The port is always said, or the environment variable PGPORT would choose it.
  if (address.kind === 'tcp')
    return `postgresql://${clusterUser}:${encodeURIComponent(address.password)}@${address.host}:${address.port}/${database}?sslmode=disable`;
  return `postgresql://${clusterUser}@localhost:${address.port}/${database}?host=${encodeURIComponent(address.folder)}&sslmode=disable`;
}

/**
 * Asks a PostgreSQL which data directory it serves.
 *
 * @param address where it is
 * @param timeLimitMs how long it may take
 * @throws what `pg` throws when it does not answer
 */
export async function askDataDirectory(address: PostgresAddress, timeLimitMs: number): Promise<string> {
  const client = new Client({
    connectionString: connectionStringOf(address, 'postgres'),
    connectionTimeoutMillis: timeLimitMs,
    query_timeout: timeLimitMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory ?? '';
  } finally {
    await client.end().catch(() => undefined);
  }
}
