import { WebSocket } from 'ws';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import type { Parsed, Variables } from './graphql-client.ts';
import { giveUpMs } from './patience.ts';

/** What comes for one operation. */
export type SocketEvent =
  | { readonly kind: 'next'; readonly result: Parsed }
  | { readonly kind: 'error'; readonly errors: Parsed }
  | { readonly kind: 'complete' }
  | { readonly kind: 'closed'; readonly code: number };

/** One operation on a socket. */
export interface SocketSubscription {
  nextEvent(): Promise<SocketEvent>;
  /** The next `count` events. */
  events(count: number): Promise<readonly SocketEvent[]>;
  /** What has come and not been read. */
  pending(): readonly SocketEvent[];
  /** Tells the server that nobody listens any more. */
  close(): void;
}

/** A socket that speaks graphql-transport-ws, by hand, so that a test can misbehave. */
export interface SocketClient {
  /** Starts an operation. */
  subscribe(query: string, variables?: Variables, extensions?: Readonly<Record<string, unknown>>): SocketSubscription;
  /** Starts an operation with a payload of any form. */
  subscribeWith(payload: Readonly<Record<string, unknown>>): SocketSubscription;
  /** Sends anything. */
  send(message: object | string): void;
  /** Stops to read from the socket, as a slow client. */
  pause(): void;
  resume(): void;
  /** Cuts the connection without a goodbye. */
  cut(): void;
  /** Closes the connection in order. */
  close(): void;
  /** How the connection ended, once it has. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** What the server sends, as far as it is read here. */
type ServerMessage =
  | { readonly type: 'connection_ack' | 'ping' }
  | { readonly type: 'next'; readonly id: string; readonly payload: Parsed }
  | { readonly type: 'error'; readonly id: string; readonly payload: Parsed }
  | { readonly type: 'complete'; readonly id: string };

/** How a socket is opened. */
export interface SocketOptions {
  readonly token?: string;
  /** In place of those that `token` makes. */
  readonly connectionParams?: Readonly<Record<string, unknown>>;
  /** Of the request that opens the socket, for example `Origin` and `Cookie`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** False opens the socket and says nothing. */
  readonly isInitialised?: boolean;
  /** How long `nextEvent` and the opening wait; 30,000 by default. */
  readonly timeoutMs?: number;
}

/**
 * Opens a socket to the server. To reconnect, open another.
 *
 * @param url of the server, without `/graphql`
 * @returns once the server has acknowledged
 * @throws Error with the HTTP status or the close code when the server refuses
 */
export async function openSocket(url: string, options: SocketOptions = {}): Promise<SocketClient> {
  const { token, connectionParams = token === undefined ? {} : { token }, headers = {}, isInitialised = true, timeoutMs = giveUpMs } = options;
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  const queues = new Map<string, EventQueue<SocketEvent>>();
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
  let lastId = 0;

  const send = (message: object | string): void => socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  const take = (message: ServerMessage): void => {
    if (message.type === 'connection_ack') ready.resolve();
    if (message.type === 'next') queues.get(message.id)?.push({ kind: 'next', result: message.payload });
    if (message.type === 'error') queues.get(message.id)?.push({ kind: 'error', errors: message.payload });
    if (message.type === 'complete') queues.get(message.id)?.push({ kind: 'complete' });
  };
  socket.on('message', (data) => take(JSON.parse(String(data))));
  socket.on('unexpected-response', (_request, response) => {
    response.resume();
    ready.reject(new Error(`The upgrade was refused with HTTP ${response.statusCode}.`));
  });
  socket.on('error', (error) => ready.reject(error));
  socket.once('open', () => (isInitialised ? send({ type: 'connection_init', payload: connectionParams }) : ready.resolve()));
  socket.once('close', (code, reason) => {
    ready.reject(new Error(`The socket was closed with ${code} ${String(reason)}.`));
    closed.resolve({ code, reason: String(reason) });
    for (const queue of queues.values()) {
      queue.push({ kind: 'closed', code });
      queue.finish();
    }
  });
  const timer = setTimeout(() => ready.reject(new Error(`No acknowledgement within ${timeoutMs} ms.`)), timeoutMs);
  await ready.promise.finally(() => clearTimeout(timer));

  const subscribeWith = (payload: Readonly<Record<string, unknown>>): SocketSubscription => {
    lastId += 1;
    const id = String(lastId);
    const queue = createEventQueue<SocketEvent>(`WebSocket ${JSON.stringify(payload).slice(0, 80)}`, timeoutMs);
    queues.set(id, queue);
    send({ id, type: 'subscribe', payload });
    return {
      nextEvent: () => queue.next(),
      events: (count) => queue.take(count),
      pending: () => queue.pending(),
      close: () => send({ id, type: 'complete' }),
    };
  };

  return {
    send,
    closed: closed.promise,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    cut: () => socket.terminate(),
    close: () => socket.close(1000),
    subscribe: (query, variables = {}, extensions = {}) => subscribeWith({ query, variables, extensions }),
    subscribeWith,
  };
}
