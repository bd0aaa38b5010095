import type { IncomingMessage, ServerResponse } from 'node:http';
import { requireScope } from '../auth/scopes.ts';
import { requireViewer, type Viewer } from '../auth/viewer.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Resumable, ResumableUploads, Transfer } from '../services/upload/resumable-uploads.ts';
import { byteCountOf, checksumOf, metadataHeader, metadataOf, tusMethodOf, tusPath } from './tus-headers.ts';
import { answer, answerFailure, TransferError } from './uploads-answer.ts';
import { ClientGone, watchBody } from './uploads-body.ts';
import { contentLengthOf, readingOptionsOf, sessionIdOf } from './uploads-parameters.ts';
import type { UploadHandler, UploadLimits } from './uploads.ts';

/** What `createTusHandler` stands on. */
export interface TusHandlerOptions {
  readonly uploads: ResumableUploads;
  readonly limits: UploadLimits;
  readonly logger: Logger;
}

const bodyType = 'application/offset+octet-stream';

const hasBody = (request: IncomingMessage): boolean => (contentLengthOf(request) ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined;

const isBytes = (request: IncomingMessage): boolean => (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() === bodyType;

async function* hashed(source: AsyncIterable<Uint8Array>, update: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    update(chunk);
    yield chunk;
  }
}

function headersOf({ row, offset }: Resumable): Record<string, string> {
  return { 'Upload-Offset': String(offset), 'Upload-Expires': row.expiresAt.toUTCString() };
}

/** What did not become a file cannot be resumed: a client that hears this begins anew. */
function refuseEnded({ row }: Resumable): void {
  if (row.status === 'FAILED') throw new TransferError(410, 'CONFLICT', `The upload failed: ${row.errorMessage ?? 'the reason is not known'}`);
  if (row.status === 'CANCELLED') throw new TransferError(410, 'CONFLICT', 'The upload was given up.');
}

/**
 * Resumable uploads by the tus protocol 1.0 (https://tus.io/protocols/resumable-upload), with creation, creation-with-upload, termination,
 * expiration and checksum. Streams to the disk with constant memory. A transfer ends with its last byte; the reading follows in the
 * background, and `upload` and `uploadProgress` tell of it.
 */
export function createTusHandler({ uploads, limits, logger }: TusHandlerOptions): UploadHandler {
  const { idleTimeoutMs = 30_000, transferTimeoutMs = 7_200_000, lingerMs = 5_000 } = limits;

  async function receive(request: IncomingMessage, response: ServerResponse, { offset, byteSize, signal, write, undo }: Transfer): Promise<void> {
    const left = byteSize - offset;
    if ((contentLengthOf(request) ?? 0) > left)
      throw new AppError(
        'PAYLOAD_TOO_LARGE',
        `The body has ${request.headers['content-length'] ?? ''} bytes; ${left} are missing to the length of the upload.`,
      );
    const checksum = checksumOf(request);
    const body = watchBody(request, response, { maxBytes: left, idleTimeoutMs, transferTimeoutMs });
    const onTakenOver = (): void => void body.stream.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    signal.addEventListener('abort', onTakenOver, { once: true });
    try {
      await write(checksum === null ? body.stream : hashed(body.stream, (chunk) => checksum.hash.update(chunk)));
      checksum?.check();
    } catch (error) {
      // What was not checked as promised does not count.
      if (checksum !== null) await undo();
      throw body.causeOf(error);
    } finally {
      signal.removeEventListener('abort', onTakenOver);
      body.release();
    }
  }

  async function create(request: IncomingMessage, response: ServerResponse, viewer: Viewer | null): Promise<void> {
    if (request.headers['upload-defer-length'] !== undefined)
      throw new TransferError(400, 'BAD_USER_INPUT', 'The length must be known at the beginning: send "Upload-Length".');
    const metadata = metadataOf(request);
    const sessionId = metadata.get('sessionId');
    const created = await uploads.create(viewer, {
      name: metadata.get('filename') ?? metadata.get('name') ?? '',
      byteSize: byteCountOf(request, 'Upload-Length'),
      sessionId: sessionId === undefined ? null : sessionIdOf(sessionId),
      options: readingOptionsOf(metadata.get('options') ?? null),
    });
    const { id } = created.row;
    const present = isBytes(request) && hasBody(request) ? await uploads.append(viewer, id, 0, (transfer) => receive(request, response, transfer)) : created;
    // Relative to the address that the client knows, whatever proxies stand before this server.
    const isFolder = (request.url ?? '').split('?', 1)[0]?.endsWith('/') === true;
    answer(request, response, 201, { location: isFolder ? id : `tus/${id}`, ...headersOf(present) }, null, lingerMs);
  }

  async function handle(request: IncomingMessage, response: ServerResponse, viewer: Viewer | null): Promise<void> {
    const method = tusMethodOf(request);
    requireViewer(viewer);
    requireScope(viewer, 'uploads');
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const id = path.slice(path.indexOf(tusPath) + tusPath.length).replaceAll('/', '');
    if (id === '') {
      if (method !== 'POST') throw methodNotAllowed(response, method, 'POST');
      return await create(request, response, viewer);
    }
    switch (method) {
      case 'HEAD': {
        const found = await uploads.find(viewer, id);
        refuseEnded(found);
        const about = { 'Upload-Length': String(found.byteSize), 'Upload-Metadata': metadataHeader(found.row.name), ...headersOf(found) };
        return answer(request, response, 200, about, null, lingerMs);
      }
      case 'PATCH': {
        if (!isBytes(request)) throw new TransferError(415, 'BAD_USER_INPUT', `The content type of a piece must be ${bodyType}.`);
        const offset = byteCountOf(request, 'Upload-Offset');
        const stored = await uploads.append(viewer, id, offset, async (transfer) => receive(request, response, transfer));
        return answer(request, response, 204, headersOf(stored), null, lingerMs);
      }
      case 'DELETE':
        await uploads.cancel(viewer, id);
        return answer(request, response, 204, {}, null, lingerMs);
      default:
        throw methodNotAllowed(response, method, 'HEAD, PATCH, DELETE');
    }
  }

  return async (request, response, viewer, requestId) => {
    request.on('error', () => undefined);
    try {
      await handle(request, response, viewer);
    } catch (error) {
      if (error instanceof ClientGone) {
        logger.info({ requestId, userId: viewer?.userId }, 'a client left in the middle of a resumable upload; what came is kept');
        return;
      }
      if (!(error instanceof AppError)) logger.error({ error, requestId }, 'a resumable upload failed unexpectedly');
      answerFailure(request, response, error, requestId, lingerMs);
    }
  };
}

function methodNotAllowed(response: ServerResponse, method: string, allowed: string): TransferError {
  response.setHeader('Allow', allowed);
  return new TransferError(405, 'METHOD_NOT_ALLOWED', `${method} is not allowed here; use ${allowed}.`);
}
