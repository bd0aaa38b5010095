import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { chatPrompt } from '../../../src/services/run/prompts.ts';
import { estimateRequest } from '../../../src/services/usage/estimate.ts';
import { createScriptedEngine } from '../../kit/scripted-engine.ts';
import { openRunTest } from '../run-kit.ts';

const maxTokens = 100;
const neededFor = (text: string): number =>
  estimateRequest({
    model: 'one',
    task: 'CHAT',
    tools: [],
    temperature: null,
    topP: null,
    topK: null,
    maxTokens,
    system: chatPrompt,
    messages: [{ role: 'user', text }],
  }) + maxTokens;

/** A node with a quota of tokens, somebody, and a conversation of theirs that has a title. */
async function open(tokens: number) {
  const engine = createScriptedEngine({ title: null });
  const kit = await openRunTest({ engines: [engine], quotas: { QUOTA_USER_TOKENS_PER_DAY: String(tokens) } });
  const viewer = await kit.person();
  const room = await kit.conversations.create(viewer, { title: 'A room' });
  const standing = async () => (await kit.quotas.ofPeople(viewer, [viewer.userId])).get(viewer.userId)?.DAY.tokens;
  return { ...kit, engine, viewer, standing, conversationId: room.id, [Symbol.asyncDispose]: () => kit[Symbol.asyncDispose]() };
}

const refusalIn = (error: unknown): AppError => {
  if (error instanceof AppError && error.code === 'QUOTA_EXCEEDED') return error;
  throw error;
};

describe('Q04 sends that interrupt one another', () => {
  it('are looked at before anything is stopped: one that does not fit leaves the run under way alone', async () => {
    await using kit = await open(neededFor('First') + 10);
    const { viewer, conversationId } = kit;
    const first = await kit.runs.send(viewer, { text: 'First', maxTokens, conversationId });
    const call = await kit.engine.nextCall();
    await expect(kit.runs.send(viewer, { text: 'Second', maxTokens, conversationId, ifBusy: 'INTERRUPT' })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect(await kit.runs.get(viewer, first.id)).toMatchObject({ status: 'RUNNING' });
    call.text('Undisturbed');
    call.finish();
    const events = await kit.eventsOf(viewer, first.id);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFinished', reason: 'STOP' });
  });

  it('use no more than the quota, however many there are, and each that was asked counts', async () => {
    const limit = 4 * neededFor('Again') + 20;
    await using kit = await open(limit);
    const { viewer, conversationId } = kit;
    let refusal: AppError | null = null;
    let asked = 0;
    while (refusal === null && asked < 100) {
      refusal = await kit.runs.send(viewer, { text: 'Again', maxTokens, conversationId, ifBusy: 'INTERRUPT' }).then(() => null, refusalIn);
      if (refusal !== null) break;
      asked += 1;
      // The provider has read everything before the next one stops it.
      (await kit.engine.nextCall()).usage(neededFor('Again') - maxTokens, maxTokens);
    }
    expect(refusal).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect(asked).toBeGreaterThan(1);
    const standing = await kit.standing();
    expect((standing?.used ?? 0n) + (standing?.reserved ?? 0n)).toBeLessThanOrEqual(BigInt(limit));
  });
});

describe('Q05 prompts that are too long for what is left', () => {
  it('are refused before anything is written, and say that no waiting helps', async () => {
    await using kit = await open(2_000);
    const text = 'word '.repeat(15_000);
    const error = await kit.runs.send(kit.viewer, { text, maxTokens }).then(() => null, refusalIn);
    expect(error?.quota).toMatchObject({ limit: 2_000, used: 0, needed: neededFor(text) });
    expect(error?.retryAfterMs).toBeUndefined();
    expect(error?.message).toContain('Ask for less');
    expect(await kit.prisma.run.count()).toBe(0);
    expect(await kit.prisma.quotaCount.findMany()).toEqual([]);
    expect(kit.engine.requests).toEqual([]);
  });

  it('cannot hide in the context: what was said before is reckoned with at the start', async () => {
    await using kit = await open(2_000);
    const { viewer, conversationId } = kit;
    const run = await kit.runs.send(viewer, { text: 'Hello', maxTokens, conversationId });
    const call = await kit.engine.nextCall();
    call.usage(1_200, 100);
    call.finish();
    await kit.eventsOf(viewer, run.id);
    await expect(kit.runs.send(viewer, { text: 'Go on', maxTokens, conversationId })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await expect(kit.runs.regenerate(viewer, { messageId: run.answerId ?? '', maxTokens })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  });

  it('nor in what nobody reckoned with: the provider is not asked, and the run ends with QUOTA_EXCEEDED', async () => {
    await using kit = await open(1_000);
    const { viewer, conversationId } = kit;
    // The last answer was refused at once, so that the start knows of nothing, and before it stands a long text.
    const long = await kit.prisma.message.create({ data: { id: crypto.randomUUID(), conversationId, role: 'USER', depth: 0, createdAt: new Date() } });
    await kit.prisma.part.create({ data: { id: crypto.randomUUID(), messageId: long.id, position: 0, kind: 'TEXT', text: 'word '.repeat(3_000) } });
    const run = await kit.runs.send(viewer, { text: 'Go on', maxTokens, conversationId });
    const events = await kit.eventsOf(viewer, run.id);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFailed', code: 'QUOTA_EXCEEDED', retryable: false });
    expect(kit.engine.requests).toEqual([]);
    expect(await kit.standing()).toMatchObject({ used: 0n, reserved: 0n });
  });

  it('nor in the longest answer that one may ask for', async () => {
    await using kit = await open(100_000);
    await expect(kit.runs.send(kit.viewer, { text: 'Hello', maxTokens: 1_000_000_000 })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  });
});
