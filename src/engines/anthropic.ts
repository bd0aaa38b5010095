import Anthropic, { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import { systemClock, type Clock } from '../base/clock.ts';
import type { EngineTimers } from '../base/config.ts';
import { createAnthropicDecoder } from './anthropic-decoder.ts';
import { anthropicDefaultModel, anthropicModels, mergeAnthropicModels } from './anthropic-models.ts';
import { toMessageCreation } from './anthropic-request.ts';
import { defaultRetryPolicy, streamAttempts, type AttemptOptions, type RetryPolicy } from './attempts.ts';
import type { Engine } from './engine.ts';
import { NetworkError, reasonsOf, retryAfterMsOf, VendorError } from './faults.ts';
import { createModelList } from './model-list.ts';

/** What the engine of Anthropic is made of. */
export interface AnthropicEngineOptions {
  readonly apiKey: string;
  /** Of a server that speaks the same API, without `/v1`; null is Anthropic itself. */
  readonly baseUrl: string | null;
  readonly fetch: typeof globalThis.fetch;
  readonly timers: EngineTimers;
  /** `claude-sonnet-5-5` by default. */
  readonly defaultModel?: string;
  readonly retry?: RetryPolicy;
  readonly random?: () => number;
  readonly clock?: Clock;
}

/** Anthropic's own address. Always given to the SDK, which else looks into the environment. */
const anthropicBaseUrl = 'https://api.anthropic.com';

/** The SDK's own time limit must never be the first one to end a wait. */
const sdkTimeoutMs = 2 ** 31 - 1;

const name = 'Anthropic';

function toFault(error: unknown, now: Date): unknown {
  if (error instanceof APIConnectionError) return new NetworkError(error);
  if (!(error instanceof APIError)) return error;
  const { status, message, apiMessage, type, errorCode, headers } = error;
  return new VendorError({
    status: status ?? null,
    reasons: reasonsOf(type, errorCode),
    message: apiMessage ?? message,
    retryAfterMs: retryAfterMsOf(headers, now),
  });
}

/** Creates the engine for Anthropic's Claude, over the messages API. Its headers come at once, so they have the connect timeout. */
export function createAnthropicEngine(options: AnthropicEngineOptions): Engine {
  const { apiKey, baseUrl, fetch, timers, defaultModel = anthropicDefaultModel } = options;
  const { retry = defaultRetryPolicy, random = Math.random, clock = systemClock } = options;
  const client = new Anthropic({
    apiKey,
    baseURL: baseUrl ?? anthropicBaseUrl,
    webhookKey: null,
    fetch,
    // Its retries sleep through aborts and through any Retry-After.
    maxRetries: 0,
    timeout: sdkTimeoutMs,
    // It logs bodies, which hold what people wrote.
    logLevel: 'off',
  });

  const attempts: AttemptOptions = {
    provider: name,
    apiKey,
    timers,
    headersTimeoutMs: timers.connectTimeoutMs,
    retry,
    random,
    dialect: {
      // The stream of the SDK hides how it ended: nothing tells an answer that was cut off from a whole one. So the body is read here.
      open: async (request, signal) => {
        try {
          return await client.messages.create(toMessageCreation(request), { signal }).asResponse();
        } catch (error) {
          throw toFault(error, clock.now());
        }
      },
      createDecoder: createAnthropicDecoder,
    },
  };
  const listModels = createModelList({
    clock,
    load: async (signal) => mergeAnthropicModels((await client.models.list({ limit: 100 }, { signal })).data, anthropicModels),
    fallback: anthropicModels,
    timeoutMs: timers.connectTimeoutMs,
  });
  return { id: 'anthropic', name, defaultModel, listModels, stream: (request, signal) => streamAttempts(attempts, request, signal) };
}
