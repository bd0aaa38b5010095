import { z } from 'zod';
import type { Model } from './engine.ts';

// OpenAI lists only ids. Others say how much a model can read, each under a name of its own.
const listed = z.object({
  id: z.string(),
  /** vLLM. */
  max_model_len: z.number().nullish().catch(null),
  /** Groq. */
  context_window: z.number().nullish().catch(null),
  /** OpenRouter, Together. */
  context_length: z.number().nullish().catch(null),
});

/** OpenAI lists everything it has in one row: voices, pictures, embeddings. These are the ones that chat, without snapshots by date. */
function isChatModel(id: string): boolean {
  const isFamily = /^(gpt-|o\d|chatgpt-)/.test(id);
  const isOther = /audio|realtime|image|transcribe|tts|search|instruct|embedding|moderation|codex|-pro|deep-research|-\d{4}-\d{2}-\d{2}|-\d{4}$/.test(id);
  return isFamily && !isOther;
}

/**
 * What a server lists, with what is known about each.
 *
 * @param entries as the server sent them; what has no id is left out
 * @param known models with their abilities
 * @param isOpenAi whether OpenAI itself answered, whose list holds more than models that chat
 * @returns known models first and in their order, then the others by id
 */
export function mergeOpenAiModels(entries: readonly unknown[], known: readonly Model[], isOpenAi: boolean): readonly Model[] {
  const ids = new Map(entries.flatMap((entry) => listed.safeParse(entry).data ?? []).map((entry) => [entry.id, entry]));
  const knownIds = new Set(known.map((model) => model.id));
  const others = [...ids.values()]
    .filter(({ id }) => !knownIds.has(id) && (!isOpenAi || isChatModel(id)))
    .map(({ id, max_model_len, context_window, context_length }): Model => ({
      id,
      name: id,
      description: 'Listed by the provider.',
      // Not said by the list. Nearly all models that chat can call tools today; one that cannot answers with an error of its own.
      hasTools: true,
      hasVision: false,
      hasJson: true,
      contextWindow: max_model_len ?? context_window ?? context_length ?? null,
      inputPrice: null,
      outputPrice: null,
    }))
    .toSorted((left, right) => left.id.localeCompare(right.id));
  return [...known.filter((model) => ids.has(model.id)), ...others];
}
