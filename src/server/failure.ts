import { GraphQLError } from 'graphql';
import { AppError, type ErrorCode } from '../base/errors.ts';

/** The HTTP statuses of failures that prevent any data; every other code answers 200 with the errors in the body. */
const statuses: { readonly [code in ErrorCode]?: number } = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  ACCOUNT_DISABLED: 403,
  NOT_FOUND: 404,
  QUERY_TOO_COMPLEX: 400,
  PERSISTED_DOCUMENT_NOT_FOUND: 400,
  PERSISTED_DOCUMENT_REQUIRED: 400,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  LINK_EXPIRED: 410,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNSUPPORTED_FILE: 415,
  BAD_USER_INPUT: 400,
  RATE_LIMITED: 429,
  QUOTA_EXCEEDED: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
  OPERATION_TIMEOUT: 504,
};

/** The HTTP status of an answer that consists of an error and nothing else. */
export function statusOf(code: unknown): number {
  return Object.entries(statuses).find(([known]) => known === code)?.[1] ?? 200;
}

/**
 * A failure of the protocol, before any resolver.
 *
 * @param code decides the HTTP status
 * @param message what is wrong and what would be right
 */
export function protocolFailure(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** The failure of everything that is asked while the server stops. */
export function stoppingFailure(): AppError {
  return new AppError('SERVICE_UNAVAILABLE', 'The server is stopping; connect again and continue after the last event that you saw.', { retryAfterMs: 1_000 });
}
