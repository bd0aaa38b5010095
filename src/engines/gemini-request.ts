import type { Content, FunctionDeclaration, GenerateContentParameters, Part } from '@google/genai';
import type { EngineMessage, EngineRequest, EngineTool } from './engine.ts';
import { withOutputInWords } from './output-in-words.ts';
import { tokensToWrite } from './thoughts.ts';
import { parseToolArguments } from './tool-arguments.ts';

/** The generation of a model: 2.5 of `gemini-2.5-flash`; the newest for `gemini-flash-latest`, and 0 for what is no Gemini, such as Gemma. */
function generationOf(model: string): number {
  if (!model.startsWith('gemini-')) return 0;
  const [generation] = /\d+(?:\.\d+)?/.exec(model) ?? [];
  return generation === undefined ? Infinity : Number(generation);
}

/**
 * Gemini 3 and later insist on the signature that came with a call. Where it is not known any more, this is what the documentation gives to
 * be let off (https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
const noSignature = 'skip_thought_signature_validator';

/** Ids that the provider gave, or another one; those that were made here mean nothing to anybody. */
function idOf(id: string): { readonly id?: string } {
  return id.startsWith('call_') ? {} : { id };
}

function toParts(message: EngineMessage, insistsOnSignatures: boolean): readonly Part[] {
  switch (message.role) {
    case 'user':
      return [
        ...(message.images ?? []).map(({ mediaType, bytes }) => ({ inlineData: { mimeType: mediaType, data: Buffer.from(bytes).toString('base64') } })),
        ...(message.text === '' ? [] : [{ text: message.text }]),
      ];
    case 'assistant':
      return [
        ...(message.text === '' ? [] : [{ text: message.text }]),
        ...message.toolCalls.map(({ id, name, arguments: text, signature = insistsOnSignatures ? noSignature : undefined }, place) => ({
          functionCall: { ...idOf(id), name, args: { ...parseToolArguments(text) } },
          // Only the first of parallel calls carries one.
          ...(signature === undefined || (place > 0 && signature === noSignature) ? {} : { thoughtSignature: signature }),
        })),
      ];
    case 'tool':
      return [
        {
          functionResponse: {
            ...idOf(message.toolCallId),
            name: message.name,
            response: message.isError ? { error: message.content } : { output: message.content },
          },
        },
      ];
    default:
      return message satisfies never;
  }
}

/** Messages that follow one another from the same side become one: all answers of a turn must stand in the message after its calls. */
function toContents(messages: readonly EngineMessage[], insistsOnSignatures: boolean): Content[] {
  const contents: { readonly role: string; readonly parts: Part[] }[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'model' : 'user';
    const parts = toParts(message, insistsOnSignatures);
    const last = contents.at(-1);
    if (parts.length === 0) continue;
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts: [...parts] });
  }
  return contents;
}

function toDeclaration({ name, description, parameters }: EngineTool): FunctionDeclaration {
  return { name, description, parametersJsonSchema: parameters };
}

/** A request in the form of the API of Gemini (https://ai.google.dev/api/generate-content). */
export function toGenerateContent(request: EngineRequest): GenerateContentParameters {
  const { model, messages, tools, temperature, topP, topK, output } = request;
  const generation = generationOf(model);
  const maxTokens = tokensToWrite(request, generation >= 2.5);
  // Until its third generation: "Function calling with a response mime type: 'application/json' is unsupported".
  const isHeld = tools.length === 0 || generation >= 3;
  const system = isHeld ? request.system : withOutputInWords(request.system, output);
  return {
    model,
    contents: toContents(messages, generation >= 3),
    config: {
      ...(system === null || system.trim() === '' ? {} : { systemInstruction: system }),
      ...(tools.length === 0 ? {} : { tools: [{ functionDeclarations: tools.map(toDeclaration) }] }),
      ...(temperature === null ? {} : { temperature }),
      ...(topP === null ? {} : { topP }),
      ...(topK === null ? {} : { topK }),
      ...(maxTokens === null ? {} : { maxOutputTokens: maxTokens }),
      ...(output === undefined || !isHeld ? {} : { responseMimeType: 'application/json', responseJsonSchema: output.schema }),
      // Models before 2.5 do not think, and refuse to be asked for it.
      ...(generation < 2.5 ? {} : { thinkingConfig: { includeThoughts: true } }),
    },
  };
}
