import type { Engine, EngineMessage } from '../../engines/engine.ts';
import { titlePrompt } from './prompts.ts';

const longestTitle = 80;

/** One line without quotes and full stop, at most 80 characters; null when nothing is left. */
function tidy(text: string): string | null {
  const line =
    text
      .trim()
      .split('\n')[0]
      ?.trim()
      .replace(/^["'“„«]+|["'”“».]+$/g, '')
      .trim() ?? '';
  if (line === '') return null;
  return line.length <= longestTitle ? line : `${line.slice(0, longestTitle - 1).trimEnd()}…`;
}

/**
 * Names a conversation by asking an engine. That it fails or takes too long is no failure of the run: the first words of the question
 * serve then.
 *
 * @param question what the conversation began with
 * @param signal ends the attempt
 */
export async function makeTitle(engine: Engine, model: string, question: string, signal: AbortSignal): Promise<string | null> {
  const messages: readonly EngineMessage[] = [{ role: 'user', text: question }];
  let text = '';
  try {
    const request = { model, task: 'TITLE', system: titlePrompt, messages, tools: [], temperature: null, topP: null, topK: null, maxTokens: null } as const;
    for await (const part of engine.stream(request, signal)) {
      if (part.type === 'text') text += part.text;
      if (part.type === 'finish') return tidy(text) ?? tidy(question);
      if (part.type === 'error') break;
    }
  } catch {
    // The first words serve.
  }
  return firstWords(question);
}

/** The first words of a question, as a title; null when it has none. */
export function firstWords(question: string): string | null {
  return tidy(question.length > 60 ? `${question.slice(0, 60).replace(/\s+\S*$/, '')}…` : question);
}
