import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { AppError, type ErrorCode } from '../base/errors.ts';
import type { UploadedFile } from '../services/upload/store-files.ts';

/** A failure of the transfer itself, with the HTTP status that says so better than its code. */
export class TransferError extends AppError {
  readonly status: number;

  constructor(status: number, code: ErrorCode, message: string) {
    super(code, message);
    this.status = status;
  }
}

const previewRowCount = 10;

const statuses: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_FILE: 415,
  SQL_INVALID: 422,
  SQL_TIMEOUT: 422,
  SQL_TOO_LARGE: 422,
  QUERY_CRASHED: 422,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
};

/** The codes with which the system says that there is no room. */
const fullDiskCodes = new Set<unknown>(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The HTTP status of a failure: the one of its code, with 507 for a full disk (RFC 4918, section 11.5). */
export function statusOf(error: AppError): number {
  if (error instanceof TransferError) return error.status;
  if (error.cause instanceof Error && 'code' in error.cause && fullDiskCodes.has(error.cause.code)) return 507;
  return statuses[error.code] ?? 500;
}

/** The body of an error: the shape that GraphQL errors have on the other routes. */
export function errorBody(error: AppError, requestId: string): unknown {
  const { code, message, issues, retryAfterMs } = error;
  return {
    errors: [
      {
        message,
        extensions: { code, requestId, ...(issues === undefined ? {} : { issues }), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
      },
    ],
  };
}

/** The body of a success. */
export function filesBody(uploadId: string, files: readonly UploadedFile[], requestId: string): unknown {
  return {
    uploadId: encodeGlobalID('Upload', uploadId),
    files: files.map((file) => ({
      id: encodeGlobalID('File', file.id),
      name: file.name,
      format: file.format,
      tableName: file.tableName,
      byteSize: Number(file.byteSize),
      rowCount: Number(file.rowCount),
      columnCount: file.columnCount,
      columns: file.columns,
      preview: { columns: file.preview.columns, rows: file.preview.rows.slice(0, previewRowCount) },
      ingest: file.ingest,
    })),
    requestId,
  };
}

/**
 * Answers, and reads on what the client still sends for a while: a connection that is closed on unread bytes is reset, and the client
 * would never see the answer.
 *
 * @param body sent as JSON; null for none
 * @param lingerMs how long it reads on before it closes the connection
 */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  lingerMs: number,
): void {
  if (response.destroyed || response.headersSent) return;
  const text = body === null ? null : Buffer.from(JSON.stringify(body));
  const about = text === null ? {} : { 'content-type': 'application/json; charset=utf-8', 'content-length': text.length };
  // A 204 has no length (RFC 9110, section 8.6).
  response.writeHead(status, { ...(text === null && status !== 204 ? { 'content-length': 0 } : about), 'cache-control': 'no-store', ...headers });
  if (text === null) response.end();
  else response.end(text);
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), lingerMs);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.on('error', () => undefined);
  request.resume();
}

/**
 * Answers with what kept a transfer from being done. An unexpected failure is masked; whoever calls this has logged it.
 *
 * @param lingerMs as in `answer`
 */
export function answerFailure(request: IncomingMessage, response: ServerResponse, error: unknown, requestId: string, lingerMs: number): void {
  const failure =
    error instanceof AppError ? error : new AppError('INTERNAL_SERVER_ERROR', 'Something unexpected failed. The request id finds it in the log of the server.');
  const headers = failure.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(failure.retryAfterMs / 1_000)) };
  answer(request, response, statusOf(failure), headers, errorBody(failure, requestId), lingerMs);
}
