import { z } from 'zod';
import type { Model } from './engine.ts';

/** The model for requests that name only the provider. */
export const anthropicDefaultModel = 'claude-sonnet-5-5';

function model(id: string, name: string, description: string, contextWindow: number | null = null): Model {
  return { id, name, description, hasTools: true, hasVision: true, hasJson: true, contextWindow, inputPrice: null, outputPrice: null };
}

/**
 * What is known about Anthropic's models without asking, best first. The ids are those of the type `Model` of the official SDK (1.11.0);
 * prices and most context windows are not in it, and are left open rather than guessed: the provider's own list fills the latter in.
 */
export const anthropicModels: readonly Model[] = [
  model('claude-sonnet-5-5', 'Claude Sonnet 5.5', 'For everyday work; the default.'),
  model('claude-opus-5-5', 'Claude Opus 5.5', 'For hard and long work.'),
  model('claude-haiku-5-5', 'Claude Haiku 5.5', 'Small and fast.'),
  model('claude-fable-5-2', 'Claude Fable 5.2', 'Of the fifth generation.'),
  model('claude-sonnet-5', 'Claude Sonnet 5', 'For everyday work.'),
  model('claude-opus-5', 'Claude Opus 5', 'For hard and long work.'),
  model('claude-opus-4-8', 'Claude Opus 4.8', 'For hard and long work.'),
  model('claude-sonnet-4-6', 'Claude Sonnet 4.6', 'For everyday work.'),
  model('claude-haiku-4-5', 'Claude Haiku 4.5', 'Small and fast.', 200_000),
];

const listed = z.object({
  id: z.string(),
  display_name: z.string().catch(''),
  lifecycle: z.string().nullish().catch(null),
  max_input_tokens: z.number().nullish().catch(null),
  capabilities: z
    .object({ image_input: z.object({ supported: z.boolean() }).nullish() })
    .nullish()
    .catch(null),
});

/**
 * What the provider lists, with what is known about each.
 *
 * @param entries as the provider sent them; what has no id, or is retired, is left out
 * @param known models with their abilities
 * @returns known models first and in their order, then the others in the order of the provider, newest first
 */
export function mergeAnthropicModels(entries: readonly unknown[], known: readonly Model[]): readonly Model[] {
  const current = entries.flatMap((entry) => listed.safeParse(entry).data ?? []).filter((entry) => entry.lifecycle !== 'retired');
  const knownById = new Map(known.map((entry) => [entry.id, entry]));
  const models = current.map((entry): Model => {
    const { id, display_name: name, max_input_tokens: contextWindow, capabilities } = entry;
    const base = knownById.get(id) ?? model(id, name === '' ? id : name, 'Listed by the provider.');
    return { ...base, contextWindow: contextWindow ?? base.contextWindow, hasVision: capabilities?.image_input?.supported ?? base.hasVision };
  });
  const rank = new Map(known.map((entry, place) => [entry.id, place]));
  return models.toSorted((left, right) => (rank.get(left.id) ?? known.length) - (rank.get(right.id) ?? known.length));
}
