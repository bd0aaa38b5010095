import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { requireScope } from '../auth/scopes.ts';
import { requireViewer, type Viewer } from '../auth/viewer.ts';
import { AppError, badInput } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ImportRow } from '../services/import/import-row.ts';
import type { Imports } from '../services/import/imports.ts';
import type { UploadHandler } from './options.ts';
import { answer, answerFailure } from './uploads-answer.ts';
import { ClientGone, watchBody, type WatchedBody } from './uploads-body.ts';
import { readForm } from './uploads-multipart.ts';
import { contentLengthOf } from './uploads-parameters.ts';

/** What `createImportHandler` stands on. */
export interface ImportHandlerOptions {
  readonly imports: Pick<Imports, 'receive'>;
  /** The most bytes of the file. */
  readonly maxBytes: number;
  readonly logger: Logger;
  /** How long a client may send nothing; 30 s by default. */
  readonly idleTimeoutMs?: number;
  /** How long the body may take; 2 hours by default. */
  readonly transferTimeoutMs?: number;
  /** How long an early answer waits for a client that is still sending; 5 s by default. */
  readonly lingerMs?: number;
}

/** What a form may have around its file. */
const framingBytes = 128 * 1024;

const bodyOf = ({ id, name, status, byteSize }: ImportRow, requestId: string): unknown => ({
  import: { id: encodeGlobalID('Import', id), name, status, byteSize: Number(byteSize) },
  requestId,
});

/**
 * The route of imports: a multipart form with one `file`, or the file itself as the body. Streams to the disk with constant memory; answers 202 as soon
 * as it is sure that the import will be done, or a JSON error.
 */
export function createImportHandler(options: ImportHandlerOptions): UploadHandler {
  const { imports, maxBytes, logger, idleTimeoutMs = 30_000, transferTimeoutMs = 7_200_000, lingerMs = 5_000 } = options;

  async function receiveForm(request: IncomingMessage, body: WatchedBody, viewer: Viewer): Promise<ImportRow> {
    let received: ImportRow | null = null;
    for await (const part of readForm(request, body)) {
      if (part.kind === 'field' || part.name !== 'file') throw badInput([part.name], `"${part.name}" is not a field of this form; there is "file" alone.`);
      if (received !== null) throw badInput(['file'], `The form has a second file; "${received.name}" is imported, send the others one by one.`);
      received = await imports.receive(viewer, part.fileName, part.stream, body.signal);
    }
    if (received === null) throw badInput(['file'], 'The form has no "file".');
    return received;
  }

  async function receive(request: IncomingMessage, response: ServerResponse, viewer: Viewer | null): Promise<ImportRow> {
    const known = requireViewer(viewer);
    requireScope(known, 'imports');
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const declared = contentLengthOf(request) ?? 0;
    if (declared > maxBytes + framingBytes)
      throw new AppError('PAYLOAD_TOO_LARGE', `The request has ${declared} bytes; ${maxBytes} are the most. Send the archive as it came, which is packed.`);
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity')
      throw new AppError('UNSUPPORTED_FILE', `The content encoding "${encoding.slice(0, 40)}" is not accepted. Send the archive as it came.`);
    const body = watchBody(request, response, { maxBytes: maxBytes + framingBytes, idleTimeoutMs, transferTimeoutMs });
    try {
      const isForm = /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '');
      return isForm ? await receiveForm(request, body, known) : await imports.receive(known, searchParams.get('name') ?? 'import', body.stream, body.signal);
    } catch (error) {
      throw body.causeOf(error);
    } finally {
      body.release();
    }
  }

  return async (request, response, viewer, requestId) => {
    request.on('error', () => undefined);
    try {
      const row = await receive(request, response, viewer);
      logger.info({ requestId, userId: viewer?.userId, importId: row.id, byteCount: Number(row.byteSize) }, 'an import was received');
      answer(request, response, 202, {}, bodyOf(row, requestId), lingerMs);
    } catch (error) {
      if (error instanceof ClientGone) return;
      if (!(error instanceof AppError)) logger.error({ err: error, requestId }, 'an import could not be received');
      answerFailure(request, response, error, requestId, lingerMs);
    }
  };
}
