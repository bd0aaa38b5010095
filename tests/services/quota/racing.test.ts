import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { estimateRequest } from '../../../src/services/usage/estimate.ts';
import { chatPrompt } from '../../../src/services/run/prompts.ts';
import { createScriptedEngine } from '../../kit/scripted-engine.ts';
import { openRunTest } from '../run-kit.ts';

const text = 'Good morning, what is the weather like today?';
const maxTokens = 200;
const request = { model: 'one', task: 'CHAT', tools: [], temperature: null, topP: null, topK: null, maxTokens } as const;
/** What a message in a new conversation is reckoned to need. */
const needed = estimateRequest({ ...request, system: chatPrompt, messages: [{ role: 'user', text }] }) + maxTokens;
const prices = { inputPrice: 1_000_000, outputPrice: 1_000_000, cachedInputPrice: null };

const codeOf = (error: unknown): string => (error instanceof AppError ? error.code : String(error));

/** How many of many sends begin at once, on two nodes; the others must be refused by the quota. */
async function begun(quotas: Readonly<Record<string, string>>, isOfOne: boolean, count = 24) {
  const engine = createScriptedEngine({ title: null, prices });
  await using kit = await openRunTest({ engines: [engine], quotas });
  const other = await kit.otherNode();
  const people = await Promise.all(Array.from({ length: isOfOne ? 1 : count }, async () => kit.person()));
  // They have titles already, so that answers are all that is called for.
  const rooms = await Promise.all(
    Array.from({ length: count }, async (_, index) => kit.conversations.create(people[index % people.length] ?? null, { title: `Room ${index}` })),
  );
  const outcomes = await Promise.allSettled(
    Array.from({ length: count }, async (_, index) =>
      (index % 2 === 0 ? kit : other).runs.send(people[index % people.length] ?? null, { text, maxTokens, conversationId: rooms[index]?.id ?? null }),
    ),
  );
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [codeOf(outcome.reason)] : []));
  expect(new Set(refused)).toEqual(new Set(['QUOTA_EXCEEDED']));
  expect(await kit.prisma.run.count()).toBe(count - refused.length);
  expect(await kit.prisma.message.count({ where: { role: 'USER' } })).toBe(count - refused.length);
  // None of those that began is refused afterwards.
  for (let call = 0; call < count - refused.length; call += 1) {
    const found = await engine.nextCall();
    found.usage(needed - maxTokens, maxTokens);
    found.finish();
  }
  await expect.poll(async () => kit.prisma.run.count({ where: { status: 'COMPLETED' } })).toBe(count - refused.length);
  return count - refused.length;
}

describe('Q01 sends that race for the rest of a quota', () => {
  it('begin exactly as often as tokens are left, on whatever node', async () => {
    expect(await begun({ QUOTA_USER_TOKENS_PER_DAY: String(7 * needed + needed - 1) }, true)).toBe(7);
  });

  it('begin exactly as often as cost is left', async () => {
    expect(await begun({ QUOTA_USER_COST_MICROS_PER_MONTH: String(5 * needed) }, true)).toBe(5);
  });

  it('begin exactly as often as messages are left', async () => {
    expect(await begun({ QUOTA_USER_MESSAGES_PER_DAY: '9' }, true)).toBe(9);
  });

  it('of several people begin exactly as often as all together have left', async () => {
    expect(await begun({ QUOTA_INSTALLATION_TOKENS_PER_MONTH: String(6 * needed), QUOTA_USER_TOKENS_PER_DAY: String(2 * needed) }, false)).toBe(6);
  });

  it('into one conversation, waiting for one another, keep free for each', async () => {
    const engine = createScriptedEngine({ title: null, prices });
    await using kit = await openRunTest({ engines: [engine], quotas: { QUOTA_USER_TOKENS_PER_DAY: String(3 * needed) } });
    const viewer = await kit.person();
    const room = await kit.conversations.create(viewer, { title: 'A room' });
    const first = await kit.runs.send(viewer, { text, maxTokens, conversationId: room.id });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, async () => kit.runs.send(viewer, { text, maxTokens, conversationId: first.conversationId, ifBusy: 'ENQUEUE' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await kit.prisma.run.count({ where: { status: 'QUEUED' } })).toBe(2);
    const standing = (await kit.quotas.ofPeople(viewer, [viewer.userId])).get(viewer.userId);
    expect(standing?.DAY.tokens).toMatchObject({ used: 0n, reserved: BigInt(3 * needed), remaining: 0n });
  });

  it('into new conversations begin exactly as often as messages are left', async () => {
    await using kit = await openRunTest({ engines: [createScriptedEngine()], quotas: { QUOTA_INSTALLATION_MESSAGES_PER_DAY: '8' } });
    const viewer = await kit.person();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, async () => kit.runs.send(viewer, { text })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    expect(await kit.prisma.conversation.count()).toBe(8);
    expect((await kit.prisma.quotaTotal.findMany()).reduce((sum, row) => sum + row.messages, 0n)).toBe(8n);
  });

  it('with one key are one, also when nothing is left for another', async () => {
    await using kit = await openRunTest({ engines: [createScriptedEngine({ title: null })], quotas: { QUOTA_USER_MESSAGES_PER_DAY: '1' } });
    const viewer = await kit.person();
    const runs = await Promise.all(Array.from({ length: 10 }, async () => kit.runs.send(viewer, { text, idempotencyKey: 'one' })));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    await expect(kit.runs.send(viewer, { text, idempotencyKey: 'two' })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await expect(kit.runs.send(viewer, { text, idempotencyKey: 'one' })).resolves.toMatchObject({ id: runs[0]?.id });
  });
});
