import { AppError } from '../../base/errors.ts';
import { noTokens } from './cost.ts';
import type { BegunCall } from './entry-statements.ts';
import { chargedFailures } from './metered-engine.ts';
import type { Metering } from './metering.ts';

/** The codes of `chargedFailures`, for errors of every kind. */
const chargedCodes: ReadonlySet<string> = chargedFailures;

/**
 * Makes a call that reads texts and writes none, and counts it as the calls of engines are: one that the provider refused counts as nothing, one that
 * ended in order as what the provider says, and every other one, and where it does not say, as an estimate of what was sent.
 *
 * @param reading.inputTokens estimated
 * @param reading.inputPrice in millionths of a US dollar for a million tokens; null where it is unknown
 * @param work makes the call
 * @throws AppError QUOTA_EXCEEDED, without a call, where it does not fit; what `work` throws
 */
export async function countReading<Answer extends { readonly inputTokens: number | null }>(
  metering: Pick<Metering, 'openReading'>,
  begun: Omit<BegunCall, 'id' | 'createdAt'>,
  reading: { readonly inputTokens: number; readonly inputPrice: number | null },
  work: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const { inputTokens: estimated } = reading;
  const account = await metering.openReading(begun, reading, signal);
  if ('code' in account) throw new AppError(account.code, account.message, account.retryAfterMs === null ? {} : { retryAfterMs: account.retryAfterMs });
  try {
    const answer = await work();
    account.close({ usage: { ...noTokens, inputTokens: answer.inputTokens ?? estimated }, isEstimated: answer.inputTokens === null });
    return answer;
  } catch (error) {
    // A provider that had the texts may ask for them, whatever became of the answer.
    const isCharged = signal.aborted || (error instanceof AppError && chargedCodes.has(error.code));
    account.close({ usage: { ...noTokens, inputTokens: isCharged ? estimated : 0 }, isEstimated: isCharged });
    throw error;
  }
}
