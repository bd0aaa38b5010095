/** Every code that a client can meet in `extensions.code`, with what it means. Published as `enum ErrorCode`. */
export const errorCodes = {
  BAD_USER_INPUT: 'An argument is not acceptable; `issues` names each one.',
  UNAUTHENTICATED: 'No valid access token came with the request.',
  FORBIDDEN: 'The viewer is known, and may not do this.',
  ACCOUNT_DISABLED: 'The account exists and the password is right, but an administrator has disabled it; ask one of them.',
  NOT_FOUND: 'There is no such object, or the viewer may not see it.',
  CONFLICT: 'The change contradicts what is stored, for example an e-mail address that is taken.',
  CONVERSATION_BUSY: 'A run is under way in this conversation; wait, stop it, or choose another `ifBusy`.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key was used before with another payload.',
  RATE_LIMITED: 'Too many requests; `retryAfterMs` says when to come back.',
  QUOTA_EXCEEDED: 'A quota of tokens, cost or messages does not allow it now; `quota` says which one, `retryAfterMs` when it starts anew.',
  LINK_EXPIRED: 'The signed link is older than it may be; ask for a new one.',
  PAYLOAD_TOO_LARGE: 'The body or the file is larger than the limit.',
  UNSUPPORTED_FILE: 'The file is not of a kind that can be read, or is damaged.',
  DOCUMENT_UNREADABLE: 'Reading the document took too much time or memory, or ended its reader. Nothing else was harmed.',
  PAGE_UNREACHABLE: 'The web page could not be fetched: its address is not allowed, or its server did not answer as it should.',
  MCP_SERVER_UNREACHABLE: 'The server of tools, or the one by which one signs in to it, did not answer as it should.',
  SQL_NOT_ALLOWED: 'The SQL is not one SELECT over the tables of the session.',
  SQL_INVALID: 'The SQL could not be parsed or run.',
  SQL_TIMEOUT: 'The SQL ran longer than the limit.',
  SQL_TOO_LARGE: 'The SQL needed more memory than the limit.',
  QUERY_CRASHED: 'The SQL ended the process that ran it. Nothing else was harmed.',
  PLOT_INVALID: 'The plot is not a valid Vega-Lite specification.',
  ENGINE_UNKNOWN: 'No such provider or model; the message lists those that exist.',
  ENGINE_RATE_LIMITED: 'The model provider limits the rate of requests.',
  ENGINE_OVERLOADED: 'The model provider is overloaded or failing.',
  ENGINE_BAD_KEY: 'The model provider refuses the key that is configured.',
  ENGINE_CONTEXT_TOO_LONG: 'The conversation is longer than the model can read.',
  ENGINE_REFUSED: 'The model provider refuses this content.',
  ENGINE_BAD_REQUEST: 'The model provider does not accept the request as it was made.',
  ENGINE_NETWORK: 'The model provider could not be reached, or the connection broke.',
  ENGINE_TIMEOUT: 'The model provider did not answer in time.',
  ENGINE_PROTOCOL: 'The model provider sent something that is not its protocol, or ended without its end marker.',
  INPUT_TIMEOUT: 'The run waited for a person, and nobody answered in time; what was written until then is kept.',
  INTERRUPTED: 'The server that ran this stopped; what was written until then is kept.',
  SERVICE_UNAVAILABLE: 'A part of the service is away for the moment; try again.',
  QUERY_TOO_COMPLEX: 'The operation asks for more than one may; the message names the limit and what was found.',
  OPERATION_TIMEOUT: 'The operation ran longer than one may. A mutation may have done a part of its work.',
  PERSISTED_DOCUMENT_NOT_FOUND: 'No persisted document has this id.',
  PERSISTED_DOCUMENT_REQUIRED: 'This server answers persisted documents only; send the id of one.',
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
  OPERATION_RESOLUTION_FAILURE: 'The document has no operation of this name, or several and no name was given.',
  BAD_REQUEST: 'The HTTP request is not a GraphQL request.',
  METHOD_NOT_ALLOWED: 'This path does not answer this HTTP method.',
  UNSUPPORTED_MEDIA_TYPE: 'The body is of another type, encoding or compression than JSON in UTF-8.',
  INTERNAL_SERVER_ERROR: 'Something unexpected failed; the request id finds it in the log.',
} as const;

/** A stable name for a kind of failure. Programs branch on it, messages are for people. */
export type ErrorCode = keyof typeof errorCodes;

/** One thing wrong with the input: where, and what would be right. */
export interface InputIssue {
  /** The path to the value, for example `["input", "email"]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Where in a text such as SQL, from 1. */
  readonly line?: number;
  /** In characters, from 1. */
  readonly column?: number;
}

/** The quota that did not allow something. */
export interface QuotaFacts {
  /** Whose it is: the person's, that of all together, that of a workspace, or that of each of its members. */
  readonly scope: 'USER' | 'INSTALLATION' | 'WORKSPACE' | 'WORKSPACE_MEMBER';
  readonly period: 'DAY' | 'MONTH';
  readonly metric: 'TOKENS' | 'COST' | 'MESSAGES';
  /** In tokens, millionths of a US dollar, or messages; null of the installation, whose numbers are for administrators, and of a workspace for all but its OWNERs. */
  readonly limit: number | null;
  readonly used: number | null;
  /** What is kept free for what is under way. */
  readonly reserved: number | null;
  /** About how much was asked for. */
  readonly needed: number;
  /** When the next period begins, in ISO 8601. */
  readonly resetsAt: string;
}

/** What accompanies an `AppError` besides its message. */
export interface AppErrorOptions {
  readonly issues?: readonly InputIssue[] | undefined;
  /** After how many milliseconds another attempt makes sense. */
  readonly retryAfterMs?: number | undefined;
  /** Of QUOTA_EXCEEDED. */
  readonly quota?: QuotaFacts | undefined;
  /** What caused it; logged, never sent. */
  readonly cause?: unknown;
}

/** An expected failure whose message is meant for the client. Everything else that is thrown is masked. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly issues: readonly InputIssue[] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly quota: QuotaFacts | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.issues = options.issues;
    this.retryAfterMs = options.retryAfterMs;
    this.quota = options.quota;
  }
}

/**
 * Bad input in one argument.
 *
 * @param path where it is, from the argument inwards
 * @param message what is wrong with which value, and what would be right
 */
export function badInput(path: readonly (string | number)[], message: string): AppError {
  return new AppError('BAD_USER_INPUT', message, { issues: [{ path, message }] });
}

/**
 * The answer for what does not exist and for what the viewer may not see, to the letter the same.
 *
 * @param kind the type that was asked for, for example `Conversation`
 */
export function notFound(kind: string): AppError {
  return new AppError('NOT_FOUND', `No ${kind} with this id exists, or you may not see it.`);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
