import { GraphQLError, GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLScalarType, GraphQLSchema, GraphQLString, type GraphQLFieldConfig } from 'graphql';
import { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Viewer } from '../../src/auth/viewer.ts';
import { AppError, badInput } from '../../src/base/errors.ts';
import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { parseConfig } from '../../src/base/config.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createHttpServer } from '../../src/server/http-server.ts';
import type { HttpServerOptions, OperationOrigin } from '../../src/server/options.ts';
import { createHealth } from '../../src/services/health.ts';
import type { Parsed } from '../kit/graphql-client.ts';
import { giveUpMs } from '../kit/patience.ts';
import { thingFields } from './things.ts';

/** What a test sees of the server from inside. */
export interface Seen {
  /** How many times a resolver ran. */
  resolved: number;
  /** How many subscription sources were opened, and left again through their return(). */
  opened: number;
  left: number;
  /** How many events the sources gave. */
  produced: number;
  uploads: (Viewer | null)[];
}

/** A source that counts, every so many milliseconds, and hears its return() at once. */
function counter(seen: Seen, to: number, everyMs: number, failsAt: number | null): AsyncIterableIterator<{ count: number }> {
  let count = 0;
  const left = new AbortController();
  let isLeft = false;
  seen.opened += 1;
  const source: AsyncIterableIterator<{ count: number }> = {
    async next() {
      if (count > 0 && everyMs > 0) {
        await setTimeout(everyMs, undefined, { signal: left.signal }).catch(() => undefined);
      }
      if (isLeft || count >= to) return { done: true, value: undefined };
      count += 1;
      seen.produced += 1;
      if (count === failsAt) throw new Error('secret of the stream');
      return { done: false, value: { count } };
    },
    async return() {
      if (!isLeft) seen.left += 1;
      isLeft = true;
      left.abort();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => source,
  };
  return source;
}

const Even = new GraphQLScalarType<number, number>({
  name: 'Even',
  parseValue(value) {
    if (typeof value === 'number' && value % 2 === 0) return value;
    throw new TypeError('it is odd');
  },
});

const int = (defaultValue: number) => ({ type: GraphQLInt, defaultValue });

function createSchema(seen: Seen): GraphQLSchema {
  const text = (
    resolve: (args: Parsed, context: OperationOrigin) => unknown,
    args: GraphQLFieldConfig<unknown, OperationOrigin>['args'] = {},
  ): GraphQLFieldConfig<unknown, OperationOrigin> => ({
    type: GraphQLString,
    args,
    resolve: (_root, given, context) => {
      seen.resolved += 1;
      return resolve(given, context);
    },
  });
  const fails = (error: () => Error) =>
    text(async () => {
      throw error();
    });
  return new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        ...thingFields(() => (seen.resolved += 1)),
        hello: text(() => 'world'),
        viewer: text((_args, context: OperationOrigin) => context.viewer?.userId ?? null),
        userAgent: text((_args, context: OperationOrigin) => context.device.userAgent),
        address: text((_args, context: OperationOrigin) => context.device.address),
        needsViewer: text((_args, context: OperationOrigin) => {
          if (context.viewer === null) throw new AppError('UNAUTHENTICATED', 'Sign in first.');
          return context.viewer.userId;
        }),
        even: text(({ number }) => String(number), { number: { type: Even } }),
        secret: fails(() => new Error('secret of the database')),
        deliberate: fails(() => new GraphQLError('said on purpose', { extensions: { code: 'FORBIDDEN' } })),
        plain: fails(() => new GraphQLError('said without a code')),
        badInput: fails(() => badInput(['input', 'email'], '"x" is not an e-mail address.')),
        limited: fails(() => new AppError('RATE_LIMITED', 'Wait.', { retryAfterMs: 1_500 })),
        big: text(({ bytes }) => 'x'.repeat(bytes), { bytes: int(1) }),
        slow: text(({ milliseconds }) => setTimeout(milliseconds, 'done'), { milliseconds: int(100) }),
      },
    }),
    mutation: new GraphQLObjectType({
      name: 'Mutation',
      fields: {
        change: text(() => 'changed'),
        slowChange: text(({ milliseconds }) => setTimeout(milliseconds, 'changed'), { milliseconds: int(100) }),
        ask: text(({ milliseconds }) => setTimeout(milliseconds, 'answered'), { milliseconds: int(100) }),
        signIn: text((_args, context: OperationOrigin) => (context.device.setAuthCookie('token-of-ada', 900), 'in')),
        signOut: text((_args, context: OperationOrigin) => (context.device.setAuthCookie(null, 0), 'out')),
      },
    }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        count: {
          type: new GraphQLNonNull(GraphQLInt),
          args: { to: int(3), everyMs: int(0), failsAt: { type: GraphQLInt } },
          subscribe: (_root, { to, everyMs, failsAt }) => counter(seen, to, everyMs, failsAt ?? null),
        },
        bulk: {
          type: new GraphQLNonNull(GraphQLString),
          args: { to: int(1), bytes: int(1) },
          subscribe: (_root, { to }) => counter(seen, to, 0, null),
          resolve: (_event, { bytes }) => 'x'.repeat(bytes),
        },
        slowStart: {
          type: GraphQLInt,
          args: { milliseconds: int(100) },
          subscribe: (_root, { milliseconds }) => setTimeout(milliseconds).then(() => counter(seen, 3, 0, null)),
          resolve: ({ count }) => count,
        },
        failing: { type: GraphQLInt, subscribe: () => Promise.reject(new Error('secret of subscribe')) },
        refused: { type: GraphQLInt, subscribe: () => Promise.reject(new AppError('NOT_FOUND', 'No Run with this id exists.')) },
        brokenEvent: {
          type: GraphQLInt,
          subscribe: () => counter(seen, 3, 0, null),
          resolve: ({ count }) => (count === 2 ? Promise.reject(new Error('secret of an event')) : count),
        },
      },
    }),
  });
}

