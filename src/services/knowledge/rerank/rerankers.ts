import { createReranker, isReranker } from '../../../engines/reranking/create-reranker.ts';
import { countReading } from '../../usage/counted-reading.ts';
import { estimateTokens } from '../../usage/estimate.ts';
import type { Metering } from '../../usage/metering.ts';
import type { Asker } from '../metered-embedder.ts';
import type { ProviderAccesses } from '../provider-accesses.ts';

/** Orders texts by a model that is made for that; its calls are counted. */
export type OrderTexts = (question: string, texts: readonly string[], signal: AbortSignal) => Promise<readonly number[]>;

/** The models that are made for nothing but putting texts in order. */
export interface Rerankers {
  /**
   * What a name means for whoever asks: with their own key where they have one for the provider, else with the installation's.
   *
   * @param name `provider:model`
   * @returns null for a model of chats
   */
  of(asker: Asker, name: string): Promise<OrderTexts | null>;
}

/** Finds them. */
export function createRerankers({
  accesses,
  metering,
}: {
  readonly accesses: Pick<ProviderAccesses, 'find'>;
  readonly metering: Pick<Metering, 'openReading'>;
}): Rerankers {
  return {
    async of({ askerId, runId, conversationId }, name) {
      const colon = name.indexOf(':');
      const provider = name.slice(0, Math.max(0, colon));
      const model = name.slice(colon + 1);
      const found = await accesses.find(askerId, provider);
      if (found === null || !isReranker(found.access, model)) return null;
      const { access, surroundings, isOwnKey, workspaceId } = found;
      const reranker = createReranker(access, model, surroundings);
      const begun = { call: { userId: askerId, purpose: 'RERANKING', runId, conversationId }, provider, model, isOwnKey, workspaceId } as const;
      return async (question, texts, signal) => {
        // Such a model reads the question with each of the texts.
        const inputTokens = estimateTokens(texts) + texts.length * estimateTokens([question]);
        const { order } = await countReading(metering, begun, { inputTokens, inputPrice: null }, () => reranker.order(question, texts, signal), signal);
        return order;
      };
    },
  };
}
