import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openRunTest } from './run-kit.ts';

const hello = { text: 'Hello' };

describe('sending', () => {
  it('R05 makes one of everything out of twenty parallel sends with one key', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const conversation = await test.conversations.create(viewer, {});
    const input = { ...hello, conversationId: conversation.id, idempotencyKey: 'once' };
    const runs = await Promise.all(Array.from({ length: 20 }, () => test.runs.send(viewer, input)));
    expect(new Set(runs.map((run) => run.id)).size).toBe(1);
    (await engine.nextCall()).finish();
    await test.eventsOf(viewer, runs[0]?.id ?? '');
    expect(await test.prisma.run.count()).toBe(1);
    expect(await test.prisma.message.count()).toBe(2);
    expect(engine.requests.filter((request) => request.task === 'CHAT')).toHaveLength(1);
    expect((await test.runs.send(viewer, input)).id).toBe(runs[0]?.id);
  });

  it('R05 makes one conversation out of parallel sends with one key and no conversation', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const runs = await Promise.all(Array.from({ length: 8 }, () => test.runs.send(viewer, { ...hello, idempotencyKey: 'once' })));
    expect(new Set(runs.map((run) => run.id)).size).toBe(1);
    expect(await test.prisma.conversation.count()).toBe(1);
  });

  it('refuses a key that was used for something else, and keeps the keys of people apart', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const [one, two] = [await test.person(), await test.person()];
    await test.runs.send(one, { ...hello, idempotencyKey: 'key' });
    await expect(test.runs.send(one, { text: 'Other', idempotencyKey: 'key' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      message: expect.stringContaining('"key"'),
    });
    await test.runs.send(two, { text: 'Other', idempotencyKey: 'key' });
    expect(await test.prisma.run.count()).toBe(2);
  });

  it('recognises a repeated send before the limit on runs', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], settings: { maxRunningRunsPerUser: 1 } });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { ...hello, idempotencyKey: 'key' });
    expect((await test.runs.send(viewer, { ...hello, idempotencyKey: 'key' })).id).toBe(run.id);
    await expect(test.runs.send(viewer, hello)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1_000 });
  });

  it('rejects a second run in a busy conversation, also when both come at once', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const { id: conversationId } = await test.conversations.create(viewer, {});
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => test.runs.send(viewer, { ...hello, conversationId })));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'CONVERSATION_BUSY' });
    expect(await test.prisma.message.count()).toBe(2);
  });

  it('lets a run wait for its turn, in order, each behind the answer before it', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const first = await test.runs.send(viewer, { text: 'One' });
    const { conversationId } = first;
    const second = await test.runs.send(viewer, { text: 'Two', conversationId, ifBusy: 'ENQUEUE' });
    const third = await test.runs.send(viewer, { text: 'Three', conversationId, ifBusy: 'ENQUEUE' });
    expect([second.status, third.status]).toEqual(['QUEUED', 'QUEUED']);
    for (const [run, answer] of [
      [first, 'A1'],
      [second, 'A2'],
      [third, 'A3'],
    ] as const) {
      const call = await engine.nextCall();
      call.text(answer);
      call.finish();
      await test.eventsOf(viewer, run.id);
    }
    const last = engine.requests.findLast((request) => request.task === 'CHAT');
    expect(last?.messages.map((message) => ('text' in message ? message.text : ''))).toEqual(['One', 'A1', 'Two', 'A2', 'Three']);
  });

  it('interrupts what is under way and what waits', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const running = await test.runs.send(viewer, { text: 'One' });
    const call = await engine.nextCall();
    call.text('partial');
    const waiting = await test.runs.send(viewer, { text: 'Two', conversationId: running.conversationId, ifBusy: 'ENQUEUE' });
    const urgent = await test.runs.send(viewer, { text: 'Three', conversationId: running.conversationId, ifBusy: 'INTERRUPT' });
    await call.aborted;
    (await engine.nextCall()).finish();
    expect((await test.eventsOf(viewer, urgent.id)).at(-1)?.data.type).toBe('RunFinished');
    expect((await test.runs.get(viewer, running.id)).status).toBe('STOPPED');
    expect((await test.runs.get(viewer, waiting.id)).status).toBe('STOPPED');
    expect((await test.eventsOf(viewer, waiting.id)).map((event) => [event.seq, event.data.type])).toEqual([[1, 'RunFinished']]);
  });

  it('answers a stranger like a missing conversation, and writes nothing', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const [owner, stranger] = [await test.person(), await test.person()];
    const { id } = await test.conversations.create(owner, {});
    const attempt = async (conversationId: string) => test.runs.send(stranger, { ...hello, conversationId }).catch((error: unknown) => error);
    const [foreign, missing] = [await attempt(id), await attempt('01890000-0000-7000-8000-000000000000')];
    expect(foreign).toMatchObject({ code: 'NOT_FOUND' });
    expect(JSON.stringify(foreign)).toBe(JSON.stringify(missing));
    expect(await test.prisma.message.count()).toBe(0);
    expect(engine.requests).toEqual([]);
  });
});
