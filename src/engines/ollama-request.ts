import type { ChatRequest, Message, Tool } from 'ollama/browser';
import type { EngineMessage, EngineRequest, EngineTool } from './engine.ts';
import { withOutputInWords } from './output-in-words.ts';
import { tokensToWriteAnywhere } from './thoughts.ts';
import { parseToolArguments } from './tool-arguments.ts';

function toMessage(message: EngineMessage): Message {
  switch (message.role) {
    case 'user': {
      const images = (message.images ?? []).map(({ bytes }) => Buffer.from(bytes).toString('base64'));
      return { role: 'user', content: message.text, ...(images.length === 0 ? {} : { images }) };
    }
    case 'assistant':
      return {
        role: 'assistant',
        content: message.text,
        ...(message.toolCalls.length === 0
          ? {}
          : { tool_calls: message.toolCalls.map(({ name, arguments: text }) => ({ function: { name, arguments: { ...parseToolArguments(text) } } })) }),
      };
    case 'tool':
      return { role: 'tool', content: message.content, tool_name: message.name };
    default:
      return message satisfies never;
  }
}

function toTool({ name, description, parameters }: EngineTool): Tool {
  return { type: 'function', function: { name, description, parameters: { ...parameters } } };
}

/** A request in the form of Ollama's API (https://docs.ollama.com/api/chat). */
export function toOllamaChat(request: EngineRequest): ChatRequest & { readonly stream: true } {
  const { model, messages, tools, temperature, topP, topK, output } = request;
  const maxTokens = tokensToWriteAnywhere(request);
  // A format leaves the model no other words, and so no calls (https://github.com/ollama/ollama/issues/8095).
  const isHeld = tools.length === 0;
  const system = isHeld ? request.system : withOutputInWords(request.system, output);
  const options = {
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { top_p: topP }),
    ...(topK === null ? {} : { top_k: topK }),
    ...(maxTokens === null ? {} : { num_predict: maxTokens }),
  };
  return {
    model,
    messages: [...(system === null ? [] : [{ role: 'system', content: system }]), ...messages.map(toMessage)],
    stream: true,
    ...(tools.length === 0 ? {} : { tools: tools.map(toTool) }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(output === undefined || !isHeld ? {} : { format: { ...output.schema } }),
  };
}
