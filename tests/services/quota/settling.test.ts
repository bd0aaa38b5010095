import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../../src/auth/viewer.ts';
import type { RunTool } from '../../../src/services/run-tool.ts';
import { chatPrompt } from '../../../src/services/run/prompts.ts';
import { estimateRequest, estimateTokens } from '../../../src/services/usage/estimate.ts';
import { createScriptedEngine } from '../../kit/scripted-engine.ts';
import { createDataConversation, openRunTest } from '../run-kit.ts';

const text = 'Hello';
const maxTokens = 100;
const request = { model: 'one', task: 'CHAT', tools: [], temperature: null, topP: null, topK: null, maxTokens } as const;
const needed = estimateRequest({ ...request, system: chatPrompt, messages: [{ role: 'user', text }] }) + maxTokens;

/** A node whose people may use some tokens a day, and how they stand. */
async function open(options: {
  readonly tokens: number;
  readonly tool?: RunTool;
  readonly title?: string | null;
  readonly more?: Readonly<Record<string, string>>;
}) {
  const { tokens, tool, title = null, more = {} } = options;
  const engine = createScriptedEngine({ title });
  const test = await openRunTest({
    engines: [engine],
    quotas: { QUOTA_USER_TOKENS_PER_DAY: String(tokens), ...more },
    ...(tool === undefined ? {} : { toolsOf: () => [tool] }),
  });
  const viewer = await test.person();
  // It has a title already, unless a test is about titles, so that answers are all that is called for.
  const { id: conversationId } = await test.conversations.create(viewer, { title: 'A room' });
  const said = { text, maxTokens, conversationId };
  const standing = async (whose: Viewer = viewer) => (await test.quotas.ofPeople(whose, [whose.userId])).get(whose.userId)?.DAY.tokens;
  return { ...test, test, engine, viewer, said, standing, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
}

describe('what is kept free for a run', () => {
  it('becomes what it used when it ends, and is free for the next', async () => {
    await using kit = await open({ tokens: needed + 80 });
    const run = await kit.runs.send(kit.viewer, kit.said);
    expect(await kit.standing()).toEqual({ limit: BigInt(needed + 80), used: 0n, reserved: BigInt(needed), remaining: 80n });
    await expect(kit.runs.send(kit.viewer, { text, maxTokens })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      // What is under way may end soon.
      retryAfterMs: 2_000,
      quota: { scope: 'USER', period: 'DAY', metric: 'TOKENS', limit: needed + 80, used: 0, reserved: needed, needed },
    });
    const call = await kit.engine.nextCall();
    call.usage(20, 10);
    call.finish();
    await kit.eventsOf(kit.viewer, run.id);
    expect(await kit.standing()).toMatchObject({ used: 30n, reserved: 0n });
    await expect(kit.runs.send(kit.viewer, kit.said)).resolves.toMatchObject({ status: 'RUNNING' });
  });

  it('is given back by a stop, less what was seen, and by the stop of one that waits', async () => {
    await using kit = await open({ tokens: 10 * needed });
    const run = await kit.runs.send(kit.viewer, kit.said);
    const waiting = await kit.runs.send(kit.viewer, { ...kit.said, ifBusy: 'ENQUEUE' });
    expect(await kit.standing()).toMatchObject({ reserved: BigInt(2 * needed) });
    await kit.runs.stop(kit.viewer, waiting.id);
    expect(await kit.standing()).toMatchObject({ reserved: BigInt(needed) });
    const call = await kit.engine.nextCall();
    const reader = await kit.runs.events(kit.viewer, run.id, 1);
    call.usage(40, 1);
    call.text('This was seen');
    await reader.next();
    await kit.runs.stop(kit.viewer, run.id);
    await reader.return?.();
    expect(await kit.standing()).toMatchObject({ reserved: 0n, used: BigInt(40 + estimateTokens(['This was seen'])) });
  });

  it('is given back whole when the provider refuses, also after another attempt by the person', async () => {
    await using kit = await open({ tokens: 2 * needed });
    for (const code of ['ENGINE_OVERLOADED', 'ENGINE_BAD_KEY', 'ENGINE_RATE_LIMITED'] as const) {
      const run = await kit.runs.send(kit.viewer, kit.said);
      (await kit.engine.nextCall()).fail({ code });
      await kit.eventsOf(kit.viewer, run.id);
      expect(await kit.standing()).toMatchObject({ used: 0n, reserved: 0n });
    }
  });

  it('is given back when its process is gone, by whoever ends the run', async () => {
    await using kit = await open({ tokens: 10 * needed });
    const run = await kit.runs.send(kit.viewer, kit.said);
    const call = await kit.engine.nextCall();
    const reader = await kit.runs.events(kit.viewer, run.id, 1);
    call.text('seen');
    await reader.next();
    await kit.prisma.run.update({ where: { id: run.id }, data: { leaseExpiresAt: new Date(0) } });
    await (await kit.test.otherNode()).executor.start(false);
    await reader.return?.();
    const [entry] = await kit.prisma.usageEntry.findMany({ where: { purpose: 'ANSWER' } });
    expect(entry?.isOpen).toBe(false);
    expect(await kit.standing()).toMatchObject({ reserved: 0n, used: BigInt((entry?.inputTokens ?? 0) + (entry?.outputTokens ?? 0)) });
  });
});

