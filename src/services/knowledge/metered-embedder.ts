import type { Embedder } from '../../base/embedder.ts';
import { AppError } from '../../base/errors.ts';
import { noTokens } from '../usage/cost.ts';
import { estimateTokens } from '../usage/estimate.ts';
import { chargedFailures } from '../usage/metered-engine.ts';
import type { Metering } from '../usage/metering.ts';

/** The codes of `chargedFailures`, for errors of every kind. */
const chargedCodes: ReadonlySet<string> = chargedFailures;

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
 * An embedder whose every batch is counted, as the calls of engines are: one that the provider refused counts as nothing, one that ended in order as
 * what the provider says, and every other one, and where it does not say, as an estimate of what was sent. The attempts of one batch are one call.
 *
 * @returns an embedder that throws QUOTA_EXCEEDED for what does not fit
 */
export function createMeteredEmbedder(
  { embedder, isOwnKey }: { readonly embedder: Embedder; readonly isOwnKey: boolean },
  call: KnowledgeCall,
  metering: Pick<Metering, 'openReading'>,
): Embedder {
  const colon = embedder.name.indexOf(':');
  const begun = { call: payerOf(call, isOwnKey), provider: embedder.name.slice(0, colon), model: embedder.name.slice(colon + 1), isOwnKey };
  return {
    ...embedder,
    async embed(texts, as, signal) {
      if (texts.length === 0) return { vectors: [], inputTokens: null };
      const estimated = estimateTokens(texts);
      const account = await metering.openReading(begun, { inputTokens: estimated, inputPrice: embedder.inputPrice }, signal);
      if ('code' in account) throw new AppError(account.code, account.message, account.retryAfterMs === null ? {} : { retryAfterMs: account.retryAfterMs });
      try {
        const embedded = await embedder.embed(texts, as, signal);
        account.close({ usage: { ...noTokens, inputTokens: embedded.inputTokens ?? estimated }, isEstimated: embedded.inputTokens === null });
        return embedded;
      } catch (error) {
        // A provider that had the texts may ask for them, whatever became of the answer.
        const isCharged = signal.aborted || (error instanceof AppError && chargedCodes.has(error.code));
        account.close({ usage: { ...noTokens, inputTokens: isCharged ? estimated : 0 }, isEstimated: isCharged });
        throw error;
      }
    },
  };
}
