import type { Json } from '../../base/json.ts';
import type { EngineMessage } from '../../engines/engine.ts';
import type { ExportedSpan, SpanAttributes } from '../../telemetry/span-export.ts';
import type { CallRecord, CallCount } from '../usage/metered-engine.ts';
import type { EndedCall } from '../usage/metering.ts';
import type { TraceSpan } from './trace-span.ts';

/*
 * Spans by the semantic conventions of OpenTelemetry for generative AI
 * (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/), in which collectors, LangSmith and Langfuse read them.
 */

/** What the conventions call our providers, where that is not what we call them. */
const providerNames: Readonly<Record<string, string>> = { gemini: 'gcp.gemini' };

/** Attributes that are known, without those that are not. */
const known = (attributes: Readonly<Record<string, SpanAttributes[string] | null | undefined>>): SpanAttributes =>
  Object.fromEntries(Object.entries(attributes).flatMap(([name, value]) => (value == null ? [] : [[name, value]])));

const textPart = (content: string): Json => ({ type: 'text', content });
const callPart = ({ id, name, arguments: asked }: { readonly id: string; readonly name: string; readonly arguments: string }): Json => ({
  type: 'tool_call',
  id,
  name,
  arguments: asked,
});

function messageOf(message: EngineMessage): Json {
  switch (message.role) {
    case 'user':
      return { role: 'user', parts: [textPart(message.text)] };
    case 'assistant':
      return { role: 'assistant', parts: [...(message.text === '' ? [] : [textPart(message.text)]), ...message.toolCalls.map(callPart)] };
    case 'tool':
      return { role: 'tool', parts: [{ type: 'tool_call_response', id: message.toolCallId, response: message.content }] };
    default:
      return message satisfies never;
  }
}

function answerOf({ text, toolCalls, last }: CallRecord): Json {
  const parts = [...(text === '' ? [] : [textPart(text)]), ...toolCalls.map(callPart)];
  return { role: 'assistant', parts, finish_reason: last?.type === 'finish' ? last.reason.toLowerCase() : 'error' };
}

function contentOf({ request, record }: EndedCall): SpanAttributes {
  return known({
    'gen_ai.system_instructions': request.system === null ? null : JSON.stringify([textPart(request.system)]),
    'gen_ai.input.messages': JSON.stringify(request.messages.map(messageOf)),
    'gen_ai.output.messages': JSON.stringify([answerOf(record)]),
  });
}

const tokensOf = (count: CallCount | null): SpanAttributes =>
  known({
    'gen_ai.usage.input_tokens': count?.usage.inputTokens,
    'gen_ai.usage.output_tokens': count?.usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': count?.usage.cachedInputTokens,
  });

/** A call of a model. */
export function modelSpan(call: EndedCall, span: TraceSpan, hasContent: boolean): ExportedSpan {
  const { begun, request, record, count } = call;
  const provider = providerNames[begun.provider] ?? begun.provider;
  const attributes = known({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': begun.isOwnKey ? 'own' : provider,
    'gen_ai.request.model': request.model,
    'gen_ai.request.temperature': request.temperature,
    'gen_ai.request.top_p': request.topP,
    'gen_ai.request.top_k': request.topK,
    'gen_ai.request.max_tokens': request.maxTokens,
    'gen_ai.response.finish_reasons': record.last?.type === 'finish' ? [record.last.reason.toLowerCase()] : null,
    'gen_ai.response.time_to_first_chunk': span.firstTokenMs === null ? null : span.firstTokenMs / 1_000,
    'gen_ai.conversation.id': begun.call.conversationId,
    'colloquy.purpose': begun.call.purpose,
  });
  return {
    name: `chat ${request.model}`,
    kind: begun.provider === 'builtin' ? 'INTERNAL' : 'CLIENT',
    startedAt: span.startedAt,
    endedAt: span.endedAt,
    attributes: { ...attributes, ...tokensOf(count), ...(hasContent ? contentOf(call) : {}) },
    // What a workspace is called stands in the words of its failures.
    error: span.errorCode === null ? null : { type: span.errorCode, message: begun.workspaceId === null ? (span.errorMessage ?? '') : '' },
  };
}

/** A call of a tool. */
export function toolSpan(span: TraceSpan, texts: { readonly input: string; readonly output: string | null } | null): ExportedSpan {
  return {
    name: `execute_tool ${span.name}`,
    kind: 'INTERNAL',
    startedAt: span.startedAt,
    endedAt: span.endedAt,
    attributes: known({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': span.name,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.arguments': texts?.input,
      'gen_ai.tool.call.result': texts?.output,
    }),
    error: span.errorCode === null ? null : { type: span.errorCode, message: '' },
  };
}
