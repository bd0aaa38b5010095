import { Ollama } from 'ollama/browser';
import { z } from 'zod';
import { systemClock } from '../../base/clock.ts';
import { beginningOf } from '../captured-request.ts';
import { retryAfterMsOf, VendorError } from '../faults.ts';
import { toldTokens } from '../told-tokens.ts';
import type { EmbeddingVendor, VendorOptions } from './vendor.ts';

const answerShape = z.object({ embeddings: z.array(z.array(z.number())), prompt_eval_count: toldTokens });
const failureShape = z.object({ error: z.string() });

/** Ollama, by `/api/embed`. What a model cannot read of a long text is cut off there. */
export function createOllamaEmbedding({ apiKey, baseUrl, model }: VendorOptions): EmbeddingVendor {
  return {
    batchSize: 32,
    build: (texts, _as, fetch) => {
      const client = new Ollama({
        host: baseUrl ?? 'http://127.0.0.1:11434',
        // For ollama.com the SDK takes a key out of the environment, whoever asks: here none is sent but the one that was given.
        fetch: (input, init) => {
          const headers = new Headers(init?.headers);
          if (apiKey === '') headers.delete('authorization');
          else headers.set('authorization', `Bearer ${apiKey}`);
          return fetch(input, { ...init, headers });
        },
      });
      return client.embed({ model, input: [...texts], truncate: true });
    },
    read: (answer) => {
      const { embeddings, prompt_eval_count: inputTokens } = answerShape.parse(answer);
      return { vectors: embeddings, inputTokens };
    },
    failureOf: async (response) => {
      const text = await beginningOf(response);
      let message = text;
      try {
        message = failureShape.parse(JSON.parse(text)).error;
      } catch {
        // A proxy's web page, say.
      }
      return new VendorError({ status: response.status, reasons: [], message, retryAfterMs: retryAfterMsOf(response.headers, systemClock.now()) });
    },
  };
}
