import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { requireScope } from '../auth/scopes.ts';
import { requireViewer, type Viewer } from '../auth/viewer.ts';
import { AppError, badInput } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AttachmentRow, Attachments } from '../services/attachment/attachments.ts';
import type { UploadHandler } from './options.ts';
import { createReceiver, type FileAnswer } from './received-file.ts';
import { watchBody } from './uploads-body.ts';
import { readForm } from './uploads-multipart.ts';
import { contentLengthOf } from './uploads-parameters.ts';

/** What `createAttachmentHandler` stands on. */
export interface AttachmentHandlerOptions {
  readonly attachments: Pick<Attachments, 'receive'>;
  /** The most bytes of a file, and of all files of one request together. */
  readonly maxBytes: number;
  readonly logger: Logger;
  /** How long a client may send nothing; 30 s by default. */
  readonly idleTimeoutMs?: number;
  /** How long the body may take; 10 minutes by default. */
  readonly transferTimeoutMs?: number;
  /** How long an early answer waits for a client that is still sending; 5 s by default. */
  readonly lingerMs?: number;
}

/** What a form may have around its files. */
const framingBytes = 128 * 1024;

const bodyOf = (rows: readonly AttachmentRow[]): FileAnswer['body'] => ({
  attachments: rows.map(({ id, name, mediaType, byteSize, width, height }) => ({
    id: encodeGlobalID('Attachment', id),
    name,
    mediaType,
    byteSize,
    width,
    height,
  })),
});

/** The route of attachments: a multipart form with one or several `file`. Streams to the disk; answers 201 with what they are, or a JSON error. */
export function createAttachmentHandler(options: AttachmentHandlerOptions): UploadHandler {
  const { attachments, maxBytes, logger, idleTimeoutMs = 30_000, transferTimeoutMs = 600_000, lingerMs = 5_000 } = options;

  async function receive(request: IncomingMessage, response: ServerResponse, viewer: Viewer | null): Promise<FileAnswer> {
    requireViewer(viewer);
    requireScope(viewer, 'uploads');
    const declared = contentLengthOf(request) ?? 0;
    if (declared > maxBytes + framingBytes)
      throw new AppError(
        'PAYLOAD_TOO_LARGE',
        `The request has ${declared} bytes; the files of one have at most ${maxBytes}. Send less at once, or smaller pictures.`,
      );
    if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? ''))
      throw badInput(['body'], 'Send a form (multipart/form-data) with one or several files as "file".');
    await using transfer = attachments.receive(viewer);
    const body = watchBody(request, response, { maxBytes: maxBytes + framingBytes, idleTimeoutMs, transferTimeoutMs });
    let fileCount = 0;
    try {
      for await (const part of readForm(request, body)) {
        if (part.kind === 'field' || part.name !== 'file') throw badInput([part.name], `"${part.name}" is not a field of this form; there is "file" alone.`);
        await transfer.add(part.fileName, part.stream, body.signal);
        fileCount += 1;
      }
      if (fileCount === 0) throw badInput(['file'], 'The form has no "file".');
      const rows = await transfer.commit();
      return { status: 201, body: bodyOf(rows), logged: { attachmentIds: rows.map(({ id }) => id) } };
    } catch (error) {
      throw body.causeOf(error);
    } finally {
      body.release();
    }
  }

  return createReceiver({ subject: 'a form of attachments', logger, lingerMs }, receive);
}
