import { readFileSync } from 'node:fs';
import { createAnthropicEngine } from '../../src/engines/anthropic.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../../src/engines/attempts.ts';
import type { Engine, EnginePart, EngineRequest } from '../../src/engines/engine.ts';
import { createOpenAiEngine } from '../../src/engines/openai.ts';
import type { EngineTimers } from '../../src/base/config.ts';

/** The key of the tests, which looks like no vendor's; it must never show up in a message. */
export const secretKey = 'keyOfTheTests0123456789';

/** Limits that no test reaches by accident. */
export const patientTimers: EngineTimers = { connectTimeoutMs: 10_000, firstTokenTimeoutMs: 10_000, idleTimeoutMs: 10_000, totalTimeoutMs: 20_000 };

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
  /** The body with which the provider tells of a failure. */
  errorBody(type: string, message: string, code?: string): unknown;
}

function fixture(provider: string): (name: string) => string {
  return (name) => readFileSync(new URL(`fixtures/${provider}/${name}.sse`, import.meta.url), 'utf8');
}

/** A `fetch` that brings requests for a provider's own address to a server of the test. */
function redirect(url: string, fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const target = new URL(input instanceof Request ? input.url : input);
    return fetch(`${url}${target.pathname}${target.search}`, init);
  };
}

/** The engines that speak to a provider. */
export const providers: readonly Provider[] = [
  {
    id: 'openai',
    name: 'OpenAI',
    create: (url, { timers, retry = quickRetry, fetch = globalThis.fetch } = {}) =>
      createOpenAiEngine({ apiKey: secretKey, baseUrl: null, fetch: redirect(url, fetch), timers: { ...patientTimers, ...timers }, retry }),
    fixture: fixture('openai'),
    errorBody: (type, message, code) => ({ error: { message, type, param: null, code: code ?? null } }),
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    create: (url, { timers, retry = quickRetry, fetch = globalThis.fetch } = {}) =>
      createAnthropicEngine({ apiKey: secretKey, baseUrl: null, fetch: redirect(url, fetch), timers: { ...patientTimers, ...timers }, retry }),
    fixture: fixture('anthropic'),
    errorBody: (type, message) => ({ type: 'error', error: { type, message } }),
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
