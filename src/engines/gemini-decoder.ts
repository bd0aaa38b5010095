import { z } from 'zod';
import type { IdSource } from '../base/id.ts';
import type { StreamDecoder } from './attempts.ts';
import type { EngineFinishReason, EnginePart } from './engine.ts';
import { ProtocolError, VendorError } from './faults.ts';
import { geminiFault } from './gemini-fault.ts';
import type { SentEvent } from './server-sent-events.ts';
import { longestTokenCount, tokenCount } from './token-count.ts';

const count = tokenCount.nullish().catch(null);

// Only what is used; parts of kinds that are added later are passed over.
const chunk = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({
            parts: z
              .array(
                z.object({
                  text: z.string().nullish(),
                  thought: z.boolean().nullish(),
                  thoughtSignature: z.string().nullish(),
                  functionCall: z.object({ id: z.string().nullish(), name: z.string(), args: z.record(z.string(), z.json()).nullish() }).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: z
    .object({
      promptTokenCount: count,
      toolUsePromptTokenCount: count,
      cachedContentTokenCount: count,
      candidatesTokenCount: count,
      thoughtsTokenCount: count,
    })
    .nullish()
    .catch(null),
});

type Chunk = z.infer<typeof chunk>;

function parseChunk(event: SentEvent): Chunk {
  let data: unknown;
  try {
    data = JSON.parse(event.data);
  } catch {
    throw new ProtocolError('sent an event that is not JSON');
  }
  const fault = geminiFault(data, null);
  if (fault !== null) throw new VendorError(fault);
  const parsed = chunk.safeParse(data);
  if (!parsed.success) throw new ProtocolError('sent an event that is not of the API of Gemini');
  return parsed.data;
}

function toFinishReason(reason: string, hasCalls: boolean): EngineFinishReason {
  switch (reason) {
    case 'MAX_TOKENS':
      return 'LENGTH';
    case 'SAFETY':
    case 'RECITATION':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'LANGUAGE':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
    case 'IMAGE_RECITATION':
      return 'CONTENT_FILTER';
    default:
      return hasCalls ? 'TOOL_CALLS' : 'STOP';
  }
}

/** What a model of Gemini does instead of calling a tool as it should; asking it again may help. */
const malformed: readonly string[] = ['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'MISSING_THOUGHT_SIGNATURE'];

function usageOf(counted: NonNullable<Chunk['usageMetadata']>): EnginePart {
  const sum = (...counts: readonly (number | null | undefined)[]): number =>
    Math.min(
      longestTokenCount,
      counts.reduce<number>((total, each) => total + (each ?? 0), 0),
    );
  return {
    type: 'usage',
    usage: {
      inputTokens: sum(counted.promptTokenCount, counted.toolUsePromptTokenCount),
      cachedInputTokens: counted.cachedContentTokenCount ?? 0,
      outputTokens: sum(counted.candidatesTokenCount, counted.thoughtsTokenCount),
      reasoningTokens: counted.thoughtsTokenCount ?? 0,
    },
  };
}

/**
 * Decodes a stream of generated content (https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent). The terminal
 * marker is the reason of the end, which comes with the last chunk.
 *
 * @param newId for calls, which have no ids of their own here
 */
export function createGeminiDecoder(newId: IdSource): StreamDecoder {
  const calls: EnginePart[] = [];
  let finishReason: string | null = null;
  let hasBegun = false;

  return {
    take: (event) => {
      const { candidates, promptFeedback, usageMetadata } = parseChunk(event);
      const parts: EnginePart[] = usageMetadata ? [usageOf(usageMetadata)] : [];
      const [candidate] = candidates ?? [];
      if (candidate === undefined) {
        const reason = promptFeedback?.blockReason;
        if (reason) throw new VendorError({ status: 400, reasons: ['content_policy'], message: `The prompt was blocked: ${reason}`, retryAfterMs: null });
        return parts;
      }
      for (const { text, thought, thoughtSignature, functionCall } of candidate.content?.parts ?? []) {
        if (text) parts.push({ type: thought === true ? 'reasoning' : 'text', text });
        if (!functionCall) continue;
        const call = { id: functionCall.id ?? `call_${newId()}`, name: functionCall.name, arguments: JSON.stringify(functionCall.args ?? {}) };
        calls.push({ type: 'toolCall', call: thoughtSignature ? { ...call, signature: thoughtSignature } : call });
      }
      hasBegun ||= calls.length > 0 || parts.some((part) => part.type !== 'usage');
      finishReason = candidate.finishReason ?? finishReason;
      return parts;
    },
    hasBegun: () => hasBegun,
    isComplete: () => finishReason !== null,
    end: () => {
      if (finishReason === null) throw new ProtocolError('ended its stream without a finish reason');
      if (malformed.includes(finishReason)) throw new ProtocolError(`wrote a call of a tool that cannot be used (${finishReason})`);
      const reason = toFinishReason(finishReason, calls.length > 0);
      return [...(reason === 'TOOL_CALLS' ? calls : []), { type: 'finish', reason }];
    },
  };
}
