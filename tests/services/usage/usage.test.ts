import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prisma } from '../../../prisma/generated/client.ts';
import type { Viewer } from '../../../src/auth/viewer.ts';
import { uuidv7 } from '../../../src/base/id.ts';
import { createUsages } from '../../../src/services/usage/usage.ts';
import { createScriptedEngine } from '../../kit/scripted-engine.ts';
import { countStatements } from '../../kit/statements.ts';
import { createStatements } from '../../../src/stores/statements.ts';
import { openRunTest } from '../run-kit.ts';

const now = new Date('2026-03-02T12:00:00Z');
const [january, lastNight, today] = [new Date('2026-01-20T23:59:59.999Z'), new Date('2026-03-01T23:30:00Z'), new Date('2026-03-02T00:00:00Z')];

describe('usage', () => {
  let kit: Awaited<ReturnType<typeof openRunTest>>;
  let ada: Viewer;
  let admin: Viewer;
  let usages: ReturnType<typeof createUsages>;
  const conversationId = uuidv7();

  beforeAll(async () => {
    kit = await openRunTest({ engines: [createScriptedEngine()] });
    usages = createUsages({ statements: createStatements({ pool: kit.pool }), clock: { now: () => now } });
    ada = await kit.person();
    admin = { ...(await kit.person()), role: 'ADMIN' };
    const entry = (more: Partial<Prisma.UsageEntryCreateManyInput>): Prisma.UsageEntryCreateManyInput => ({
      id: uuidv7(),
      userId: ada.userId,
      conversationId,
      purpose: 'ANSWER',
      provider: 'openai',
      model: 'big',
      inputTokens: 100,
      cachedInputTokens: 40,
      outputTokens: 10,
      reasoningTokens: 3,
      costMicros: 7n,
      isEstimated: false,
      createdAt: today,
      ...more,
    });
    await kit.prisma.usageEntry.createMany({
      data: [
        entry({ createdAt: january }),
        entry({ createdAt: lastNight, isEstimated: true }),
        entry({ purpose: 'TITLE', model: 'small', costMicros: null, conversationId: null }),
        entry({ provider: 'mine', isOwnKey: true, costMicros: 50n, inputTokens: 2_147_483_647 }),
        entry({ isOpen: true, inputTokens: 999 }),
        entry({ userId: admin.userId, costMicros: 1_000n }),
      ],
    });
  });
  afterAll(async () => kit[Symbol.asyncDispose]());

  it('counts days in UTC, in order, of the last thirty days, without what is under way and what others used', async () => {
    const { rows, total, from, to } = await usages.ofViewer(ada, { groupBy: 'DAY' });
    expect(to.getTime() - from.getTime()).toBe(30 * 86_400_000);
    expect(rows.map(({ key, calls }) => [key, calls])).toEqual([
      ['2026-03-01', 1],
      ['2026-03-02', 2],
    ]);
    expect(rows[0]).toMatchObject({
      inputTokens: 100n,
      cachedInputTokens: 40n,
      outputTokens: 10n,
      reasoningTokens: 3n,
      costMicros: 7n,
      estimatedCalls: 1,
      unknownPriceCalls: 0,
    });
    expect(total).toMatchObject({ calls: 3, inputTokens: 2_147_483_847n, costMicros: 57n, ownKeyCostMicros: 50n, estimatedCalls: 1, unknownPriceCalls: 1 });
  });

  it.each([
    ['MONTH', ['2026-01', '2026-03']],
    ['MODEL', ['mine:big', 'openai:big', 'openai:small']],
    ['PROVIDER', ['mine', 'openai']],
    ['PURPOSE', ['ANSWER', 'TITLE']],
    ['CONVERSATION', [conversationId, null]],
  ] as const)('is put together by %s', async (groupBy, keys) => {
    const { rows } = await usages.ofViewer(ada, { groupBy, from: new Date('2026-01-01T00:00:00Z') });
    expect(rows.map(({ key }) => key)).toEqual(keys);
  });

  it('of everybody is for administrators, by person with the highest cost first', async () => {
    await expect(usages.ofAll(ada, { groupBy: 'USER' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(usages.ofViewer(null, { groupBy: 'DAY' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const { rows, total } = await usages.ofAll(admin, { groupBy: 'USER' });
    expect(rows.map(({ key, costMicros }) => [key, costMicros])).toEqual([
      [admin.userId, 1_000n],
      [ada.userId, 57n],
    ]);
    expect(total.costMicros).toBe(1_057n);
  });

  it('takes one statement', async () => {
    const { statements } = await countStatements(kit.pool, async () => usages.ofViewer(ada, { groupBy: 'MODEL' }));
    expect(statements).toHaveLength(1);
  });

  it.each([
    ['a range that ends before it begins', { from: today, to: lastNight }, 'is not before "to"'],
    ['a range of three years', { from: new Date('2023-03-01T00:00:00Z'), to: today }, 'at most 731 days'],
  ])('refuses %s', async (_what, range, message) => {
    await expect(usages.ofViewer(ada, { groupBy: 'DAY', ...range })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(message),
    });
  });

  it('refuses more rows than anybody reads, and says how to have fewer', async () => {
    const common = {
      userId: ada.userId,
      purpose: 'ANSWER',
      provider: 'a',
      model: 'b',
      inputTokens: 1,
      cachedInputTokens: 0,
      outputTokens: 1,
      reasoningTokens: 0,
    } as const;
    const many = Array.from({ length: 1_001 }, () => ({
      ...common,
      id: uuidv7(),
      conversationId: uuidv7(),
      isEstimated: false,
      createdAt: new Date('2025-06-01T00:00:00Z'),
    }));
    await kit.prisma.usageEntry.createMany({ data: many });
    const range = { from: new Date('2025-05-01T00:00:00Z'), to: new Date('2025-07-01T00:00:00Z') };
    await expect(usages.ofViewer(ada, { groupBy: 'CONVERSATION', ...range })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('more than 1000 rows'),
    });
    expect((await usages.ofViewer(ada, { groupBy: 'DAY', ...range })).total.calls).toBe(1_001);
  });
});
