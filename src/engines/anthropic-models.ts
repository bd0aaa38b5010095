import { z } from 'zod';
import type { Model } from './engine.ts';
import { knownModel } from './known-model.ts';
import { dollarsPerMillion } from './prices.ts';

/** The model for requests that name only the provider. */
export const anthropicDefaultModel = 'claude-sonnet-5-5';

/**
 * What is known about Anthropic's models without asking, best first. The ids are those of the type `Model` of the official SDK (1.11.0).
 * Prices are those of the API itself, without writing into a cache.
 *
 * Windows and prices: https://platform.claude.com/docs/en/about-claude/pricing and .../docs/en/models/<name>/overview. Where those were read before a price
 * changed: Sonnet 5.5 costs 0.10 for cached input since 2026-10-07 (https://github.com/TheKrush/PromptFuel/releases/tag/v1.0.23,
 * https://docs.rs/synaps/0.10.2/synaps_cli/pricing/), Fable 5.2 is of 2026-11-09 (https://docs.laozhang.ai/en/announcements/claude-fable-5-2-2026-11.md,
 * https://github.com/archid21/rightsize/releases/tag/v0.10.2). Haiku 5.5 costs five times as much for prompts of more than 100,000 tokens.
 */
export const anthropicModels: readonly Model[] = [
  knownModel('claude-sonnet-5-5', 'Claude Sonnet 5.5', 'For everyday work; the default.', 1_000_000, dollarsPerMillion(2, 0.1, 10)),
  knownModel('claude-opus-5-5', 'Claude Opus 5.5', 'For hard and long work.', 1_000_000, dollarsPerMillion(4, 0.2, 20)),
  knownModel('claude-haiku-5-5', 'Claude Haiku 5.5', 'Small and fast.', 1_000_000, dollarsPerMillion(0.1, 0.01, 0.5)),
  knownModel('claude-fable-5-2', 'Claude Fable 5.2', 'For the hardest work.', 1_000_000, dollarsPerMillion(8, 0.2, 40)),
  knownModel('claude-sonnet-5', 'Claude Sonnet 5', 'For everyday work.', 1_000_000, dollarsPerMillion(2, 0.2, 10)),
  knownModel('claude-opus-5', 'Claude Opus 5', 'For hard and long work.', 1_000_000, dollarsPerMillion(5, 0.5, 25)),
  knownModel('claude-opus-4-8', 'Claude Opus 4.8', 'For hard and long work.', 1_000_000, dollarsPerMillion(5, 0.5, 25)),
  knownModel('claude-sonnet-4-6', 'Claude Sonnet 4.6', 'For everyday work.', 1_000_000, dollarsPerMillion(3, 0.3, 15)),
  knownModel('claude-haiku-4-5', 'Claude Haiku 4.5', 'Small and fast.', 200_000, dollarsPerMillion(1, 0.1, 5)),
];

/** Whether an id names a known model and a date, as in `claude-haiku-4-5-20251001`. */
function isSnapshotOf(id: string, known: string): boolean {
  return id.startsWith(`${known}-`) && /^\d{8}$/.test(id.slice(known.length + 1));
}

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
    const snapshot = known.find((each) => isSnapshotOf(id, each.id));
    const base = knownById.get(id) ?? (snapshot ? { ...snapshot, id } : knownModel(id, name === '' ? id : name, 'Listed by the provider.'));
    return { ...base, contextWindow: contextWindow ?? base.contextWindow, hasVision: capabilities?.image_input?.supported ?? base.hasVision };
  });
  const rank = new Map(known.map((entry, place) => [entry.id, place]));
  return models.toSorted((left, right) => (rank.get(left.id) ?? known.length) - (rank.get(right.id) ?? known.length));
}
