import { z } from 'zod';
import type { IdSource } from '../base/id.ts';
import type { StreamDecoder } from './attempts.ts';
import type { EngineFinishReason, EnginePart, EngineUsage, ToolCall } from './engine.ts';
import { ProtocolError, reasonsOf, VendorError } from './faults.ts';
import type { SentEvent } from './server-sent-events.ts';
import { tokenCount } from './token-count.ts';

const toolFragment = z.object({
  index: z.number().int().nullish(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

// Only what is used, and lenient where compatible servers are known to differ: absent and null mean the same.
const chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            /** DeepSeek, vLLM, llama.cpp, LM Studio. */
            reasoning_content: z.string().nullish(),
            /** OpenRouter, Groq, Ollama. */
            reasoning: z.string().nullish().catch(null),
            tool_calls: z.array(toolFragment).nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: tokenCount,
      completion_tokens: tokenCount,
      prompt_tokens_details: z
        .object({ cached_tokens: tokenCount.nullish().catch(null) })
        .nullish()
        .catch(null),
      completion_tokens_details: z
        .object({ reasoning_tokens: tokenCount.nullish().catch(null) })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});

const fault = z.object({ message: z.string().catch(''), type: z.unknown().optional(), code: z.unknown().optional() });

/** A failure told inside of the stream: `{"error": {...}}`, `{"error": "..."}`, or an event named `error`. */
function throwFault(event: SentEvent, data: unknown): void {
  const wrapped = typeof data === 'object' && data !== null && 'error' in data ? data.error : null;
  const error = wrapped ?? (event.event === 'error' ? data : null);
  if (error === null) return;
  const parsed = fault.safeParse(error);
  if (!parsed.success)
    throw new VendorError({ status: null, reasons: [], message: typeof error === 'string' ? error : JSON.stringify(error), retryAfterMs: null });
  const { message, type, code } = parsed.data;
  // OpenRouter, vLLM and llama.cpp put the HTTP status, which came too early to tell, into the code.
  const status = typeof code === 'number' && code >= 400 && code < 600 ? code : null;
  throw new VendorError({ status, reasons: reasonsOf(type, code), message, retryAfterMs: null });
}

function parseChunk(event: SentEvent): z.infer<typeof chunk> {
  let data: unknown;
  try {
    data = JSON.parse(event.data);
  } catch {
    throw new ProtocolError('sent an event that is not JSON');
  }
  throwFault(event, data);
  const parsed = chunk.safeParse(data);
  if (!parsed.success) throw new ProtocolError('sent an event that is not a chat completion chunk');
  return parsed.data;
}

interface PendingCall {
  readonly id: string;
  name: string;
  arguments: string;
}

/** Puts calls together from their fragments, which may come mixed. */
function createCallAssembly(newId: IdSource): { add(fragment: z.infer<typeof toolFragment>): void; calls(): readonly ToolCall[] } {
  const calls: PendingCall[] = [];
  const byIndex = new Map<number, PendingCall>();
  return {
    add: (fragment) => {
      const { id, index } = fragment;
      const known = typeof index === 'number' ? byIndex.get(index) : calls.at(-1);
      const hasOtherId = typeof id === 'string' && id !== '' && id !== known?.id;
      // Some servers count every parallel call as index 0, or give none: there a new id means a new call.
      const isNew = known === undefined || (hasOtherId && typeof fragment.function?.name === 'string' && fragment.function.name !== '');
      const call = isNew ? { id: typeof id === 'string' && id !== '' ? id : `call_${newId()}`, name: '', arguments: '' } : known;
      if (isNew) calls.push(call);
      if (typeof index === 'number') byIndex.set(index, call);
      if (call.name === '') call.name = fragment.function?.name ?? '';
      call.arguments += fragment.function?.arguments ?? '';
    },
    calls: () => calls.map((call) => ({ id: call.id, name: call.name, arguments: call.arguments === '' ? '{}' : call.arguments })),
  };
}

function toFinishReason(reason: string, hasCalls: boolean): EngineFinishReason {
  switch (reason) {
    case 'length':
      return 'LENGTH';
    case 'content_filter':
      return 'CONTENT_FILTER';
    default:
      // Compatible servers end with "stop" after tool calls, and have reasons of their own for a plain end.
      return hasCalls ? 'TOOL_CALLS' : 'STOP';
  }
}

/**
 * Decodes a stream of chat completion chunks (https://platform.openai.com/docs/api-reference/chat-streaming).
 *
 * @param newId for calls that a server sends without an id
 */
export function createOpenAiDecoder(newId: IdSource): StreamDecoder {
  const assembly = createCallAssembly(newId);
  let finishReason: string | null = null;
  let usage: EngineUsage | null = null;
  let hasRefused = false;
  let hasBegun = false;
  let isDone = false;

  return {
    take: (event) => {
      if (event.data === '[DONE]') {
        isDone = true;
        return [];
      }
      const { choices, usage: counted } = parseChunk(event);
      if (counted) {
        usage = {
          inputTokens: counted.prompt_tokens,
          cachedInputTokens: counted.prompt_tokens_details?.cached_tokens ?? 0,
          outputTokens: counted.completion_tokens,
          reasoningTokens: counted.completion_tokens_details?.reasoning_tokens ?? 0,
        };
      }
      const [choice] = choices ?? [];
      if (choice === undefined) return [];
      const parts: EnginePart[] = [];
      const { delta } = choice;
      const reasoning = delta?.reasoning_content ?? delta?.reasoning ?? '';
      if (reasoning !== '') parts.push({ type: 'reasoning', text: reasoning });
      if (delta?.content) parts.push({ type: 'text', text: delta.content });
      if (delta?.refusal) {
        hasRefused = true;
        parts.push({ type: 'text', text: delta.refusal });
      }
      const fragments = delta?.tool_calls ?? [];
      for (const fragment of fragments) assembly.add(fragment);
      hasBegun ||= parts.length > 0 || fragments.length > 0;
      if (choice.finish_reason) finishReason = choice.finish_reason;
      return parts;
    },
    hasBegun: () => hasBegun,
    isComplete: () => isDone,
    end: () => {
      const counted: readonly EnginePart[] = usage === null ? [] : [{ type: 'usage', usage }];
      if (finishReason === null) throw new ProtocolError('ended its stream without a finish reason');
      if (finishReason === 'error' || finishReason === 'abort') {
        throw new VendorError({ status: null, reasons: ['server_error'], message: `finish_reason ${finishReason}`, retryAfterMs: null });
      }
      const calls = assembly.calls();
      const reason = hasRefused ? 'CONTENT_FILTER' : toFinishReason(finishReason, calls.length > 0);
      // An answer that was cut off may have been cut inside of a call.
      const whole = reason === 'TOOL_CALLS' ? calls : [];
      return [...whole.map((call) => ({ type: 'toolCall' as const, call })), ...counted, { type: 'finish', reason }];
    },
  };
}
