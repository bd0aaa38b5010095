import { GoogleGenAI } from '@google/genai';
import { z } from 'zod';
import { systemClock } from '../../base/clock.ts';
import { beginningOf } from '../captured-request.ts';
import { retryAfterMsOf, VendorError } from '../faults.ts';
import { geminiFault } from '../gemini-fault.ts';
import type { EmbeddingVendor, VendorOptions } from './vendor.ts';

const answerShape = z.object({ embeddings: z.array(z.object({ values: z.array(z.number()) })) });

/** Google's Gemini. It makes other vectors of questions than of passages. */
export function createGeminiEmbedding({ apiKey, baseUrl, model }: VendorOptions): EmbeddingVendor {
  return {
    // The most that one request may have: https://ai.google.dev/api/embeddings
    batchSize: 100,
    build: (texts, as, fetch) => {
      const client = new GoogleGenAI({
        apiKey,
        vertexai: false,
        httpOptions: { baseUrl: baseUrl ?? 'https://generativelanguage.googleapis.com', apiVersion: 'v1beta', fetch },
      });
      const taskType = as === 'QUERY' ? 'RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT';
      return client.models.embedContent({ model, contents: [...texts], config: { taskType } });
    },
    // It does not say what it has read.
    read: (answer) => ({ vectors: answerShape.parse(answer).embeddings.map(({ values }) => values), inputTokens: null }),
    failureOf: async (response) => {
      const text = await beginningOf(response);
      let fault = null;
      try {
        fault = geminiFault(JSON.parse(text), response.status);
      } catch {
        // A proxy's web page, say.
      }
      const retryAfterMs = fault?.retryAfterMs ?? retryAfterMsOf(response.headers, systemClock.now());
      return new VendorError({ status: response.status, reasons: fault?.reasons ?? [], message: fault?.message ?? text, retryAfterMs });
    },
  };
}
