import type { ChatCompletionCreateParamsStreaming, ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import type { EngineMessage, EngineRequest, EngineTool } from './engine.ts';
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
  return /^gpt-(5\.[5-9]|[6-9]|\d\d)/.test(model) && !model.includes('-chat');
}

function toMessage(message: EngineMessage): ChatCompletionMessageParam {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.text };
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
  const { model, system, messages, tools, temperature, topP, maxTokens } = request;
  const isFixed = isOpenAi && isSamplingFixed(model);
  return {
    model,
    messages: [...(system === null ? [] : [{ role: 'system' as const, content: system }]), ...messages.map(toMessage)],
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length === 0 ? {} : { tools: tools.map(toTool) }),
    ...(tools.length > 0 && isOpenAi && isReasoningExclusive(model) ? { reasoning_effort: 'none' as const } : {}),
    ...(temperature === null || isFixed ? {} : { temperature }),
    ...(topP === null || isFixed ? {} : { top_p: topP }),
    ...(maxTokens === null ? {} : isOpenAi ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
  };
}
