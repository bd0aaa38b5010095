// Who takes part in the rows about streams.
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Contestant, Measured } from '../harness.ts';
import { serve, type Served } from '../process.ts';
import { openGraphqlSocket, type GraphqlSocket } from './graphql-socket.ts';
import { startStreamingProduct, type StreamingProduct } from './product.ts';

/** What the steady engine is to write. */
export interface Order {
  readonly tokens: number;
  readonly tokensPerSecond: number;
}

/** A server that streams. */
export interface Streamer {
  readonly served: Served;
  /**
   * Has the steady engine write an answer and follows it.
   *
   * @param take gets all that comes
   * @returns when the stream is over, however it ended
   */
  follow(order: Order, take: (text: string) => void): Promise<void>;
  stop(): Promise<void>;
}

const subscription = `subscription ($id: ID!) { runEvents(runId: $id) { __typename seq ... on TextDelta { text } ... on RunFailed { code message } } }`;
const send = `mutation ($text: String!) { sendMessage(input: { text: $text }) { run { id } } }`;
const sent = z.object({ sendMessage: z.object({ run: z.object({ id: z.string() }) }) });

async function startRun({ client }: StreamingProduct, order: Order): Promise<string> {
  return sent.parse(await client.request(send, { text: JSON.stringify(order) })).sendMessage.run.id;
}

/** Opens a stream over HTTP and reads it to its end. */
async function readResponse(url: string, headers: Readonly<Record<string, string>>, body: string, take: (text: string) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, { method: 'POST', agent: false, headers }).once('response', resolve).on('error', reject).end(body);
  const response = await promise;
  response.setEncoding('latin1').on('data', take);
  await once(response, 'close');
}

async function rawSse(): Promise<Streamer> {
  const served = await serve(fileURLToPath(new URL('../peers/raw-sse.ts', import.meta.url)));
  return { served, stop: () => served.stop(), follow: (order, take) => readResponse(served.url, {}, JSON.stringify(order), take) };
}

async function productSse(): Promise<Streamer> {
  const product = await startStreamingProduct();
  const url = `${product.served.url}/graphql`;
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${product.token}` };
  return {
    served: product.served,
    stop: () => product.stop(),
    follow: async (order, take) => {
      const variables = { id: await startRun(product, order) };
      await readResponse(url, headers, JSON.stringify({ query: subscription, variables }), take);
    },
  };
}

async function productWebSocket(streamsPerSocket: number): Promise<Streamer> {
  const product = await startStreamingProduct();
  let shared: Promise<GraphqlSocket> | null = null;
  let places = 0;
  const socketWithPlace = (): Promise<GraphqlSocket> => {
    if (shared === null || places === 0) {
      shared = openGraphqlSocket(product.served.url, product.token);
      places = streamsPerSocket;
    }
    places -= 1;
    return shared;
  };
  return {
    served: product.served,
    stop: () => product.stop(),
    follow: async (order, take) => {
      const place = socketWithPlace();
      const socket = await place;
      const id = await startRun(product, order);
      await new Promise<void>((resolve) => {
        const end = (text: string): void => {
          take(text);
          resolve();
        };
        socket.subscribe(subscription, { id }, take, end);
      });
      if (socket.size > 0) return;
      if (shared === place) shared = null;
      socket.terminate();
    },
  };
}

const streamers: readonly { readonly name: string; readonly role: Contestant['role']; start(): Promise<Streamer> }[] = [
  { name: 'raw SSE', role: 'limit', start: rawSse },
  { name: 'Colloquy, SSE', role: 'product', start: productSse },
  { name: 'Colloquy, WebSocket', role: 'product', start: () => productWebSocket(1) },
  { name: 'Colloquy, WebSocket, 20 streams each', role: 'product', start: () => productWebSocket(20) },
];

/** The contestants of a row about streams, which differ in nothing but who streams. */
export function streamContestants(measure: (streamer: Streamer) => Promise<Measured>): readonly Contestant[] {
  return streamers.map(({ name, role, start }) => ({
    name,
    role,
    async start() {
      const streamer = await start();
      return { measure: () => measure(streamer), stop: () => streamer.stop() };
    },
  }));
}
