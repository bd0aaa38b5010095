// Who takes part in the row about idle subscriptions.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Contestant, Measured } from '../harness.ts';
import { serve, type Served } from '../process.ts';
import { openGraphqlSocket, type GraphqlSocket } from './graphql-socket.ts';
import { startStreamingProduct } from './product.ts';

/** A server on which subscriptions are held that nothing happens on. */
export interface Holder {
  readonly served: Served;
  /** Where it writes its memory when SIGUSR2 asks for it. */
  readonly memoryFile: string;
  /**
   * Opens a subscription.
   *
   * @param lost called when it ends, or gets anything, before it is closed
   * @returns closes it
   */
  open(lost: (reason: string) => void): Promise<() => void>;
  stop(): Promise<void>;
}

type Lost = Parameters<Holder['open']>[0];

const probe = fileURLToPath(new URL('memory-on-signal.ts', import.meta.url));
const snapshots = process.env['BENCH_SNAPSHOT'] === undefined ? [] : ['--heapsnapshot-signal=SIGUSR1'];
const nodeArguments: readonly string[] = ['--expose-gc', '--import', probe, ...snapshots];
const subscription = 'subscription ($id: ID!, $after: Int!) { conversationEvents(conversationId: $id, after: $after) { __typename seq } }';
const created = z.object({ createConversation: z.object({ conversation: z.object({ id: z.string(), lastEventSeq: z.number() }) }) });

async function openSse(url: string, headers: Readonly<Record<string, string>>, body: string, lost: Lost): Promise<() => void> {
  const outgoing = request(url, { method: 'POST', agent: false, headers });
  outgoing.on('error', () => {}).end(body);
  const [response] = await once(outgoing, 'response');
  const onClose = (): void => lost('closed');
  const onData = (chunk: Buffer): void => {
    // Comments keep the connection open and are no events.
    if (response.statusCode !== 200 || chunk.includes('data:')) lost(`${response.statusCode} ${chunk.toString()}`);
  };
  response
    .on('error', () => {})
    .on('close', onClose)
    .on('data', onData);
  await once(response, 'data');
  return () => {
    response.off('close', onClose);
    outgoing.destroy();
  };
}

async function openRawSocket(url: string, lost: Lost): Promise<() => void> {
  const socket = new WebSocket(url.replace('http', 'ws'));
  await once(socket, 'open');
  const onClose = (): void => lost('closed');
  socket.on('error', () => {}).on('close', onClose);
  return () => socket.off('close', onClose).terminate();
}

/** A contestant whose server writes its memory to a file. */
interface Entry {
  readonly name: string;
  readonly role: Contestant['role'];
  start(memoryFile: string): Promise<Omit<Holder, 'memoryFile'>>;
}

function raw(name: string, role: Contestant['role'], program: string, open: (url: string, lost: Lost) => Promise<() => void>): Entry {
  return {
    name,
    role,
    async start(memoryFile) {
      const served = await serve(fileURLToPath(new URL(`../peers/${program}`, import.meta.url)), { MEMORY_FILE: memoryFile }, nodeArguments);
      return { served, open: (lost) => open(served.url, lost), stop: () => served.stop() };
    },
  };
}

type Connect = (target: { readonly url: string; readonly token: string; readonly variables: object }, lost: Lost) => Promise<() => void>;

function product(name: string, createConnect: () => Connect): Entry {
  return {
    name,
    role: 'product',
    async start(memoryFile) {
      const { served, token, client, stop } = await startStreamingProduct(nodeArguments, { MEMORY_FILE: memoryFile });
      const { createConversation } = created.parse(await client.request('mutation { createConversation(input: {}) { conversation { id lastEventSeq } } }'));
      const { id, lastEventSeq } = createConversation.conversation;
      const connect = createConnect();
      return { served, stop, open: (lost) => connect({ url: served.url, token, variables: { id, after: lastEventSeq } }, lost) };
    },
  };
}

const connectSse: Connect = ({ url, token, variables }, lost) => {
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` };
  return openSse(`${url}/graphql`, headers, JSON.stringify({ query: subscription, variables }), lost);
};

/** Several subscriptions on a socket, which is closed with the first of them: all are closed together. */
function createSharing(perSocket: number): Connect {
  let shared: Promise<GraphqlSocket> | null = null;
  let places = 0;
  return async ({ url, token, variables }, lost) => {
    if (shared === null || places === 0) {
      shared = openGraphqlSocket(url, token);
      places = perSocket;
    }
    places -= 1;
    const socket = await shared;
    socket.subscribe(subscription, variables, lost, lost);
    return () => {
      places = 0;
      socket.terminate();
    };
  };
}

const entries: readonly Entry[] = [
  raw('raw SSE', 'limit', 'raw-sse.ts', (url, lost) => openSse(url, {}, '', lost)),
  raw('raw WebSocket', 'peer', 'raw-websocket.ts', openRawSocket),
  product('Colloquy, SSE', () => connectSse),
  product('Colloquy, WebSocket', () => createSharing(1)),
  product('Colloquy, WebSocket, 50 subscriptions each', () => createSharing(50)),
];

/**
 * The contestants of a row about idle subscriptions. Each measurement has a server of its own: one that has held thousands before keeps their pages,
 * so that new ones would seem to cost nothing.
 */
export function idleContestants(measure: (holder: Holder) => Promise<Measured>): readonly Contestant[] {
  return entries.map(({ name, role, start }) => ({
    name,
    role,
    async start() {
      const folder = await mkdtemp(join(tmpdir(), 'colloquy-memory-'));
      const memoryFile = join(folder, 'memory.json');
      return {
        async measure() {
          const holder = await start(memoryFile);
          try {
            return await measure({ ...holder, memoryFile });
          } finally {
            await holder.stop();
          }
        },
        stop: () => rm(folder, { recursive: true, force: true }),
      };
    },
  }));
}
