import { request, type IncomingMessage } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { createGraphqlClient } from '../../tests/kit/graphql-client.ts';
import { wideLimits } from '../../tests/kit/wide-limits.ts';
import { startProgram, type ServerUnderTest } from './process.ts';

/** A server that streams, and the way to open a stream. */
export interface Contender {
  readonly name: string;
  readonly server: ServerUnderTest;
  /**
   * Has the steady engine write an answer and follows it.
   *
   * @param order what the steady engine is to write
   * @param take gets all that comes
   * @returns when the stream is over
   */
  follow(order: object, take: (text: string) => void): Promise<void>;
  stop(): Promise<void>;
}

/** How a contender is started. */
export interface ContenderOptions {
  readonly nodeOptions?: readonly string[];
  /** How many streams share a socket, for those that can. */
  readonly streamsPerSocket?: number;
}

/** Opens a stream over HTTP and reads it to its end. */
async function readResponse(url: string, headers: Record<string, string>, body: string, take: (text: string) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, { method: 'POST', agent: false, headers }).once('response', resolve).on('error', reject).end(body);
  const response = await promise;
  response.setEncoding('latin1').on('data', take);
  await new Promise((end) => response.once('close', end));
}

/** Raw server-sent events. */
export async function rawSse({ nodeOptions = [] }: ContenderOptions = {}): Promise<Contender> {
  const server = await startProgram('../peers/raw-sse.ts', { nodeOptions });
  return { name: 'raw SSE', server, stop: () => server.stop(), follow: (order, take) => readResponse(server.url, {}, JSON.stringify(order), take) };
}

/** Raw WebSockets. */
export async function rawWebSocket({ nodeOptions = [] }: ContenderOptions = {}): Promise<Contender> {
  const server = await startProgram('../peers/raw-websocket.ts', { nodeOptions });
  return {
    name: 'raw WebSocket',
    server,
    stop: () => server.stop(),
    follow: async (order, take) => {
      const socket = new WebSocket(server.url.replace('http', 'ws'));
      socket.on('open', () => socket.send(JSON.stringify(order))).on('message', (data: Buffer) => take(data.toString('latin1')));
      await new Promise((end) => socket.once('close', end));
    },
  };
}

/** The document that every stream of ours subscribes with. */
export const subscription = `subscription ($id: ID!) { runEvents(runId: $id) { __typename seq ... on TextDelta { text } ... on RunFailed { code message } } }`;
const send = `mutation ($text: String!) { sendMessage(input: { text: $text }) { run { id } } }`;

/** The limits of a person are not what is measured: one person at one address has all streams. Every guard is on, only wider. */
const environment = { ...wideLimits, PORT: '0', BCRYPT_COST: '4', LOG_LEVEL: 'info' };

/** The product with the steady engine and a database of its own, and a person who is signed in. */
export async function startProduct(nodeOptions: readonly string[] = [], extra: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
  const server = await startProgram('../../tests/kit/steady-server.ts', { environment: { ...environment, ...extra, DATA_FOLDER: folder }, nodeOptions });
  const registration = 'mutation { register(input: { email: "bench@example.org", password: "correct horse battery" }) { accessToken } }';
  const { register } = await createGraphqlClient(server.url).request(registration);
  const token: string = register.accessToken;
  const client = createGraphqlClient(server.url, { token });
  return {
    server,
    token,
    startRun: async (order: object): Promise<string> => (await client.request(send, { text: JSON.stringify(order) })).sendMessage.run.id,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ours over server-sent events. */
export async function ourSse({ nodeOptions = [] }: ContenderOptions = {}): Promise<Contender> {
  const product = await startProduct(nodeOptions);
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${product.token}` };
  return {
    name: 'ours, SSE',
    server: product.server,
    stop: () => product.stop(),
    follow: async (order, take) => {
      const variables = { id: await product.startRun(order) };
      await readResponse(`${product.server.url}/graphql`, headers, JSON.stringify({ query: subscription, variables }), take);
    },
  };
}

interface SharedSocket {
  readonly socket: Promise<WebSocket>;
  readonly takers: Map<string, { readonly take: (text: string) => void; readonly end: () => void }>;
}

async function openGraphqlSocket(url: string, token: string, takers: SharedSocket['takers']): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { token } })));
  socket.on('error', reject);
  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    const id = /"id":"(\d+)"/.exec(text.slice(0, 64))?.[1] ?? '';
    if (text.includes('"connection_ack"')) resolve(socket);
    else if (text.includes('"type":"next"')) takers.get(id)?.take(text);
    else takers.get(id)?.end();
  });
  socket.on('close', () => takers.forEach((taker) => taker.end()));
  return promise;
}

/** Ours over WebSocket. */
export async function ourWebSocket({ nodeOptions = [], streamsPerSocket = 1 }: ContenderOptions = {}): Promise<Contender> {
  const product = await startProduct(nodeOptions);
  let opened = 0;
  let shared: SharedSocket | null = null;
  return {
    name: streamsPerSocket === 1 ? 'ours, WebSocket' : `ours, WebSocket, ${streamsPerSocket} streams a socket`,
    server: product.server,
    stop: () => product.stop(),
    follow: async (order, take) => {
      opened += 1;
      const id = String(opened);
      if (shared === null || opened % streamsPerSocket === 0) {
        const takers: SharedSocket['takers'] = new Map();
        shared = { takers, socket: openGraphqlSocket(product.server.url, product.token, takers) };
      }
      const { takers, socket } = shared;
      const open = await socket;
      const over = new Promise<void>((end) => takers.set(id, { take, end }));
      const variables = { id: await product.startRun(order) };
      open.send(JSON.stringify({ id, type: 'subscribe', payload: { query: subscription, variables } }));
      await over;
      takers.delete(id);
      if (takers.size === 0) open.close();
    },
  };
}
