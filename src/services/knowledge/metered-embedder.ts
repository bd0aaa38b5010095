import type { Embedder } from '../../base/embedder.ts';
import { countReading } from '../usage/counted-reading.ts';
import { estimateTokens } from '../usage/estimate.ts';
import type { Metering } from '../usage/metering.ts';

/** Who asks for something, and where. */
export interface Asker {
  readonly askerId: string;
  /** The run that it is part of; null for none. */
  readonly runId: string | null;
  readonly conversationId: string | null;
}

/** For whom a model makes vectors: what the key of the installation is used for is of whoever asks. */
export interface KnowledgeCall extends Asker {
  /** Whose base it is: with their key it is called where they have one. */
  readonly ownerId: string;
}

/** What an owner does with their base, of themselves. */
export const byOwner = (ownerId: string): KnowledgeCall => ({ ownerId, askerId: ownerId, runId: null, conversationId: null });

/** Who pays. What somebody asks for with another person's key is in that person's usage, without the run and the conversation, which are not theirs. */
function payerOf({ ownerId, askerId, runId, conversationId }: KnowledgeCall, isOwnKey: boolean) {
  const purpose = 'EMBEDDING' as const;
  return isOwnKey && ownerId !== askerId
    ? { userId: ownerId, purpose, runId: null, conversationId: null }
    : { userId: askerId, purpose, runId, conversationId };
}

/**
 * An embedder whose every batch is counted. The attempts of one batch are one call.
 *
 * @returns an embedder that throws QUOTA_EXCEEDED for what does not fit
 */
export function createMeteredEmbedder(
  { embedder, isOwnKey, workspaceId }: { readonly embedder: Embedder; readonly isOwnKey: boolean; readonly workspaceId: string | null },
  call: KnowledgeCall,
  metering: Pick<Metering, 'openReading'>,
): Embedder {
  const colon = embedder.name.indexOf(':');
  const begun = { call: payerOf(call, isOwnKey), provider: embedder.name.slice(0, colon), model: embedder.name.slice(colon + 1), isOwnKey, workspaceId };
  return {
    ...embedder,
    async embed(texts, as, signal) {
      if (texts.length === 0) return { vectors: [], inputTokens: null };
      const reading = { inputTokens: estimateTokens(texts), inputPrice: embedder.inputPrice };
      return countReading(metering, begun, reading, () => embedder.embed(texts, as, signal), signal);
    },
  };
}
