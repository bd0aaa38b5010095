import type { EngineUsage } from '../../engines/engine.ts';

/** What a run used, over all its steps. */
export interface RunUsage extends EngineUsage {
  /** Millionths of a US dollar; null where a price is unknown. */
  readonly costMicros: bigint | null;
  /** Whether any of it is an estimate. */
  readonly isEstimated: boolean;
}

/** Of a run that called no model. */
export const noUsage: RunUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0, costMicros: 0n, isEstimated: false };

/** Two usages together; a cost that is unknown makes the whole unknown. */
export function addUsage(one: RunUsage, other: RunUsage): RunUsage {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    costMicros: one.costMicros === null || other.costMicros === null ? null : one.costMicros + other.costMicros,
    isEstimated: one.isEstimated || other.isEstimated,
  };
}

/** As it stands in the row of a run. SQL by hand gives large numbers as text. */
export interface StoredUsage {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly costMicros: bigint | string | null;
  readonly isUsageEstimated: boolean;
}

/** What a run used as its row tells it; null until the end. */
export function usageOfRun({ inputTokens, cachedInputTokens, outputTokens, reasoningTokens, costMicros, isUsageEstimated }: StoredUsage): RunUsage | null {
  if (inputTokens === null || outputTokens === null) return null;
  return {
    inputTokens,
    cachedInputTokens: cachedInputTokens ?? 0,
    outputTokens,
    reasoningTokens: reasoningTokens ?? 0,
    costMicros: costMicros === null ? null : BigInt(costMicros),
    isEstimated: isUsageEstimated,
  };
}
