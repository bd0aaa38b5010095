import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A socket that speaks `graphql-transport-ws` and is acknowledged. */
export interface GraphqlSocket {
  /**
   * Subscribes. `take` gets the text of every `next`, `end` is called once with the text that ended it: `complete`, `error` or a closed socket.
   */
  subscribe(query: string, variables: object, take: (text: string) => void, end: (text: string) => void): void;
  /** How many subscriptions have not ended. */
  readonly size: number;
  /** Drops the connection; `end` is called for none of its subscriptions. */
  terminate(): void;
}

interface Taker {
  readonly take: (text: string) => void;
  readonly end: (text: string) => void;
}

// The messages are not parsed: what the measuring side saves, the server has, for they share the cores.
const idPattern = /"id":"(\d+)"/;

/** Opens one. @throws Error when the server refuses it */
export async function openGraphqlSocket(url: string, token: string): Promise<GraphqlSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const takers = new Map<string, Taker>();
  await once(socket, 'open');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const endAll = (reason: string): void => {
    reject(new Error(`The socket ended before it was acknowledged: ${reason}.`));
    for (const taker of takers.values()) taker.end(reason);
    takers.clear();
  };
  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    const id = idPattern.exec(text.slice(0, 64))?.[1] ?? '';
    if (text.includes('"connection_ack"')) return resolve();
    if (text.includes('"type":"next"')) return takers.get(id)?.take(text);
    takers.get(id)?.end(text);
    takers.delete(id);
  });
  socket.on('error', (error) => endAll(error.message));
  socket.on('close', (code, reason) => endAll(`closed with ${code} ${reason.toString()}`));
  socket.send(JSON.stringify({ type: 'connection_init', payload: { token } }));
  await promise;
  let opened = 0;
  return {
    subscribe(query, variables, take, end) {
      opened += 1;
      takers.set(String(opened), { take, end });
      socket.send(JSON.stringify({ id: String(opened), type: 'subscribe', payload: { query, variables } }));
    },
    get size() {
      return takers.size;
    },
    terminate() {
      takers.clear();
      socket.terminate();
    },
  };
}
