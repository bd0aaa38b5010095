import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../../src/auth/viewer.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { createScriptedEngine } from '../../kit/scripted-engine.ts';
import { openRunTest, type NodeOptions } from '../run-kit.ts';

const device = { userAgent: null, address: '192.0.2.1' };

/** A clock that a test sets. */
function createSetClock(start: string): Clock & { set(moment: string): void } {
  let now = new Date(start);
  return { now: () => now, set: (moment) => void (now = new Date(moment)) };
}

/** A node with somebody and an administrator. */
async function open(options: Partial<NodeOptions> = {}) {
  const engine = createScriptedEngine();
  const kit = await openRunTest({ engines: [engine], ...options });
  const [viewer, admin] = [await kit.person(), { ...(await kit.person()), role: 'ADMIN' as const }];
  const standing = async (whose: Viewer = viewer) => (await kit.quotas.ofPeople(whose, [whose.userId])).get(whose.userId);
  const answer = async (tokens: number) => {
    const run = await kit.runs.send(viewer, { text: 'Hello', maxTokens: 10 });
    const call = await engine.nextCall();
    call.usage(tokens, 0);
    call.finish();
    await kit.eventsOf(viewer, run.id);
  };
  return { ...kit, kit, engine, viewer, admin, standing, answer, [Symbol.asyncDispose]: () => kit[Symbol.asyncDispose]() };
}

describe('quotas', () => {
  it('of a person go before those of everybody, and those before the configuration, each period by itself', async () => {
    await using test = await open({ quotas: { QUOTA_USER_TOKENS_PER_DAY: '100', QUOTA_USER_TOKENS_PER_MONTH: '1000', QUOTA_USER_MESSAGES_PER_DAY: '7' } });
    const { quotas, admin, viewer } = test;
    const limits = async () => {
      const found = await test.standing();
      return [found?.DAY.tokens.limit, found?.DAY.messages.limit, found?.MONTH.tokens.limit];
    };
    expect(await limits()).toEqual([100n, 7n, 1_000n]);
    await quotas.set(admin, { scope: 'EVERYBODY', period: 'DAY', maxTokens: 200n }, device);
    // What it is silent about stays as it was.
    expect(await limits()).toEqual([200n, 7n, 1_000n]);
    await quotas.set(admin, { scope: 'USER', userId: viewer.userId, period: 'DAY', maxMessages: null }, device);
    expect(await limits()).toEqual([200n, null, 1_000n]);
    await quotas.set(admin, { scope: 'USER', userId: viewer.userId, period: 'DAY', maxTokens: 0n }, device);
    expect(await limits()).toEqual([0n, null, 1_000n]);
    await expect(test.runs.send(viewer, { text: 'Hello', maxTokens: 10 })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message: expect.stringMatching(/^Your quota of 0 tokens a day does not allow this now\..* An administrator can raise it\.$/),
    });
    expect(await quotas.remove(admin, { scope: 'USER', userId: viewer.userId, period: 'DAY' }, device)).toMatchObject({ maxTokens: 0n });
    expect(await quotas.remove(admin, { scope: 'USER', userId: viewer.userId, period: 'DAY' }, device)).toBeNull();
    expect(await limits()).toEqual([200n, 7n, 1_000n]);
    expect(
      (await test.prisma.auditEvent.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })).map(({ kind, subjectId, data }) => ({
        kind,
        subjectId,
        data,
      })),
    ).toEqual([
      { kind: 'QUOTA_SET', subjectId: null, data: { scope: 'EVERYBODY', period: 'DAY', maxTokens: 200, maxCostMicros: null, maxMessages: 7 } },
      { kind: 'QUOTA_SET', subjectId: viewer.userId, data: { scope: 'USER', period: 'DAY', maxTokens: 200, maxCostMicros: null, maxMessages: null } },
      { kind: 'QUOTA_SET', subjectId: viewer.userId, data: { scope: 'USER', period: 'DAY', maxTokens: 0, maxCostMicros: null, maxMessages: null } },
      { kind: 'QUOTA_REMOVED', subjectId: viewer.userId, data: { scope: 'USER', period: 'DAY' } },
    ]);
  });

  it('hold on other nodes within moments of their change', async () => {
    await using test = await open();
    const other = await test.otherNode();
    await other.runs.send(test.viewer, { text: 'Hello' });
    await test.quotas.set(test.admin, { scope: 'EVERYBODY', period: 'DAY', maxMessages: 1n }, device);
    await expect
      .poll(async () =>
        other.runs.send(test.viewer, { text: 'Hello' }).then(
          () => null,
          (error: { code: string }) => error.code,
        ),
      )
      .toBe('QUOTA_EXCEEDED');
  });

  it('are seen by their person and by administrators', async () => {
    await using test = await open();
    const { quotas, viewer, admin } = test;
    const stranger = await test.person();
    expect((await quotas.ofPeople(stranger, [viewer.userId, stranger.userId])).has(viewer.userId)).toBe(false);
    expect((await quotas.ofPeople(admin, [viewer.userId, stranger.userId])).size).toBe(2);
    await expect(quotas.of(viewer, viewer.userId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(quotas.of(admin, '01890000-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(quotas.ofAll(viewer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    { input: { scope: 'USER', period: 'DAY', maxTokens: 1n }, message: 'give their id as "userId"' },
    { input: { scope: 'EVERYBODY', userId: '01890000-0000-7000-8000-000000000000', period: 'DAY', maxTokens: 1n }, message: 'leave "userId" out' },
    { input: { scope: 'EVERYBODY', period: 'DAY' }, message: 'give at least one' },
    { input: { scope: 'EVERYBODY', period: 'DAY', maxTokens: -1n }, message: 'is 0 or more' },
    { input: { scope: 'INSTALLATION', period: 'MONTH', maxCostMicros: 10n ** 16n }, message: 'is at most' },
  ] as const)('refuse bad input: $message', async ({ input, message }) => {
    await using test = await open();
    await expect(test.quotas.set(test.admin, input, device)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) });
  });

  it('of people who are deleted go with them, and what they used stays in the sums of all', async () => {
    await using test = await open();
    await test.quotas.set(test.admin, { scope: 'USER', userId: test.viewer.userId, period: 'DAY', maxTokens: 1_000_000n }, device);
    await test.answer(50);
    const before = (await test.quotas.ofAll(test.admin)).DAY;
    expect(before.messages.used).toBe(1n);
    await test.prisma.user.delete({ where: { id: test.viewer.userId } });
    expect(await test.prisma.quota.count()).toBe(0);
    expect((await test.quotas.ofAll(test.admin)).DAY).toMatchObject({ tokens: { used: before.tokens.used }, messages: { used: 1n } });
  });

  it('are paged, the newest first', async () => {
    await using test = await open();
    for (const period of ['DAY', 'MONTH'] as const) await test.quotas.set(test.admin, { scope: 'EVERYBODY', period, maxMessages: 5n }, device);
    const page = { after: null, before: null, limit: 1, isReversed: false };
    const [newest] = await test.quotas.list(test.admin, page);
    expect(newest).toMatchObject({ scope: 'EVERYBODY', period: 'MONTH', maxMessages: 5n });
    const rest = await test.quotas.list(test.admin, { ...page, after: { at: newest?.createdAt ?? new Date(), id: newest?.id ?? '' }, limit: 9 });
    expect(rest.map(({ period }) => period)).toEqual(['DAY']);
  });
});

