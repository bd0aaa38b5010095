import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, priceIn, priceOf } from '../../../src/services/usage/cost.ts';
import { estimateRequest, estimateTokens } from '../../../src/services/usage/estimate.ts';

const price = { inputPrice: 2_500_000, outputPrice: 10_000_000, cachedInputPrice: 1_250_000 };
const usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };
const model = { id: 'one', inputPrice: 1, outputPrice: 2, cachedInputPrice: null };

describe('the cost of a call', () => {
  it.each([
    ['a million tokens of each', { inputTokens: 1_000_000, cachedInputTokens: 0, outputTokens: 1_000_000 }, price, 12_500_000n],
    ['input that was kept, at its own price', { inputTokens: 1_000, cachedInputTokens: 600, outputTokens: 0 }, price, 1_750n],
    [
      'input that was kept, at the full price where it has none',
      { ...usage, inputTokens: 1_000, cachedInputTokens: 600 },
      { ...price, cachedInputPrice: null },
      2_500n,
    ],
    ['half a millionth, rounded up', { ...usage, inputTokens: 1 }, { ...price, inputPrice: 500_000 }, 1n],
    ['less than half a millionth, rounded down', { ...usage, inputTokens: 1 }, { ...price, inputPrice: 499_999 }, 0n],
    ['more kept than read, which a provider might say', { ...usage, inputTokens: 10, cachedInputTokens: 20 }, price, 13n],
    ['an unknown price', { ...usage, inputTokens: 1 }, null, null],
  ])('counts %s', (_what, used, prices, cost) => expect(costOf(used, prices)).toBe(cost));

  it('is within half a millionth of the exact cost, and rounded once', () => {
    const tokens = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    const dollars = fc.integer({ min: 0, max: 200_000_000 });
    fc.assert(
      fc.property(tokens, tokens, tokens, dollars, dollars, dollars, (inputTokens, cached, outputTokens, inputPrice, outputPrice, cachedInputPrice) => {
        const cachedInputTokens = Math.min(cached, inputTokens);
        const cost = costOf({ inputTokens, cachedInputTokens, outputTokens }, { inputPrice, outputPrice, cachedInputPrice });
        const exact =
          BigInt(inputTokens - cachedInputTokens) * BigInt(inputPrice) +
          BigInt(cachedInputTokens) * BigInt(cachedInputPrice) +
          BigInt(outputTokens) * BigInt(outputPrice);
        const distance = (cost ?? -1n) * 2_000_000n - exact * 2n;
        expect(distance > -1_000_000n && distance <= 1_000_000n).toBe(true);
      }),
    );
  });
});

describe('the price of a model', () => {
  it('is that of the list, and unknown where the list does not say', () => {
    expect(priceIn([model], 'one')).toEqual({ inputPrice: 1, outputPrice: 2, cachedInputPrice: null });
    expect(priceIn([model], 'two')).toBeNull();
    expect(priceIn([{ ...model, outputPrice: null }], 'one')).toBeNull();
  });

  it('is unknown when the list cannot be had', async () => {
    expect(await priceOf({ listModels: () => Promise.reject(new Error('away')) }, 'one')).toBeNull();
  });
});

describe('an estimate of tokens', () => {
  it('grows with the text, and reckons that the rest of a long one is like its beginning', () => {
    const sentence = 'The quick brown fox jumps over the lazy dog. ';
    const one = estimateTokens([sentence]);
    expect(one).toBeGreaterThan(7);
    expect(one).toBeLessThan(16);
    const long = estimateTokens([sentence.repeat(2_000)]);
    expect(Math.abs(long / (one * 2_000) - 1)).toBeLessThan(0.15);
    expect(estimateTokens([])).toBe(0);
  });

  it('counts everything that a request sends', () => {
    const request = { model: 'one', task: 'CHAT', system: null, messages: [], tools: [], temperature: null, topP: null, topK: null, maxTokens: null } as const;
    const tool = { name: 'run_sql', description: 'Runs a query.', parameters: { type: 'object' } };
    const image = { mediaType: 'image/png', bytes: new Uint8Array(1) } as const;
    const sizes = [
      request,
      { ...request, system: 'You are kind.' },
      { ...request, system: 'You are kind.', messages: [{ role: 'user', text: 'Hello there' }] as const },
      { ...request, system: 'You are kind.', messages: [{ role: 'user', text: 'Hello there' }] as const, tools: [tool] },
      { ...request, system: 'You are kind.', messages: [{ role: 'user', text: 'Hello there', images: [image] }] as const, tools: [tool] },
    ].map(estimateRequest);
    expect(sizes[0]).toBe(0);
    expect(sizes).toEqual(sizes.toSorted((left, right) => left - right));
    expect(new Set(sizes).size).toBe(sizes.length);
  });
});
