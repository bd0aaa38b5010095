import { z } from 'zod';
import type { Model } from './engine.ts';
import { openAiEarlierModels, openAiModels } from './openai-models.ts';
import { unknownPrices } from './prices.ts';

const count = z.number().int().positive().nullish().catch(null);

// OpenAI lists only ids. Others say how much a model can read, each under a name of its own.
const listed = z.object({
  id: z.string().min(1),
  /** vLLM. */
  max_model_len: count,
  /** Groq. */
  context_window: count,
  /** OpenRouter, Together. */
  context_length: count,
});

type Listed = z.infer<typeof listed>;

/** OpenAI lists everything it has in one row: voices, pictures, embeddings. These are the ones that chat, without snapshots by date. */
function isChatModel(id: string): boolean {
  const isFamily = /^(gpt-|o\d|chatgpt-)/.test(id);
  const isOther = /audio|realtime|image|transcribe|tts|search|instruct|embedding|moderation|codex|-pro|deep-research|-\d{4}-\d{2}-\d{2}|-\d{4}$/.test(id);
  return isFamily && !isOther;
}

/** What has no id is left out; of what is listed twice the last counts. */
function read(entries: readonly unknown[]): ReadonlyMap<string, Listed> {
  return new Map(entries.flatMap((entry) => listed.safeParse(entry).data ?? []).map((entry) => [entry.id, entry]));
}

const byId = (left: Model, right: Model): number => left.id.localeCompare(right.id);

/** A model of whom only the name is known. Nearly all models that chat can call tools today; one that cannot answers with an error of its own. */
function unknownModel(id: string, description: string): Model {
  return { id, name: id, description, hasTools: true, hasVision: false, hasJson: true, contextWindow: null, ...unknownPrices };
}

/** A model that somebody named in the configuration. It may read pictures: one that does not says so itself. */
export function compatibleModel(id: string): Model {
  return { ...unknownModel(id, 'Named in the configuration.'), hasVision: true };
}

/**
 * What OpenAI lists, with what is known about each.
 *
 * @param entries as they were sent
 * @returns known models first and in their order, then the others by id
 */
export function mergeOpenAiModels(entries: readonly unknown[]): readonly Model[] {
  const ids = read(entries);
  const knownIds = new Set(openAiModels.map((model) => model.id));
  const others = [...ids.keys()]
    .filter((id) => !knownIds.has(id) && isChatModel(id))
    .map((id): Model => ({ ...unknownModel(id, 'Listed by the provider.'), ...openAiEarlierModels.get(id) }));
  return [...openAiModels.filter((model) => ids.has(model.id)), ...others.toSorted(byId)];
}

/**
 * What a server lists that speaks the API of OpenAI. Nothing is taken from the table of OpenAI: a model of the same name may cost anything there.
 *
 * @param entries as they were sent
 * @param named the models that can be named there, in their order; undefined for all that it lists
 */
export function mergeCompatibleModels(entries: readonly unknown[], named: readonly string[] | undefined): readonly Model[] {
  const ids = read(entries);
  const windowOf = (id: string): number | null => {
    const entry = ids.get(id);
    return entry?.max_model_len ?? entry?.context_window ?? entry?.context_length ?? null;
  };
  const models = named?.map(compatibleModel) ?? [...ids.keys()].map((id) => unknownModel(id, 'Listed by the provider.')).toSorted(byId);
  return models.map((model) => ({ ...model, contextWindow: windowOf(model.id) }));
}