describe('the periods of quotas', () => {
  it('begin anew at midnight and on the first of the month, in UTC', async () => {
    const clock = createSetClock('2026-02-27T23:59:59.999Z');
    await using test = await open({ clock, quotas: { QUOTA_USER_MESSAGES_PER_DAY: '1', QUOTA_USER_MESSAGES_PER_MONTH: '2' } });
    const refusal = async () =>
      test.runs.send(test.viewer, { text: 'Hello', maxTokens: 10 }).then(
        () => null,
        (error: unknown) => error,
      );
    await test.answer(10);
    expect(await refusal()).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      retryAfterMs: 1,
      quota: { period: 'DAY', metric: 'MESSAGES', limit: 1, used: 1, resetsAt: '2026-02-28T00:00:00.000Z' },
    });
    clock.set('2026-02-28T00:00:00.000Z');
    expect((await test.standing())?.DAY).toMatchObject({ messages: { used: 0n, remaining: 1n }, resetsAt: new Date('2026-03-01T00:00:00.000Z') });
    await test.answer(10);
    // Both are used up: the one for which one waits longest is told.
    expect(await refusal()).toMatchObject({ retryAfterMs: 86_400_000, quota: { period: 'MONTH', limit: 2, used: 2, resetsAt: '2026-03-01T00:00:00.000Z' } });
    clock.set('2026-03-01T00:00:00.000Z');
    expect((await test.standing())?.MONTH).toMatchObject({ messages: { used: 0n, remaining: 2n }, resetsAt: new Date('2026-04-01T00:00:00.000Z') });
    await test.answer(10);
  });

  it('count a call in that in which it began, and what is under way in the present one', async () => {
    const clock = createSetClock('2026-12-31T23:59:59.000Z');
    await using test = await open({ clock, quotas: { QUOTA_USER_TOKENS_PER_MONTH: '100000' } });
    const run = await test.runs.send(test.viewer, { text: 'Hello', maxTokens: 10 });
    const call = await test.engine.nextCall();
    clock.set('2027-01-01T00:00:00.000Z');
    const standing = async () => (await test.standing())?.MONTH.tokens;
    expect((await standing())?.reserved).toBeGreaterThan(10n);
    call.usage(500, 5);
    call.finish();
    await test.eventsOf(test.viewer, run.id);
    expect(await standing()).toMatchObject({ used: 0n, reserved: 0n });
    clock.set('2026-12-31T23:59:59.500Z');
    expect((await standing())?.used).toBeGreaterThanOrEqual(505n);
  });
});