/** A running server over a small schema of its own, with what it logged. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen;
  /** The lines of the log, parsed. */
  readonly log: readonly Parsed[];
  /** Ends the login that `token-of-bob` belongs to, and with it the token. */
  revokeBob(): void;
  stop(): Promise<void>;
}

/** Starts one on a free port. @param changes options in place of those of the test */
export async function startServer(
  changes: Partial<HttpServerOptions> & {
    readonly limits?: Partial<HttpServerOptions['config']['limits']>;
    readonly config?: HttpServerOptions['config'];
  } = {},
  config: Partial<HttpServerOptions['config']> = {},
): Promise<TestServer> {
  const seen: Seen = { resolved: 0, opened: 0, left: 0, produced: 0, uploads: [] };
  const log: Parsed[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).trim().split('\n')) log.push(JSON.parse(line));
      done();
    },
  });
  const logger = createLogger({ level: 'debug', destination });
  let isBobRevoked = false;
  const limits = {
    maxUploadBytes: 1_000_000,
    maxBodyBytes: 10_000,
    maxWebSocketPayloadBytes: 10_000,
    webSocketInitTimeoutMs: 10_000,
    headersTimeoutMs: giveUpMs,
    shutdownTimeoutMs: 5_000,
    ...changes.limits,
  };
  const server = createHttpServer({
    schema: createSchema(seen),
    services: {
      people: {
        async authenticate(token) {
          const name = /^token-of-(\w+)$/.exec(token)?.[1];
          if (name === 'nobase') throw new AppError('SERVICE_UNAVAILABLE', 'The database is away.');
          if (name === undefined || (name === 'bob' && isBobRevoked)) throw new AppError('UNAUTHENTICATED', 'The access token is not valid.');
          return { userId: name, loginId: `login-of-${name}`, role: 'MEMBER' };
        },
        findViewer: async (viewer) => (isBobRevoked && viewer.userId === 'bob' ? null : viewer),
        isActive: async (viewer) => !(isBobRevoked && viewer.userId === 'bob'),
      },
    },
    createContext: (origin) => ({ ...origin }),
    uploadHandler: async (request, response, viewer) => {
      seen.uploads.push(viewer);
      request.resume();
      response.end('uploaded');
    },
    attachmentHandler: async () => undefined,
    importHandler: async () => undefined,
    documentHandler: async () => undefined,
    tusHandler: async () => undefined,
    calendarHandler: async (_request, response, name) => void response.end(name),
    downloadHandler: async (_request, response, token) => void response.end(token),
    liveWebhookHandler: async (_request, response) => void response.end(),
    speechHandler: async (_request, response, token) => void response.end(token),
    health: createHealth({ checks: {}, version: '1.2.3', clock: systemClock, startedAt: new Date(), logger }),
    newRequestId: uuidv7,
    requestLimit: { consume: () => 0, status: () => null },
    logger,
    loginCheckIntervalMs: 50,
    ...changes,
    config: {
      host: '127.0.0.1',
      port: 0,
      allowedOrigins: ['https://app.example.org'],
      isProduction: false,
      trustedProxyHops: 0,
      gate: parseConfig({}).gate,
      runs: { askTimeoutMs: 1_000 },
      downloads: { writeTimeoutMs: 1_000 },
      ...config,
      limits,
    },
  });
  const { url } = await server.start();
  return { url, seen, log, revokeBob: () => void (isBobRevoked = true), stop: () => server.stop(), [Symbol.asyncDispose]: () => server.stop() };
}
