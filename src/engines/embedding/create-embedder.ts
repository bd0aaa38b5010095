import { delay } from '../../base/async.ts';
import { normalised, type EmbeddedAs, type EmbeddedTexts, type Embedder } from '../../base/embedder.ts';
import type { EngineTimers } from '../../base/engine-config.ts';
import { AppError } from '../../base/errors.ts';
import { defaultRetryPolicy, waitBefore, type RetryPolicy } from '../attempts.ts';
import { sendCaptured } from '../captured-request.ts';
import type { EngineAccess } from '../create-engine.ts';
import { describeFailure } from '../failures.ts';
import { NetworkError, ProtocolError, VendorError } from '../faults.ts';
import { createStreamGuard, StageTimeout } from '../stream-guard.ts';
import { embeddingPriceOf } from './prices.ts';
import type { EmbeddingAnswer, EmbeddingVendor, VendorOptions } from './vendor.ts';

/** What an embedder stands on. */
export interface EmbedderSurroundings {
  readonly fetch: typeof globalThis.fetch;
  readonly timers: EngineTimers;
  /** `defaultRetryPolicy` by default. */
  readonly retry?: RetryPolicy;
}

/** Of all vectors of a batch: 100 of 3,072 numbers have about 7 MB. */
const mostAnswerBytes = 32 * 1024 * 1024;

/** The SDKs of vendors are only loaded where they are used. Null for a provider that makes no vectors. */
async function vendorOf(kind: EngineAccess['kind'], options: VendorOptions): Promise<EmbeddingVendor | null> {
  switch (kind) {
    case 'openai':
    case 'openai-compatible':
      return (await import('./openai.ts')).createOpenAiEmbedding(options);
    case 'gemini':
      return (await import('./gemini.ts')).createGeminiEmbedding(options);
    case 'ollama':
      return (await import('./ollama.ts')).createOllamaEmbedding(options);
    case 'anthropic':
      return null;
    default:
      return kind satisfies never;
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostAnswerBytes) throw new ProtocolError(`sent more than ${mostAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new ProtocolError('sent something that is not JSON');
  }
}

/** What an answer says: a vector for each text, all of the same dimension, all with a direction. */
function textsOf(vendor: EmbeddingVendor, answer: unknown, count: number): EmbeddedTexts {
  let read: EmbeddingAnswer;
  try {
    read = vendor.read(answer);
  } catch {
    throw new ProtocolError('sent no vectors');
  }
  const vectors = read.vectors.flatMap((values) => normalised(values) ?? []);
  const [first] = vectors;
  if (vectors.length !== count || vectors.some(({ length }) => length !== first?.length))
    throw new ProtocolError(`sent ${read.vectors.length} vectors for ${count} texts, or vectors that cannot be compared`);
  return { vectors, inputTokens: read.inputTokens };
}

/**
 * Makes an embedder of the access to a provider. It asks again where that may help, as engines do before their first token, and its failures
 * are theirs.
 *
 * @param model the part of `provider:model` behind the colon
 * @throws AppError ENGINE_UNKNOWN for a provider that makes no vectors
 */
export async function createEmbedder(access: EngineAccess, model: string, surroundings: EmbedderSurroundings): Promise<Embedder> {
  const { fetch, timers, retry = defaultRetryPolicy } = surroundings;
  const apiKey = access.apiKey ?? '';
  const found = await vendorOf(access.kind, { apiKey, baseUrl: access.baseUrl, model });
  if (found === null)
    throw new AppError('ENGINE_UNKNOWN', `${access.name} makes no vectors of texts. Choose another embedding model, for example "embedded:english".`);

  const vendor: EmbeddingVendor = found;

  async function attempt(texts: readonly string[], as: EmbeddedAs, parent: AbortSignal): Promise<EmbeddedTexts> {
    const guard = createStreamGuard(parent);
    guard.limit('headers', timers.firstTokenTimeoutMs);
    try {
      const response = await sendCaptured({ fetch, build: (by) => vendor.build(texts, as, by), failureOf: vendor.failureOf }, guard.signal);
      return textsOf(vendor, await jsonOf(response), texts.length);
    } catch (error) {
      // What an aborted request throws depends on where it was; the reason of the abort is the truth.
      if (guard.signal.aborted) throw guard.signal.reason;
      const isKnown = error instanceof VendorError || error instanceof ProtocolError || error instanceof NetworkError || error instanceof StageTimeout;
      throw isKnown || error instanceof AppError ? error : new NetworkError(error);
    } finally {
      guard.close();
    }
  }

  return {
    name: `${access.id}:${model}`,
    batchSize: vendor.batchSize,
    inputPrice: embeddingPriceOf(access, model),
    async embed(texts, as, signal) {
      if (texts.length === 0) return { vectors: [], inputTokens: null };
      for (let number = 1; ; number += 1) {
        try {
          return await attempt(texts, as, signal);
        } catch (error) {
          signal.throwIfAborted();
          const described = describeFailure(error, { provider: access.name, model, apiKey });
          const waitMs = waitBefore(number + 1, described, { retry, random: Math.random });
          if (waitMs === null) {
            const { code, message, retryAfterMs } = described.failure;
            throw new AppError(code, message, { cause: error, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
          }
          await delay(waitMs, signal);
        }
      }
    },
  };
}
