import { afterAll, describe, expect, it } from 'vitest';
import { createEmbeddedModel } from '../../src/embeddings/embedded.ts';
import { giveUpMs } from '../kit/patience.ts';

const model = createEmbeddedModel({ timeoutMs: giveUpMs });
afterAll(() => model.close());
const signal = new AbortController().signal;
const product = (one: Float32Array | undefined, other: Float32Array | undefined): number =>
  (one ?? new Float32Array()).reduce((sum, value, index) => sum + value * (other?.[index] ?? 0), 0);

describe('the embedded model', () => {
  it('finds texts alike that mean the same, without a key and in another process', async () => {
    const before = process.memoryUsage().rss;
    const {
      vectors: [refund, money, weather],
    } = await model.embed(['How do I get a refund?', 'Can I have my money back?', 'It will rain in the mountains tomorrow.'], 'PASSAGE', signal);
    expect([refund?.length, money?.length]).toEqual([512, 512]);
    expect(product(refund, refund)).toBeCloseTo(1, 4);
    expect(product(refund, money)).toBeGreaterThan(product(refund, weather) + 0.2);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
  });

  it('takes whatever text there is', async () => {
    const { vectors } = await model.embed(['', '東京', '\u0000', 'x'.repeat(100_000)], 'PASSAGE', signal);
    expect(vectors.map(({ length }) => length)).toEqual([512, 512, 512, 512]);
  });
});
