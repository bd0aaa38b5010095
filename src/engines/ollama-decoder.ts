import { z } from 'zod';
import type { IdSource } from '../base/id.ts';
import type { StreamDecoder } from './attempts.ts';
import type { EnginePart } from './engine.ts';
import { ProtocolError, VendorError } from './faults.ts';
import type { SentEvent } from './server-sent-events.ts';
import { tokenCount } from './token-count.ts';

const line = z.object({
  message: z
    .object({
      content: z.string().nullish(),
      thinking: z.string().nullish(),
      tool_calls: z.array(z.object({ function: z.object({ name: z.string(), arguments: z.record(z.string(), z.json()).nullish() }) })).nullish(),
    })
    .nullish(),
  done: z.boolean().nullish(),
  done_reason: z.string().nullish().catch(null),
  prompt_eval_count: tokenCount.nullish().catch(null),
  eval_count: tokenCount.nullish().catch(null),
});

const failure = z.object({ error: z.string() });

function parseLine(event: SentEvent): z.infer<typeof line> {
  let data: unknown;
  try {
    data = JSON.parse(event.data);
  } catch {
    throw new ProtocolError('sent a line that is not JSON');
  }
  const failed = failure.safeParse(data);
  if (failed.success) throw new VendorError({ status: null, reasons: ['server_error'], message: failed.data.error, retryAfterMs: null });
  const parsed = line.safeParse(data);
  if (!parsed.success || (parsed.data.message == null && parsed.data.done == null)) throw new ProtocolError('sent a line that is not of the API of Ollama');
  return parsed.data;
}

/**
 * Decodes the lines of an answer (https://docs.ollama.com/api/streaming). The terminal marker is `"done": true`.
 *
 * @param newId for calls, which have no ids here
 */
export function createOllamaDecoder(newId: IdSource): StreamDecoder {
  const calls: EnginePart[] = [];
  let doneReason: string | null = null;
  let hasBegun = false;

  return {
    take: (event) => {
      const { message, done, done_reason, prompt_eval_count, eval_count } = parseLine(event);
      const parts: EnginePart[] = [];
      if (message?.thinking) parts.push({ type: 'reasoning', text: message.thinking });
      if (message?.content) parts.push({ type: 'text', text: message.content });
      for (const { function: called } of message?.tool_calls ?? []) {
        calls.push({ type: 'toolCall', call: { id: `call_${newId()}`, name: called.name, arguments: JSON.stringify(called.arguments ?? {}) } });
      }
      hasBegun ||= parts.length > 0 || calls.length > 0;
      if (done !== true) return parts;
      doneReason = done_reason ?? 'stop';
      // A prompt that was kept from before is not counted, so the count of input may be absent.
      const usage = { inputTokens: prompt_eval_count ?? 0, cachedInputTokens: 0, outputTokens: eval_count ?? 0, reasoningTokens: 0 };
      return [...parts, { type: 'usage', usage }];
    },
    hasBegun: () => hasBegun,
    isComplete: () => doneReason !== null,
    end: () => {
      if (doneReason === null) throw new ProtocolError('ended its stream without "done"');
      if (doneReason === 'length') return [{ type: 'finish', reason: 'LENGTH' }];
      return [...calls, { type: 'finish', reason: calls.length > 0 ? 'TOOL_CALLS' : 'STOP' }];
    },
  };
}
