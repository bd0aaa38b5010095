import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { closeAbandonedCalls } from '../../../src/services/usage/lost-calls.ts';
import type { RunTool } from '../../../src/services/run-tool.ts';
import type { ExportedSpan, SpanExport } from '../../../src/telemetry/span-export.ts';
import { createDataConversation } from '../run-kit.ts';
import { device, needed, openTeam, said } from './team-kit.ts';

const refusalIn = (error: unknown): AppError => {
  if (error instanceof AppError && error.code === 'QUOTA_EXCEEDED') return error;
  throw error;
};

const look: RunTool = {
  definition: { name: 'look', description: 'Looks.', parameters: { type: 'object' } },
  run: async () => ({ content: '{}', isError: false }),
};

/** A conversation of the reader with a title, in which engines get tools. */
async function dataRoom(team: Awaited<ReturnType<typeof openTeam>>): Promise<string> {
  const id = await createDataConversation(team, team.reader);
  await team.prisma.conversation.update({ where: { id }, data: { title: 'Data', titleSource: 'PERSON' } });
  return id;
}

describe('a quota of a workspace', () => {
  it('for each member refuses what does not fit before anything is written, names the workspace, and tells the numbers', async () => {
    await using team = await openTeam();
    const { reader, workspaceQuotas, workspaceId } = team;
    await workspaceQuotas.set(team.owner, { workspaceId, scope: 'EACH_MEMBER', period: 'MONTH', maxTokens: BigInt(needed + 100) }, device);
    await team.answer(reader, { input: 90, output: 11 });
    const before = await team.prisma.message.count();
    const error = await team.runs.send(reader, said).then(() => null, refusalIn);
    expect(error?.message).toMatch(
      new RegExp(
        `^Your quota of ${needed + 100} tokens a month in the workspace "Acme" does not allow this now\\. 101 are used, 0 are kept free for what is under way, and this needs about ${needed}\\. It starts anew at .*; an OWNER of the workspace can raise it\\.$`,
      ),
    );
    expect(error?.quota).toMatchObject({ scope: 'WORKSPACE_MEMBER', period: 'MONTH', metric: 'TOKENS', limit: needed + 100, used: 101, reserved: 0, needed });
    expect(await team.prisma.message.count()).toBe(before);
    // It is the other members' own, and that of the workspace alone.
    await team.answer(team.owner, { input: 1, output: 1 });
    await expect(team.runs.send(reader, { ...said, model: 'scripted' })).resolves.toMatchObject({ status: 'RUNNING' });
  });

  it('for all together tells its numbers to OWNERs alone', async () => {
    await using team = await openTeam();
    await team.workspaceQuotas.set(team.owner, { ...team.quota, maxCostMicros: 10n }, device);
    const toReader = await team.runs.send(team.reader, said).then(() => null, refusalIn);
    expect(toReader?.message).toBe(
      `The quota of the workspace "Acme", in millionths of a US dollar a day, does not allow this now. This needs about ${needed}. Ask for less: shorten what you send or lower "maxTokens"; an OWNER of the workspace can raise it.`,
    );
    expect(toReader?.quota).toMatchObject({ scope: 'WORKSPACE', metric: 'COST', limit: null, used: null, reserved: null });
    expect((await team.standing(team.reader)).together).toBeNull();
    const toOwner = await team.runs.send(team.owner, said).then(() => null, refusalIn);
    expect(toOwner?.message).toMatch(/^The quota of the workspace "Acme" of 10 millionths of a US dollar a day does not allow this now\. 0 are used,/);
    expect(toOwner?.quota).toMatchObject({ scope: 'WORKSPACE', limit: 10, used: 0 });
  });

  it('is looked at before a run under way is interrupted', async () => {
    await using team = await openTeam();
    await team.workspaceQuotas.set(team.owner, { ...team.quota, maxTokens: BigInt(needed + 10) }, device);
    const { id } = team.rooms[1] ?? { id: '' };
    const first = await team.runs.send(team.reader, { ...said, conversationId: id });
    const call = await team.engine.nextCall();
    await expect(team.runs.send(team.reader, { ...said, conversationId: id, ifBusy: 'INTERRUPT' })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    call.finish();
    expect((await team.eventsOf(team.reader, first.id)).at(-1)?.data).toMatchObject({ type: 'RunFinished' });
  });

  it('lets a fallback answer where it is used up by the time that the run begins', async () => {
    await using team = await openTeam();
    const { id } = team.rooms[1] ?? { id: '' };
    await team.runs.send(team.reader, { ...said, conversationId: id });
    const waiting = await team.runs.send(team.reader, { ...said, conversationId: id, fallbacks: ['scripted'], ifBusy: 'ENQUEUE' });
    await team.workspaceQuotas.set(team.owner, { ...team.quota, maxTokens: 0n }, device);
    (await team.engine.nextCall()).finish();
    (await team.installed.nextCall()).finish();
    const events = await team.eventsOf(team.reader, waiting.id);
    expect(events.find(({ data }) => data.type === 'ModelChanged')?.data).toMatchObject({ reason: expect.stringContaining('An OWNER of the workspace') });
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFinished' });
    expect(team.engine.requests).toHaveLength(1);
    await expect(team.runs.send(team.reader, { ...said, fallbacks: ['scripted'] })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  });

  it('holds each step of a run, and keeps nothing free twice', async () => {
    await using team = await openTeam({ toolsOf: () => [look] });
    await team.workspaceQuotas.set(team.owner, { ...team.quota, maxTokens: 10_000n }, device);
    const conversationId = await dataRoom(team);
    const run = await team.runs.send(team.reader, { ...said, conversationId });
    const together = async () => (await team.standing()).together?.DAY.tokens;
    const first = await team.engine.nextCall();
    expect(await together()).toMatchObject({ used: 0n, reserved: expect.any(BigInt) });
    expect((await together())?.reserved).toBeGreaterThan(200n);
    first.toolCall('a', 'look', {});
    first.usage(8_000, 100);
    first.finish('TOOL_CALLS');
    const second = await team.engine.nextCall();
    expect((await together())?.used).toBe(8_100n);
    second.toolCall('b', 'look', {});
    second.usage(1_500, 100);
    second.finish('TOOL_CALLS');
    // What is left is not enough for a third.
    expect((await team.eventsOf(team.reader, run.id)).at(-1)?.data).toMatchObject({ type: 'RunFailed', code: 'QUOTA_EXCEEDED' });
    expect(await together()).toMatchObject({ used: 9_700n, reserved: 0n });
    expect(team.engine.requests).toHaveLength(2);
  });

  it('W11 has no part in what a member who was removed calls: their run ends before its next step', async () => {
    let later = 0;
    await using team = await openTeam({ toolsOf: () => [look], clock: { now: () => new Date(Date.now() + later) } });
    const conversationId = await dataRoom(team);
    const run = await team.runs.send(team.reader, { ...said, conversationId });
    const first = await team.engine.nextCall();
    await team.prisma.workspaceMember.deleteMany({ where: { userId: team.reader.userId } });
    first.text('As far as I know');
    later = 999;
    first.toolCall('a', 'look', {});
    first.finish('TOOL_CALLS');
    const second = team.engine.nextCall();
    // Nobody waits for it, and where it came nevertheless the run ends.
    second.then(
      (call) => call.finish(),
      () => undefined,
    );
    expect((await team.eventsOf(team.reader, run.id)).at(-1)?.data).toMatchObject({
      type: 'RunFailed',
      code: 'ENGINE_BAD_KEY',
      message: expect.stringContaining('you are none of them any more'),
    });
    expect(team.engine.requests).toHaveLength(1);
  });
});

describe('W13 a call with a key of a workspace', () => {
  it('is counted once, for the member and for the workspace, and for nobody else', async () => {
    await using team = await openTeam({ quotas: { QUOTA_USER_TOKENS_PER_DAY: '5', QUOTA_INSTALLATION_TOKENS_PER_DAY: '5' } });
    // The person and the installation have next to nothing left: it is none of theirs.
    await team.answer(team.reader, { input: 300, output: 20 });
    await team.answer(team.owner, { input: 100, output: 10 });
    const counts = await team.counted();
    expect(counts.together).toEqual([{ tokens: 430n, costMicros: 430n }]);
    expect(counts.members).toEqual(
      [
        { userId: team.owner.userId, tokens: 110n, costMicros: 110n },
        { userId: team.reader.userId, tokens: 320n, costMicros: 320n },
      ].toSorted((left, right) => (left.userId < right.userId ? -1 : 1)),
    );
    expect((await team.prisma.quotaCount.findMany()).map(({ tokens, messages }) => [tokens, messages])).toEqual([
      [0n, 1n],
      [0n, 1n],
    ]);
    expect((await team.prisma.quotaTotal.findMany()).every(({ tokens }) => tokens === 0n)).toBe(true);
    expect((await team.standing()).together?.MONTH.costMicros).toMatchObject({ limit: null, used: 430n, reserved: 0n, remaining: null });
    expect((await team.standing(team.reader)).own.DAY.tokens).toMatchObject({ used: 320n });
    const metrics = await team.metrics.text();
    expect(metrics).toContain('colloquy_model_calls_total{provider="own",model="own",purpose="ANSWER"');
    expect(metrics).not.toContain('acme');
  });

  it('is a span of "own", in which nothing tells what the workspace is called', async () => {
    const spans: ExportedSpan[] = [];
    const add = (span: ExportedSpan): void => void spans.push(span);
    const spanExport: SpanExport = { hasContent: false, open: () => ({ add, close: () => {} }), add, close: async () => {} };
    await using team = await openTeam({ spanExport });
    const run = await team.runs.send(team.reader, { ...said, conversationId: team.rooms[1]?.id ?? null });
    (await team.engine.nextCall()).fail({ code: 'ENGINE_BAD_KEY', message: 'The key of the workspace "Acme" for "big" is refused there.' });
    await team.eventsOf(team.reader, run.id);
    const called = spans.find(({ name }) => name === 'chat one');
    expect(called).toMatchObject({ attributes: { 'gen_ai.provider.name': 'own' }, error: { type: 'ENGINE_BAD_KEY', message: '' } });
    expect(JSON.stringify(called)).not.toMatch(/acme/i);
  });

  it('is counted by whoever ends its run when its process is gone, and by house-keeping where there is none', async () => {
    await using team = await openTeam();
    const run = await team.runs.send(team.reader, { ...said, conversationId: team.rooms[1]?.id ?? null });
    const call = await team.engine.nextCall();
    const reader = await team.runs.events(team.reader, run.id, 1);
    call.text('seen');
    await reader.next();
    await team.prisma.run.update({ where: { id: run.id }, data: { leaseExpiresAt: new Date(0) } });
    const other = await team.otherNode();
    await other.executor.start(false);
    await reader.return?.();
    const [entry] = await team.prisma.usageEntry.findMany({ where: { purpose: 'ANSWER' } });
    const used = (entry?.inputTokens ?? 0) + (entry?.outputTokens ?? 0);
    expect(entry).toMatchObject({ isOpen: false, workspaceId: team.workspaceId });
    expect((await team.counted()).together).toMatchObject([{ tokens: BigInt(used) }]);
    await team.prisma.usageEntry.updateMany({ data: { isOpen: true, runId: null } });
    await closeAbandonedCalls({ ...team, clock: { now: () => new Date(Date.now() + 100_000) } }, { olderThanMs: 1_000 });
    await closeAbandonedCalls({ ...team, clock: { now: () => new Date(Date.now() + 100_000) } }, { olderThanMs: 1_000 });
    expect((await team.prisma.usageEntry.findMany()).every(({ isOpen }) => !isOpen)).toBe(true);
    expect((await team.counted()).members).toHaveLength(1);
  });

  it('is closed also where its workspace is deleted meanwhile, and stays in the usage of its person', async () => {
    await using team = await openTeam();
    const run = await team.runs.send(team.reader, { ...said, conversationId: team.rooms[1]?.id ?? null });
    const call = await team.engine.nextCall();
    await team.prisma.workspace.delete({ where: { id: team.workspaceId } });
    call.usage(10, 5);
    call.finish();
    expect((await team.eventsOf(team.reader, run.id)).at(-1)?.data).toMatchObject({ type: 'RunFinished' });
    expect(await team.prisma.usageEntry.findMany()).toMatchObject([{ isOpen: false, inputTokens: 10, outputTokens: 5, workspaceId: team.workspaceId }]);
    expect(await team.counted()).toEqual({ members: [], together: [] });
  });
});

describe('the quotas of a workspace', () => {
  it('are set and removed by OWNERs: what is absent stays, and null sets no limit', async () => {
    await using team = await openTeam();
    const { workspaceQuotas, owner, reader, quota } = team;
    await workspaceQuotas.set(owner, { ...quota, maxTokens: 5n, maxCostMicros: 7n }, device);
    await workspaceQuotas.set(owner, { ...quota, maxCostMicros: null }, device);
    expect((await team.standing()).together?.DAY).toMatchObject({ tokens: { limit: 5n, remaining: 5n }, costMicros: { limit: null, remaining: null } });
    expect((await team.standing()).together?.MONTH.tokens.limit).toBeNull();
    await expect(workspaceQuotas.set(reader, { ...quota, maxTokens: 1n }, device)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(workspaceQuotas.remove(reader, quota, device)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const stranger = await team.person();
    const nowhere = { ...quota, workspaceId: '01890000-0000-7000-8000-000000000000' };
    for (const place of [quota, nowhere]) {
      await expect(workspaceQuotas.set(stranger, { ...place, maxTokens: 1n }, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(workspaceQuotas.remove(stranger, place, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(workspaceQuotas.of(stranger, place.workspaceId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await expect(workspaceQuotas.set(owner, quota, device)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('says nothing') });
    await expect(workspaceQuotas.set(owner, { ...quota, maxTokens: -1n }, device)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await workspaceQuotas.remove(owner, quota, device)).toMatchObject({ maxTokens: 5n, maxCostMicros: null });
    expect(await workspaceQuotas.remove(owner, quota, device)).toBeNull();
    const audited = await team.prisma.auditEvent.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
    expect(audited.map(({ kind, subjectId, data }) => [kind, subjectId, data])).toEqual([
      ['WORKSPACE_QUOTA_SET', null, { ...quota, maxTokens: 5, maxCostMicros: 7 }],
      ['WORKSPACE_QUOTA_SET', null, { ...quota, maxTokens: 5, maxCostMicros: null }],
      ['WORKSPACE_QUOTA_REMOVED', null, quota],
    ]);
  });

  it('hold on other nodes within moments, and are told of many workspaces at once', async () => {
    await using team = await openTeam();
    const other = await team.otherNode();
    await other.runs.send(team.reader, said);
    await team.workspaceQuotas.set(team.owner, { ...team.quota, maxTokens: 1n }, device);
    await expect
      .poll(async () =>
        other.runs.send(team.reader, said).then(
          () => null,
          (error: { code: string }) => error.code,
        ),
      )
      .toBe('QUOTA_EXCEEDED');
    const found = await team.workspaceQuotas.ofWorkspaces(team.reader, [team.workspaceId, '01890000-0000-7000-8000-000000000000']);
    expect([...found.keys()]).toEqual([team.workspaceId]);
  });
});
