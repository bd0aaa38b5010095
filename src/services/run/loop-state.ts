import { z } from 'zod';
import type { EngineMessage, ToolCall } from '../../engines/engine.ts';
import { shownPassages, type ShownPassages } from '../knowledge/citation.ts';
import type { InputRequest, ToolOutcome } from '../run-tool.ts';

const toolCall = z.object({ id: z.string(), name: z.string(), arguments: z.string(), signature: z.string().exactOptional() });

/** Where the loop of a run stands while it waits for a person: all that another node needs besides the conversation. */
export const pausedLoop = z.object({
  /** How many times the engine was called. */
  step: z.number(),
  /** What came after the question: the engine's messages, and the results of its calls. */
  messages: z.array(
    z.discriminatedUnion('role', [
      z.object({ role: z.literal('assistant'), text: z.string(), toolCalls: z.array(toolCall) }),
      z.object({ role: z.literal('tool'), toolCallId: z.string(), name: z.string(), content: z.string(), isError: z.boolean() }),
    ]),
  ),
  /** The calls of the last message that have no result yet; the first is the one that a person is asked about. */
  calls: z.array(toolCall).min(1),
  /** What it was shown of knowledge bases; null for nothing. */
  shown: shownPassages.nullable().default(null),
  /** In whose name it was asked; null for the assistant without a persona. */
  personaId: z.string().nullable(),
});

/** See `pausedLoop`. */
export type PausedLoop = z.output<typeof pausedLoop>;

/** What a person has said. */
export type GivenInput =
  | { readonly kind: 'QUESTION'; readonly answer: string }
  | { readonly kind: 'APPROVAL'; readonly isApproved: boolean; readonly reason: string | null };

/** A loop that stops for a person. */
export interface LoopPause {
  readonly request: InputRequest;
  readonly state: LoopPosition;
}

/** Where a loop that stops stands. */
export type LoopPosition = {
  readonly step: number;
  readonly messages: readonly EngineMessage[];
  readonly calls: readonly ToolCall[];
  /** What it was shown of knowledge bases; nothing by default. */
  readonly shown?: ShownPassages;
};

/** A loop that goes on. */
export interface ResumedLoop {
  readonly state: PausedLoop;
  readonly said: GivenInput;
}

/** The result of a call that is not run, because a person has answered in its place; null where it is run. */
export function resultOf(said: GivenInput): ToolOutcome | null {
  if (said.kind === 'QUESTION') return { content: JSON.stringify({ answer: said.answer }), isError: false };
  if (said.isApproved) return null;
  const told = { isRejected: true, reason: said.reason, advice: 'The person did not allow this call. Do not try it again unless they ask for it.' };
  return { content: JSON.stringify(told), isError: false };
}
