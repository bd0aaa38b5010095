import { z } from 'zod';
import { createOpenAiClient } from '../openai-client.ts';
import { openAiFailureOf } from '../openai-failure.ts';
import { toldTokens } from '../told-tokens.ts';
import type { EmbeddingVendor, VendorOptions } from './vendor.ts';

const answerShape = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })),
  usage: z.object({ prompt_tokens: toldTokens }).nullish().catch(null),
});

/** OpenAI, and every server that speaks its embeddings API (vLLM, LM Studio, llama.cpp, Text Embeddings Inference, ...). */
export function createOpenAiEmbedding({ apiKey, baseUrl, model }: VendorOptions): EmbeddingVendor {
  return {
    // OpenAI takes 2,048 texts, but servers with one graphics card fewer, and a question waits for no batch.
    batchSize: 64,
    build: (texts, _as, fetch) => {
      const client = createOpenAiClient({ apiKey: apiKey === '' ? null : apiKey, baseUrl, fetch });
      // By default it asks for base64, which few other servers know.
      return client.embeddings.create({ model, input: [...texts], encoding_format: 'float' });
    },
    read: (answer) => {
      const { data, usage } = answerShape.parse(answer);
      return { vectors: data.toSorted((one, other) => one.index - other.index).map(({ embedding }) => embedding), inputTokens: usage?.prompt_tokens ?? null };
    },
    failureOf: openAiFailureOf,
  };
}
