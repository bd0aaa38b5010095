import type { Json, JsonObject } from '../../base/json.ts';
import type { EngineMessage, EngineRequest } from '../../engines/engine.ts';
import type { CallRecord } from '../usage/metered-engine.ts';

/** Content that fits into a number of bytes. */
export interface FittedContent {
  readonly content: JsonObject | null;
  readonly isTruncated: boolean;
}

function messageJson(message: EngineMessage): JsonObject {
  switch (message.role) {
    case 'user': {
      const images = message.images?.map(({ mediaType, bytes }) => ({ mediaType, byteSize: bytes.byteLength }));
      return { role: 'user', text: message.text, ...(images === undefined || images.length === 0 ? {} : { images }) };
    }
    case 'assistant':
      return { role: 'assistant', text: message.text, toolCalls: message.toolCalls.map(({ id, name, arguments: text }) => ({ id, name, arguments: text })) };
    case 'tool':
      return { role: 'tool', toolCallId: message.toolCallId, name: message.name, content: message.content, isError: message.isError };
    default:
      return message satisfies never;
  }
}

/** What a model was sent. Of tools the names, of pictures the sizes. */
export function requestJson({ system, messages, tools, temperature, topP, topK, maxTokens, output }: EngineRequest): JsonObject {
  return {
    system,
    messages: messages.map(messageJson),
    tools: tools.map(({ name }) => name),
    temperature,
    topP,
    topK,
    maxTokens,
    ...(output === undefined ? {} : { output: output.name }),
  };
}

/** What a model sent. */
export function answerJson({ text, reasoning, toolCalls }: CallRecord): JsonObject {
  return {
    text,
    ...(reasoning === '' ? {} : { reasoning }),
    toolCalls: toolCalls.map(({ id, name, arguments: asked }) => ({ id, name, arguments: asked })),
  };
}

const sizeOf = (value: Json): number => Buffer.byteLength(JSON.stringify(value));

const cutText = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()}… (${text.length - longest} more)`;

function cut(value: Json, longest: number): Json {
  if (typeof value === 'string') return cutText(value, longest);
  if (value === null || typeof value !== 'object') return value;
  return isList(value) ? value.map((item) => cut(item, longest)) : cutObject(value, longest);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function cutObject(value: JsonObject, longest: number): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item, longest)]));
}

/**
 * Shortens texts until content fits: those that are longer than a length, which is halved each time.
 *
 * @param most in bytes of JSON; 0 leaves everything out
 */
export function fitContent(content: JsonObject, most: number): FittedContent {
  if (most === 0) return { content: null, isTruncated: false };
  if (sizeOf(content) <= most) return { content, isTruncated: false };
  for (let longest = Math.floor(most / 2); longest >= 16; longest = Math.floor(longest / 2)) {
    const shorter = cutObject(content, longest);
    if (sizeOf(shorter) <= most) return { content: shorter, isTruncated: true };
  }
  return { content: null, isTruncated: true };
}
