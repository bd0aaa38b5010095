import { describe, expect, it } from 'vitest';
import { anthropicModels, mergeAnthropicModels } from '../../src/engines/anthropic-models.ts';
import type { Model } from '../../src/engines/engine.ts';
import { geminiModelsAt, mergeGeminiModels } from '../../src/engines/gemini-models.ts';
import { mergeOpenAiModels } from '../../src/engines/openai-model-list.ts';
import { openAiEarlierModels, openAiModels } from '../../src/engines/openai-models.ts';

const today = new Date('2026-11-28T00:00:00Z');
const tables: readonly (readonly [string, readonly Model[]])[] = [
  ['OpenAI', openAiModels],
  ['Anthropic', anthropicModels],
  ['Gemini', geminiModelsAt(today)],
];

describe.each(tables)('the table of %s', (_provider, models) => {
  it('names each model once', () => {
    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
  });

  it.each(models)(
    'has for $id prices in whole micro-units, cached input below input below output',
    ({ inputPrice, cachedInputPrice, outputPrice, contextWindow }) => {
      const prices = [cachedInputPrice, inputPrice, outputPrice].map(Number);
      expect(prices.every((price) => Number.isInteger(price) && price >= 10_000 && price <= 100_000_000)).toBe(true);
      expect(prices.toSorted((left, right) => left - right)).toEqual(prices);
      if (contextWindow !== null) expect(contextWindow).toBeGreaterThanOrEqual(100_000);
    },
  );
});

describe('prices', () => {
  it('of the newer Flash models double when 2027 begins', () => {
    const at = (now: string): number | null | undefined => geminiModelsAt(new Date(now)).find(({ id }) => id === 'gemini-3.8-flash')?.outputPrice;
    expect([at('2026-12-31T23:59:59Z'), at('2027-01-01T00:00:00Z')]).toEqual([3_750_000, 7_500_000]);
    expect(geminiModelsAt(new Date('2027-01-01T00:00:00Z')).find(({ id }) => id === 'gemini-3.5-flash')?.outputPrice).toBe(9_000_000);
  });

  it('of models that only the provider lists are known where the table of the others has them, else unknown', () => {
    const models = mergeOpenAiModels([{ id: 'gpt-5.2' }, { id: 'gpt-9' }, { id: 'gpt-6-sol' }]);
    expect(models.map(({ id, inputPrice, contextWindow }) => ({ id, inputPrice, contextWindow }))).toEqual([
      { id: 'gpt-6-sol', inputPrice: 2_000_000, contextWindow: 1_050_000 },
      { id: 'gpt-5.2', inputPrice: 1_750_000, contextWindow: 400_000 },
      { id: 'gpt-9', inputPrice: null, contextWindow: null },
    ]);
    expect(mergeGeminiModels([{ name: 'models/gemini-9' }], geminiModelsAt(today))).toMatchObject([{ id: 'gemini-9', inputPrice: null }]);
    expect(openAiModels.filter(({ id }) => openAiEarlierModels.has(id))).toEqual([]);
  });

  it('of a snapshot of Anthropic are those of its model', () => {
    const listed = mergeAnthropicModels(
      [
        { id: 'claude-haiku-4-5-20251001', display_name: 'Claude Haiku 4.5' },
        { id: 'claude-haiku-4-5-turbo', display_name: 'Another' },
      ],
      anthropicModels,
    );
    expect(listed.map(({ id, name, inputPrice }) => ({ id, name, inputPrice }))).toEqual([
      { id: 'claude-haiku-4-5-20251001', name: 'Claude Haiku 4.5', inputPrice: 1_000_000 },
      { id: 'claude-haiku-4-5-turbo', name: 'Another', inputPrice: null },
    ]);
  });
});
