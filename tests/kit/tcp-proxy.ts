import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { eventually } from './eventually.ts';

/** A way to a server that can be interrupted. */
export interface TcpProxy {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** How many connections go through it now. */
  connectionCount(): number;
  /** Lets nothing through in either direction, as a frozen server would; new connections are taken and hear nothing. */
  freeze(): void;
  /** Lets everything through again, also what was held back. */
  thaw(): void;
  /** Ends every connection at once. New ones are welcome. */
  cut(): void;
  /** Ends every connection, and refuses new ones until `reopen`. */
  close(): Promise<void>;
  reopen(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a TCP proxy on a free port of 127.0.0.1.
 *
 * @param connectFar opens a connection to the server behind it
 */
export async function startTcpProxy(connectFar: () => Socket): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isFrozen = false;

  const server = createServer((near) => {
    const far = connectFar();
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [one, other] of [pair, [far, near] as const]) {
      one.on('error', () => other.destroy());
      one.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
      one.on('data', (chunk) => other.write(chunk));
      if (isFrozen) one.pause();
    }
  });

  async function listen(at: number): Promise<number> {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  const cut = (): void => {
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };

  const proxyPort = await listen(0);
  return {
    port: proxyPort,
    connectionCount: () => pairs.size,
    freeze() {
      isFrozen = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    cut,
    close,
    async reopen() {
      // Meanwhile the system may have lent the port to a connection of somebody else.
      await eventually(() => listen(proxyPort));
    },
    [Symbol.asyncDispose]: close,
  };
}
