import OpenAI, { APIConnectionError, APIError } from 'openai';
import { systemClock, type Clock } from '../base/clock.ts';
import type { EngineTimers } from '../base/config.ts';
import { uuidv7, type IdSource } from '../base/id.ts';
import { defaultRetryPolicy, streamAttempts, type AttemptOptions, type RetryPolicy } from './attempts.ts';
import type { Engine, Model } from './engine.ts';
import { NetworkError, reasonsOf, retryAfterMsOf, VendorError } from './faults.ts';
import { createModelList } from './model-list.ts';
import { createOpenAiDecoder } from './openai-decoder.ts';
import { mergeOpenAiModels } from './openai-model-list.ts';
import { openAiDefaultModel, openAiModels } from './openai-models.ts';
import { toChatCompletion } from './openai-request.ts';

/** What an engine that speaks chat completions is made of. */
export interface OpenAiEngineOptions {
  readonly apiKey: string;
  /** Of a server that speaks the same API, up to and with `/v1`; null is OpenAI itself. */
  readonly baseUrl: string | null;
  readonly fetch: typeof globalThis.fetch;
  readonly timers: EngineTimers;
  /** The part before the colon of `provider:model`; `openai` by default. */
  readonly id?: string;
  /** What people call the provider; `OpenAI` by default. */
  readonly name?: string;
  /** `gpt-5.4-mini` by default. */
  readonly defaultModel?: string;
  /** What is known about models; the models of OpenAI by default. */
  readonly models?: readonly Model[];
  readonly retry?: RetryPolicy;
  readonly random?: () => number;
  readonly clock?: Clock;
  readonly newId?: IdSource;
}

/** OpenAI's own address. Always given to the SDK, which else looks into the environment. */
const openAiBaseUrl = 'https://api.openai.com/v1';

/** The SDK's own time limit must never be the first one to end a wait. */
const sdkTimeoutMs = 2 ** 31 - 1;

function toFault(error: unknown, now: Date): unknown {
  if (error instanceof APIConnectionError) return new NetworkError(error);
  if (!(error instanceof APIError)) return error;
  const { status, message, type, code, headers } = error;
  return new VendorError({ status: status ?? null, reasons: reasonsOf(type, code), message, retryAfterMs: retryAfterMsOf(headers, now) });
}

/**
 * Creates an engine for OpenAI and for every server that speaks its chat completions API (vLLM, LM Studio, llama.cpp, Ollama, Groq, ...).
 *
 * OpenAI answers with its headers at once, so these have the connect timeout; other servers load a model or read the prompt before
 * they do, so there the headers share the time of the first token, and a connection that never opens has the 10 s of Node's `fetch`.
 */
export function createOpenAiEngine(options: OpenAiEngineOptions): Engine {
  const { apiKey, baseUrl, fetch, timers, id = 'openai', name = 'OpenAI', defaultModel = openAiDefaultModel, models = openAiModels } = options;
  const { retry = defaultRetryPolicy, random = Math.random, clock = systemClock, newId = uuidv7 } = options;
  // Regional endpoints (eu.api.openai.com, ...) are OpenAI too.
  const isOpenAi = baseUrl === null || /(^|\.)api\.openai\.com$/.test(new URL(baseUrl).hostname);
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl ?? openAiBaseUrl,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
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
    headersTimeoutMs: isOpenAi ? timers.connectTimeoutMs : null,
    retry,
    random,
    dialect: {
      // The stream of the SDK hides how it ended: no chunk and no error for a page of HTML, a silent end on abort. So the body is read here.
      open: async (request, signal) => {
        try {
          return await client.chat.completions.create(toChatCompletion(request, isOpenAi), { signal }).asResponse();
        } catch (error) {
          throw toFault(error, clock.now());
        }
      },
      createDecoder: () => createOpenAiDecoder(newId),
    },
  };
  const list = createModelList({
    clock,
    load: async (signal) => {
      const page = await client.models.list({ signal });
      return mergeOpenAiModels(page.data, models, isOpenAi);
    },
    fallback: isOpenAi ? models : models.filter((model) => model.id === defaultModel),
    timeoutMs: timers.connectTimeoutMs,
  });
  return { id, name, defaultModel, listModels: list, stream: (request, signal) => streamAttempts(attempts, request, signal) };
}
