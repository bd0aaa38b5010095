import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../base/errors.ts';
import { conversationMood, judgedMessage } from '../base/sentiment.ts';

const codes = Object.keys(errorCodes).filter((code): code is ErrorCode => code in errorCodes);

/** Why a run finished that did not fail. */
const finishReasons = ['STOP', 'LENGTH', 'CONTENT_FILTER', 'MAX_STEPS', 'STOPPED'] as const;

/** One of `finishReasons`. */
export type FinishReason = (typeof finishReasons)[number];

/** The reason of a finished run from its stored text; null when it has none. */
export function finishReasonOf(stored: string | null): FinishReason | null {
  return finishReasons.find((reason) => reason === stored) ?? null;
}

/** The facts of a run, as they are stored. The last one of every run is `RunFinished` or `RunFailed`. */
export const runEventData = z.discriminatedUnion('type', [
  z.object({ type: z.literal('RunStarted'), messageId: z.string(), model: z.string() }),
  z.object({ type: z.literal('ModelChanged'), model: z.string(), reason: z.string() }),
  /** Who answers, where a moderator picked it after the run began. */
  z.object({ type: z.literal('SpeakerChosen'), personaId: z.string(), name: z.string(), model: z.string() }),
  /** `position` is the place of its text part in the message. */
  z.object({ type: z.literal('TextDelta'), position: z.number(), text: z.string() }),
  /** `position` as for text; runs of before have none. */
  z.object({ type: z.literal('ReasoningDelta'), position: z.number().optional(), text: z.string() }),
  z.object({ type: z.literal('ToolCallStarted'), toolCallId: z.string(), name: z.string() }),
  /** The run waits from here on; the next event is that somebody answered, or the end. */
  z.object({
    type: z.literal('InputRequested'),
    kind: z.enum(['QUESTION', 'APPROVAL']),
    text: z.string(),
    choices: z.array(z.string()),
    toolCallId: z.string(),
    toolName: z.string(),
    arguments: z.string(),
    expiresAt: z.iso.datetime(),
  }),
  /** `isApproved` is null for the answer to a question. */
  z.object({ type: z.literal('InputGiven'), toolCallId: z.string(), isApproved: z.boolean().nullable(), answer: z.string().nullable() }),
  z.object({ type: z.literal('StatusChanged'), status: z.string() }),
  z.object({ type: z.literal('QueryResultReady'), partId: z.string() }),
  z.object({ type: z.literal('PlotReady'), partId: z.string() }),
  z.object({ type: z.literal('CitationReady'), partId: z.string() }),
  z.object({ type: z.literal('ImageReady'), partId: z.string() }),
  /** `previewId` names a file that is kept for a while. */
  z.object({ type: z.literal('ImagePreviewed'), previewId: z.string(), index: z.number() }),
  z.object({ type: z.literal('PlanProposed'), partId: z.string(), isApplied: z.boolean() }),
  z.object({ type: z.literal('SentimentReady'), message: judgedMessage, conversation: conversationMood }),
  z.object({ type: z.literal('TitleChanged'), title: z.string() }),
  /** Runs of before these were counted have only the tokens. */
  z.object({
    type: z.literal('UsageReported'),
    inputTokens: z.number(),
    cachedInputTokens: z.number().default(0),
    outputTokens: z.number(),
    reasoningTokens: z.number().default(0),
    costMicros: z.number().nullable().default(null),
    isEstimated: z.boolean().default(false),
  }),
  z.object({ type: z.literal('RunFinished'), reason: z.enum(finishReasons), dataUpdated: z.boolean() }),
  z.object({ type: z.literal('RunFailed'), code: z.enum(codes), message: z.string(), retryable: z.boolean(), retryAfterMs: z.number().nullable() }),
]);

/** What an event says. */
export type RunEventData = z.infer<typeof runEventData>;

/** The event that ends a run. */
export type RunEndData = Extract<RunEventData, { type: 'RunFinished' | 'RunFailed' }>;

/** A numbered fact of a run. */
export interface RunEvent {
  readonly runId: string;
  /** 1, 2, 3 ... without a gap. */
  readonly seq: number;
  readonly createdAt: Date;
  readonly data: RunEventData;
}

/** Whether nothing can follow this event. */
export function isLastEvent(event: { readonly data: RunEventData }): boolean {
  return event.data.type === 'RunFinished' || event.data.type === 'RunFailed';
}
