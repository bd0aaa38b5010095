import { normalised, type EmbeddedTexts, type Embedder } from '../../base/embedder.ts';
import { AppError } from '../../base/errors.ts';
import type { EngineAccess } from '../create-engine.ts';
import { ProtocolError } from '../faults.ts';
import { callForJson, type JsonCallSurroundings } from '../json-call.ts';
import { embeddingPriceOf } from './prices.ts';
import type { EmbeddingAnswer, EmbeddingVendor, VendorOptions } from './vendor.ts';

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
export async function createEmbedder(access: EngineAccess, model: string, surroundings: JsonCallSurroundings): Promise<Embedder> {
  const apiKey = access.apiKey ?? '';
  const found = await vendorOf(access.kind, { apiKey, baseUrl: access.baseUrl, model });
  if (found === null)
    throw new AppError('ENGINE_UNKNOWN', `${access.name} makes no vectors of texts. Choose another embedding model, for example "embedded:english".`);

  return {
    name: `${access.id}:${model}`,
    batchSize: found.batchSize,
    inputPrice: embeddingPriceOf(access, model),
    async embed(texts, as, signal) {
      if (texts.length === 0) return { vectors: [], inputTokens: null };
      const call = {
        build: (fetch: typeof globalThis.fetch) => found.build(texts, as, fetch),
        read: (answer: unknown) => textsOf(found, answer, texts.length),
        failureOf: (response: Response) => found.failureOf(response),
      };
      return callForJson(call, { provider: access.name, model, apiKey }, surroundings, signal);
    },
  };
}
