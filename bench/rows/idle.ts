// What an idle subscription costs the server in memory: ours against raw server-sent events and raw sockets.
//   node bench/rows/idle.ts [subscriptions] [rounds] [warmUp]
// SNAPSHOT=1 has the servers write heap snapshots on SIGUSR1.
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { createGraphqlClient } from '../../tests/kit/graphql-client.ts';
import { startProduct } from '../streaming/contenders.ts';
import { startProgram, type ServerUnderTest } from '../streaming/process.ts';

const [subscriptions = 2_000, rounds = 3, warmUp = 1_000] = process.argv.slice(2).map(Number);
const probe = fileURLToPath(new URL('../streaming/memory-on-signal.ts', import.meta.url));
const nodeOptions = ['--expose-gc', '--import', probe, ...(process.env['SNAPSHOT'] === undefined ? [] : ['--heapsnapshot-signal=SIGUSR1'])];
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Contender {
  readonly name: string;
  readonly server: ServerUnderTest;
  readonly memoryFile: string;
  /** Opens the n-th idle subscription; gives the way to close it. */
  open(index: number): Promise<() => void>;
  stop(): Promise<void>;
}

async function memoryOf({ server, memoryFile }: Contender): Promise<{ readonly heap: number; readonly resident: number }> {
  await rm(memoryFile, { force: true });
  process.kill(server.pid, 'SIGUSR2');
  for (;;) {
    const text = await readFile(memoryFile, 'utf8').catch(() => null);
    if (text === null) {
      await sleep(20);
      continue;
    }
    const { heapUsed, external, rss } = JSON.parse(text);
    return { heap: (heapUsed + external) / 1_024, resident: rss / 1_024 };
  }
}

async function openSse(url: string, headers: Record<string, string>, body: string): Promise<() => void> {
  const outgoing = request(url, { method: 'POST', agent: false, headers }).on('error', () => {});
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  response.on('error', () => {}).resume();
  await once(response, 'data');
  return () => outgoing.destroy();
}

async function openWebSocket(url: string, first: readonly object[]): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), first.length === 0 ? [] : 'graphql-transport-ws');
  socket.on('error', () => {});
  await once(socket, 'open');
  for (const message of first) socket.send(JSON.stringify(message));
  if (first.length > 0) await once(socket, 'message');
  return socket;
}

const subscription = 'subscription ($id: ID!, $after: Int!) { conversationEvents(conversationId: $id, after: $after) { __typename seq } }';

async function ours(name: string, connect: (url: string, token: string, variables: object, index: number) => Promise<() => void>): Promise<Contender> {
  const memoryFile = join(tmpdir(), `colloquy-memory-${name.replaceAll(/\W/g, '')}-${process.pid}`);
  const { server, token, stop } = await startProduct(nodeOptions, { MEMORY_FILE: memoryFile });
  const client = createGraphqlClient(server.url, { token });
  const { createConversation } = await client.request('mutation { createConversation(input: {}) { conversation { id lastEventSeq } } }');
  const { id, lastEventSeq } = createConversation.conversation;
  return { name, server, memoryFile, stop, open: (index) => connect(server.url, token, { id, after: lastEventSeq }, index) };
}

async function raw(name: string, program: string, open: (url: string) => Promise<() => void>): Promise<Contender> {
  const memoryFile = join(tmpdir(), `colloquy-memory-${name.replaceAll(/\W/g, '')}-${process.pid}`);
  const server = await startProgram(program, { nodeOptions, environment: { MEMORY_FILE: memoryFile } });
  return { name, server, memoryFile, stop: () => server.stop(), open: () => open(server.url) };
}

function init(token: string): object {
  return { type: 'connection_init', payload: { token } };
}

function subscribe(variables: object, index: number): string {
  return JSON.stringify({ id: String(index), type: 'subscribe', payload: { query: subscription, variables } });
}

/** Several subscriptions on a socket, which is closed with the first of them. */
function sharing(perSocket: number) {
  let shared: Promise<WebSocket> | null = null;
  return async (url: string, token: string, variables: object, index: number): Promise<() => void> => {
    if (shared === null || index % perSocket === 0) shared = openWebSocket(`${url}/graphql`, [init(token)]);
    const socket = await shared;
    socket.send(subscribe(variables, index));
    return () => socket.terminate();
  };
}

const contenders = await Promise.all([
  raw('raw WebSocket', '../peers/raw-websocket.ts', async (url) => {
    const socket = await openWebSocket(url, []);
    return () => socket.terminate();
  }),
  raw('raw SSE', '../peers/raw-sse.ts', (url) => openSse(url, {}, '')),
  ours('ours, WebSocket', sharing(1)),
  ours('ours, WebSocket, 50 a socket', sharing(50)),
  ours('ours, SSE', (url, token, variables) =>
    openSse(
      `${url}/graphql`,
      { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` },
      JSON.stringify({ query: subscription, variables }),
    ),
  ),
]);

const results = new Map<string, { heap: number[]; resident: number[] }>();
for (let round = 0; round < rounds; round += 1) {
  for (const contender of contenders) {
    const closers: (() => void)[] = [];
    // Many first, so that what is loaded and compiled once does not count, nor that the young generation grows to its size.
    const openMany = async (count: number): Promise<void> => {
      for (let start = 0; start < count; start += 25) {
        closers.push(...(await Promise.all(Array.from({ length: 25 }, (_, index) => contender.open(closers.length + index)))));
      }
    };
    await openMany(warmUp);
    await sleep(1_000);
    const before = await memoryOf(contender);
    await openMany(subscriptions);
    await sleep(2_000);
    const after = await memoryOf(contender);
    if (process.env['SNAPSHOT'] !== undefined) {
      process.kill(contender.server.pid, 'SIGUSR1');
      await sleep(6_000);
    }
    for (const close of closers) close();
    await sleep(1_000);
    const result = results.get(contender.name) ?? { heap: [], resident: [] };
    results.set(contender.name, result);
    result.heap.push((after.heap - before.heap) / subscriptions);
    result.resident.push((after.resident - before.resident) / subscriptions);
  }
}
const median = (values: readonly number[]): string => (values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN).toFixed(1);
console.log(`${subscriptions} idle subscriptions, ${rounds} rounds; KB each`);
console.table(
  Object.fromEntries([...results].map(([name, { heap, resident }]) => [name, { 'heap and external': median(heap), 'resident memory': median(resident) }])),
);
for (const contender of contenders) {
  await contender.stop();
  await rm(contender.memoryFile, { force: true });
}
process.exit(0);
