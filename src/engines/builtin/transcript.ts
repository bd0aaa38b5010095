import type { IdSource } from '../../base/id.ts';
import type { EngineMessage, ToolCall } from '../engine.ts';
import type { CallOutcome, PlannedCall } from './script.ts';

/** One step of the turn that is under way: the calls that were made together, and how they went. */
export interface RecordedStep {
  readonly calls: readonly ToolCall[];
  readonly outcomes: readonly CallOutcome[];
}

/**
 * Finds the steps of the turn that is under way: what came after the last message of the user, or after the last answer that called no tools.
 *
 * @param messages the conversation, oldest first
 */
export function readSteps(messages: readonly EngineMessage[]): readonly RecordedStep[] {
  const isBoundary = (message: EngineMessage): boolean => message.role === 'user' || (message.role === 'assistant' && message.toolCalls.length === 0);
  const start = messages.findLastIndex(isBoundary) + 1;
  const outcomes = new Map<string, CallOutcome>();
  for (const message of messages.slice(start)) {
    if (message.role === 'tool') outcomes.set(message.toolCallId, { content: message.content, isError: message.isError });
  }
  return messages.slice(start).flatMap((message) => {
    if (message.role !== 'assistant') return [];
    return [{ calls: message.toolCalls, outcomes: message.toolCalls.map((call) => outcomes.get(call.id) ?? { content: 'no answer', isError: true }) }];
  });
}

/** What the person said, oldest first. */
export function questionsOf(messages: readonly EngineMessage[]): readonly string[] {
  return messages.flatMap((message) => (message.role === 'user' ? [message.text] : []));
}

/** The text of the last message of the user; empty when there is none. */
export function lastQuestion(messages: readonly EngineMessage[]): string {
  const last = messages.findLast((message) => message.role === 'user');
  return last?.role === 'user' ? last.text : '';
}

/** A planned call as the agent loop wants it. */
export function toToolCall(planned: PlannedCall, ids: IdSource): ToolCall {
  return { id: `builtin-${ids()}`, name: planned.name, arguments: JSON.stringify(planned.arguments) };
}

/** Whether a recorded step is the one that the script plans: the same tools with the same arguments. */
export function isSameStep(recorded: RecordedStep, planned: readonly PlannedCall[]): boolean {
  return (
    recorded.calls.length === planned.length &&
    planned.every((call, index) => recorded.calls[index]?.name === call.name && recorded.calls[index]?.arguments === JSON.stringify(call.arguments))
  );
}
