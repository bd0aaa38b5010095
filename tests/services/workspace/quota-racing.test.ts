import { describe, expect, it } from 'vitest';
import { question, read } from '../../engines/providers.ts';
import { device, needed, openTeam, said } from './team-kit.ts';

describe('W14 calls that race for the rest of a quota of a workspace', () => {
  it.each([
    ['tokens of all members', { scope: 'WORKSPACE', period: 'DAY', maxTokens: BigInt(4 * needed - 1) }, 20],
    ['cost of all members', { scope: 'WORKSPACE', period: 'MONTH', maxCostMicros: BigInt(3 * needed) }, 20],
    ['tokens of one member', { scope: 'EACH_MEMBER', period: 'MONTH', maxTokens: BigInt(4 * needed - 1) }, 1],
  ] as const)('pass as often as is left, on whatever node: %s', async (_what, limit, memberCount) => {
    await using team = await openTeam({ memberCount });
    await team.workspaceQuotas.set(team.owner, { workspaceId: team.workspaceId, ...limit }, device);
    const other = await team.otherNode();
    const rooms = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => team.conversations.create(team.people[index % memberCount] ?? null, { title: 'A room' })),
    );
    const outcomes = await Promise.allSettled(
      rooms.map(async ({ id }, index) => (index % 2 === 0 ? team : other).runs.send(team.people[index % memberCount] ?? null, { ...said, conversationId: id })),
    );
    // Those that are looked at too early to be refused at once are refused when the model is to be called.
    await expect.poll(async () => team.prisma.run.count({ where: { status: { in: ['RUNNING', 'QUEUED'] } } })).toBe(3);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    const failed = (await team.prisma.run.findMany({ where: { status: 'FAILED' } })).map(({ errorCode }) => errorCode);
    expect([...refused, ...failed]).toEqual(Array.from({ length: 17 }, () => 'QUOTA_EXCEEDED'));
    const calls = [await team.engine.nextCall(), await team.engine.nextCall(), await team.engine.nextCall()];
    expect(team.engine.requests).toHaveLength(3);
    for (const call of calls) {
      call.usage(needed - 200, 200);
      call.finish();
    }
    await expect.poll(async () => team.prisma.run.count({ where: { status: 'COMPLETED' } })).toBe(3);
    expect((await team.counted()).together).toEqual([{ tokens: BigInt(3 * needed), costMicros: BigInt(3 * needed) }]);
  });

  it('pass as often as is left also beside answers', async () => {
    await using team = await openTeam({ memberCount: 20 });
    const ended: unknown[] = [];
    const request = { ...question(), model: 'one', maxTokens: 1_000 };
    await team.workspaceQuotas.set(team.owner, { ...team.quota, maxTokens: 4_000n }, device);
    const ask = async (userId: string) => {
      const { engine } = await team.modelCalls.engineFor('acme/big:one', { userId, purpose: 'PLOT_EDIT', runId: null, conversationId: null });
      const { last } = await read(engine, request);
      ended.push(last?.type === 'error' ? last.failure.code : last?.type);
    };
    const answers = Promise.all(team.people.map(async ({ userId }) => ask(userId)));
    // Before the first of those that passed ends, and gives back what it did not need.
    await expect.poll(() => ended.length).toBe(17);
    const calls = [await team.engine.nextCall(), await team.engine.nextCall(), await team.engine.nextCall()];
    expect(team.engine.requests).toHaveLength(3);
    for (const call of calls) call.finish();
    await answers;
    expect(ended).toEqual([...Array.from({ length: 17 }, () => 'QUOTA_EXCEEDED'), 'finish', 'finish', 'finish']);
  });
});
