import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs } from 'graphql';
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Viewer } from '../auth/viewer.ts';
import { AppError, type ErrorCode } from '../base/errors.ts';
import type { Rounds } from '../base/rounds.ts';
import type { Logger } from '../base/logger.ts';
import type { GateConfig } from '../base/gate-config.ts';
import type { Caps, Release } from './caps.ts';
import { addressOf } from './client-address.ts';
import { webSocketDevice } from './device.ts';
import type { ErrorMask } from './error-masking.ts';
import type { Exchange } from './exchange.ts';
import { createMessagePace } from './message-pace.ts';
import type { PersistedDocuments } from './persisted-documents.ts';
import type { OpenStreams } from './open-streams.ts';
import { createOperationRecorder, createRequestLogger } from './operation-record.ts';
import { prepareOperation } from './operation.ts';
import type { People } from './options.ts';
import type { Result } from './result-masking.ts';
import { isTextStream } from './text-stream.ts';
import { createSocketWriter, writeStream, type SocketWriter } from './socket-stream.ts';
import { currentViewer, viewerOfExtensions, viewerOfSocket } from './socket-authentication.ts';
import type { Yoga } from './yoga.ts';

/** One connection: who is behind it is known once `connection_init` has come. */
interface Connection {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  readonly address: string;
  readonly writer: SocketWriter;
  viewer: Viewer | null;
  /** Gives the place of the socket back: first that of the address, then that of the person. */
  release: Release;
}

/** The WebSocket side of `/graphql`. */
export interface WebSocketSide {
  /** Takes over a connection that asks to become a WebSocket; false when its address has too many already. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Cuts every socket that is still open. */
  terminate(): void;
}

/** With these it makes no sense to come again with the same token; with all others it does. */
const refusals: readonly ErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'CONFLICT'];
const closeTimeoutMs = 1_000;
const tryAgainLater = 1013;
const goingAway = 1001;

/**
 * Serves the protocol graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) with Yoga's plugins. Everything
 * that fails in an operation goes to that operation; the socket and its other operations go on.
 */
