import { GoogleGenAI } from '@google/genai';
import { systemClock } from '../base/clock.ts';
import { uuidv7 } from '../base/id.ts';
import { defaultRetryPolicy, streamAttempts, type AttemptOptions } from './attempts.ts';
import { beginningOf, sendCaptured } from './captured-request.ts';
import type { Engine } from './engine.ts';
import type { EngineOptions } from './engine-options.ts';

import { retryAfterMsOf, VendorError } from './faults.ts';
import { createGeminiDecoder } from './gemini-decoder.ts';
import { geminiFault } from './gemini-fault.ts';
import { geminiDefaultModel, geminiModelsAt, mergeGeminiModels } from './gemini-models.ts';
import { toGenerateContent } from './gemini-request.ts';
import { createModelList } from './model-list.ts';

/** Google's own address, without the version. Always given to the SDK, which else looks into the environment. */
const googleBaseUrl = 'https://generativelanguage.googleapis.com';

/** The version that has everything that is asked for here: thoughts, signatures, JSON schemas. */
const apiVersion = 'v1beta';

/** The most models that are listed: one page. */
const mostModels = 200;

/** Creates the engine for Google's Gemini. Its headers come with the first token, so they share its time. */
export function createGeminiEngine(options: EngineOptions): Engine {
  const { apiKey, baseUrl, fetch, timers, id = 'gemini', name = 'Gemini', defaultModel = geminiDefaultModel } = options;
  const { retry = defaultRetryPolicy, random = Math.random, clock = systemClock, newId = uuidv7 } = options;
  const clientWith = (by: typeof globalThis.fetch): GoogleGenAI =>
    new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl: baseUrl ?? googleBaseUrl, apiVersion, fetch: by } });

  const failureOf = async (response: Response): Promise<Error> => {
    const text = await beginningOf(response);
    let fault = null;
    try {
      fault = geminiFault(JSON.parse(text), response.status);
    } catch {
      // A proxy's web page, say.
    }
    const retryAfterMs = fault?.retryAfterMs ?? retryAfterMsOf(response.headers, clock.now());
    return new VendorError({ status: response.status, reasons: fault?.reasons ?? [], message: fault?.message ?? text, retryAfterMs });
  };

  const attempts: AttemptOptions = {
    provider: name,
    apiKey,
    timers,
    headersTimeoutMs: null,
    retry,
    random,
    dialect: {
      open: (request, signal) =>
        sendCaptured({ fetch, build: (by) => clientWith(by).models.generateContentStream(toGenerateContent(request)), failureOf }, signal),
      createDecoder: () => createGeminiDecoder(newId),
    },
  };
  const listModels = createModelList({
    clock,
    load: async (signal) => {
      const pager = await clientWith((input, init) => fetch(input, { ...init, signal })).models.list({ config: { pageSize: mostModels } });
      return mergeGeminiModels(pager.page, geminiModelsAt(clock.now()));
    },
    fallback: geminiModelsAt(clock.now()),
    timeoutMs: timers.connectTimeoutMs,
  });
  return { id, name, defaultModel, listModels, stream: (request, signal) => streamAttempts(attempts, request, signal) };
}
