import Anthropic, { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import { systemClock } from '../base/clock.ts';
import { createAnthropicDecoder } from './anthropic-decoder.ts';
import { anthropicDefaultModel, anthropicModels, mergeAnthropicModels } from './anthropic-models.ts';
import { toMessageCreation } from './anthropic-request.ts';
import { defaultRetryPolicy, streamAttempts, type AttemptOptions } from './attempts.ts';
import type { Engine } from './engine.ts';
import { sdkTimeoutMs, type EngineOptions } from './engine-options.ts';

import { NetworkError, reasonsOf, retryAfterMsOf, VendorError } from './faults.ts';
import { createModelList } from './model-list.ts';

/** Anthropic's own address, without `/v1`. Always given to the SDK, which else looks into the environment. */
const anthropicBaseUrl = 'https://api.anthropic.com';

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
export function createAnthropicEngine(options: EngineOptions): Engine {
  const { apiKey, baseUrl, fetch, timers, id = 'anthropic', name = 'Anthropic', defaultModel = anthropicDefaultModel } = options;
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
  return { id, name, defaultModel, listModels, stream: (request, signal) => streamAttempts(attempts, request, signal) };
}
