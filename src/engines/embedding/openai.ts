import { z } from 'zod';
import { systemClock } from '../../base/clock.ts';
import { beginningOf } from '../captured-request.ts';
import { reasonsOf, retryAfterMsOf, VendorError } from '../faults.ts';
import { createOpenAiClient } from '../openai-client.ts';
import { toldTokens, type EmbeddingVendor, type VendorOptions } from './vendor.ts';

const answerShape = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })),
  usage: z.object({ prompt_tokens: toldTokens }).nullish().catch(null),
});
const failureShape = z.object({ error: z.object({ message: z.string().catch(''), type: z.unknown(), code: z.unknown() }) });

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
    failureOf: async (response) => {
      const text = await beginningOf(response);
      let told: z.infer<typeof failureShape>['error'] = { message: text, type: null, code: null };
      try {
        told = failureShape.parse(JSON.parse(text)).error;
      } catch {
        // A proxy's web page, say.
      }
      const { status, headers } = response;
      return new VendorError({
        status,
        reasons: reasonsOf(told.type, told.code),
        message: told.message,
        retryAfterMs: retryAfterMsOf(headers, systemClock.now()),
      });
    },
  };
}
