import { readFileSync } from 'node:fs';
import { createAnthropicEngine } from '../../src/engines/anthropic.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../../src/engines/attempts.ts';
import type { Engine, EnginePart, EngineRequest, EngineUsage } from '../../src/engines/engine.ts';
import { createGeminiEngine } from '../../src/engines/gemini.ts';
import { createOllamaEngine } from '../../src/engines/ollama.ts';
import { createOpenAiEngine } from '../../src/engines/openai.ts';
import type { EngineTimers } from '../../src/base/engine-config.ts';
import { giveUpMs } from '../kit/patience.ts';

/** The key of the tests, which looks like no vendor's; it must never show up in a message. */
export const secretKey = 'keyOfTheTests0123456789';

/** Limits that no test reaches by accident. */
export const patientTimers: EngineTimers = {
  connectTimeoutMs: giveUpMs,
  firstTokenTimeoutMs: giveUpMs,
  idleTimeoutMs: giveUpMs,
  totalTimeoutMs: giveUpMs,
};

/** The policy of production with waits of a few milliseconds. */
export const quickRetry: RetryPolicy = { ...defaultRetryPolicy, firstWaitMs: 5, longestWaitMs: 10 };

/** What a test may choose about an engine. */
export interface EngineSettings {
  readonly timers?: Partial<EngineTimers>;
  readonly retry?: RetryPolicy;
  readonly fetch?: typeof globalThis.fetch;
}

/** An engine as the contract tests see it. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  /** An engine that thinks it speaks to the provider itself, and is sent to a server of the test. */
  create(url: string, settings?: EngineSettings): Engine;
  /** A recorded stream. */
  fixture(name: string): string;
  /** The header that carries the key. */
  readonly keyHeader: string;
  /** The type and the line ends of its streams. */
  readonly contentType: string;
  readonly lineEnds: readonly string[];
  /** What keeps a stream open and says nothing. */
  readonly keepAlive: string;
  /** Writes JSON as one event of a stream. */
  event(data: unknown): string;
  /** Whether it says that an answer was cut off because of its content. */
  readonly canFilter: boolean;
  /** The usage that it has told when an answer breaks off in the middle; null for none. */
  readonly partialUsage: EngineUsage | null;
  /** Whether its headers come before it begins to think, so that they have a limit of their own; these also send calls in fragments. */
  readonly hasEarlyHeaders: boolean;
  /** The body with which the provider tells of a failure. */
  errorBody(type: string, message: string, code?: string): unknown;
}

function fixture(provider: string, extension = 'sse'): (name: string) => string {
  return (name) => readFileSync(new URL(`fixtures/${provider}/${name}.${extension}`, import.meta.url), 'utf8');
}

/** A `fetch` that brings requests for a provider's own address to a server of the test. */
function redirect(url: string, fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const target = new URL(input instanceof Request ? input.url : input);
    return fetch(`${url}${target.pathname}${target.search}`, init);
  };
}

const serverSentEvents = {
  contentType: 'text/event-stream',
  lineEnds: ['\r\n', '\r'],
  keepAlive: ': waiting\n\n',
  event: (data: unknown) => `data: ${JSON.stringify(data)}\n\n`,
  canFilter: true,
} as const;

/** The engines that speak to a provider. */
export const providers: readonly Provider[] = [
  {
    id: 'openai',
    name: 'OpenAI',
    create: (url, { timers, retry = quickRetry, fetch = globalThis.fetch } = {}) =>
      createOpenAiEngine({ apiKey: secretKey, baseUrl: null, fetch: redirect(url, fetch), timers: { ...patientTimers, ...timers }, retry }),
    ...serverSentEvents,
    keyHeader: 'authorization',
    hasEarlyHeaders: true,
    partialUsage: null,
    fixture: fixture('openai'),
    errorBody: (type, message, code) => ({ error: { message, type, param: null, code: code ?? null } }),
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    create: (url, { timers, retry = quickRetry, fetch = globalThis.fetch } = {}) =>
      createAnthropicEngine({ apiKey: secretKey, baseUrl: null, fetch: redirect(url, fetch), timers: { ...patientTimers, ...timers }, retry }),
    ...serverSentEvents,
    keyHeader: 'authorization',
    hasEarlyHeaders: true,
    partialUsage: { inputTokens: 12, cachedInputTokens: 3, outputTokens: 1, reasoningTokens: 0 },
    fixture: fixture('anthropic'),
    errorBody: (type, message) => ({ type: 'error', error: { type, message } }),
  },
  {
    id: 'gemini',
    name: 'Gemini',
    create: (url, { timers, retry = quickRetry, fetch = globalThis.fetch } = {}) =>
      createGeminiEngine({ apiKey: secretKey, baseUrl: null, fetch: redirect(url, fetch), timers: { ...patientTimers, ...timers }, retry }),
    ...serverSentEvents,
    keyHeader: 'x-goog-api-key',
    hasEarlyHeaders: false,
    partialUsage: { inputTokens: 12, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 },
    fixture: fixture('gemini'),
    errorBody: (type, message) => ({ error: { message, status: type } }),
  },
  {
    id: 'ollama',
    name: 'Ollama',
    create: (url, { timers, retry = quickRetry, fetch = globalThis.fetch } = {}) =>
      createOllamaEngine({ apiKey: secretKey, baseUrl: null, fetch: redirect(url, fetch), timers: { ...patientTimers, ...timers }, retry }),
    contentType: 'application/x-ndjson',
    lineEnds: ['\r\n'],
    keepAlive: '\n',
    event: (data) => `${JSON.stringify(data)}\n`,
    canFilter: false,
    keyHeader: 'authorization',
    hasEarlyHeaders: false,
    partialUsage: null,
    fixture: fixture('ollama', 'ndjson'),
    errorBody: (_type, message) => ({ error: message }),
  },
];

/** A question, with what a test changes about it. */
export function question(changes: Partial<EngineRequest> = {}): EngineRequest {
  return {
    model: 'some-model',
    task: 'CHAT',
    system: null,
    messages: [{ role: 'user', text: 'Hello' }],
    tools: [],
    temperature: null,
    topP: null,
    topK: null,
    maxTokens: null,
    ...changes,
  };
}

/** An answer, folded. */
export interface Answer {
  readonly parts: readonly EnginePart[];
  readonly text: string;
  readonly reasoning: string;
  /** The last part, which must be the only `finish` or `error`. */
  readonly last: EnginePart | undefined;
}

/** Reads a stream to its end. */
export async function read(engine: Engine, request: EngineRequest = question(), signal: AbortSignal = new AbortController().signal): Promise<Answer> {
  const parts: EnginePart[] = [];
  for await (const part of engine.stream(request, signal)) parts.push(part);
  const join = (type: 'text' | 'reasoning'): string => parts.map((part) => (part.type === type ? part.text : '')).join('');
  return { parts, text: join('text'), reasoning: join('reasoning'), last: parts.at(-1) };
}
