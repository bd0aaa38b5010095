import { z } from 'zod';
import type { StreamDecoder } from './attempts.ts';
import type { EngineFinishReason, EnginePart } from './engine.ts';
import { ProtocolError, reasonsOf, VendorError } from './faults.ts';
import type { SentEvent } from './server-sent-events.ts';
import { longestTokenCount, tokenCount } from './token-count.ts';

const count = tokenCount.nullish().catch(null);
const usage = z
  .object({
    input_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    output_tokens: count,
    output_tokens_details: z.object({ thinking_tokens: count }).nullish().catch(null),
  })
  .nullish();

const index = z.number().int();

/** The events that are used. Others, and kinds of blocks and deltas that are added later, are passed over, as the protocol asks for. */
const streamEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: z.object({ usage }) }),
  z.object({
    type: z.literal('content_block_start'),
    index,
    content_block: z.object({
      type: z.string(),
      id: z.string().optional(),
      name: z.string().optional(),
      input: z.unknown().optional(),
      text: z.string().optional(),
    }),
  }),
  z.object({
    type: z.literal('content_block_delta'),
    index,
    delta: z.object({ type: z.string(), text: z.string().optional(), thinking: z.string().optional(), partial_json: z.string().optional() }),
  }),
  z.object({ type: z.literal('content_block_stop'), index }),
  z.object({ type: z.literal('message_delta'), delta: z.object({ stop_reason: z.string().nullish() }), usage }),
  z.object({ type: z.literal('message_stop') }),
  z.object({ type: z.literal('error'), error: z.object({ type: z.string().catch(''), message: z.string().catch('') }) }),
]);

type StreamEvent = z.infer<typeof streamEvent>;

const namedTypes: ReadonlySet<string> = new Set(streamEvent.options.map((option) => option.shape.type.value));

function parseEvent(event: SentEvent): StreamEvent | null {
  let data: unknown;
  try {
    data = JSON.parse(event.data);
  } catch {
    throw new ProtocolError('sent an event that is not JSON');
  }
  const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : null;
  if (typeof type !== 'string') throw new ProtocolError('sent an event without a type');
  if (!namedTypes.has(type)) return null;
  const parsed = streamEvent.safeParse(data);
  if (!parsed.success) throw new ProtocolError(`sent an event "${type}" that is not of the messages API`);
  return parsed.data;
}

function toFinishReason(reason: string | null): EngineFinishReason {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'LENGTH';
    case 'refusal':
      return 'CONTENT_FILTER';
    case 'tool_use':
      return 'TOOL_CALLS';
    case null:
    default:
      // end_turn, stop_sequence, pause_turn (only with tools of the provider, which we never ask for), and what may be added.
      return 'STOP';
  }
}

interface OpenCall {
  readonly id: string;
  readonly name: string;
  /** What came with the start; used when no fragment follows. */
  readonly input: unknown;
  json: string;
}

/** Decodes a stream of message events (https://platform.claude.com/docs/en/build-with-claude/streaming). */
export function createAnthropicDecoder(): StreamDecoder {
  const openCalls = new Map<number, OpenCall>();
  const calls: EnginePart[] = [];
  let inputTokens = 0;
  let cachedInputTokens = 0;
  let outputTokens = 0;
  let reasoningTokens = 0;
  let stopReason: string | null = null;
  let hasBegun = false;
  let isStopped = false;

  /** The counts are totals; the later event may leave out what the earlier has said. Input from and into the cache is input. */
  const addUsage = (counted: z.infer<typeof usage>): readonly EnginePart[] => {
    if (!counted) return [];
    const input = (counted.input_tokens ?? 0) + (counted.cache_creation_input_tokens ?? 0) + (counted.cache_read_input_tokens ?? 0);
    inputTokens = Math.min(longestTokenCount, Math.max(inputTokens, input));
    cachedInputTokens = Math.max(cachedInputTokens, counted.cache_read_input_tokens ?? 0);
    outputTokens = Math.max(outputTokens, counted.output_tokens ?? 0);
    reasoningTokens = Math.max(reasoningTokens, counted.output_tokens_details?.thinking_tokens ?? 0);
    return [{ type: 'usage', usage: { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } }];
  };

  const take = (event: StreamEvent): readonly EnginePart[] => {
    switch (event.type) {
      case 'message_start':
        return addUsage(event.message.usage);
      case 'content_block_start': {
        const { type, id, name, input, text } = event.content_block;
        // A block of text may stay empty; one of another kind (a call, thinking that is not shown) is already being written.
        hasBegun ||= type !== 'text' || Boolean(text);
        if (type === 'tool_use' && id !== undefined && name !== undefined) openCalls.set(event.index, { id, name, input, json: '' });
        return type === 'text' && text ? [{ type: 'text', text }] : [];
      }
      case 'content_block_delta': {
        const { type, text, thinking, partial_json } = event.delta;
        const call = openCalls.get(event.index);
        hasBegun ||= type !== 'text_delta' || Boolean(text);
        if (type === 'input_json_delta' && call !== undefined) call.json += partial_json ?? '';
        if (type === 'text_delta' && text) return [{ type: 'text', text }];
        return type === 'thinking_delta' && thinking ? [{ type: 'reasoning', text: thinking }] : [];
      }
      case 'content_block_stop': {
        const call = openCalls.get(event.index);
        openCalls.delete(event.index);
        if (call === undefined) return [];
        const text = call.json === '' ? JSON.stringify(call.input ?? {}) : call.json;
        calls.push({ type: 'toolCall', call: { id: call.id, name: call.name, arguments: text } });
        return [];
      }
      case 'message_delta':
        stopReason = event.delta.stop_reason ?? stopReason;
        return addUsage(event.usage);
      case 'message_stop':
        isStopped = true;
        return [];
      case 'error':
        throw new VendorError({ status: null, reasons: reasonsOf(event.error.type), message: event.error.message, retryAfterMs: null });
      default:
        return event satisfies never;
    }
  };

  return {
    take: (event) => {
      const parsed = parseEvent(event);
      return parsed === null ? [] : take(parsed);
    },
    hasBegun: () => hasBegun,
    isComplete: () => isStopped,
    end: () => {
      if (!isStopped) throw new ProtocolError('ended its stream without "message_stop"');
      const reason = toFinishReason(stopReason);
      // An answer that was cut off may have been cut inside of a call.
      return [...(reason === 'TOOL_CALLS' ? calls : []), { type: 'finish', reason }];
    },
  };
}
