import type { JobServerConfig } from './base/job-config.ts';
import type { Config } from './base/config.ts';
import { createBuiltinEngine } from './engines/builtin/builtin.ts';
import { createEngine, type EngineAccess } from './engines/create-engine.ts';
import type { Engine } from './engines/engine.ts';
import { createDirectFetch } from './engines/guarded-fetch.ts';
import { createRegistry, type Registry } from './engines/registry.ts';

/** An engine whose answers are jobs. */
async function createJobServer({ engines, media, jobs }: Config, server: JobServerConfig, fetch: typeof globalThis.fetch): Promise<Engine> {
  const timers = { ...engines.timers, jobTimeoutMs: jobs.timeoutMs, poll: { firstWaitMs: media.pollFirstWaitMs, longestWaitMs: media.pollLongestWaitMs } };
  const common = { fetch: createDirectFetch(fetch), timers };
  if (server.kind === 'runpod') {
    const { createRunPodEngine } = await import('./engines/jobs/runpod.ts');
    return createRunPodEngine({ ...server, ...common });
  }
  const { createModalEngine } = await import('./engines/jobs/modal.ts');
  return createModalEngine({ ...server, ...common, apiKey: server.secret ?? '' });
}

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
  const jobEngines = await Promise.all(config.jobs.servers.map((server) => createJobServer(config, server, fetch)));
  return createRegistry({ engines: [...extra, ...engines, ...jobEngines, createBuiltinEngine()], defaultModel });
}
