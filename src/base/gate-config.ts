import { z } from 'zod';
import { megabyte, wholeNumber } from './config-values.ts';

/** The most that one operation may ask for. Each is counted through fragments, before anything runs. */
export interface QueryLimits {
  /** Of the document, counted while it is parsed. */
  readonly maxTokens: number;
  /** Fields within fields, the root field being the first. */
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxRootFields: number;
  readonly maxDirectives: number;
  readonly maxFields: number;
  /** How often one field may be written in one selection set: to compare the repetitions takes time that grows with their square. */
  readonly maxRepetitions: number;
  /** The largest `first`, `last` and number of `ids`. */
  readonly maxPageSize: number;
  /** The rows of all connections together, if every page is full: a page of 20 with a page of 20 in each row is 420. */
  readonly maxRows: number;
}

/** What the gate at the transport lets through. */
export interface GateConfig {
  readonly query: QueryLimits;
  /** How long a query or a mutation may run, and a subscription may take to start. */
  readonly operationTimeoutMs: number;
  /** Operations that run at once on one socket. */
  readonly maxOperationsPerSocket: number;
  readonly webSocketMessagesPerSecond: number;
  readonly maxSocketsPerUser: number;
  /** Sockets of nobody, or that have not said whose they are. */
  readonly maxSocketsPerAddress: number;
  readonly maxEventStreamsPerUser: number;
  readonly maxEventStreamsPerAddress: number;
  /** How long a client may leave unread what was sent to it. */
  readonly slowReaderTimeoutMs: number;
  readonly maxHeaderBytes: number;
  /** The file of persisted documents; null for none. */
  readonly persistedDocuments: { readonly path: string; readonly mode: 'allow' | 'only' } | null;
}

/** The variables of the gate, with their defaults. */
export const gateVariables = {
  MAX_QUERY_TOKENS: wholeNumber(2_000, 100, 100_000),
  MAX_QUERY_DEPTH: wholeNumber(10, 3, 100),
  MAX_QUERY_ALIASES: wholeNumber(30, 0, 10_000),
  MAX_QUERY_ROOT_FIELDS: wholeNumber(20, 1, 1_000),
  MAX_QUERY_DIRECTIVES: wholeNumber(50, 0, 10_000),
  MAX_QUERY_FIELDS: wholeNumber(1_000, 10, 100_000),
  MAX_QUERY_REPETITIONS: wholeNumber(20, 1, 10_000),
  // The schema promises pages of 20 rows and never more than 100.
  MAX_PAGE_SIZE: wholeNumber(100, 20, 100),
  MAX_QUERY_ROWS: wholeNumber(50_000, 100, 10_000_000),
  OPERATION_TIMEOUT_MS: wholeNumber(15_000, 50, 600_000),
  MAX_OPERATIONS_PER_SOCKET: wholeNumber(50, 1, 100_000),
  WEBSOCKET_MESSAGES_PER_SECOND: wholeNumber(200, 1, 1_000_000),
  MAX_SOCKETS_PER_USER: wholeNumber(20, 1, 1_000_000),
  MAX_SOCKETS_PER_ADDRESS: wholeNumber(20, 1, 1_000_000),
  MAX_EVENT_STREAMS_PER_USER: wholeNumber(20, 1, 1_000_000),
  MAX_EVENT_STREAMS_PER_ADDRESS: wholeNumber(20, 1, 1_000_000),
  SLOW_READER_TIMEOUT_MS: wholeNumber(60_000, 100, 3_600_000),
  MAX_HEADER_BYTES: wholeNumber(16_384, 1_024, megabyte),
  PERSISTED_DOCUMENTS: z.string().optional(),
  PERSISTED_DOCUMENTS_MODE: z.enum(['off', 'allow', 'only']).default('off'),
};

const variables = z.object(gateVariables);

/** What is wrong in the gate's variables together, one a line; empty when nothing is. */
export function problemsOfGate(filled: Readonly<Record<string, unknown>>): readonly string[] {
  const mode = filled['PERSISTED_DOCUMENTS_MODE'] ?? 'off';
  const hasPath = filled['PERSISTED_DOCUMENTS'] !== undefined;
  if (mode !== 'off' && !hasPath)
    return [`PERSISTED_DOCUMENTS: is required where PERSISTED_DOCUMENTS_MODE is "${String(mode)}"; give the path of the JSON file.`];
  if (mode === 'off' && hasPath) return ['PERSISTED_DOCUMENTS_MODE: must be "allow" or "only" where PERSISTED_DOCUMENTS is set.'];
  return [];
}

/** The variables in the product's words. */
export function shapeGate(values: z.infer<typeof variables>): GateConfig {
  const { PERSISTED_DOCUMENTS: path, PERSISTED_DOCUMENTS_MODE: mode } = values;
  return {
    query: {
      maxTokens: values.MAX_QUERY_TOKENS,
      maxDepth: values.MAX_QUERY_DEPTH,
      maxAliases: values.MAX_QUERY_ALIASES,
      maxRootFields: values.MAX_QUERY_ROOT_FIELDS,
      maxDirectives: values.MAX_QUERY_DIRECTIVES,
      maxFields: values.MAX_QUERY_FIELDS,
      maxRepetitions: values.MAX_QUERY_REPETITIONS,
      maxPageSize: values.MAX_PAGE_SIZE,
      maxRows: values.MAX_QUERY_ROWS,
    },
    operationTimeoutMs: values.OPERATION_TIMEOUT_MS,
    maxOperationsPerSocket: values.MAX_OPERATIONS_PER_SOCKET,
    webSocketMessagesPerSecond: values.WEBSOCKET_MESSAGES_PER_SECOND,
    maxSocketsPerUser: values.MAX_SOCKETS_PER_USER,
    maxSocketsPerAddress: values.MAX_SOCKETS_PER_ADDRESS,
    maxEventStreamsPerUser: values.MAX_EVENT_STREAMS_PER_USER,
    maxEventStreamsPerAddress: values.MAX_EVENT_STREAMS_PER_ADDRESS,
    slowReaderTimeoutMs: values.SLOW_READER_TIMEOUT_MS,
    maxHeaderBytes: values.MAX_HEADER_BYTES,
    persistedDocuments: path === undefined || mode === 'off' ? null : { path, mode },
  };
}
