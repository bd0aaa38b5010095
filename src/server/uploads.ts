import type { IncomingMessage, ServerResponse } from 'node:http';
import { requireScope } from '../auth/scopes.ts';
import { requireViewer, type Viewer } from '../auth/viewer.ts';
import { AppError, badInput } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { UploadedFile } from '../services/upload/store-files.ts';
import type { Upload, Uploads } from '../services/upload/uploads.ts';
import { contentLengthOf, readingOptionsOf, sessionIdOf, uploadIdOf } from './uploads-parameters.ts';
import { answer, answerFailure, errorBody, filesBody } from './uploads-answer.ts';
import { ClientGone, watchBody, type WatchedBody } from './uploads-body.ts';
import { readForm } from './uploads-multipart.ts';

/**
 * Answers `POST /uploads`. Never throws.
 *
 * @param viewer who is authenticated; null is answered with 401
 * @param requestId goes into the answer and the log
 */
export type UploadHandler = (request: IncomingMessage, response: ServerResponse, viewer: Viewer | null, requestId: string) => Promise<void>;

/** What `createUploadHandler` stands on. */
export interface UploadHandlerOptions {
  readonly uploads: Uploads;
  readonly limits: UploadLimits;
  readonly logger: Logger;
}

/** How an upload is bounded. */
export interface UploadLimits {
  /** The most bytes of a file, and of all files of one upload together. */
  readonly maxUploadBytes: number;
  /** How long a client may send nothing; 30 s by default. */
  readonly idleTimeoutMs?: number;
  /** How long the body of an upload may take; 2 hours by default. */
  readonly transferTimeoutMs?: number;
  /** How long an early answer waits for a client that is still sending; 5 s by default. */
  readonly lingerMs?: number;
}

/** What a form may have around its files: boundaries, headers, fields. */
const framingBytes = 128 * 1024;

interface UploadAnswer {
  readonly uploadId: string;
  readonly files: readonly UploadedFile[];
}

async function receiveForm(request: IncomingMessage, body: WatchedBody, upload: Upload): Promise<void> {
  for await (const part of readForm(request, body)) {
    if (part.kind === 'file') {
      if (part.name !== 'file') throw badInput([part.name], `"${part.name}" is not a field for files; send them as "file".`);
      await upload.add(part.fileName, part.stream, body.signal);
    } else if (part.name === 'sessionId') await upload.join(sessionIdOf(part.value));
    else throw badInput([part.name], `"${part.name}" is not a field of an upload; there are "sessionId" and "file".`);
  }
}

/**
 * The route of uploads: a multipart form with one or several `file` and an optional `sessionId` before them (or in the query), or the
 * file itself as the body with `?name=sales.csv`. Streams to the disk with constant memory; answers 201 with the files, or a JSON error.
 */
export function createUploadHandler({ uploads, limits, logger }: UploadHandlerOptions): UploadHandler {
  const { maxUploadBytes, idleTimeoutMs = 30_000, transferTimeoutMs = 7_200_000, lingerMs = 5_000 } = limits;
  const maxBytes = maxUploadBytes + framingBytes;

  function checkRequest(request: IncomingMessage): void {
    const declared = contentLengthOf(request) ?? 0;
    if (declared > maxBytes)
      throw new AppError('PAYLOAD_TOO_LARGE', `The upload has ${declared} bytes; ${maxUploadBytes} are the most. Send less at once, or compress the files.`);
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw new AppError(
        'UNSUPPORTED_FILE',
        `The content encoding "${encoding.slice(0, 40)}" is not accepted. Send a compressed file under its own name, for example "sales.csv.gz".`,
      );
    }
  }

  async function receive(request: IncomingMessage, response: ServerResponse, viewer: Viewer | null): Promise<UploadAnswer> {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    requireViewer(viewer);
    requireScope(viewer, 'uploads');
    checkRequest(request);
    const isForm = /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '');
    await using upload = uploads.begin(viewer, {
      id: uploadIdOf(searchParams.get('uploadId')),
      options: readingOptionsOf(searchParams.get('options')),
      // Around the files of a form stands more than files.
      byteSize: isForm ? undefined : contentLengthOf(request),
    });
    const sessionId = searchParams.get('sessionId');
    if (sessionId !== null) await upload.join(sessionIdOf(sessionId));
    const body = watchBody(request, response, { maxBytes, idleTimeoutMs, transferTimeoutMs });
    try {
      if (isForm) await receiveForm(request, body, upload);
      else {
        const name = searchParams.get('name');
        if (name === null) throw badInput(['name'], 'A body that is no form needs the name of the file: POST /uploads?name=sales.csv');
        await upload.add(name, body.stream, body.signal);
      }
      return { uploadId: upload.id, files: await upload.commit(body.signal) };
    } catch (error) {
      const cause = body.causeOf(error);
      await upload.end(cause instanceof ClientGone ? null : cause);
      throw cause;
    } finally {
      body.release();
    }
  }

  return async (request, response, viewer, requestId) => {
    request.on('error', () => undefined);
    try {
      if (request.method !== 'POST') {
        answer(
          request,
          response,
          405,
          { allow: 'POST' },
          errorBody(badInput(['method'], `${request.method ?? ''} is not possible here; use POST.`), requestId),
          lingerMs,
        );
        return;
      }
      const { uploadId, files } = await receive(request, response, viewer);
      logger.info(
        { requestId, userId: viewer?.userId, fileIds: files.map(({ id }) => id), byteCount: files.reduce((sum, file) => sum + Number(file.byteSize), 0) },
        'files were uploaded',
      );
      answer(request, response, 201, {}, filesBody(uploadId, files, requestId), lingerMs);
    } catch (error) {
      if (error instanceof ClientGone) {
        logger.info({ requestId, userId: viewer?.userId }, 'a client left in the middle of its upload; nothing of it was kept');
        return;
      }
      if (!(error instanceof AppError)) logger.error({ error, requestId }, 'an upload failed unexpectedly');
      answerFailure(request, response, error, requestId, lingerMs);
    }
  };
}
