import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Viewer } from '../auth/viewer.ts';
import { viewerOfRequest } from './authentication.ts';
import { calendarPath } from './calendars.ts';
import { addressOf } from './client-address.ts';
import { answerCors } from './cors.ts';
import { httpDevice } from './device.ts';
import { downloadsPath } from './downloads.ts';
import type { ErrorMask } from './error-masking.ts';
import type { Exchange } from './exchange.ts';
import { protocolFailure, stoppingFailure } from './failure.ts';
import type { Graphiql } from './graphiql.ts';
import { answerGraphql, type GraphqlHttpParts } from './graphql-http.ts';
import type { HealthRoutes } from './health-routes.ts';
import { createOperationRecorder, createRequestLogger, type OperationRecorder } from './operation-record.ts';
import { liveWebhookPath } from './live-webhook.ts';
import { createMetricsRoute } from './metrics-route.ts';
import type { HttpServerOptions } from './options.ts';
import { requestIdHeader, requestIdOf } from './request-id.ts';
import { sendErrors } from './respond.ts';
import { speechPath } from './speech.ts';
import { announceTus, isTusPath, tusCors } from './tus-headers.ts';

/** What the router sends requests to. */
export interface RouterParts {
  readonly options: HttpServerOptions;
  readonly graphql: GraphqlHttpParts;
  readonly mask: ErrorMask;
  readonly healthRoutes: HealthRoutes;
  /** Null where the page is off, in production. */
  readonly graphiql: Graphiql | null;
  readonly isStopping: () => boolean;
}

function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function checkMethod(request: IncomingMessage, response: ServerResponse, ...allowed: readonly string[]): void {
  if (allowed.includes(request.method ?? '')) return;
  response.setHeader('Allow', allowed.join(', '));
  throw protocolFailure('METHOD_NOT_ALLOWED', `${request.method} is not allowed here; use ${allowed.join(' or ')}.`);
}

/** The path as the log may have it: the token of a link is as good as a password. */
function loggedPathOf(path: string): string {
  return [downloadsPath, speechPath, calendarPath].find((secret) => path.startsWith(secret)) ?? path.slice(0, 100);
}

/** Whether a browser asks for a page and not for data. */
function asksForPage(request: IncomingMessage): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
}

/**
 * Sends each request where its path says, and makes sure of what holds for all: a request id in the header and in every error, CORS, one line
 * in the log, an answer whatever is thrown.
 */
export function createRouter(parts: RouterParts): (request: IncomingMessage, response: ServerResponse) => void {
  const { options, graphql, mask, healthRoutes, graphiql, isStopping } = parts;
  const metrics = options.metrics == null ? null : createMetricsRoute(options.metrics);
  const {
    config,
    services,
    uploadHandler,
    attachmentHandler,
    importHandler,
    documentHandler,
    tusHandler,
    downloadHandler,
    speechHandler,
    liveWebhookHandler,
    calendarHandler,
  } = options;
  const logger = createRequestLogger(options.logger);

  const findViewer = (request: IncomingMessage): Promise<Viewer | null> => viewerOfRequest(request, services.people, config.allowedOrigins);

  async function answerOperation(request: IncomingMessage, response: ServerResponse, recorder: OperationRecorder): Promise<void> {
    checkMethod(request, response, 'GET', 'POST');
    if (graphiql !== null && asksForPage(request)) return await graphiql.answer(request, response);
    // Before anything is awaited: a connection that is gone has no address.
    const address = addressOf(request, config.trustedProxyHops);
    const viewer = await findViewer(request);
    const { requestId } = recorder.current();
    const origin = { viewer, requestId, device: httpDevice(request, response, address, config.isProduction) };
    const exchange: Exchange = { origin, recorder, http: { incoming: request, outgoing: response } };
    await answerGraphql(request, response, exchange, graphql);
  }

  async function answer(request: IncomingMessage, response: ServerResponse, path: string, recorder: OperationRecorder): Promise<void> {
    const isTus = isTusPath(path);
    if (isTus) announceTus(request, response, config.limits.maxUploadBytes);
    if (answerCors(request, response, config.allowedOrigins, isTus ? tusCors : undefined)) return;
    if (path.startsWith('/health') && request.method === 'GET' && (await healthRoutes.answer(path, response))) return;
    if (path === '/metrics' && metrics !== null) {
      checkMethod(request, response, 'GET');
      return metrics(request, response);
    }
    if (isStopping()) throw stoppingFailure();
    if (path === '/graphql') return await answerOperation(request, response, recorder);
    if (path === '/uploads') {
      checkMethod(request, response, 'POST');
      return await uploadHandler(request, response, await findViewer(request), recorder.current().requestId);
    }
    if (path === '/attachments') {
      checkMethod(request, response, 'POST');
      return await attachmentHandler(request, response, await findViewer(request), recorder.current().requestId);
    }
    if (path === '/imports') {
      checkMethod(request, response, 'POST');
      return await importHandler(request, response, await findViewer(request), recorder.current().requestId);
    }
    if (path === '/documents') {
      checkMethod(request, response, 'POST');
      return await documentHandler(request, response, await findViewer(request), recorder.current().requestId);
    }
    if (isTus) return await tusHandler(request, response, await findViewer(request), recorder.current().requestId);
    if (path.startsWith(downloadsPath)) {
      checkMethod(request, response, 'GET', 'HEAD');
      return await downloadHandler(request, response, path.slice(downloadsPath.length));
    }
    if (path === liveWebhookPath) {
      checkMethod(request, response, 'POST');
      return await liveWebhookHandler(request, response);
    }
    if (path.startsWith(speechPath)) {
      checkMethod(request, response, 'GET', 'HEAD');
      return await speechHandler(request, response, path.slice(speechPath.length));
    }
    if (path.startsWith(calendarPath)) {
      checkMethod(request, response, 'GET', 'HEAD');
      const address = addressOf(request, config.trustedProxyHops);
      return await calendarHandler(request, response, path.slice(calendarPath.length), address);
    }
    if (path === '/graphiql' && graphiql !== null) {
      checkMethod(request, response, 'GET');
      return await graphiql.answer(request, response);
    }
    throw protocolFailure(
      'NOT_FOUND',
      `Nothing is at ${path.slice(0, 100)}; GraphQL is at /graphql, uploads go to /uploads, attachments to /attachments, imports to /imports, documents to /documents, probes to /health.`,
    );
  }

  return (request, response) => {
    const path = pathOf(request);
    const requestId = requestIdOf(request, options.newRequestId);
    const level = path.startsWith('/health') || path === '/metrics' ? 'debug' : 'info';
    const recorder = createOperationRecorder({ requestId, transport: 'http', logger, level, now: () => performance.now() });
    response.setHeader(requestIdHeader, requestId).setHeader('X-Content-Type-Options', 'nosniff');
    if (isStopping()) response.setHeader('Connection', 'close');
    response.once('close', () => recorder.write({ method: request.method ?? '', path: loggedPathOf(path), status: response.statusCode }));
    // A socket that breaks while it is written to is not news, but an error without a listener ends the process.
    response.on('error', ignore);
    answer(request, response, path, recorder).catch((error: unknown) => {
      const errors = mask([error], recorder.current());
      recorder.add({ codes: errors.map((masked) => String(masked.extensions['code'])) });
      sendErrors(request, response, errors);
    });
  };
}

function ignore(): void {}
