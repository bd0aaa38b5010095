import { connect } from 'node:net';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** A way to a PostgreSQL that can be interrupted. */
export interface DatabaseProxy extends TcpProxy {
  /** The same database, through the proxy. */
  readonly connectionString: string;
}

/** Starts a TCP proxy on a free port of 127.0.0.1 in front of a database. */
export async function startDatabaseProxy(connectionString: string): Promise<DatabaseProxy> {
  const target = new URL(connectionString);
  const socketFolder = target.searchParams.get('host');
  const port = Number(target.port || 5_432);
  const proxy = await startTcpProxy(() => (socketFolder === null ? connect(port, target.hostname) : connect(`${socketFolder}/.s.PGSQL.${port}`)));
  const through = new URL(target);
  through.hostname = '127.0.0.1';
  through.port = String(proxy.port);
  through.searchParams.delete('host');
  return { ...proxy, connectionString: through.href };
}
