import type { MetricsRouteOptions } from './metrics-route.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Viewer } from '../auth/viewer.ts';
import type { Config } from '../base/config.ts';
import type { Logger } from '../base/logger.ts';
import type { Device } from '../schema/context.ts';
import type { Health } from '../services/health.ts';
import type { CalendarHandler } from './calendars.ts';
import type { DownloadHandler } from './downloads.ts';
import type { LiveWebhookHandler } from './live-webhook.ts';
import type { PersistedDocuments } from './persisted-documents.ts';

/** What the server asks about people. */
export interface People {
  /**
   * Who a token belongs to: an access token, an API key, or the token of an identity provider.
   *
   * @throws AppError UNAUTHENTICATED when the token is not valid (any more); CONFLICT when it cannot get an account
   */
  authenticate(token: string): Promise<Viewer>;
  /** A viewer as of now, with the role of now; null when what they came with has ended or expired. */
  findViewer(viewer: Viewer): Promise<Viewer | null>;
  /** Whether a viewer may still keep streams open: not logged out, not revoked, not expired, not disabled. */
  isActive(viewer: Viewer): Promise<boolean>;
}

/** What the server knows about an operation before it runs; the context of the resolvers is made from it. */
export interface OperationOrigin {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  readonly device: Device;
}

/** How often operations may come. */
export interface RequestLimit {
  /** Counts one operation; gives 0 when it may run, else after how many milliseconds to come back. */
  consume(userId: string | null, address: string): number;
  /** How the count stands; null where there is no limit. Times in milliseconds. */
  status(
    userId: string | null,
    address: string,
  ): { readonly limit: number; readonly windowMs: number; readonly remaining: number; readonly resetsInMs: number } | null;
}

/** Answers `POST /uploads`, whole: it reads the request and ends the response. What it throws becomes an error answer. */
export type UploadHandler = (request: IncomingMessage, response: ServerResponse, viewer: Viewer | null, requestId: string) => Promise<void>;

/** What the server is made of. */
export interface HttpServerOptions {
  readonly schema: GraphQLSchema;
  readonly services: { readonly people: People };
  /** Makes the context that resolvers get, once an operation. */
  readonly createContext: (origin: OperationOrigin) => object;
  readonly uploadHandler: UploadHandler;
  /** Answers `POST /attachments`. */
  readonly attachmentHandler: UploadHandler;
  /** Answers `POST /imports`. */
  readonly importHandler: UploadHandler;
  /** Answers `POST /documents`. */
  readonly documentHandler: UploadHandler;
  /** Answers everything at and below `/uploads/tus`. */
  readonly tusHandler: UploadHandler;
  readonly downloadHandler: DownloadHandler;
  readonly speechHandler: DownloadHandler;
  readonly liveWebhookHandler: LiveWebhookHandler;
  /** Answers everything below `/calendar/`. */
  readonly calendarHandler: CalendarHandler;
  readonly health: Health;
  readonly logger: Logger;
  readonly config: Pick<Config, 'host' | 'port' | 'allowedOrigins' | 'isProduction' | 'trustedProxyHops' | 'gate'> & {
    readonly runs: Pick<Config['runs'], 'askTimeoutMs'>;
    readonly downloads: Pick<Config['downloads'], 'writeTimeoutMs'>;
    readonly limits: Pick<
      Config['limits'],
      'maxBodyBytes' | 'maxUploadBytes' | 'maxWebSocketPayloadBytes' | 'webSocketInitTimeoutMs' | 'headersTimeoutMs' | 'shutdownTimeoutMs'
    >;
  };
  /** Answers `GET /metrics`; null where that is off. */
  readonly metrics?: MetricsRouteOptions | null;
  readonly newRequestId: () => string;
  /** Without them every request brings its own document. */
  readonly persistedDocuments?: PersistedDocuments;
  readonly requestLimit: RequestLimit;
  /**
   * Runs once when the stop begins, while streams are still open, so that clients see how their runs end. It is waited for at most half
   * of `shutdownTimeoutMs`; what it throws is logged.
   */
  readonly onDrain?: () => Promise<void>;
  /** How often the logins behind open streams are checked; 2,000 by default. A revoked one loses its streams within twice this time. */
  readonly loginCheckIntervalMs?: number;
  /** How often an idle stream hears from us, so that proxies keep it open; 12,000 by default. */
  readonly pingIntervalMs?: number;
}
