import { z } from 'zod';
import type { EngineAccess } from '../create-engine.ts';
import { ProtocolError } from '../faults.ts';
import { callForJson, type JsonCallSurroundings } from '../json-call.ts';
import { openAiFailureOf } from '../openai-failure.ts';
import { toldTokens } from '../told-tokens.ts';

/** An order of passages. */
export interface RerankedTexts {
  /** Their places, from 0, the best first. */
  readonly order: readonly number[];
  /** How many tokens the provider says that it has read; null where it does not say. */
  readonly inputTokens: number | null;
}

/** A model that is made for nothing but putting texts in order. */
export interface Reranker {
  /** @throws AppError with one of the codes ENGINE_*; the reason of the signal */
  order(question: string, texts: readonly string[], signal: AbortSignal): Promise<RerankedTexts>;
}

const answerShape = z.object({
  results: z.array(z.object({ index: z.int().min(0), relevance_score: z.number() })),
  usage: z.object({ total_tokens: toldTokens }).nullish().catch(null),
});

/**
 * Whether a model is asked by `/rerank`: one with that word in its name, at a server of the kind `openai-compatible`. All others are models of
 * chats, which are asked for an order in words.
 */
export const isReranker = ({ kind }: Pick<EngineAccess, 'kind'>, model: string): boolean => kind === 'openai-compatible' && /rerank/i.test(model);

function orderOf(answer: unknown, count: number): RerankedTexts {
  const parsed = answerShape.safeParse(answer);
  if (!parsed.success) throw new ProtocolError('sent no order of the texts');
  const { results, usage } = parsed.data;
  const order = results.toSorted((one, other) => other.relevance_score - one.relevance_score || one.index - other.index).map(({ index }) => index);
  if (order.length === 0 || new Set(order).size < order.length || order.some((index) => index >= count))
    throw new ProtocolError(`sent an order that is none of ${count} texts`);
  return { order, inputTokens: usage?.total_tokens ?? null };
}

/**
 * Makes a re-ranker of the access to a server that has `POST {baseUrl}/rerank` as Cohere and Jina have defined it: vLLM, llama.cpp, Infinity, LocalAI ...
 * `{ model, query, documents, top_n }` is answered with `{ results: [{ index, relevance_score }] }`: https://docs.cohere.com/reference/rerank
 *
 * @param model the part of `provider:model` behind the colon
 */
export function createReranker(access: EngineAccess, model: string, surroundings: JsonCallSurroundings): Reranker {
  const { apiKey, baseUrl, name: provider } = access;
  return {
    async order(question, texts, signal) {
      // Only loaded where it is used.
      const { createOpenAiClient } = await import('../openai-client.ts');
      const body = { model, query: question, documents: texts, top_n: texts.length };
      const call = {
        build: (fetch: typeof globalThis.fetch) => createOpenAiClient({ apiKey: apiKey || null, baseUrl, fetch }).post('/rerank', { body }),
        read: (answer: unknown) => orderOf(answer, texts.length),
        failureOf: openAiFailureOf,
      };
      return callForJson(call, { provider, model, apiKey: apiKey ?? '' }, surroundings, signal);
    },
  };
}
