import type { UsagePurpose } from '../../../prisma/generated/client.ts';
import type { JsonObject } from '../../base/json.ts';

/** What a span can be. */
export const spanKinds = ['MODEL_CALL', 'TOOL_CALL'] as const;

/** A step of a run: a call of a model, or of a tool. */
export interface TraceSpan {
  readonly id: string;
  readonly runId: string;
  readonly kind: (typeof spanKinds)[number];
  /** What a model was called for; null for tools. */
  readonly purpose: UsagePurpose | null;
  /** `provider:model`, or the name of a tool. */
  readonly name: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** From its start to the first part of the answer, in milliseconds; null where there was none. */
  readonly firstTokenMs: number | null;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  /** Why a model ended; null where it failed or was left. */
  readonly finishReason: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** What was sent and received; null where that is not kept. */
  readonly input: JsonObject | null;
  readonly output: JsonObject | null;
  /** Whether texts in them were cut. */
  readonly isTruncated: boolean;
}
