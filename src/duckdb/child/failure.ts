import type { ChildFailureCode } from '../protocol.ts';

/** A failure that a child tells its parent; the message is meant for people and names no path. */
export class ChildFailure extends Error {
  override readonly name = 'ChildFailure';
  readonly code: ChildFailureCode;

  constructor(code: ChildFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

const longestMessage = 1_500;

/** DuckDB's words without what is not for clients: stack traces, tips about settings, paths of ours. */
export function cleanMessage(message: string, secretTexts: readonly string[] = []): string {
  const [withoutTrace = ''] = message.split(/\n+(?:Stack Trace|Possible solutions|This error signals)/i);
  const withoutPaths = secretTexts.reduce((text, secret) => (secret === '' ? text : text.replaceAll(secret, '…')), withoutTrace);
  const trimmed = withoutPaths.trim();
  return trimmed.length > longestMessage ? `${trimmed.slice(0, longestMessage)}…` : trimmed;
}

/** The same for an error about SQL of ours: without the line of it, which names files and helps nobody. */
export function cleanFileMessage(message: string, secretTexts: readonly string[]): string {
  const [sentence = ''] = message.split(/\n+LINE \d+:/);
  return cleanMessage(sentence, secretTexts).slice(0, 300);
}

/**
 * What an error of DuckDB means in our codes. DuckDB names the class of an error at its beginning: `Binder Error: ...`.
 *
 * @param text the message of the error
 * @param secretTexts paths that must not be told
 */
export function failureOf(text: string, secretTexts: readonly string[] = []): ChildFailure {
  // The binding puts a sentence of its own in front of some errors.
  const message = text.replace(/^Failed to [a-z ]+: (?=[A-Z])/, '');
  if (/^Out of Memory Error|bad_alloc|Allocation failure|failed to allocate|array buffer allocation failed|Invalid string length/i.test(message)) {
    return new ChildFailure('SQL_TOO_LARGE', 'The SQL needed more memory than it may use. Aggregate or filter earlier, or take fewer rows and shorter texts.');
  }
  if (message.startsWith('Maximum call stack')) return new ChildFailure('SQL_TOO_LARGE', 'The SQL is nested too deeply; write it in steps, with WITH.');
  if (/^IO Error.*(No space left on device|Disk quota exceeded|File too large)/is.test(message)) {
    return new ChildFailure('SERVICE_UNAVAILABLE', 'The disk of the server is full. Try again when there is room.');
  }
  if (/^INTERRUPT Error/i.test(message)) return new ChildFailure('INTERRUPTED', 'The SQL was stopped.');
  if (/^Permission Error/i.test(message)) {
    return new ChildFailure('SQL_NOT_ALLOWED', 'Files, extensions and settings are out of reach for SQL; read the tables of the session by their names.');
  }
  if (/^(INTERNAL|FATAL) Error/i.test(message)) {
    return new ChildFailure('QUERY_CRASHED', 'The database failed internally on this SQL. Nothing else was harmed; write it in another way.');
  }
  if (/^(IO|HTTP|Missing Extension) Error/i.test(message)) {
    return new ChildFailure('SQL_NOT_ALLOWED', 'Only the tables of the session can be read; read them by their names.');
  }
  if (/^[A-Z][A-Za-z ]+ (Error|Exception):/.test(message)) return new ChildFailure('SQL_INVALID', cleanMessage(message, secretTexts));
  return new ChildFailure('INTERNAL_SERVER_ERROR', cleanMessage(message, secretTexts));
}
