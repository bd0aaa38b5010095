import type { ChatModel } from 'openai/resources/shared';
import type { Model } from './engine.ts';
import { knownModel } from './known-model.ts';
import { dollarsPerMillion, type Prices } from './prices.ts';

/** The model for requests that name only the provider: small, fast, and on the chat completions API. */
export const openAiDefaultModel: ChatModel = 'gpt-5.4-mini';

// The ids are held to the SDK's.
const model: (id: ChatModel, name: string, description: string, contextWindow: number, prices: Prices) => Model = knownModel;

/**
 * What is known about OpenAI's models without asking, best first. The ids are those of the type `ChatModel` of the official SDK (7.55.0)
 * that have no announced end within the year. Prices are those of standard processing and of prompts of up to 272,000 tokens; longer ones
 * cost twice as much to read and half as much again to write.
 *
 * The figures are of https://developers.openai.com/api/docs/pricing and .../api/docs/models/<id>, as these quote them:
 * GPT-6.1 Sol: https://github.com/amine123max/Codex-Manager/releases/tag/0.4.7 and https://dev.to/roobia/gpt-61-terra-vs-gpt-61-sol-51ec.
 * GPT-6.1 Terra: https://docs.litellm.ai/blog/gpt-6-1-terra.
 * GPT-6 Sol and Luna: https://docs.litellm.ai/blog/gpt_6_sol_luna; their cached input: https://github.com/merefield/codexometer/releases/tag/v0.18.4.
 * GPT-5.4, 5.5 and 5.6: https://github.com/pydantic/genai-prices (47df840, checked between 2026-03-06 and 2026-08-02). Of GPT-5.6 Sol it is the
 * price of the list: a lower one was promised until 2026-11-21 only.
 */
export const openAiModels: readonly Model[] = [
  // It always reasons, and with tools OpenAI lets models reason on its other API alone.
  { ...model('gpt-6.1-sol', 'GPT-6.1 Sol', 'For hard work; calls no tools here.', 1_050_000, dollarsPerMillion(2, 0.1, 10)), hasTools: false },
  model('gpt-6.1-terra', 'GPT-6.1 Terra', 'Fast, for everyday work.', 1_050_000, dollarsPerMillion(1, 0.05, 5)),
  model('gpt-6-sol', 'GPT-6 Sol', 'For hard work.', 1_050_000, dollarsPerMillion(2, 0.2, 10)),
  model('gpt-6-luna', 'GPT-6 Luna', 'Small and cheap.', 1_050_000, dollarsPerMillion(0.1, 0.01, 0.5)),
  model('gpt-5.6-sol', 'GPT-5.6 Sol', 'Of the fifth generation.', 1_050_000, dollarsPerMillion(5, 0.5, 30)),
  model('gpt-5.6-terra', 'GPT-5.6 Terra', 'Of the fifth generation.', 1_050_000, dollarsPerMillion(2, 0.2, 12)),
  model('gpt-5.6-luna', 'GPT-5.6 Luna', 'Of the fifth generation.', 1_050_000, dollarsPerMillion(0.2, 0.02, 1.2)),
  model('gpt-5.5', 'GPT-5.5', 'Of the fifth generation.', 1_000_000, dollarsPerMillion(5, 0.5, 30)),
  model('gpt-5.4', 'GPT-5.4', 'Of the fifth generation.', 1_050_000, dollarsPerMillion(2.5, 0.25, 15)),
  model('gpt-5.4-mini', 'GPT-5.4 mini', 'Small and fast; the default.', 400_000, dollarsPerMillion(0.75, 0.075, 4.5)),
];

/**
 * Windows and prices of other models, which are listed only where the provider lists them.
 *
 * From GPT-5.4 nano on of https://github.com/pydantic/genai-prices (47df840), which has them from OpenAI's price list; the windows of GPT-4.1,
 * o3 and o4-mini of https://platform.openai.com/docs/models while they were current. GPT-6 Astra:
 * https://github.com/TheKrush/PromptFuel/releases/tag/v1.0.19, no window.
 */
export const openAiEarlierModels: ReadonlyMap<string, Prices & Pick<Model, 'contextWindow' | 'hasTools' | 'hasVision'>> = new Map(
  (
    [
      ['gpt-6-astra', null, 10, 1, 50],
      ['gpt-5.4-nano', 400_000, 0.2, 0.02, 1.25],
      ['gpt-5.2', 400_000, 1.75, 0.175, 14],
      ['gpt-5.1', 400_000, 1.25, 0.125, 10],
      ['gpt-5', 400_000, 1.25, 0.125, 10],
      ['gpt-5-mini', 400_000, 0.25, 0.025, 2],
      ['gpt-5-nano', 400_000, 0.05, 0.005, 0.4],
      ['gpt-4.1', 1_047_576, 2, 0.5, 8],
      ['gpt-4.1-mini', 1_047_576, 0.4, 0.1, 1.6],
      ['gpt-4.1-nano', 1_047_576, 0.1, 0.025, 0.4],
      ['gpt-4o', 128_000, 2.5, 1.25, 10],
      ['gpt-4o-mini', 128_000, 0.15, 0.075, 0.6],
      ['o3', 200_000, 2, 0.5, 8],
      ['o4-mini', 200_000, 1.1, 0.275, 4.4],
    ] as const
  ).map(([id, contextWindow, input, cachedInput, output]) => [
    id,
    // Astra always reasons, as GPT-6.1 Sol does.
    { contextWindow, hasTools: id !== 'gpt-6-astra', hasVision: true, ...dollarsPerMillion(input, cachedInput, output) },
  ]),
);
