import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Engine } from '../../src/engines/engine.ts';
import { createOpenAiEngine } from '../../src/engines/openai.ts';
import { tokensToWriteAnywhere, withThoughts } from '../../src/engines/thoughts.ts';
import { patientTimers, providers, question, read, type Provider } from './providers.ts';
import { startWireServer, stream } from './wire-server.ts';

const limits = z.object({
  max_completion_tokens: z.number().optional(),
  max_tokens: z.number().optional(),
  generationConfig: z.object({ maxOutputTokens: z.number().optional() }).optional(),
  options: z.object({ num_predict: z.number().optional() }).optional(),
});

/** The limit of a request, wherever the provider wants it; null where there is none. */
function limitOf(body: unknown): number | null {
  const found = limits.parse(body);
  return found.max_completion_tokens ?? found.max_tokens ?? found.generationConfig?.maxOutputTokens ?? found.options?.num_predict ?? null;
}

/** Thinks for 2,000 tokens before it answers, and is cut off where less is allowed. */
async function startThinker(provider: Provider) {
  const server = await startWireServer((response, incoming) => {
    const limit = limitOf(server.requests.at(-1)?.body);
    const isCut = limit !== null && limit < 2_000;
    stream(provider.fixture(isCut ? 'length' : 'reasoning'), 'end', provider.contentType)(response, incoming);
  });
  return server;
}

const provided = (id: string): Provider => {
  const found = providers.find((provider) => provider.id === id);
  if (found === undefined) throw new Error(`there is no provider ${id}`);
  return found;
};

/** What a model may write where 1,024 tokens are meant for its words, and where somebody said 1,024. */
const cases = [
  { id: 'openai', model: 'gpt-5.4-mini', words: 26_024, said: 1_024 },
  { id: 'openai', model: 'o3', words: 26_024, said: 1_024 },
  { id: 'openai', model: 'gpt-4.1', words: 1_024, said: 1_024 },
  { id: 'anthropic', model: 'claude-sonnet-5-5', words: 26_024, said: 1_024 },
  { id: 'anthropic', model: 'claude-haiku-4-5', words: 1_024, said: 1_024 },
  { id: 'gemini', model: 'gemini-3.8-flash', words: 26_024, said: 1_024 },
  { id: 'gemini', model: 'gemini-2.0-flash', words: 1_024, said: 1_024 },
  { id: 'ollama', model: 'gpt-oss:20b', words: null, said: 1_024 },
  { id: 'ollama', model: 'llama3.2', words: 1_024, said: 1_024 },
];

describe('a number of tokens', () => {
  it.each(cases)('for words is $words to $id:$model, and of a person $said', async ({ id, model, words, said }) => {
    const provider = provided(id);
    await using server = await startThinker(provider);
    const ask = (countsWordsAlone: boolean) => read(provider.create(server.url), question({ model, maxTokens: 1_024, countsWordsAlone }));
    const [ours, theirs] = [await ask(true), await ask(false)];
    expect(server.requests.map(({ body }) => limitOf(body))).toEqual([words, said]);
    expect([ours.last, theirs.last]).toMatchObject([{ reason: words === 1_024 ? 'LENGTH' : 'STOP' }, { reason: 'LENGTH' }]);
  });

  it('for words is not told to a compatible server whose model thinks', async () => {
    const provider = provided('openai');
    await using server = await startThinker(provider);
    const create = (model: string): Engine =>
      createOpenAiEngine({ id: 'vllm', apiKey: null, baseUrl: `${server.url}/v1`, defaultModel: model, fetch: globalThis.fetch, timers: patientTimers });
    for (const model of ['deepseek-ai/DeepSeek-R1-0528', 'meta-llama/Llama-3.1-8B-Instruct'])
      await read(create(model), question({ model, maxTokens: 1_024, countsWordsAlone: true }));
    expect(server.requests.map(({ body }) => limitOf(body))).toEqual([null, 1_024]);
  });

  it('has no room for thoughts where OpenAI lets a model call tools only without them', async () => {
    const provider = provided('openai');
    await using server = await startThinker(provider);
    const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }];
    await read(provider.create(server.url), question({ model: 'gpt-6-luna', tools, maxTokens: 1_024, countsWordsAlone: true }));
    expect(limitOf(server.requests[0]?.body)).toBe(1_024);
  });

  it.each([
    [300, 25_300],
    [7_000, 32_000],
    [20_000, 32_000],
    [128_000, 128_000],
  ])('of %i grows to %i', (tokens, grown) => {
    expect(withThoughts(tokens)).toBe(grown);
  });
});

describe('a model on a server of somebody', () => {
  const thinks = (model: string): boolean => tokensToWriteAnywhere(question({ model, maxTokens: 9, countsWordsAlone: true })) === null;

  it.each([
    'deepseek-r1:14b',
    'deepseek-reasoner',
    'qwq',
    'Qwen/Qwen3-32B',
    'qwen3:8b',
    'Qwen3-30B-A3B-Thinking-2507',
    'openai/gpt-oss-120b',
    'magistral-small',
    'openai/gpt-5.4',
    'openai/o3-mini',
    'o4-mini',
    'anthropic/claude-opus-5-5',
    'google/gemini-3.8-flash',
    'moonshotai/kimi-k2-thinking',
    'phi4-reasoning:plus',
  ])('thinks: %s', (model) => {
    expect(thinks(model)).toBe(true);
  });

  it.each([
    'llama3.2',
    'meta-llama/Llama-3.1-8B-Instruct',
    'qwen2.5-coder:7b',
    'Qwen3-Coder-480B',
    'Qwen3-4B-Instruct-2507',
    'mistral-small',
    'gpt-4o-mini',
    'openai/gpt-5-chat',
    'claude-haiku-4-5',
    'deepseek-v3',
    'gemma3:27b',
    'phi4',
    'olmo-2',
    'some-model',
  ])('does not think: %s', (model) => {
    expect(thinks(model)).toBe(false);
  });
});
