import { delay } from '../../src/base/async.ts';
import { followQuery, type Ledger, type SeenEvent } from './ledger.ts';
import { subscribeSse } from './sse-client.ts';
import { openSocket } from './websocket-client.ts';

/** How a client follows a run. */
export interface FollowOptions {
  readonly transport: 'sse' | 'websocket';
  readonly token: string;
  /** Where the server is, asked before each connection. */
  readonly url: () => Promise<string>;
  /** Gets what is seen. */
  readonly ledger?: Ledger;
  /** The number of the last event that the client has; 0 by default. */
  readonly after?: number;
}

/** What a client saw until the last event. */
export interface Followed {
  readonly events: readonly SeenEvent[];
  /** How often it had to come back. */
  readonly returns: number;
  /** The codes of errors with which the server ended its streams. */
  readonly codes: readonly string[];
}

/** A stream of one connection, whatever carries it. */
interface Stream {
  next(): Promise<{ readonly kind: string; readonly result?: any; readonly errors?: any }>;
  close(): void;
}

async function openStream({ transport, token, url }: FollowOptions, id: string, after: number): Promise<Stream> {
  const variables = { id, after };
  if (transport === 'sse') {
    const stream = await subscribeSse(await url(), { query: followQuery, variables, token });
    return { next: stream.nextEvent, close: stream.close };
  }
  const socket = await openSocket(await url(), { token });
  const stream = socket.subscribe(followQuery, variables);
  return { next: stream.nextEvent, close: socket.cut };
}

/** Follows a run to its last event over any number of connections and servers, as a client that keeps the last `seq` and comes back. */
export async function followToTheEnd(id: string, options: FollowOptions): Promise<Followed> {
  const events: SeenEvent[] = [];
  const codes: string[] = [];
  let returns = -1;
  const isOver = (): boolean => events.at(-1)?.__typename === 'RunFinished' || events.at(-1)?.__typename === 'RunFailed';
  while (!isOver()) {
    returns += 1;
    // When the server goes away under this client, it comes back with what it has.
    const stream = await openStream(options, id, events.at(-1)?.seq ?? options.after ?? 0).catch(() => null);
    try {
      for (;;) {
        const frame = (await stream?.next().catch(() => null)) ?? null;
        const code = (frame?.errors ?? frame?.result?.errors)?.[0]?.extensions.code;
        if (typeof code === 'string') codes.push(code);
        if (frame?.kind !== 'next' || typeof code === 'string') break;
        events.push(frame.result.data.runEvents);
        options.ledger?.saw(id, frame.result.data.runEvents);
      }
    } finally {
      stream?.close();
    }
    if (!isOver()) await delay(50);
  }
  return { events, returns, codes };
}

/** Reads all events of an ended run. */
export async function readEvents(url: string, token: string, id: string): Promise<readonly SeenEvent[]> {
  return (await followToTheEnd(id, { transport: 'sse', token, url: () => Promise.resolve(url) })).events;
}
