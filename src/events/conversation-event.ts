import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../base/errors.ts';

const codes = Object.keys(errorCodes).filter((code): code is ErrorCode => code in errorCodes);

/** The facts of a conversation, as they are stored. */
export const conversationEventData = z.discriminatedUnion('type', [
  z.object({ type: z.literal('MessageAdded'), messageId: z.string() }),
  z.object({ type: z.literal('RunChanged'), runId: z.string(), status: z.enum(['QUEUED', 'RUNNING', 'AWAITING_INPUT', 'COMPLETED', 'STOPPED', 'FAILED']) }),
  z.object({ type: z.literal('PartChanged'), messageId: z.string(), partId: z.string(), version: z.number().int() }),
  z.object({ type: z.literal('BranchSwitched'), messageId: z.string() }),
  z.object({ type: z.literal('MessagesDeleted'), messageId: z.string(), count: z.number().int() }),
  z.object({ type: z.literal('ConversationTitleChanged'), title: z.string().nullable() }),
  z.object({ type: z.literal('PersonasChanged') }),
  /** `code` says why, where it is neither its natural end nor a stop. */
  z.object({
    type: z.literal('RoundEnded'),
    turns: z.number().int(),
    reason: z.enum(['FINISHED', 'MAX_TURNS', 'STOPPED', 'FAILED']),
    code: z.enum(codes).nullable(),
  }),
  /** Never stored: what a reader says when the conversation is gone. */
  z.object({ type: z.literal('ConversationDeleted') }),
]);

/** What an event says. */
export type ConversationEventData = z.infer<typeof conversationEventData>;

/** A numbered fact of a conversation. */
export interface ConversationEvent {
  readonly conversationId: string;
  /** 1, 2, 3 ... without a gap. */
  readonly seq: number;
  readonly createdAt: Date;
  readonly data: ConversationEventData;
}