export function createWebSocketSide(options: {
  readonly yoga: Yoga;
  readonly mask: ErrorMask;
  readonly people: People;
  readonly openStreams: OpenStreams;
  readonly logger: Logger;
  readonly newRequestId: () => string;
  readonly allowedOrigins: readonly string[];
  readonly maxPayloadBytes: number;
  readonly initTimeoutMs: number;
  /** In which rounds open sockets are pinged. */
  readonly pings: Rounds;
  readonly trustedProxyHops: number;
  readonly caps: Caps;
  readonly gate: GateConfig;
  readonly persistedDocuments: PersistedDocuments;
  /** Whether an operation may bring a token of its own, as GraphiQL does; off in production. */
  readonly takesOperationTokens: boolean;
}): WebSocketSide {
  const { yoga, mask, people, openStreams, logger, newRequestId, allowedOrigins, pings, caps, gate } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.maxPayloadBytes, handleProtocols, perMessageDeflate: false });
  const runs = new WeakMap<ExecutionArgs, () => Promise<Result | AsyncGenerator<never>>>();

  const requestLogger = createRequestLogger(logger);

  function newExchange(connection: Connection): Exchange {
    const requestId = newRequestId();
    const recorder = createOperationRecorder({ requestId, transport: 'websocket', logger: requestLogger, now: () => performance.now() });
    return { origin: { viewer: connection.viewer, requestId, device: webSocketDevice(connection.request, connection.address) }, recorder, http: null };
  }

  async function run(args: ExecutionArgs): Promise<Result | AsyncGenerator<never>> {
    const prepared = runs.get(args);
    if (prepared === undefined) throw new Error('An operation runs that was not prepared.');
    return await prepared();
  }

  /** Counts a socket to its person instead of to its address; false when the person has too many. */
  function moveToPerson(connection: Connection, viewer: Viewer): boolean {
    const release = caps.takeSocket(viewer, connection.address);
    if (release === null) return false;
    connection.release();
    connection.release = release;
    if (connection.socket.readyState === connection.socket.CLOSED) release();
    return true;
  }

  function checkOperationCount(count: number): void {
    if (count <= gate.maxOperationsPerSocket) return;
    const message = `More than ${gate.maxOperationsPerSocket} operations run on this socket; complete one, or open another socket.`;
    throw new AppError('RATE_LIMITED', message, { retryAfterMs: 1_000 });
  }

  const protocol = makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: options.initTimeoutMs,
    async onConnect({ connectionParams, extra }) {
      try {
        extra.viewer = await viewerOfSocket(connectionParams, extra.request, people, allowedOrigins);
        if (extra.viewer === null || moveToPerson(extra, extra.viewer)) return true;
        closeSoon(extra.socket, CloseCode.TooManyInitialisationRequests, 'Too many sockets');
        return await closedSocket(extra.socket);
      } catch (error) {
        if (error instanceof AppError && refusals.includes(error.code)) return false;
        mask([error], { requestId: newRequestId(), operationName: null });
        closeSoon(extra.socket, tryAgainLater, 'Try again later');
        return await closedSocket(extra.socket);
      }
    },
    async onSubscribe({ extra, subscriptions }, id, payload) {
      let query = payload.query;
      try {
        // The protocol wants a `query` all the same; it is empty where a document is named.
        query = options.persistedDocuments.documentOf({ ...payload }) ?? query;
        checkOperationCount(Object.keys(subscriptions).length);
        // The socket takes on the login, so that its streams end with it.
        // A socket may be open for days: who speaks, and in which role, is looked up for every operation.
        if (extra.viewer !== null) extra.viewer = await currentViewer(people, extra.viewer);
        if (options.takesOperationTokens) extra.viewer = (await viewerOfExtensions(payload.extensions, people)) ?? extra.viewer;
      } catch (error) {
        return mask([error], { requestId: newRequestId(), operationName: null });
      }
      const exchange = newExchange(extra);
      const prepared = await prepareOperation(yoga, { ...payload, query }, exchange, mask, () => exchange.recorder.write({}));
      if (!prepared.isReady) return prepared.failed.errors ?? [];
      runs.set(prepared.args, async () => {
        const result = await prepared.run();
        return isTextStream(result) ? writeStream(result, extra.writer.sinkOf(id)) : result;
      });
      return prepared.args;
    },
    execute: run,
    subscribe: run,
  });

  function serve(socket: WebSocket, request: IncomingMessage, raw: Duplex, address: string, release: Release): void {
    const connection: Connection = { request, socket, writer: createSocketWriter(socket, raw), address, viewer: null, release };
    const remove = openStreams.add({
      viewer: () => connection.viewer,
      end: (reason) =>
        reason === 'LOGIN_REVOKED' ? closeSoon(socket, CloseCode.Forbidden, 'Login revoked') : closeSoon(socket, goingAway, 'The server is stopping'),
    });
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => sendText(socket, text),
        close: (code, reason) => closeSoon(socket, code ?? CloseCode.InternalServerError, reason ?? ''),
        onMessage: (listener) =>
          onMessagesInPace(socket, gate.webSocketMessagesPerSecond, (text) => {
            listener(text).catch((error: unknown) => {
              logger.debug({ err: error }, 'a message of a WebSocket could not be answered');
              closeSoon(socket, CloseCode.InternalServerError, 'Internal server error');
            });
          }),
      },
      connection,
    );
    const stopPings = keepAlive(socket, pings);
    // A payload above the limit arrives here; ws then closes with 1009 by itself.
    socket.on('error', (error) => logger.debug({ err: error }, 'a WebSocket failed'));
    socket.once('close', (code, reason) => {
      remove();
      connection.release();
      stopPings();
      void closed(code, String(reason));
    });
  }

  return {
    accept(request, socket, head) {
      const address = addressOf(request, options.trustedProxyHops);
      const release = caps.takeSocket(null, address);
      if (release === null) return false;
      // Also when the upgrade fails.
      socket.once('close', release);
      sockets.handleUpgrade(request, socket, head, (open) => serve(open, request, socket, address, release));
      return true;
    },
    terminate() {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

/**
 * Sends, and waits until the system has taken it: so a paused reader holds up its own subscription and nothing else. On a socket that is
 * being closed it waits for the end: an operation that could go on would run as fast as it can, for nobody, and starve everyone.
 */
function sendText(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState === socket.CLOSED) return resolve();
    if (socket.readyState !== socket.OPEN) return void socket.once('close', () => resolve());
    // A socket that breaks while it is written to is not news: its close event ends everything that runs on it.
    socket.send(text, (error) => (error && socket.readyState === socket.OPEN ? reject(error) : resolve()));
  });
}

/** Never lets the protocol acknowledge a connection that is being closed. */
function closedSocket(socket: WebSocket): Promise<false> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve(false);
    else socket.once('close', () => resolve(false));
  });
}

function onMessagesInPace(socket: WebSocket, perSecond: number, deliver: (message: string) => void): void {
  const pace = createMessagePace({ perSecond, deliver, pause: () => socket.pause(), resume: () => socket.resume() });
  socket.on('message', (data) => pace.take(String(data)));
  socket.once('close', () => pace.close());
}

/** Closes with a code, and cuts the socket when the client does not answer. */
function closeSoon(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), closeTimeoutMs);
  socket.once('close', () => clearTimeout(timer));
}

const mostMissedPongs = 5;

/** Pings, and cuts a socket that has missed several: one that reads slowly answers late, one whose machine is gone never. */
function keepAlive(socket: WebSocket, pings: Rounds): () => void {
  let missedPongs = 0;
  socket.on('pong', () => {
    missedPongs = 0;
  });
  return pings.add(() => {
    if (missedPongs >= mostMissedPongs) return socket.terminate();
    missedPongs += 1;
    socket.ping();
  });
}
