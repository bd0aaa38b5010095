import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Run, UsageEntry } from '../../../prisma/generated/client.ts';
import { delay } from '../../../src/base/async.ts';
import { createEngine } from '../../../src/engines/create-engine.ts';
import { estimateTokens } from '../../../src/services/usage/estimate.ts';
import { startFakeOpenAi, type FakeRequest } from '../../kit/fake-openai.ts';
import { giveUpMs } from '../../kit/patience.ts';
import { openRunTest, streamedText } from '../run-kit.ts';

const timers = { connectTimeoutMs: giveUpMs, firstTokenTimeoutMs: giveUpMs, idleTimeoutMs: giveUpMs, totalTimeoutMs: 60_000 };

/** What somebody asks of the provider, and whether they stop it after a while. */
const plan = fc.record({
  tokens: fc.integer({ min: 1, max: 60 }),
  rate: fc.constantFrom(0, 200, 1_000),
  delayMs: fc.constantFrom(0, 0, 40),
  refusals: fc.constantFrom(0, 0, 0, 1, 9),
  cutAfter: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 3 }),
  stopAfterMs: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined, freq: 2 }),
});

type Sums = Readonly<Record<'inputTokens' | 'outputTokens', number>>;
const sum = (all: readonly Sums[]): Sums =>
  all.reduce((one, other) => ({ inputTokens: one.inputTokens + other.inputTokens, outputTokens: one.outputTokens + other.outputTokens }), {
    inputTokens: 0,
    outputTokens: 0,
  });

/** One provider, one node, somebody, and every run that was asked for. */
async function open() {
  const disposal = new AsyncDisposableStack();
  const provider = await startFakeOpenAi();
  disposal.defer(() => provider.close());
  const access = { kind: 'openai', id: 'fake', name: 'Fake', apiKey: 'sk-fake', baseUrl: provider.baseUrl, models: ['fake-model'] } as const;
  const engines = [await createEngine(access, { fetch: globalThis.fetch, timers })];
  const test = disposal.use(
    await openRunTest({ engines, quotas: { QUOTA_USER_TOKENS_PER_DAY: '100000000', QUOTA_INSTALLATION_COST_MICROS_PER_MONTH: '1000000' } }),
  );
  return { provider, test, viewer: await test.person(), [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

/** Holds the entry of a run to what the provider did with its requests. */
function checkEntry(entry: UsageEntry, requests: readonly FakeRequest[], text: string): void {
  const last = requests.at(-1);
  const tokens = { inputTokens: entry.inputTokens, outputTokens: entry.outputTokens };
  expect(entry.isOpen).toBe(false);
  if (last?.state === 'finished' && !entry.isEstimated) expect(tokens).toEqual(last.billed);
  // Whoever leaves in the moment of the last token has not seen what it cost.
  else if (entry.isEstimated) {
    expect(entry.outputTokens).toBe(estimateTokens([text]));
    expect(entry.inputTokens).toBeGreaterThan(0);
  } else {
    expect(tokens).toEqual({ inputTokens: 0, outputTokens: 0 });
    expect(last === undefined || last.billed.outputTokens === 0 || last.state === 'cut').toBe(true);
  }
}

describe('Q03 what is counted and what the provider bills', () => {
  it('is the same to the token, whatever is stopped, refused, repeated or cut, and one entry a call', async () => {
    await using kit = await open();
    const { provider, test, viewer } = kit;
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 3, maxLength: 8 }), async (plans) => {
        const done = await Promise.all(
          plans.map(async ({ stopAfterMs, ...wanted }) => {
            number += 1;
            const text = JSON.stringify({ ...wanted, number });
            const run: Run = await test.runs.send(viewer, { text });
            if (stopAfterMs !== undefined) {
              await delay(stopAfterMs);
              await test.runs.stop(viewer, run.id);
            }
            return { run, text, events: await test.eventsOf(viewer, run.id) };
          }),
        );
        const entries = await test.prisma.usageEntry.findMany({ where: { runId: { in: done.map(({ run }) => run.id) }, purpose: 'ANSWER' } });
        for (const { run, text, events } of done) {
          const own = entries.filter((entry) => entry.runId === run.id);
          const requests = provider.requests.filter(({ body, isTitle }) => !isTitle && body.messages.at(-1)?.content === text);
          // A run that is stopped before it calls has none.
          expect(own.length).toBe(requests.length === 0 ? own.length : 1);
          expect(own.length).toBeLessThanOrEqual(1);
          for (const entry of own) checkEntry(entry, requests, streamedText(events));
          const reported = events.find((event) => event.data.type === 'UsageReported')?.data;
          expect(reported).toMatchObject(sum(own));
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
    const all = await test.prisma.usageEntry.findMany();
    const whole = all.filter((entry) => !entry.isEstimated);
    const billed = provider.requests.filter(({ state }) => state === 'finished').map((request) => request.billed);
    const unseen = provider.requests.filter(({ state }) => state === 'finished').length - whole.filter((entry) => entry.inputTokens > 0).length;
    if (unseen === 0) expect(sum(whole)).toEqual(sum(billed));
    expect(whole.length).toBeGreaterThan(0);
    expect(whole.length).toBeLessThan(all.length);
    const total = sum(all);
    const counts = await test.prisma.quotaCount.findMany();
    expect(counts.map((row) => row.tokens)).toEqual([BigInt(total.inputTokens + total.outputTokens)]);
    // What the quotas say is that sum, and nothing is kept free any more.
    const standing = (await test.quotas.ofPeople(viewer, [viewer.userId])).get(viewer.userId);
    expect(standing?.DAY.tokens).toMatchObject({ used: counts[0]?.tokens, reserved: 0n });
    expect(standing?.DAY.messages.used).toBe(BigInt(number));
    const totals = await test.prisma.quotaTotal.findMany();
    expect(totals.reduce((tokens, row) => tokens + row.tokens, 0n)).toBe(counts[0]?.tokens);
  });
});

describe('a call that breaks off', () => {
  it('is estimated as the provider bills it, where the words are short', async () => {
    await using kit = await open();
    const run = await kit.test.runs.send(kit.viewer, { text: JSON.stringify({ tokens: 20, rate: 0, cutAfter: 7 }) });
    await kit.test.eventsOf(kit.viewer, run.id);
    const [request] = kit.provider.requests.filter(({ isTitle }) => !isTitle);
    expect(request).toMatchObject({ state: 'cut', billed: { outputTokens: 7 } });
    const [entry] = await kit.test.prisma.usageEntry.findMany({ where: { runId: run.id, purpose: 'ANSWER' } });
    expect(entry).toMatchObject({ isEstimated: true, outputTokens: 7 });
  });
});
