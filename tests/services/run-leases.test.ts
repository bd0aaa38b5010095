import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openRunTest, streamedText } from './run-kit.ts';

const hello = { text: 'Hello' };

describe('R01 the lease of a run', () => {
  it('is taken over when its node is gone: the run ends as INTERRUPTED with the text that was seen', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    const call = await engine.nextCall();
    const reader = await test.runs.events(viewer, run.id, 1);
    call.text('seen');
    expect((await reader.next()).value?.data).toMatchObject({ text: 'seen' });
    // As if this node had died long ago; it does not know that.
    await test.prisma.run.update({ where: { id: run.id }, data: { leaseExpiresAt: new Date(0) } });
    const other = await test.otherNode();
    await other.executor.start(false);
    const rest = await reader.next();
    expect(rest.value?.data).toMatchObject({ type: 'RunFailed', code: 'INTERRUPTED', retryable: true });
    // The zombie goes on, and is told that the run is not its own any more.
    call.text(' and more');
    await call.aborted;
    expect(await test.runs.get(viewer, run.id)).toMatchObject({ status: 'FAILED', errorCode: 'INTERRUPTED' });
    const events = await test.eventsOf(viewer, run.id);
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3]);
    const parts = (await test.messages.partsOf(viewer, [run.answerId ?? ''])).get(run.answerId ?? '') ?? [];
    expect(parts.map((part) => part.text)).toEqual([streamedText(events)]);
  });

  it('is left alone while it is renewed', async () => {
    const engine = createScriptedEngine();
    // Renewed after a third of it, which leaves a machine that stalls the rest.
    await using test = await openRunTest({ engines: [engine], settings: { leaseMs: 6_000 } });
    await test.executor.start(false);
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    const call = await engine.nextCall();
    const before = (await test.prisma.run.findUniqueOrThrow({ where: { id: run.id } })).leaseExpiresAt;
    await expect
      .poll(async () => (await test.prisma.run.findUniqueOrThrow({ where: { id: run.id } })).leaseExpiresAt?.getTime())
      .toBeGreaterThan(before?.getTime() ?? 0);
    const other = await test.otherNode();
    await other.executor.start(false);
    call.finish();
    expect((await test.eventsOf(viewer, run.id)).at(-1)?.data.type).toBe('RunFinished');
  });

  it('that ran out during a stall of the database is taken up again by its own node', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    const call = await engine.nextCall();
    await test.prisma.run.update({ where: { id: run.id }, data: { leaseExpiresAt: new Date(0) } });
    call.text('still here');
    call.finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(streamedText(events)).toBe('still here');
    expect(events.at(-1)?.data.type).toBe('RunFinished');
  });

  it('is taken over by one of several nodes that notice at once, so that the run ends once', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    await engine.nextCall();
    const others = await Promise.all([test.otherNode(), test.otherNode(), test.otherNode()]);
    await test.prisma.run.update({ where: { id: run.id }, data: { leaseExpiresAt: new Date(0) } });
    await Promise.all(others.map(async (other) => other.executor.start(false)));
    const stored = await test.prisma.runEvent.findMany({ where: { runId: run.id }, orderBy: { seq: 'asc' } });
    expect(stored.map((event) => event.data)).toMatchObject([{ type: 'RunStarted' }, { type: 'RunFailed' }]);
  });

  it('does not matter when a node is alone: all that looks running is ended at its start', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    await engine.nextCall();
    const restarted = await test.otherNode();
    await restarted.executor.start(true);
    expect(await test.runs.get(viewer, run.id)).toMatchObject({ status: 'FAILED', errorCode: 'INTERRUPTED' });
  });

  it('gives a stopped run of a dead node the end that was asked for', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    await engine.nextCall();
    await test.prisma.run.update({ where: { id: run.id }, data: { leaseExpiresAt: new Date(0), stopRequestedAt: new Date() } });
    const other = await test.otherNode();
    await other.executor.start(false);
    expect((await test.runs.get(viewer, run.id)).status).toBe('STOPPED');
  });

  it('lets a waiting run start on another node when the one before it died with its node', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const first = await test.runs.send(viewer, hello);
    await engine.nextCall();
    const second = await test.runs.send(viewer, { text: 'Two', conversationId: first.conversationId, ifBusy: 'ENQUEUE' });
    await test.prisma.run.update({ where: { id: first.id }, data: { leaseExpiresAt: new Date(0) } });
    const other = await test.otherNode();
    await other.executor.start(false);
    (await engine.nextCall()).finish();
    expect((await test.eventsOf(viewer, second.id)).at(-1)?.data.type).toBe('RunFinished');
  });
});
