import type {
  ChatCompletionContentPartImage,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import type { EngineImage, EngineMessage, EngineRequest, EngineTool } from './engine.ts';
import { tokensToWrite, tokensToWriteAnywhere } from './thoughts.ts';
import { parseToolArguments } from './tool-arguments.ts';

/**
 * Whether a model refuses to be told how to sample: the reasoning families of OpenAI (o1, o3, o4 ..., gpt-5 and later) answer 400 to any
 * `temperature` or `top_p` but their default. Their chat variants accept both.
 */
function isSamplingFixed(model: string): boolean {
  return /^(o\d|gpt-([5-9]|\d\d))/.test(model) && !model.includes('-chat');
}

/**
 * Whether a model calls tools on this API only when it does not reason: from gpt-5.5 on, OpenAI answers 400 to tools beside any effort, and
 * leaving it out means the model's default ("To use function tools, use /v1/responses or set reasoning_effort to 'none'").
 */
function isReasoningExclusive(model: string): boolean {
  // Some know no "none" either: they call no tools here, and OpenAI says so itself.
  return /^gpt-(5\.[5-9]|[6-9]|\d\d)/.test(model) && !model.includes('-chat') && !callsNoTools(model);
}

/** Whether a model calls tools on OpenAI's other API alone: those that always reason. */
function callsNoTools(model: string): boolean {
  return /^gpt-(6-astra|6\.1-sol)/.test(model);
}

function toImage({ mediaType, bytes }: EngineImage): ChatCompletionContentPartImage {
  return { type: 'image_url', image_url: { url: `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}` } };
}

function toMessage(message: EngineMessage): ChatCompletionMessageParam {
  switch (message.role) {
    case 'user':
      if (message.images === undefined || message.images.length === 0) return { role: 'user', content: message.text };
      return { role: 'user', content: [...message.images.map(toImage), ...(message.text === '' ? [] : [{ type: 'text' as const, text: message.text }])] };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
    case 'assistant':
      if (message.toolCalls.length === 0) return { role: 'assistant', content: message.text };
      return {
        role: 'assistant',
        content: message.text === '' ? null : message.text,
        tool_calls: message.toolCalls.map((call) => ({
          id: call.id,
          type: 'function',
          function: { name: call.name, arguments: JSON.stringify(parseToolArguments(call.arguments)) },
        })),
      };
    default:
      return message satisfies never;
  }
}

function toTool({ name, description, parameters }: EngineTool): ChatCompletionTool {
  return { type: 'function', function: { name, description, parameters: { ...parameters } } };
}

/**
 * A request in the form of the chat completions API (https://platform.openai.com/docs/api-reference/chat). `topK` is not part of it.
 *
 * @param request what to answer
 * @param isOpenAi whether OpenAI itself answers. It counts reasoning in `max_completion_tokens` and refuses `max_tokens` for its newer
 *   models; other servers know `max_tokens`, and many nothing else. Only OpenAI's own models are held to refuse a temperature.
 */
export function toChatCompletion(request: EngineRequest, isOpenAi: boolean): ChatCompletionCreateParamsStreaming {
  const { model, system, messages, tools, temperature, topP, output } = request;
  // Those that refuse to be told how to sample are those that think.
  const isFixed = isOpenAi && isSamplingFixed(model);
  const isThoughtless = tools.length > 0 && isOpenAi && isReasoningExclusive(model);
  const maxTokens = isOpenAi ? tokensToWrite(request, isFixed && !isThoughtless) : tokensToWriteAnywhere(request);
  return {
    model,
    messages: [...(system === null ? [] : [{ role: 'system' as const, content: system }]), ...messages.map(toMessage)],
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length === 0 ? {} : { tools: tools.map(toTool) }),
    ...(isThoughtless ? { reasoning_effort: 'none' as const } : {}),
    ...(output === undefined
      ? {}
      : { response_format: { type: 'json_schema' as const, json_schema: { name: output.name, strict: true, schema: { ...output.schema } } } }),
    ...(temperature === null || isFixed ? {} : { temperature }),
    ...(topP === null || isFixed ? {} : { top_p: topP }),
    ...(maxTokens === null ? {} : isOpenAi ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
  };
}
