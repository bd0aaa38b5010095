import type { EngineTimers } from '../base/engine-config.ts';
import type { Engine } from './engine.ts';
import { firstListed, withFirstListed } from './first-listed.ts';

/** What endpoints speak. */
export const engineKinds = ['openai', 'anthropic', 'gemini', 'ollama', 'openai-compatible'] as const;

/** One of `engineKinds`. */
export type EngineKind = (typeof engineKinds)[number];

/** The access to a provider, whoever gave it. */
export interface EngineAccess {
  readonly kind: EngineKind;
  /** The part before the colon of `provider:model`. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** Null where the endpoint needs none. */
  readonly apiKey: string | null;
  /** Null is the provider's own address. */
  readonly baseUrl: string | null;
  /** The models that can be named, the default first; empty leaves it to the provider. */
  readonly models: readonly string[];
}

/** What an engine stands on. */
export interface EngineSurroundings {
  readonly fetch: typeof globalThis.fetch;
  readonly timers: EngineTimers;
}

/**
 * Makes an engine. The SDKs of vendors are only loaded where they are used: each takes a tenth of the time of a start.
 */
export async function createEngine(access: EngineAccess, { fetch, timers }: EngineSurroundings): Promise<Engine> {
  const { kind, id, name, baseUrl, models } = access;
  const [defaultModel] = models;
  const chosen = { id, name, apiKey: access.apiKey ?? '', baseUrl, fetch, timers, ...(defaultModel === undefined ? {} : { defaultModel }) };
  switch (kind) {
    case 'openai': {
      const { createOpenAiEngine } = await import('./openai.ts');
      return createOpenAiEngine(chosen);
    }
    case 'openai-compatible': {
      const { createOpenAiEngine } = await import('./openai.ts');
      const server = { ...chosen, apiKey: access.apiKey };
      if (defaultModel !== undefined) return createOpenAiEngine({ ...server, models });
      return withFirstListed(createOpenAiEngine({ ...server, defaultModel: firstListed }));
    }
    case 'anthropic': {
      const { createAnthropicEngine } = await import('./anthropic.ts');
      return createAnthropicEngine(chosen);
    }
    case 'gemini': {
      const { createGeminiEngine } = await import('./gemini.ts');
      return createGeminiEngine(chosen);
    }
    case 'ollama': {
      const { createOllamaEngine } = await import('./ollama.ts');
      return defaultModel === undefined ? withFirstListed(createOllamaEngine({ ...chosen, defaultModel: firstListed })) : createOllamaEngine(chosen);
    }
    default:
      return kind satisfies never;
  }
}
