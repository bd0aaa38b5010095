import type { EngineFailure } from '../../src/engines/engine.ts';
import { secretKey, type EngineSettings, type Provider } from './providers.ts';
import { silence, status, stream, type WireReply } from './wire-server.ts';

/** What a provider does wrong, and what is made of it. */
export interface Fault {
  readonly fault: string;
  readonly reply: (provider: Provider) => WireReply;
  readonly settings?: EngineSettings;
  readonly code: EngineFailure['code'];
  readonly attempts: number;
  readonly text: string;
  readonly isRetryable: boolean;
  readonly retryAfterMs?: number;
  /** Where a provider whose headers come with the first token differs. */
  readonly withLateHeaders?: Partial<Pick<Fault, 'settings' | 'attempts'>>;
}

const half = 'Half an answer';

/** Case R04 of the hardening list. */
export const faults: readonly Fault[] = [
  {
    fault: 'status 500',
    reply: ({ errorBody }) => status(500, errorBody('server_error', 'oops')),
    code: 'ENGINE_OVERLOADED',
    attempts: 3,
    text: '',
    isRetryable: true,
  },
  {
    fault: 'status 502 with a web page',
    reply: () => status(502, '<html>Bad gateway</html>'),
    code: 'ENGINE_OVERLOADED',
    attempts: 3,
    text: '',
    isRetryable: true,
  },
  {
    fault: 'status 529',
    reply: ({ errorBody }) => status(529, errorBody('overloaded_error', 'busy')),
    code: 'ENGINE_OVERLOADED',
    attempts: 3,
    text: '',
    isRetryable: true,
  },
  {
    fault: 'status 429 with a short wait',
    reply: ({ errorBody }) => status(429, errorBody('rate_limit_error', 'slow down'), { 'retry-after-ms': '20' }),
    code: 'ENGINE_RATE_LIMITED',
    attempts: 3,
    text: '',
    isRetryable: true,
    retryAfterMs: 20,
  },
  {
    fault: 'status 429 with an hour to wait',
    reply: ({ errorBody }) => status(429, errorBody('rate_limit_error', 'slow down'), { 'retry-after': '3600' }),
    code: 'ENGINE_RATE_LIMITED',
    attempts: 1,
    text: '',
    isRetryable: true,
    retryAfterMs: 3_600_000,
  },
  {
    fault: 'status 429 without credit',
    reply: ({ errorBody }) => status(429, errorBody('insufficient_quota', 'You exceeded your current quota')),
    code: 'ENGINE_RATE_LIMITED',
    attempts: 1,
    text: '',
    isRetryable: false,
  },
  {
    fault: 'status 401',
    reply: ({ errorBody }) => status(401, errorBody('authentication_error', `Incorrect key ${secretKey}`)),
    code: 'ENGINE_BAD_KEY',
    attempts: 1,
    text: '',
    isRetryable: false,
  },
  {
    fault: 'status 403',
    reply: ({ errorBody }) => status(403, errorBody('permission_error', 'no')),
    code: 'ENGINE_BAD_KEY',
    attempts: 1,
    text: '',
    isRetryable: false,
  },
  {
    fault: 'status 404',
    reply: ({ errorBody }) => status(404, errorBody('not_found_error', 'no such model')),
    code: 'ENGINE_BAD_REQUEST',
    attempts: 1,
    text: '',
    isRetryable: false,
  },
  {
    fault: 'status 422',
    reply: ({ errorBody }) => status(422, errorBody('invalid_request_error', 'bad')),
    code: 'ENGINE_BAD_REQUEST',
    attempts: 1,
    text: '',
    isRetryable: false,
  },
  {
    fault: 'a key that is quoted in a message',
    reply: ({ errorBody }) => status(400, errorBody('invalid_request_error', `you sent ${secretKey} and sk-other-987654321`)),
    code: 'ENGINE_BAD_REQUEST',
    attempts: 1,
    text: '',
    isRetryable: false,
  },
  {
    fault: 'a conversation that is too long',
    reply: ({ id, errorBody }) =>
      status(
        400,
        id === 'openai'
          ? errorBody('invalid_request_error', "This model's maximum context length is 8192 tokens.", 'context_length_exceeded')
          : errorBody('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
      ),
    code: 'ENGINE_CONTEXT_TOO_LONG',
    attempts: 1,
    text: '',
    isRetryable: false,
  },
  {
    fault: 'content that is refused',
    reply: ({ errorBody }) => status(400, errorBody('invalid_request_error', 'Output blocked by content filtering policy', 'content_policy_violation')),
    code: 'ENGINE_REFUSED',
    attempts: 1,
    text: '',
    isRetryable: false,
  },
  {
    fault: 'no headers ever',
    reply: () => silence,
    settings: { timers: { connectTimeoutMs: 500 } },
    // A model that is slow stays slow, so nobody is asked again.
    withLateHeaders: { settings: { timers: { firstTokenTimeoutMs: 600 } }, attempts: 1 },
    code: 'ENGINE_TIMEOUT',
    attempts: 3,
    text: '',
    isRetryable: true,
  },
  {
    fault: 'headers and no token',
    reply: ({ keepAlive, contentType }) => stream(keepAlive, 'hold', contentType),
    settings: { timers: { firstTokenTimeoutMs: 600 } },
    code: 'ENGINE_TIMEOUT',
    attempts: 1,
    text: '',
    isRetryable: true,
  },
  {
    fault: 'a stall in mid-stream',
    reply: ({ fixture, contentType }) => stream(fixture('partial'), 'hold', contentType),
    settings: { timers: { idleTimeoutMs: 600 } },
    code: 'ENGINE_TIMEOUT',
    attempts: 1,
    text: half,
    isRetryable: true,
  },
  {
    fault: 'an end without the terminal marker',
    reply: ({ fixture, contentType }) => stream(fixture('partial'), 'end', contentType),
    code: 'ENGINE_PROTOCOL',
    attempts: 1,
    text: half,
    isRetryable: true,
  },
  { fault: 'an empty stream', reply: ({ contentType }) => stream('', 'end', contentType), code: 'ENGINE_PROTOCOL', attempts: 1, text: '', isRetryable: true },
  {
    fault: 'a reset in mid-stream',
    reply: ({ fixture, contentType }) => stream(fixture('partial'), 'reset', contentType),
    code: 'ENGINE_NETWORK',
    attempts: 1,
    text: half,
    isRetryable: true,
  },
  {
    fault: 'a reset before the answer',
    reply: () => (response) => void response.socket?.resetAndDestroy(),
    code: 'ENGINE_NETWORK',
    attempts: 3,
    text: '',
    isRetryable: true,
  },
  {
    fault: 'bad JSON in mid-stream',
    reply: ({ fixture, contentType }) => stream(fixture('bad-json'), 'hold', contentType),
    code: 'ENGINE_PROTOCOL',
    attempts: 1,
    text: half,
    isRetryable: true,
  },
  {
    fault: 'an error event in mid-stream',
    reply: ({ fixture, contentType }) => stream(fixture('error-event'), 'hold', contentType),
    code: 'ENGINE_OVERLOADED',
    attempts: 1,
    text: half,
    isRetryable: true,
  },
  {
    fault: 'an error event before the first token',
    reply: ({ fixture, contentType }) => stream(fixture('error-first'), 'end', contentType),
    code: 'ENGINE_OVERLOADED',
    attempts: 3,
    text: '',
    isRetryable: true,
  },
  {
    fault: 'a web page with status 200',
    reply: () => stream('<!doctype html><p>Welcome</p>', 'end', 'text/html'),
    code: 'ENGINE_PROTOCOL',
    attempts: 1,
    text: '',
    isRetryable: true,
  },
  {
    fault: 'a web page that calls itself a stream',
    reply: ({ contentType }) => stream('<!doctype html>\n<p>Welcome</p>\n\n', 'end', contentType),
    code: 'ENGINE_PROTOCOL',
    attempts: 1,
    text: '',
    isRetryable: true,
  },
  { fault: 'one JSON document with status 200', reply: () => status(200, { choices: [] }), code: 'ENGINE_PROTOCOL', attempts: 1, text: '', isRetryable: true },
  {
    fault: 'JSON that is not of the protocol',
    reply: ({ event, contentType }) => stream(event([1, 2]) + event({ choices: 7, type: 7, candidates: 7, done: 7 }), 'end', contentType),
    code: 'ENGINE_PROTOCOL',
    attempts: 1,
    text: '',
    isRetryable: true,
  },
  {
    fault: 'an event without end',
    reply: ({ contentType }) => stream(`data: ${'x'.repeat(3 * 1024 * 1024)}`, 'hold', contentType),
    code: 'ENGINE_PROTOCOL',
    attempts: 1,
    text: '',
    isRetryable: true,
  },
];
