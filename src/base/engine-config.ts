import { z } from 'zod';
import { wholeNumber } from './config-values.ts';
import { serverId, serverList, webUrl } from './json-list.ts';

/** How models are reached. */
export interface EnginesConfig {
  /** `provider:model` or a provider; null chooses the first engine that has a key, else `builtin`. */
  readonly defaultModel: string | null;
  /** For requests that do not say; 0 to 2. */
  readonly defaultTemperature: number;
  /** The most tokens of an answer, for requests that do not say. */
  readonly defaultMaxTokens: number;
  readonly openai: EngineConfig | null;
  readonly anthropic: EngineConfig | null;
  readonly gemini: EngineConfig | null;
  readonly ollama: OllamaConfig | null;
  readonly compatible: readonly CompatibleConfig[];
  readonly timers: EngineTimers;
}

/** The access to a model provider. */
interface EngineConfig {
  readonly apiKey: string;
  /** Null is the provider's own address. */
  readonly baseUrl: string | null;
}

/** The access to an Ollama. */
interface OllamaConfig {
  /** Null where none is asked for: on a machine of one's own. */
  readonly apiKey: string | null;
  readonly baseUrl: string;
}

/** A server that speaks the API of OpenAI. */
interface CompatibleConfig {
  /** The part before the colon of `provider:model`. */
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  /** Null for a server that asks for none. */
  readonly apiKey: string | null;
  /** The models that can be named, the default first; empty leaves it to the server's own list. */
  readonly models: readonly string[];
}

/** How long an engine may take, in milliseconds. */
export interface EngineTimers {
  readonly connectTimeoutMs: number;
  readonly firstTokenTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
}

const example = '[{"id": "groq", "name": "Groq", "baseUrl": "https://api.groq.com/openai/v1", "apiKey": "...", "models": ["llama-3.3-70b-versatile"]}]';

const compatible = z.strictObject({
  id: serverId,
  name: z.string().min(1).max(100).optional(),
  baseUrl: webUrl,
  apiKey: z.string().min(1).nullish(),
  models: z.array(z.string().min(1)).default([]),
});

/** The variables of engines. */
export const engineVariables = {
  DEFAULT_MODEL: z.string().optional(),
  DEFAULT_TEMPERATURE: z.coerce.number().min(0).max(2).default(0.7),
  DEFAULT_MAX_TOKENS: wholeNumber(1_024, 1, 1_000_000),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: webUrl.optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: webUrl.optional(),
  GEMINI_API_KEY: z.string().optional(),
  GEMINI_BASE_URL: webUrl.optional(),
  OLLAMA_API_KEY: z.string().optional(),
  OLLAMA_BASE_URL: webUrl.optional(),
  OPENAI_COMPATIBLE: serverList(compatible, example),
  ENGINE_CONNECT_TIMEOUT_MS: wholeNumber(10_000, 10, 600_000),
  ENGINE_FIRST_TOKEN_TIMEOUT_MS: wholeNumber(60_000, 10, 3_600_000),
  ENGINE_IDLE_TIMEOUT_MS: wholeNumber(30_000, 10, 3_600_000),
  ENGINE_TOTAL_TIMEOUT_MS: wholeNumber(600_000, 10, 86_400_000),
} as const;

const shape = z.object(engineVariables);

function access(apiKey: string | undefined, baseUrl: string | undefined): EngineConfig | null {
  return apiKey === undefined ? null : { apiKey, baseUrl: baseUrl ?? null };
}

/** The configuration of engines from its variables. */
export function shapeEngines(values: z.output<typeof shape>): EnginesConfig {
  return {
    defaultModel: values.DEFAULT_MODEL ?? null,
    defaultTemperature: values.DEFAULT_TEMPERATURE,
    defaultMaxTokens: values.DEFAULT_MAX_TOKENS,
    openai: access(values.OPENAI_API_KEY, values.OPENAI_BASE_URL),
    anthropic: access(values.ANTHROPIC_API_KEY, values.ANTHROPIC_BASE_URL),
    gemini: access(values.GEMINI_API_KEY, values.GEMINI_BASE_URL),
    ollama: values.OLLAMA_BASE_URL === undefined ? null : { apiKey: values.OLLAMA_API_KEY ?? null, baseUrl: values.OLLAMA_BASE_URL },
    compatible: values.OPENAI_COMPATIBLE.map(({ id, name, baseUrl, apiKey, models }) => ({ id, name: name ?? id, baseUrl, apiKey: apiKey ?? null, models })),
    timers: {
      connectTimeoutMs: values.ENGINE_CONNECT_TIMEOUT_MS,
      firstTokenTimeoutMs: values.ENGINE_FIRST_TOKEN_TIMEOUT_MS,
      idleTimeoutMs: values.ENGINE_IDLE_TIMEOUT_MS,
      totalTimeoutMs: values.ENGINE_TOTAL_TIMEOUT_MS,
    },
  };
}