/** A conversation about data, with a title. */
async function createNamedConversation(kit: Awaited<ReturnType<typeof open>>): Promise<string> {
  const id = await createDataConversation(kit, kit.viewer);
  await kit.prisma.conversation.update({ where: { id }, data: { title: 'Data', titleSource: 'PERSON' } });
  return id;
}

describe('a run of several steps', () => {
  const tool: RunTool = {
    definition: { name: 'look', description: 'Looks.', parameters: { type: 'object' } },
    run: async () => ({ content: '{}', isError: false }),
  };

  it('asks for more before each of them, and counts nothing twice', async () => {
    await using kit = await open({ tokens: 100_000, tool });
    const conversationId = await createNamedConversation(kit);
    const run = await kit.runs.send(kit.viewer, { text, maxTokens, conversationId });
    const first = await kit.engine.nextCall();
    const begun = await kit.standing();
    first.toolCall('a', 'look', {});
    first.usage(3_000, 100);
    first.finish('TOOL_CALLS');
    const second = await kit.engine.nextCall();
    const estimated = estimateRequest(second.request) + maxTokens;
    expect(begun?.reserved).toBe(BigInt(estimateRequest(first.request) + maxTokens));
    expect(await kit.standing()).toMatchObject({ used: 3_100n, reserved: BigInt(estimated) });
    second.usage(3_200, 20);
    second.finish();
    await kit.eventsOf(kit.viewer, run.id);
    expect(await kit.standing()).toMatchObject({ used: 6_320n, reserved: 0n });
  });

  it('ends with QUOTA_EXCEEDED before the step that does not fit, and keeps what it said', async () => {
    await using kit = await open({ tokens: 4_000, tool });
    const conversationId = await createNamedConversation(kit);
    const run = await kit.runs.send(kit.viewer, { text, maxTokens, conversationId });
    const first = await kit.engine.nextCall();
    first.text('Let me look.');
    first.toolCall('a', 'look', {});
    first.usage(3_950, 40);
    first.finish('TOOL_CALLS');
    const events = await kit.eventsOf(kit.viewer, run.id);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFailed', code: 'QUOTA_EXCEEDED', retryable: true });
    expect(kit.engine.requests.filter(({ task }) => task === 'CHAT')).toHaveLength(1);
    expect(await kit.standing()).toMatchObject({ used: 3_990n, reserved: 0n });
    expect(events.some(({ data }) => data.type === 'TextDelta' && data.text === 'Let me look.')).toBe(true);
  });
});

describe('calls beside answers', () => {
  it('count, and are left out without harm when nothing is left for them', async () => {
    await using kit = await open({ tokens: needed + 20, title: 'A title' });
    const run = await kit.runs.send(kit.viewer, { text, maxTokens });
    const call = await kit.engine.nextCall();
    call.usage(20, 10);
    call.finish();
    const events = await kit.eventsOf(kit.viewer, run.id);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFinished', reason: 'STOP' });
    // Nobody was asked for a title: the first words serve.
    expect(kit.engine.requests.map(({ task }) => task)).toEqual(['CHAT']);
    expect((await kit.prisma.conversation.findUniqueOrThrow({ where: { id: run.conversationId } })).title).toBe('Hello');
    expect(await kit.metrics.text()).toContain('colloquy_quota_refusals_total{scope="USER",period="DAY",metric="TOKENS"} 1');
  });

  it('keep free what they may use while they are made, and are counted then', async () => {
    await using kit = await open({ tokens: 100_000, title: null });
    const run = await kit.runs.send(kit.viewer, { text, maxTokens });
    const call = await kit.engine.nextCall();
    const title = await kit.engine.nextCall('TITLE');
    expect(await kit.standing()).toMatchObject({ used: 0n, reserved: BigInt(needed + estimateRequest(title.request) + 256) });
    title.text('A title');
    title.usage(30, 3);
    title.finish();
    call.usage(20, 10);
    call.finish();
    await kit.eventsOf(kit.viewer, run.id);
    expect(await kit.standing()).toMatchObject({ used: 63n, reserved: 0n });
  });
});

describe('what costs the installation nothing', () => {
  it('counts as a message and nothing else', async () => {
    const engine = createScriptedEngine({ id: 'builtin' });
    await using kit = await openRunTest({ engines: [engine], quotas: { QUOTA_USER_TOKENS_PER_DAY: '0', QUOTA_USER_MESSAGES_PER_DAY: '2' } });
    const viewer = await kit.person();
    for (const last of [false, true]) {
      const run = await kit.runs.send(viewer, { text });
      const call = await engine.nextCall();
      call.usage(1_000, 1_000);
      call.finish();
      await kit.eventsOf(viewer, run.id);
      const standing = (await kit.quotas.ofPeople(viewer, [viewer.userId])).get(viewer.userId);
      expect(standing?.DAY).toMatchObject({ tokens: { used: 0n, reserved: 0n }, messages: { used: last ? 2n : 1n, remaining: last ? 0n : 1n } });
    }
    await expect(kit.runs.send(viewer, { text })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED', quota: { metric: 'MESSAGES' } });
  });
});
