import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { estimateTokens } from '../../../src/services/usage/estimate.ts';
import { closeAbandonedCalls } from '../../../src/services/usage/lost-calls.ts';
import type { RunTool } from '../../../src/services/run-tool.ts';
import { createScriptedEngine } from '../../kit/scripted-engine.ts';
import { createDataConversation, openRunTest } from '../run-kit.ts';

const hello = { text: 'Hello' };
const prices = { inputPrice: 1_000_000, outputPrice: 4_000_000, cachedInputPrice: 500_000 };

/** A node with an engine that has prices, and a conversation that has a title already, so that answers are all that is called for. */
async function open(options: { readonly engine?: ReturnType<typeof createScriptedEngine>; readonly tool?: RunTool } = {}) {
  const { engine = createScriptedEngine({ prices }), tool } = options;
  const test = await openRunTest({ engines: [engine], ...(tool === undefined ? {} : { toolsOf: () => [tool] }) });
  const viewer = await test.person();
  const entries = async () => test.prisma.usageEntry.findMany({ where: { purpose: 'ANSWER' }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  return { ...test, test, engine, viewer, entries, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
}

describe('the usage of a call', () => {
  it('is what the provider says, with the price and the cost, on the entry, the run and the event', async () => {
    await using kit = await open();
    const run = await kit.runs.send(kit.viewer, hello);
    const call = await kit.engine.nextCall();
    call.text('Hi');
    call.usage(1_000, 200, { cachedInputTokens: 400, reasoningTokens: 50 });
    call.finish();
    const events = await kit.test.eventsOf(kit.viewer, run.id);
    const tokens = { inputTokens: 1_000, cachedInputTokens: 400, outputTokens: 200, reasoningTokens: 50 };
    expect(events.find((event) => event.data.type === 'UsageReported')?.data).toEqual({
      type: 'UsageReported',
      ...tokens,
      costMicros: 1_600,
      isEstimated: false,
    });
    expect(await kit.prisma.run.findUniqueOrThrow({ where: { id: run.id } })).toMatchObject({ ...tokens, costMicros: 1_600n, isUsageEstimated: false });
    expect(kit.runs.usageOf(await kit.runs.get(kit.viewer, run.id))).toEqual({ ...tokens, costMicros: 1_600n, isEstimated: false });
    expect(await kit.entries()).toMatchObject([
      {
        ...tokens,
        userId: kit.viewer.userId,
        runId: run.id,
        conversationId: run.conversationId,
        provider: 'scripted',
        model: 'one',
        costMicros: 1_600n,
        price: prices,
        isEstimated: false,
        isOpen: false,
      },
    ]);
  });

  it('is estimated where the provider does not say, and counted for titles as well', async () => {
    await using kit = await open();
    const run = await kit.runs.send(kit.viewer, hello);
    const call = await kit.engine.nextCall();
    call.reasoning('Let me think about it.');
    call.text('Good day to you');
    call.finish();
    await kit.test.eventsOf(kit.viewer, run.id);
    const [entry] = await kit.entries();
    expect(entry).toMatchObject({ isEstimated: true, isOpen: false, outputTokens: estimateTokens(['Let me think about it.Good day to you']) });
    expect(entry?.inputTokens).toBeGreaterThan(5);
    const title = await kit.prisma.usageEntry.findFirstOrThrow({ where: { purpose: 'TITLE' } });
    expect(title).toMatchObject({ runId: run.id, isEstimated: true, isOpen: false, outputTokens: estimateTokens(['A scripted title']) });
  });

  it('has no cost where the price is unknown', async () => {
    await using kit = await open({ engine: createScriptedEngine() });
    const run = await kit.runs.send(kit.viewer, hello);
    const call = await kit.engine.nextCall();
    call.usage(10, 10);
    call.finish();
    const events = await kit.test.eventsOf(kit.viewer, run.id);
    expect(events.find((event) => event.data.type === 'UsageReported')?.data).toMatchObject({ inputTokens: 10, costMicros: null });
    expect(await kit.entries()).toMatchObject([{ costMicros: null, price: null }]);
    expect((await kit.runs.get(kit.viewer, run.id)).costMicros).toBeNull();
  });

  it('of a stopped answer is what was said of it, and an estimate for the rest', async () => {
    await using kit = await open();
    const run = await kit.runs.send(kit.viewer, hello);
    const call = await kit.engine.nextCall();
    const reader = await kit.runs.events(kit.viewer, run.id, 1);
    call.usage(700, 1);
    call.text('This was said before the stop came, and nothing after it');
    await reader.next();
    await kit.runs.stop(kit.viewer, run.id);
    const outputTokens = estimateTokens(['This was said before the stop came, and nothing after it']);
    expect(await kit.entries()).toMatchObject([{ inputTokens: 700, outputTokens, isEstimated: true, isOpen: false }]);
    const stopped = await kit.prisma.run.findUniqueOrThrow({ where: { id: run.id } });
    expect(stopped).toMatchObject({ inputTokens: 700, outputTokens, isUsageEstimated: true, costMicros: BigInt(700 + 4 * outputTokens) });
    await reader.return?.();
  });

  it.each([
    ['ENGINE_OVERLOADED', '', false],
    ['ENGINE_BAD_KEY', '', false],
    ['ENGINE_TIMEOUT', '', true],
    ['ENGINE_PROTOCOL', '', true],
    ['ENGINE_OVERLOADED', 'half an answer', true],
  ] as const)('of one that failed with %s after "%s" is nothing or an estimate', async (code, text, isEstimated) => {
    await using kit = await open();
    const run = await kit.runs.send(kit.viewer, hello);
    const call = await kit.engine.nextCall();
    if (text !== '') call.text(text);
    call.fail({ code });
    await kit.test.eventsOf(kit.viewer, run.id);
    const [entry, ...others] = await kit.entries();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ isEstimated, isOpen: false, outputTokens: estimateTokens([text]) });
    expect(entry?.inputTokens === 0).toBe(!isEstimated);
  });

  it('is one entry a step, and their sum on the run', async () => {
    const tool: RunTool = {
      definition: { name: 'look', description: 'Looks.', parameters: { type: 'object' } },
      run: async () => ({ content: '{}', isError: false }),
    };
    await using kit = await open({ tool });
    const conversationId = await createDataConversation(kit, kit.viewer);
    const run = await kit.runs.send(kit.viewer, { ...hello, conversationId });
    const first = await kit.engine.nextCall();
    first.toolCall('a', 'look', {});
    first.usage(100, 10);
    first.finish('TOOL_CALLS');
    const second = await kit.engine.nextCall();
    second.usage(150, 20);
    second.finish();
    await kit.test.eventsOf(kit.viewer, run.id);
    expect((await kit.entries()).map((entry) => entry.inputTokens)).toEqual([100, 150]);
    expect(await kit.prisma.run.findUniqueOrThrow({ where: { id: run.id } })).toMatchObject({ inputTokens: 250, outputTokens: 30, costMicros: 370n });
  });

  it('of a process that died is written by whoever ends the run, once, by what was streamed', async () => {
    await using kit = await open();
    const run = await kit.runs.send(kit.viewer, hello);
    const call = await kit.engine.nextCall();
    const reader = await kit.runs.events(kit.viewer, run.id, 1);
    call.text('seen by everybody');
    await reader.next();
    expect(await kit.entries()).toMatchObject([{ isOpen: true }]);
    await kit.prisma.run.update({ where: { id: run.id }, data: { leaseExpiresAt: new Date(0) } });
    const others = await Promise.all([kit.test.otherNode(), kit.test.otherNode()]);
    await Promise.all(others.map(async (other) => other.executor.start(false)));
    const outputTokens = estimateTokens(['seen by everybody']);
    const written = await kit.entries();
    expect(written).toMatchObject([{ isOpen: false, isEstimated: true, outputTokens }]);
    expect(await kit.prisma.run.findUniqueOrThrow({ where: { id: run.id } })).toMatchObject({ status: 'FAILED', outputTokens, isUsageEstimated: true });
    // The node that was thought dead still ends its call.
    call.text(' and more');
    call.usage(9_999, 9_999);
    call.finish();
    await call.aborted;
    await kit.executor.close();
    expect(await kit.entries()).toEqual(written);
    const counted = await kit.prisma.quotaCount.findMany();
    const all = await kit.prisma.usageEntry.findMany();
    expect(counted.map((row) => row.tokens)).toEqual([all.reduce((sum, entry) => sum + BigInt(entry.inputTokens + entry.outputTokens), 0n)]);
    await reader.return?.();
  });

  it('outlives the conversation, and is not kept of somebody who is deleted', async () => {
    await using kit = await open();
    const run = await kit.runs.send(kit.viewer, hello);
    const call = await kit.engine.nextCall();
    await kit.conversations.delete(kit.viewer, run.conversationId);
    await call.aborted;
    await expect.poll(async () => (await kit.entries()).map((entry) => entry.isOpen)).toEqual([false]);
    await kit.prisma.user.delete({ where: { id: kit.viewer.userId } });
    expect(await kit.entries()).toEqual([]);
  });

  it('beside an answer, whose process died, is closed by what it was reckoned to be, and counted', async () => {
    await using kit = await open();
    const { userId } = kit.viewer;
    const id = '0198c0de-0000-7000-8000-000000000001';
    const about = { id, userId, purpose: 'EMBEDDING', provider: 'gone', model: 'small', createdAt: new Date(0), isOpen: true, isEstimated: true } as const;
    await kit.prisma.usageEntry.create({
      data: { ...about, inputTokens: 1_000, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0, costMicros: 20n },
    });
    expect(await closeAbandonedCalls({ pool: kit.pool, modelCalls: kit.modelCalls, clock: systemClock }, { olderThanMs: 1 })).toBe(1);
    expect(await kit.prisma.usageEntry.findUnique({ where: { id } })).toMatchObject({ isOpen: false, isEstimated: true, inputTokens: 1_000, costMicros: 20n });
    expect(await kit.prisma.quotaCount.findMany({ where: { userId } })).toMatchObject([{ tokens: 1_000n, costMicros: 20n }]);
  });
});
