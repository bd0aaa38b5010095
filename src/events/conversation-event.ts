import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../base/errors.ts';

const codes = Object.keys(errorCodes).filter((code): code is ErrorCode => code in errorCodes);

const participantRole = z.enum(['OWNER', 'EDITOR', 'READER']);

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
  z.object({ type: z.literal('ParticipantJoined'), userId: z.string(), role: participantRole }),
  z.object({ type: z.literal('ParticipantLeft'), userId: z.string(), wasRemoved: z.boolean() }),
  z.object({ type: z.literal('ParticipantRoleChanged'), userId: z.string(), role: participantRole }),
  /** Never stored, and without a number of its own: somebody types, until then; null for not any more. */
  z.object({ type: z.literal('TypingChanged'), userId: z.string(), until: z.date().nullable() }),
  /** Never stored, and without a number of its own: somebody opened the conversation, or closed it everywhere. */
  z.object({ type: z.literal('PresenceChanged'), userId: z.string(), isPresent: z.boolean() }),
  /** Never stored: what a reader says when the conversation is gone. */
  z.object({ type: z.literal('ConversationDeleted') }),
]);

/** What an event says. */
export type ConversationEventData = z.infer<typeof conversationEventData>;

/** A numbered fact of a conversation. */
export interface ConversationEvent {
  readonly conversationId: string;
  /** 1, 2, 3 ... without a gap; of what is never stored, the number of the fact before it. */
  readonly seq: number;
  readonly createdAt: Date;
  readonly data: ConversationEventData;
}
