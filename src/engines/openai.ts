import { systemClock } from '../base/clock.ts';
import { uuidv7 } from '../base/id.ts';
import { defaultRetryPolicy, streamAttempts, type AttemptOptions } from './attempts.ts';
import type { Engine } from './engine.ts';
import type { EngineOptions } from './engine-options.ts';
import { createModelList } from './model-list.ts';
import { createOpenAiClient, openAiFault } from './openai-client.ts';
import { createOpenAiDecoder } from './openai-decoder.ts';
import { compatibleModel, mergeCompatibleModels, mergeOpenAiModels } from './openai-model-list.ts';
import { openAiDefaultModel, openAiModels } from './openai-models.ts';
import { toChatCompletion } from './openai-request.ts';

/** What an engine that speaks chat completions is made of. */
export interface OpenAiEngineOptions extends Omit<EngineOptions, 'apiKey'> {
  /** Null for a server that asks for none. */
  readonly apiKey: string | null;
  /** The models that can be named at a server that is not OpenAI; all that it lists by default. */
  readonly models?: readonly string[];
}

/**
 * Creates an engine for OpenAI and for every server that speaks its chat completions API (vLLM, LM Studio, llama.cpp, Ollama, Groq, ...).
 *
 * OpenAI answers with its headers at once, so these have the connect timeout; other servers load a model or read the prompt before
 * they do, so there the headers share the time of the first token, and a connection that never opens has the 10 s of Node's `fetch`.
 */
export function createOpenAiEngine(options: OpenAiEngineOptions): Engine {
  const { apiKey, baseUrl, fetch, timers, id = 'openai', name = 'OpenAI', defaultModel = openAiDefaultModel, models } = options;
  const { retry = defaultRetryPolicy, random = Math.random, clock = systemClock, newId = uuidv7 } = options;
  // Regional endpoints (eu.api.openai.com, ...) are OpenAI too.
  const isOpenAi = baseUrl === null || /(^|\.)api\.openai\.com$/.test(new URL(baseUrl).hostname);
  const client = createOpenAiClient({ apiKey, baseUrl, fetch });

  const attempts: AttemptOptions = {
    provider: name,
    apiKey: apiKey ?? '',
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
          throw openAiFault(error, clock.now());
        }
      },
      createDecoder: () => createOpenAiDecoder(newId),
    },
  };
  const list = createModelList({
    clock,
    load: async (signal) => {
      const page = await client.models.list({ signal });
      return isOpenAi ? mergeOpenAiModels(page.data) : mergeCompatibleModels(page.data, models);
    },
    fallback: isOpenAi ? openAiModels : (models ?? [defaultModel]).map(compatibleModel),
    timeoutMs: timers.connectTimeoutMs,
  });
  return { id, name, defaultModel, listModels: list, stream: (request, signal) => streamAttempts(attempts, request, signal) };
}
