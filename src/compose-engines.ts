import type { Config } from './base/config.ts';
import { createBuiltinEngine } from './engines/builtin/builtin.ts';
import { createEngine, type EngineAccess } from './engines/create-engine.ts';
import type { Engine } from './engines/engine.ts';
import { createDirectFetch } from './engines/guarded-fetch.ts';
import { createRegistry, type Registry } from './engines/registry.ts';

/** The engines that the configuration allows; those handed in come first. `builtin` is always there. */
export async function composeEngines(config: Config, extra: readonly Engine[], fetch: typeof globalThis.fetch): Promise<Registry> {
  const { openai, anthropic, gemini, ollama, compatible, timers, defaultModel } = config.engines;
  const accesses: readonly EngineAccess[] = [
    ...(openai === null ? [] : [{ ...openai, kind: 'openai', id: 'openai', name: 'OpenAI', models: [] } as const]),
    ...(anthropic === null ? [] : [{ ...anthropic, kind: 'anthropic', id: 'anthropic', name: 'Anthropic', models: [] } as const]),
    ...(gemini === null ? [] : [{ ...gemini, kind: 'gemini', id: 'gemini', name: 'Gemini', models: [] } as const]),
    ...compatible.map((server) => ({ ...server, kind: 'openai-compatible' }) as const),
    ...(ollama === null ? [] : [{ ...ollama, kind: 'ollama', id: 'ollama', name: 'Ollama', models: [] } as const]),
  ];
  const engines = await Promise.all(accesses.map((access) => createEngine(access, { fetch: createDirectFetch(fetch), timers })));
  return createRegistry({ engines: [...extra, ...engines, createBuiltinEngine()], defaultModel });
}
