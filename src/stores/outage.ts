import { AppError, messageOf } from '../base/errors.ts';

/** After how long a client may try again. */
const retryAfterMs = 1_000;

/**
 * What PostgreSQL says when it cannot serve anybody now (source: Appendix A, "PostgreSQL Error Codes"): class 08 is the connection,
 * class 53 its resources, among them "too many clients"; 57P01 to 57P03 are the shutdown, the crash and the start; 25006 is a primary that
 * became a replica.
 */
const serverStates = /^(?:08...|53...|57P0[1-3]|25006)$/;

/** "canceling statement due to statement timeout", and other cancellations. */
const cancelled = '57014';

/** What the system says of a connection that cannot be made or that broke. */
const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // Of a Unix socket: it is not there, or its queue is full.
  'ENOENT',
  'EAGAIN',
]);

/** What `pg` says without any code. */
const driverMessages = /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|.*is not queryable$)/;

/** What the driver says when the answer to a statement did not come, not even the server's own word about its time limit. */
export const noAnswer = 'Query read timeout';

/**
 * A failure of the database in our words, where it is one of being away; everything else as it is.
 *
 * A write that fails in this way may have been stored all the same: only the answer is known to be lost.
 *
 * @param error what `pg` threw
 * @returns AppError SERVICE_UNAVAILABLE with the error as its cause, or the error itself
 */
export function understood(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === cancelled && error.message.includes('statement timeout')) return unavailable(slowWords, error);
  const isSystem = 'syscall' in error && systemCodes.has(code);
  if (isSystem || serverStates.test(code) || driverMessages.test(error.message)) return outage(error);
  return error;
}

const slowWords = 'The database took too long over this and was stopped: it is busy, or too much was asked for. Try again.';
const awayWords = 'The database is away for the moment. Try again; a change that was under way may have been stored.';

const unavailable = (message: string, cause: unknown): AppError => new AppError('SERVICE_UNAVAILABLE', message, { retryAfterMs, cause });

/** The failure of whatever needs the database while it is away. */
export function outage(cause: unknown): AppError {
  return unavailable(awayWords, cause);
}

/**
 * The error that went into Prisma, out of the one that came out: Prisma makes an error of its own of everything that has a `code`, with that
 * code, and with its message at the end.
 */
export function outOfPrisma(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || !('code' in error) || error.code !== 'SERVICE_UNAVAILABLE') return error;
  return unavailable(error.message.includes(slowWords) ? slowWords : awayWords, error);
}

/** Why a database is away: what lies behind our words. */
export function reasonOf(error: unknown): string {
  return messageOf(error instanceof AppError && error.cause !== undefined ? error.cause : error);
}
