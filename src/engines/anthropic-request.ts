import type { ContentBlockParam, ImageBlockParam, MessageCreateParamsStreaming, MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages';
import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { EngineImage, EngineMessage, EngineRequest, EngineTool } from './engine.ts';
import { tokensToWrite, withThoughts } from './thoughts.ts';
import { parseToolArguments } from './tool-arguments.ts';

/** The API insists on a number. */
const defaultMaxTokens = 1_024;

/** What decides how a model chooses its words. The SDK's types dropped these with the models that refuse them; the API still takes them. */
interface Sampling {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}

/**
 * Whether a model refuses to be told how to sample: the models of Anthropic after Opus 4.6 and Sonnet 4.6 answer 400. Models that are
 * not called Claude belong to a server that speaks this API, and are told.
 */
function isSamplingFixed(model: string): boolean {
  return /claude-/.test(model) && !/claude-([23]|instant|(opus|sonnet|haiku)-4(?!-[789](-|$)))/.test(model);
}

/**
 * Whether a model thinks unless it is told not to: from the fifth generation on. Its thoughts are only shown to whom asks for it
 * (https://platform.claude.com/docs/en/build-with-claude/thinking); asking for `adaptive` changes nothing else.
 */
function isThinking(model: string): boolean {
  return /claude-[a-z]+-([5-9]|\d\d)(-|$)/.test(model);
}

/**
 * Temperature ends at 1 here. Claude 4 accepts it or `top_p`, not both, and a temperature comes with every request by configuration, so
 * the one that somebody asked for wins.
 */
function toSampling({ model, temperature, topP, topK }: EngineRequest): Sampling {
  if (isSamplingFixed(model)) return {};
  return {
    ...(temperature === null || topP !== null ? {} : { temperature: Math.min(1, Math.max(0, temperature)) }),
    ...(topP === null ? {} : { top_p: topP }),
    ...(topK === null ? {} : { top_k: topK }),
  };
}

function toImage({ mediaType, bytes }: EngineImage): ImageBlockParam {
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data: Buffer.from(bytes).toString('base64') } };
}

function toBlock(message: EngineMessage): readonly ContentBlockParam[] {
  // The API refuses text blocks that are empty.
  const text: readonly ContentBlockParam[] = message.role === 'tool' || message.text.trim() === '' ? [] : [{ type: 'text', text: message.text }];
  switch (message.role) {
    case 'user':
      return [...(message.images ?? []).map(toImage), ...text];
    case 'assistant':
      return [
        ...text,
        ...message.toolCalls.map((call) => ({ type: 'tool_use' as const, id: call.id, name: call.name, input: { ...parseToolArguments(call.arguments) } })),
      ];
    case 'tool':
      return [{ type: 'tool_result', tool_use_id: message.toolCallId, content: message.content, is_error: message.isError }];
    default:
      return message satisfies never;
  }
}

/** Messages that follow one another from the same side become one: all results of a turn must stand in the message after its calls. */
function toMessages(messages: readonly EngineMessage[]): MessageParam[] {
  const turns: { readonly role: 'user' | 'assistant'; readonly content: ContentBlockParam[] }[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = toBlock(message);
    const last = turns.at(-1);
    if (content.length === 0) continue;
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content: [...content] });
  }
  return turns;
}

function toTool({ name, description, parameters }: EngineTool): Tool {
  return { name, description, input_schema: { ...parameters, type: 'object' } };
}

/** A request in the form of the messages API (https://platform.claude.com/docs/en/api/messages). */
export function toMessageCreation(request: EngineRequest): MessageCreateParamsStreaming & Sampling {
  const { model, system, messages, tools, output } = request;
  return {
    model,
    max_tokens: tokensToWrite(request, isThinking(model)) ?? (isThinking(model) ? withThoughts(defaultMaxTokens) : defaultMaxTokens),
    messages: toMessages(messages),
    stream: true,
    ...(system === null || system.trim() === '' ? {} : { system }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toTool) }),
    ...(output === undefined ? {} : { output_config: { format: { type: 'json_schema' as const, schema: transformJSONSchema({ ...output.schema }) } } }),
    ...(isThinking(model) ? { thinking: { type: 'adaptive' as const, display: 'summarized' as const } } : {}),
    ...toSampling(request),
  };
}
