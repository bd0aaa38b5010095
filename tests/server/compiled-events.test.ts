import { GraphQLInt, GraphQLInterfaceType, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString, type GraphQLFieldConfigMap } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { createReader } from '../../src/events/reader.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket, type SocketClient } from '../kit/websocket-client.ts';
import { startServer, type TestServer } from './test-server.ts';

interface Tick {
  readonly seq: number;
}

const ticks = (count: number): readonly Tick[] => Array.from({ length: count }, (_, index) => ({ seq: index + 1 }));
const required = (type: typeof GraphQLInt | typeof GraphQLString) => new GraphQLNonNull(type);

/** A log that ends at `to`, or throws there. */
function read(to: number, failsAt: number | null) {
  const fetch = async (after: number) => {
    if (failsAt !== null && after >= failsAt) throw new Error('secret of the log');
    return { entries: ticks(failsAt ?? to).slice(after, after + 3), ended: failsAt === null && after + 3 >= to };
  };
  return createReader<Tick>({ fetch, seqOf: (tick) => tick.seq, subscribe: () => () => {} }, 0);
}

const Event = new GraphQLInterfaceType({
  name: 'Event',
  fields: { seq: { type: required(GraphQLInt) }, way: { type: required(GraphQLString) } },
  extensions: { hasPlainLeaves: true },
  resolveType: (tick: Tick) => (tick.seq % 2 === 0 ? 'Even' : 'Odd'),
});
const fields: GraphQLFieldConfigMap<Tick, unknown> = {
  seq: { type: required(GraphQLInt) },
  // Only an execution has an `info`.
  way: { type: required(GraphQLString), resolve: (_tick, _arguments, _context, info) => (info === undefined ? 'compiled' : 'executed') },
};
const Detail = new GraphQLObjectType({ name: 'Detail', fields: { note: { type: GraphQLString, resolve: () => 'loaded' } } });
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { hello: { type: GraphQLString } } }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      ticks: {
        type: new GraphQLNonNull(Event),
        args: { to: { type: required(GraphQLInt) }, failsAt: { type: GraphQLInt } },
        subscribe: (_root, { to, failsAt }) => {
          if (to < 0) throw new AppError('NOT_FOUND', 'No Clock with this id exists.');
          return read(to, failsAt ?? null);
        },
        resolve: (tick) => tick,
      },
    },
  }),
  types: [
    new GraphQLObjectType<Tick>({ name: 'Odd', interfaces: [Event], fields }),
    new GraphQLObjectType<Tick>({
      name: 'Even',
      interfaces: [Event],
      fields: {
        ...fields,
        detail: { type: Detail, resolve: async ({ seq }) => (seq === 4 ? Promise.reject(new Error('secret of a detail')) : {}) },
      },
    }),
  ],
});

let server: TestServer;
let socket: SocketClient;
beforeAll(async () => {
  server = await startServer({ schema });
  socket = await openSocket(server.url);
});
afterAll(async () => {
  socket.close();
  await server.stop();
});

const transports = {
  SSE: async (query: string, variables = {}) => {
    const subscription = await subscribeSse(server.url, { query, variables });
    return () => subscription.nextEvent();
  },
  WebSocket: async (query: string, variables = {}) => {
    const subscription = socket.subscribe(query, variables);
    return () => subscription.nextEvent();
  },
};

async function resultsOf(next: () => Promise<any>): Promise<readonly any[]> {
  const results: any[] = [];
  for (let event = await next(); event.kind === 'next'; event = await next()) results.push(event.result);
  return results;
}

describe.each(['SSE', 'WebSocket'] as const)('events of a log over %s', (transport) => {
  const results = async (query: string, variables = {}) => resultsOf(await transports[transport](query, variables));

  it('are written without an execution', async () => {
    const all = await results('subscription { ticks(to: 7) { seq way } }');
    expect(all.map(({ data }) => data.ticks)).toEqual(ticks(7).map(({ seq }) => ({ seq, way: 'compiled' })));
  });

  it('are executed where they load something, in their order, and the others are not', async () => {
    const all = await results('subscription { ticks(to: 3) { seq way ... on Even { detail { note } } } }');
    expect(all.map(({ data }) => data.ticks)).toEqual([
      { seq: 1, way: 'compiled' },
      { seq: 2, way: 'executed', detail: { note: 'loaded' } },
      { seq: 3, way: 'compiled' },
    ]);
  });

  it('carry masked errors of what failed to load, and go on', async () => {
    const all = await results('subscription { ticks(to: 5) { seq ... on Even { detail { note } } } }');
    expect(all.map(({ data }) => data.ticks.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(all[3].errors[0]).toMatchObject({ path: ['ticks', 'detail'], extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(JSON.stringify(all)).not.toContain('secret');
  });

  it('end in a masked error when the log throws in mid-stream', async () => {
    const all = await results('subscription { ticks(to: 9, failsAt: 2) { seq } }');
    expect(all.slice(0, 2).map(({ data }) => data.ticks.seq)).toEqual([1, 2]);
    expect(all[2].errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(all).toHaveLength(3);
    expect(JSON.stringify(all)).not.toContain('secret');
  });

  it('obey variables that skip and include, each subscription its own', async () => {
    const query = 'subscription ($yes: Boolean!) { ticks(to: 1) { seq way @include(if: $yes) } }';
    expect(await results(query, { yes: true })).toEqual([{ data: { ticks: { seq: 1, way: 'compiled' } } }]);
    expect(await results(query, { yes: false })).toEqual([{ data: { ticks: { seq: 1 } } }]);
  });
});

describe('a subscription that is refused', () => {
  it('is an error over SSE and over WebSocket', async () => {
    const query = 'subscription { ticks(to: -1) { seq } }';
    const message = 'No Clock with this id exists.';
    expect((await (await transports.WebSocket(query))()) as unknown).toMatchObject({ result: { errors: [{ message, extensions: { code: 'NOT_FOUND' } }] } });
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    });
    expect(await response.text()).toContain(message);
  });
});
