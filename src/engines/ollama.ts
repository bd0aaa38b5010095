import { Ollama } from 'ollama/browser';
import { z } from 'zod';
import { systemClock } from '../base/clock.ts';
import { uuidv7 } from '../base/id.ts';
import { defaultRetryPolicy, streamAttempts, type AttemptOptions } from './attempts.ts';
import { beginningOf, sendCaptured } from './captured-request.ts';
import type { Engine, Model } from './engine.ts';
import type { EngineOptions } from './engine-options.ts';

import { retryAfterMsOf, VendorError } from './faults.ts';
import { createModelList } from './model-list.ts';
import { createOllamaDecoder } from './ollama-decoder.ts';
import { toOllamaChat } from './ollama-request.ts';
import { unknownPrices, type Prices } from './prices.ts';

/** Where Ollama listens by default. */
const localBaseUrl = 'http://127.0.0.1:11434';

const failure = z.object({ error: z.string() });
const tags = z.object({ models: z.array(z.object({ name: z.string() })) });

/** Who runs a model on a machine of one's own pays nobody by the token; who needs a key may. */
const free: Prices = { inputPrice: 0, outputPrice: 0, cachedInputPrice: 0 };

function modelOf(id: string, prices: Prices): Model {
  return {
    id,
    name: id,
    description: 'Runs where this Ollama runs.',
    // The list does not say. A model without tools answers with an error of its own.
    hasTools: true,
    hasVision: /llava|vision|-vl|vl:|gemma3|moondream|minicpm-v/.test(id),
    hasJson: true,
    // As much as the server was told to keep, which it does not tell.
    contextWindow: null,
    ...prices,
  };
}

/**
 * Creates an engine for Ollama. It loads a model before it answers, so the headers share the time of the first token.
 */
export function createOllamaEngine(options: EngineOptions): Engine {
  const { apiKey, baseUrl, fetch, timers, id = 'ollama', name = 'Ollama', defaultModel = 'llama3.2' } = options;
  const { retry = defaultRetryPolicy, random = Math.random, clock = systemClock, newId = uuidv7 } = options;
  const prices = apiKey === '' ? free : unknownPrices;
  // For ollama.com the SDK takes a key out of the environment, whoever asks: here none is sent but the one that was given.
  const clientWith = (by: typeof globalThis.fetch): Ollama =>
    new Ollama({
      host: baseUrl ?? localBaseUrl,
      fetch: (input, init) => {
        const headers = new Headers(init?.headers);
        if (apiKey === '') headers.delete('authorization');
        else headers.set('authorization', `Bearer ${apiKey}`);
        return by(input, { ...init, headers });
      },
    });

  const failureOf = async (response: Response): Promise<Error> => {
    const text = await beginningOf(response);
    let message = text;
    try {
      message = failure.parse(JSON.parse(text)).error;
    } catch {
      // A proxy's web page, say.
    }
    return new VendorError({ status: response.status, reasons: [], message, retryAfterMs: retryAfterMsOf(response.headers, clock.now()) });
  };

  const attempts: AttemptOptions = {
    provider: name,
    apiKey,
    timers,
    headersTimeoutMs: null,
    retry,
    random,
    dialect: {
      framing: 'LINES',
      open: (request, signal) => sendCaptured({ fetch, build: (by) => clientWith(by).chat(toOllamaChat(request)), failureOf }, signal),
      createDecoder: () => createOllamaDecoder(newId),
    },
  };
  const listModels = createModelList({
    clock,
    load: async (signal) => {
      // Not read by the SDK, which writes to the console when it fails.
      const response = await sendCaptured({ fetch, build: (by) => clientWith(by).list(), failureOf }, signal);
      return tags.parse(await response.json()).models.map((entry) => modelOf(entry.name, prices));
    },
    fallback: [modelOf(defaultModel, prices)],
    timeoutMs: timers.connectTimeoutMs,
  });
  return { id, name, defaultModel, listModels, stream: (request, signal) => streamAttempts(attempts, request, signal) };
}
