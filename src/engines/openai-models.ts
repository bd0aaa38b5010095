import type { ChatModel } from 'openai/resources/shared';
import type { Model } from './engine.ts';

/** The model for requests that name only the provider: small, fast, and on the chat completions API. */
export const openAiDefaultModel: ChatModel = 'gpt-5.4-mini';

function model(id: ChatModel, name: string, description: string): Model {
  return { id, name, description, hasTools: true, hasVision: true, hasJson: true, contextWindow: null, inputPrice: null, outputPrice: null };
}

/**
 * What is known about OpenAI's models without asking, best first. The ids are those of the type `ChatModel` of the official SDK
 * (7.55.0) that have no announced end within the year; context windows and prices are not in it, and are left open rather than guessed.
 */
export const openAiModels: readonly Model[] = [
  model('gpt-6.1-sol', 'GPT-6.1 Sol', 'Of the newest generation.'),
  model('gpt-6.1-terra', 'GPT-6.1 Terra', 'Of the newest generation.'),
  model('gpt-6-sol', 'GPT-6 Sol', 'Of the sixth generation.'),
  model('gpt-6-luna', 'GPT-6 Luna', 'Of the sixth generation.'),
  model('gpt-5.6-sol', 'GPT-5.6 Sol', 'Of the fifth generation.'),
  model('gpt-5.6-terra', 'GPT-5.6 Terra', 'Of the fifth generation.'),
  model('gpt-5.6-luna', 'GPT-5.6 Luna', 'Of the fifth generation.'),
  model('gpt-5.5', 'GPT-5.5', 'Of the fifth generation.'),
  model('gpt-5.4', 'GPT-5.4', 'Of the fifth generation.'),
  model('gpt-5.4-mini', 'GPT-5.4 mini', 'Small and fast; the default.'),
];
