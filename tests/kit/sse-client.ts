import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import type { Parsed, Variables } from './graphql-client.ts';
import { giveUpMs } from './patience.ts';

/** What comes over an event stream; `closed` is the connection, with or without a `complete` before it. */
export type SseEvent = { readonly kind: 'next'; readonly result: Parsed } | { readonly kind: 'complete' } | { readonly kind: 'closed' };

/** A subscription over server-sent events, on a socket of its own. */
export interface SseSubscription {
  readonly status: number;
  readonly requestId: string | null;
  /** The next event but for comments. */
  nextEvent(): Promise<SseEvent>;
  /** The next `count` events. */
  events(count: number): Promise<readonly SseEvent[]>;
  /** What has come and not been read. */
  pending(): readonly SseEvent[];
  /** How many comments have come, the pings of the server. */
  pings(): number;
  /** Stops to read from the socket, as a slow client. */
  pause(): void;
  resume(): void;
  /** Cuts the connection, as a client that leaves. */
  close(): void;
}

/** What is subscribed to, and as whom. */
export interface SseRequest {
  readonly query: string;
  readonly variables?: Variables;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long `nextEvent` waits; 30,000 by default. */
  readonly timeoutMs?: number;
}

function parseBlock(block: string): SseEvent | 'ping' | null {
  const lines = block.split('\n');
  const valueOf = (field: string): string | undefined =>
    lines
      .find((line) => line.startsWith(`${field}:`))
      ?.slice(field.length + 1)
      .trim();
  const event = valueOf('event');
  if (event === 'next') return { kind: 'next', result: JSON.parse(valueOf('data') ?? 'null') };
  if (event === 'complete') return { kind: 'complete' };
  return lines.some((line) => line.startsWith(':')) ? 'ping' : null;
}

function readEvents(response: IncomingMessage, queue: EventQueue<SseEvent>, onPing: () => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (piece: string) => {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event === 'ping') onPing();
      else if (event !== null) queue.push(event);
    }
  });
  response.on('error', () => {});
  response.once('close', () => {
    queue.push({ kind: 'closed' });
    queue.finish();
  });
}

/**
 * Subscribes over server-sent events. To reconnect, subscribe again with the variables from which to go on.
 *
 * @param url of the server, without `/graphql`
 * @returns once the headers have come
 */
export async function subscribeSse(url: string, { query, variables = {}, token, headers = {}, timeoutMs = giveUpMs }: SseRequest): Promise<SseSubscription> {
  const queue = createEventQueue<SseEvent>(`SSE ${query.trim().slice(0, 60)}`, timeoutMs);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing: ClientRequest = request(`${url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...authorization, ...headers },
  });
  outgoing.once('response', resolve).on('error', reject).end(JSON.stringify({ query, variables }));
  const response = await promise;
  let pingCount = 0;
  readEvents(response, queue, () => {
    pingCount += 1;
  });
  const requestId = response.headers['x-request-id'];
  return {
    status: response.statusCode ?? 0,
    requestId: typeof requestId === 'string' ? requestId : null,
    nextEvent: () => queue.next(),
    events: (count) => queue.take(count),
    pending: () => queue.pending(),
    pings: () => pingCount,
    pause: () => void response.socket.pause(),
    resume: () => void response.socket.resume(),
    close: () => void outgoing.destroy(),
  };
}
