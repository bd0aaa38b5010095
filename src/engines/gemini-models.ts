import { z } from 'zod';
import type { Model } from './engine.ts';
import { knownModel } from './known-model.ts';
import { dollarsPerMillion } from './prices.ts';

/** The model for requests that name only the provider. */
export const geminiDefaultModel = 'gemini-3.8-flash';

/** The first day on which the Flash models from 3.6 on cost what they are meant to cost, twice as much as before. */
const fullPriceFrom = new Date('2027-01-01T00:00:00Z');

/**
 * What is known about Google's models without asking, best first: those of https://ai.google.dev/gemini-api/docs/deprecations without an announced end
 * within half a year.
 *
 * Prices are those of https://ai.google.dev/gemini-api/docs/pricing for text, pictures and prompts of up to 200,000 tokens, as
 * https://github.com/pydantic/genai-prices (47df840) quotes them, and for Gemini 3.8 Flash https://github.com/BerriAI/litellm/discussions/39357; windows of the same, and
 * for Gemini 3.7 Flash https://github.com/BerriAI/litellm/discussions/36799. The provider's own list has the last word on windows.
 *
 * @param now prices change at the end of 2026
 */
export function geminiModelsAt(now: Date): readonly Model[] {
  const flash = now < fullPriceFrom ? dollarsPerMillion(0.75, 0.075, 3.75) : dollarsPerMillion(1.5, 0.15, 7.5);
  return [
    knownModel('gemini-3.8-flash', 'Gemini 3.8 Flash', 'For everyday work and for hard work; the default.', 1_048_576, flash),
    knownModel('gemini-3.1-pro-preview', 'Gemini 3.1 Pro', 'For hard and long work.', null, dollarsPerMillion(2, 0.2, 12)),
    knownModel('gemini-3.7-flash', 'Gemini 3.7 Flash', 'For everyday work.', 1_048_576, flash),
    knownModel('gemini-3.6-flash', 'Gemini 3.6 Flash', 'For everyday work.', 1_000_000, flash),
    knownModel('gemini-3.5-flash', 'Gemini 3.5 Flash', 'For everyday work.', 1_000_000, dollarsPerMillion(1.5, 0.15, 9)),
    knownModel('gemini-3.5-flash-lite', 'Gemini 3.5 Flash-Lite', 'Small and fast.', 1_000_000, dollarsPerMillion(0.3, 0.03, 2.5)),
    knownModel('gemini-3.1-flash-lite', 'Gemini 3.1 Flash-Lite', 'Small and fast.', 1_000_000, dollarsPerMillion(0.25, 0.025, 1.5)),
    knownModel('gemini-2.5-flash-lite', 'Gemini 2.5 Flash-Lite', 'Small and fast.', 1_048_576, dollarsPerMillion(0.1, 0.01, 0.4)),
  ];
}

const listed = z.object({
  name: z.string(),
  displayName: z.string().nullish().catch(null),
  description: z.string().nullish().catch(null),
  inputTokenLimit: z.number().nullish().catch(null),
  supportedActions: z.array(z.string()).nullish().catch(null),
});

/** What generates text and chats; the list also has models for pictures, speech and robots. */
const isChat = (id: string): boolean => id.startsWith('gemini-') && !/image|tts|audio|live|embedding|robotics|computer-use|aqa/.test(id);

/**
 * What the provider lists, with what is known about each.
 *
 * @param entries as the SDK gives them; what does not generate text is left out
 * @param known models with their abilities
 * @returns known models first and in their order, then the others by id
 */
export function mergeGeminiModels(entries: readonly unknown[], known: readonly Model[]): readonly Model[] {
  const knownById = new Map(known.map((entry) => [entry.id, entry]));
  const rank = new Map(known.map((entry, place) => [entry.id, place]));
  return entries
    .flatMap((entry) => listed.safeParse(entry).data ?? [])
    .map((entry) => ({ ...entry, id: entry.name.replace(/^models\//, '') }))
    .filter(({ id, supportedActions }) => isChat(id) && (supportedActions ?? ['generateContent']).includes('generateContent'))
    .map(({ id, displayName, description, inputTokenLimit }): Model => {
      const base = knownById.get(id) ?? knownModel(id, displayName ?? id, description ?? 'Listed by the provider.');
      return { ...base, contextWindow: inputTokenLimit ?? base.contextWindow };
    })
    .toSorted((left, right) => (rank.get(left.id) ?? known.length) - (rank.get(right.id) ?? known.length) || left.id.localeCompare(right.id));
}
