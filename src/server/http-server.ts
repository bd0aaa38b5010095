import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRounds } from '../base/rounds.ts';
import { createCaps } from './caps.ts';
import { createErrorMask } from './error-masking.ts';
import { createGraphiql } from './graphiql.ts';
import { createHealthRoutes } from './health-routes.ts';
import { createOpenStreams } from './open-streams.ts';
import type { HttpServerOptions } from './options.ts';
import { createPersistedDocuments } from './persisted-documents.ts';
import { createRouter } from './router.ts';
import { cutSlowReaders } from './slow-readers.ts';
import { stopServer } from './stop.ts';
import { answerUpgrade } from './upgrade.ts';
import { createWebSocketSide } from './web-socket.ts';
import { createGraphqlServer } from './yoga.ts';

/** A server that can be started once and stopped once. */
export interface HttpServer {
  /**
   * Begins to listen.
   *
   * @returns where; the port is the real one when 0 was asked for
   * @throws the error of the system when the address is taken or not ours
   */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /** Stops in order, within `shutdownTimeoutMs`. Stopping again waits for the same stop. */
  stop(): Promise<void>;
}

/** The state of the server, for the parts that answer differently in each. */
type Phase = 'starting' | 'serving' | 'stopping';

// Longer than the 60 seconds after which common load balancers close an idle connection, so that they close first and nothing is lost.
const keepAliveTimeoutMs = 65_000;

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  await promise;
  server.off('error', reject);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return address;
}

/**
 * The server: GraphQL over HTTP, server-sent events and WebSocket on `/graphql`, GraphiQL, `/uploads` and `/health`.
 *
 * @param options the parts it is made of; nothing happens before `start`
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { schema, services, createContext, health, logger, config, newRequestId, pingIntervalMs = 12_000, loginCheckIntervalMs = 2_000 } = options;
  const { limits, gate, allowedOrigins, isProduction } = config;
  let phase: Phase = 'starting';
  let stopping: Promise<void> | null = null;
  const isStopping = (): boolean => phase === 'stopping';

  const mask = createErrorMask({ logger, hidesSuggestions: isProduction });
  const openStreams = createOpenStreams({ isActive: (viewer) => services.people.isActive(viewer), logger, intervalMs: loginCheckIntervalMs });
  const caps = createCaps(gate);
  const { persistedDocuments = createPersistedDocuments(new Map(), false) } = options;
  const bodyLimits = { maxBytes: limits.maxBodyBytes, timeoutMs: limits.headersTimeoutMs };
  const yoga = createGraphqlServer({
    schema,
    createContext,
    isProduction,
    gate,
    caps,
    requestLimit: options.requestLimit,
    askTimeoutMs: config.runs.askTimeoutMs,
    writeTimeoutMs: config.downloads.writeTimeoutMs,
  });
  const pings = createRounds(pingIntervalMs);
  const webSockets = createWebSocketSide({
    yoga,
    mask,
    people: services.people,
    openStreams,
    logger,
    newRequestId,
    allowedOrigins,
    maxPayloadBytes: limits.maxWebSocketPayloadBytes,
    initTimeoutMs: limits.webSocketInitTimeoutMs,
    pings,
    trustedProxyHops: config.trustedProxyHops,
    caps,
    gate,
    persistedDocuments,
    takesOperationTokens: !isProduction,
  });
  const healthRoutes = createHealthRoutes(health, () => phase === 'serving');
  const graphiql = isProduction ? null : createGraphiql();
  const graphql = { yoga, mask, openStreams, bodyLimits, persistedDocuments, pings };
  const route = createRouter({ options, graphql, mask, healthRoutes, graphiql, isStopping });
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      maxHeaderSize: gate.maxHeaderBytes,
      // A file of a gigabyte may take its time: bodies have their own limits, where they are read.
      requestTimeout: 0,
      keepAliveTimeout: keepAliveTimeoutMs,
      // By default Node looks for slow clients only every 30 seconds.
      connectionsCheckingInterval: 1_000,
    },
    route,
  );
  const stopCutting = cutSlowReaders(server, gate.slowReaderTimeoutMs, logger);
  server.on('upgrade', (request, socket, head) => answerUpgrade(request, socket, head, { webSockets, allowedOrigins, isStopping }));

  return {
    async start() {
      const { port } = await listen(server, config.host, config.port);
      phase = 'serving';
      openStreams.start();
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      return { url: `http://${host}:${port}`, port };
    },
    stop() {
      stopping ??= (async () => {
        phase = 'stopping';
        await stopServer({ server, webSockets, openStreams, logger, timeoutMs: limits.shutdownTimeoutMs, onDrain: options.onDrain ?? (async () => {}) });
        stopCutting();
      })();
      return stopping;
    },
  };
}
