import type { ChildFailureCode } from '../protocol.ts';
import { parseDuckdbError } from './duckdb-error.ts';
import { hintFor, type HintContext } from './hints.ts';
import { excerptAt, placeOf, type Place } from './place.ts';

/** A failure that a child tells its parent; the message is meant for people and names no path. */
export class ChildFailure extends Error {
  override readonly name = 'ChildFailure';
  readonly code: ChildFailureCode;
  /** Where in the SQL; null where that is unknown or makes no sense. */
  readonly place: Place | null;

  constructor(code: ChildFailureCode, message: string, place: Place | null = null) {
    super(message);
    this.code = code;
    this.place = place;
  }
}

const longestMessage = 1_500;

/** Lines that DuckDB adds for whoever may change its settings. */
const adviceForOthers = /\n+(?:Please try installing|Alternatively, consider|INSTALL |LOAD |SET |Use "SET )[^]*$/;

/** DuckDB's words without what is not for clients: stack traces, tips about settings, paths of ours. */
export function cleanMessage(message: string, secretTexts: readonly string[] = [], longest = longestMessage): string {
  const [withoutTrace = ''] = message.split(/\n+(?:Stack Trace|Possible solutions|This error signals)/i);
  const withoutSecrets = secretTexts.reduce((text, secret) => (secret === '' ? text : text.replaceAll(secret, '…')), withoutTrace.replace(adviceForOthers, ''));
  const trimmed = withoutSecrets.trim();
  return trimmed.length > longest ? `${trimmed.slice(0, longest)}…` : trimmed;
}

/** The same for an error about SQL of ours: without the line of it, which names files and helps nobody. */
export function cleanFileMessage(message: string, secretTexts: readonly string[]): string {
  const [sentence = ''] = message.split(/\n+LINE \d+:/);
  return cleanMessage(sentence, secretTexts).slice(0, 300);
}

/** Whatever path DuckDB may tell that the SQL does not hold itself. */
function withoutPaths(message: string, sql: string): string {
  return message.replaceAll(/(?<![\w.])(?:[A-Za-z]:)?(?:[/\\][^\s'"/\\]+){2,}/g, (path) => (sql.includes(path) ? path : '…'));
}

const tooLarge = 'The SQL needed more memory than it may use. Aggregate or filter earlier, or take fewer rows and shorter texts.';

/**
 * What an error of DuckDB means in our codes.
 *
 * @param text the message of the error, as text or, with `errors_as_json`, as JSON
 * @param secretTexts paths that must not be told
 * @param context the SQL that a person wrote, where the error is about that: then the place is shown, and what may help
 */
export function failureOf(text: string, secretTexts: readonly string[] = [], context: HintContext | null = null): ChildFailure {
  const error = parseDuckdbError(text);
  const message = error?.message ?? text;
  if (
    error?.type === 'Out of Memory' ||
    /bad_alloc|Allocation failure|failed to allocate|array buffer allocation failed|Invalid string length/i.test(message)
  ) {
    return new ChildFailure('SQL_TOO_LARGE', tooLarge);
  }
  if (message.startsWith('Maximum call stack')) return new ChildFailure('SQL_TOO_LARGE', 'The SQL is nested too deeply; write it in steps, with WITH.');
  if (error === null) return new ChildFailure('INTERNAL_SERVER_ERROR', cleanMessage(text, secretTexts));
  switch (error.type) {
    case 'INTERRUPT':
      return new ChildFailure('INTERRUPTED', 'The SQL was stopped.');
    case 'Permission':
      return new ChildFailure('SQL_NOT_ALLOWED', 'Files, extensions and settings are out of reach for SQL; read the tables of the session by their names.');
    case 'INTERNAL':
    case 'FATAL':
      return new ChildFailure('QUERY_CRASHED', 'The database failed internally on this SQL. Nothing else was harmed; write it in another way.');
    case 'IO':
      if (/No space left on device|Disk quota exceeded|File too large/i.test(message)) {
        return new ChildFailure('SERVICE_UNAVAILABLE', 'The disk of the server is full. Try again when there is room.');
      }
      return new ChildFailure('SQL_NOT_ALLOWED', 'Only the tables of the session can be read; read them by their names.');
    case 'HTTP':
    case 'Missing Extension':
      return new ChildFailure('SQL_NOT_ALLOWED', 'Only the tables of the session can be read; read them by their names.');
    default: {
      if (context === null) return new ChildFailure('SQL_INVALID', cleanMessage(`${error.type} Error: ${message}`, secretTexts));
      const place = error.offset === null ? null : placeOf(context.sql, error.offset);
      const hint = hintFor(error, context, place);
      const cleaned = cleanMessage(`${error.type} Error: ${hint.message}`, secretTexts);
      const advice = hint.advice === null ? '' : `\n${hint.advice}`;
      return new ChildFailure('SQL_INVALID', `${withoutPaths(cleaned, context.sql)}${advice}${excerptAt(context.sql, place)}`, place);
    }
  }
}
