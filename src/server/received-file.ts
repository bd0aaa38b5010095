import type { IncomingMessage, ServerResponse } from 'node:http';
import { requireScope } from '../auth/scopes.ts';
import { requireViewer, type Viewer } from '../auth/viewer.ts';
import { AppError, badInput } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { UploadHandler } from './options.ts';
import { answer, answerFailure } from './uploads-answer.ts';
import { ClientGone, watchBody, type WatchedBody } from './uploads-body.ts';
import { readForm } from './uploads-multipart.ts';
import { contentLengthOf } from './uploads-parameters.ts';

/** A file that is on its way. */
export interface ArrivingFile {
  readonly viewer: Viewer;
  /** As the client calls it, which may be anything. */
  readonly name: string;
  readonly stream: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Of the address of the request. */
  readonly parameters: URLSearchParams;
}

/** What is done with what came. */
export interface FileAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** For the log, beside who sent it. */
  readonly logged: Readonly<Record<string, unknown>>;
}

/** A route that receives one file a request. */
export interface FileRoute {
  /** The scope that an API key needs. */
  readonly scope: 'uploads' | 'imports';
  /** What the log and the messages call it: "an import". */
  readonly subject: string;
  /** What one is called that has no name. */
  readonly defaultName: string;
  /** What helps when it is too large or packed. */
  readonly remedy: string;
  /** Told of a second file in a form. */
  readonly oneByOne: string;
  readonly maxBytes: number;
  readonly logger: Logger;
  receive(file: ArrivingFile): Promise<FileAnswer>;
  /** How long a client may send nothing; 30 s by default. */
  readonly idleTimeoutMs?: number | undefined;
  /** How long the body may take; 2 hours by default. */
  readonly transferTimeoutMs?: number | undefined;
  /** How long an early answer waits for a client that is still sending; 5 s by default. */
  readonly lingerMs?: number | undefined;
}

/** What a form may have around its file. */
const framingBytes = 128 * 1024;

/**
 * Answers a request that brings files, with what was done with them or with a JSON error, and logs either.
 *
 * @param options.subject what the log calls what comes
 */
export function createReceiver(
  { subject, logger, lingerMs }: { readonly subject: string; readonly logger: Logger; readonly lingerMs: number },
  receive: (request: IncomingMessage, response: ServerResponse, viewer: Viewer | null) => Promise<FileAnswer>,
): UploadHandler {
  return async (request, response, viewer, requestId) => {
    request.on('error', () => undefined);
    try {
      const { status, body, logged } = await receive(request, response, viewer);
      logger.info({ requestId, userId: viewer?.userId, ...logged }, `${subject} was received`);
      answer(request, response, status, {}, { ...body, requestId }, lingerMs);
    } catch (error) {
      if (error instanceof ClientGone) return;
      if (!(error instanceof AppError)) logger.error({ err: error, requestId }, `${subject} could not be received`);
      answerFailure(request, response, error, requestId, lingerMs);
    }
  };
}

/**
 * A route that takes a multipart form with one `file`, or the file itself as the body. Streams to the disk with constant memory; answers as soon as
 * it is sure that the rest will be done, or with a JSON error.
 */
export function createFileHandler(route: FileRoute): UploadHandler {
  const { scope, subject, defaultName, remedy, maxBytes, logger, idleTimeoutMs = 30_000, transferTimeoutMs = 7_200_000, lingerMs = 5_000 } = route;

  async function receiveForm(request: IncomingMessage, body: WatchedBody, common: Pick<ArrivingFile, 'viewer' | 'parameters'>): Promise<FileAnswer> {
    let received: FileAnswer | null = null;
    for await (const part of readForm(request, body)) {
      if (part.kind === 'field' || part.name !== 'file') throw badInput([part.name], `"${part.name}" is not a field of this form; there is "file" alone.`);
      if (received !== null) throw badInput(['file'], `The form has a second file. ${route.oneByOne}`);
      received = await route.receive({ ...common, name: part.fileName, stream: part.stream, signal: body.signal });
    }
    if (received === null) throw badInput(['file'], 'The form has no "file".');
    return received;
  }

  async function receive(request: IncomingMessage, response: ServerResponse, viewer: Viewer | null): Promise<FileAnswer> {
    const known = requireViewer(viewer);
    requireScope(known, scope);
    const { searchParams: parameters } = new URL(request.url ?? '/', 'http://localhost');
    const declared = contentLengthOf(request) ?? 0;
    if (declared > maxBytes + framingBytes) throw new AppError('PAYLOAD_TOO_LARGE', `The request has ${declared} bytes; ${maxBytes} are the most. ${remedy}`);
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity')
      throw new AppError('UNSUPPORTED_FILE', `The content encoding "${encoding.slice(0, 40)}" is not accepted. ${remedy}`);
    const body = watchBody(request, response, { maxBytes: maxBytes + framingBytes, idleTimeoutMs, transferTimeoutMs });
    try {
      if (/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) return await receiveForm(request, body, { viewer: known, parameters });
      const name = parameters.get('name') ?? defaultName;
      return await route.receive({ viewer: known, parameters, name, stream: body.stream, signal: body.signal });
    } catch (error) {
      throw body.causeOf(error);
    } finally {
      body.release();
    }
  }

  return createReceiver({ subject, logger, lingerMs }, receive);
}
