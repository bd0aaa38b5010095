import { giveUpMs } from './patience.ts';

/** Variables that lift every limit on how often things may be done, for tests that do many of them. */
export const withoutRateLimits: Readonly<Record<string, string>> = {
  RATE_LIMIT_LOGINS_PER_ACCOUNT: '0',
  RATE_LIMIT_LOGINS_PER_ADDRESS: '0',
  RATE_LIMIT_REGISTRATIONS_PER_ADDRESS: '0',
  RATE_LIMIT_REFRESHES_PER_ADDRESS: '0',
  RATE_LIMIT_CHECKS_PER_USER: '0',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '0',
  RATE_LIMIT_ANONYMOUS_REQUESTS_PER_MINUTE: '0',
  RATE_LIMIT_SHARED_PER_ADDRESS: '0',
  RATE_LIMIT_INVITATIONS_PER_USER: '0',
  RATE_LIMIT_ACCEPTANCES_PER_USER: '0',
  RATE_LIMIT_CALENDAR_READS_PER_ADDRESS: '0',
  RATE_LIMIT_CHATS_PER_MINUTE: '0',
};

/** How long the product waits for others before it gives them up. */
const waits = [
  'DATABASE_STATEMENT_TIMEOUT_MS',
  'DATABASE_CONNECT_TIMEOUT_MS',
  'DATABASE_ANSWER_TIMEOUT_MS',
  'HEADERS_TIMEOUT_MS',
  'WEBSOCKET_INIT_TIMEOUT_MS',
  'OPERATION_TIMEOUT_MS',
  'SQL_TIMEOUT_MS',
  'SEARCH_TIMEOUT_MS',
  'EMBEDDING_TIMEOUT_MS',
  'MCP_CONNECT_TIMEOUT_MS',
  'MCP_LIST_TIMEOUT_MS',
  'CONTEXT_MODEL_LIST_TIMEOUT_MS',
  'ENGINE_CONNECT_TIMEOUT_MS',
  'KNOWLEDGE_RERANK_TIMEOUT_MS',
  'LIVEKIT_TIMEOUT_MS',
  'MODERATION_TIMEOUT_MS',
  'OIDC_TIMEOUT_MS',
  'SENTIMENT_TIMEOUT_MS',
  'WEB_PAGE_TIMEOUT_MS',
];

/**
 * Without rate limits, and with caps for tests and measurements that open far more from one machine than one person would, and that may be
 * slow: no wait ends before a test itself gives up. Tests of such an end set it themselves.
 */
export const wideLimits: Readonly<Record<string, string>> = {
  ...withoutRateLimits,
  ...Object.fromEntries(waits.map((name) => [name, String(giveUpMs)])),
  MAX_RUNNING_RUNS_PER_USER: '10000',
  MAX_SOCKETS_PER_USER: '10000',
  MAX_SOCKETS_PER_ADDRESS: '10000',
  MAX_OPERATIONS_PER_SOCKET: '10000',
  WEBSOCKET_MESSAGES_PER_SECOND: '100000',
  MAX_EVENT_STREAMS_PER_USER: '10000',
  MAX_EVENT_STREAMS_PER_ADDRESS: '10000',
};
