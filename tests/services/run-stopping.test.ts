import { describe, expect, it } from 'vitest';
import { createDeferred } from '../../src/base/async.ts';
import type { RunTool } from '../../src/services/run-tool.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { createDataConversation, openRunTest, streamedText } from './run-kit.ts';

const hello = { text: 'Hello' };

describe('R03 stopping', () => {
  it('aborts the engine, keeps the partial text and answers the same each time', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    const call = await engine.nextCall();
    const reader = await test.runs.events(viewer, run.id, 1);
    call.usage(7, 1);
    call.text('partial');
    await reader.next();
    const [stopped, again] = await Promise.all([test.runs.stop(viewer, run.id), test.runs.stop(viewer, run.id)]);
    await call.aborted;
    expect(stopped).toMatchObject({ status: 'STOPPED', finishReason: 'STOPPED', inputTokens: 7, outputTokens: 1 });
    expect(again.status).toBe('STOPPED');
    expect((await test.runs.stop(viewer, run.id)).status).toBe('STOPPED');
    const events = await test.eventsOf(viewer, run.id);
    expect(events.at(-1)?.data).toEqual({ type: 'RunFinished', reason: 'STOPPED', dataUpdated: false });
    expect((await test.messages.partsOf(viewer, [run.answerId ?? ''])).get(run.answerId ?? '')?.map((part) => part.text)).toEqual([streamedText(events)]);
    await reader.return?.();
  });

  it('reaches a run on another node', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const other = await test.otherNode();
    const run = await test.runs.send(viewer, hello);
    const call = await engine.nextCall();
    expect((await other.runs.stop(viewer, run.id)).status).toBe('STOPPED');
    await call.aborted;
  });

  it('of a run that waits asks for the conversation before the run, as its beginning does, so that neither waits for the other', async () => {
    await using test = await openRunTest({ engines: [createScriptedEngine()] });
    const viewer = await test.person();
    const { conversationId } = await test.runs.send(viewer, hello);
    const waiting = await test.runs.send(viewer, { ...hello, conversationId, ifBusy: 'ENQUEUE' });
    const beginning = await test.pool.connect();
    try {
      await beginning.query('BEGIN');
      await beginning.query('SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE', [conversationId]);
      const stopped = test.runs.stop(viewer, waiting.id);
      const blocked = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await test.pool.query(blocked)).rowCount === 0);
      await beginning.query('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE NOWAIT', [waiting.id]);
      await beginning.query('COMMIT');
      expect((await stopped).status).toBe('STOPPED');
    } finally {
      beginning.release(true);
    }
  });

  it('is heard with the next renewal of the lease when its notification was lost', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], settings: { leaseMs: 600 } });
    await test.executor.start(false);
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    const call = await engine.nextCall();
    await test.prisma.run.update({ where: { id: run.id }, data: { stopRequestedAt: new Date() } });
    await call.aborted;
    expect((await test.eventsOf(viewer, run.id)).at(-1)?.data).toMatchObject({ reason: 'STOPPED' });
  });

  it('stops a tool that is at work', async () => {
    const engine = createScriptedEngine();
    const started = createDeferred();
    const aborted = createDeferred();
    const tool: RunTool = {
      definition: { name: 'slow', description: 'Never ends.', parameters: { type: 'object' } },
      run: async (_arguments, _recorder, signal) => {
        signal.addEventListener('abort', () => aborted.resolve());
        started.resolve();
        await aborted.promise;
        throw signal.reason;
      },
    };
    await using test = await openRunTest({ engines: [engine], toolsOf: () => [tool] });
    const viewer = await test.person();
    const conversationId = await createDataConversation(test, viewer);
    const run = await test.runs.send(viewer, { ...hello, conversationId });
    const call = await engine.nextCall();
    call.toolCall('call-1', 'slow', {});
    call.finish('TOOL_CALLS');
    await started.promise;
    expect((await test.runs.stop(viewer, run.id)).status).toBe('STOPPED');
    await aborted.promise;
  });

  it('does not wait for an engine that is deaf to the abort', async () => {
    const scripted = createScriptedEngine();
    const deaf = { ...scripted, stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) }) };
    await using test = await openRunTest({ engines: [deaf], settings: { titleTimeoutMs: 50 } });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    expect((await test.runs.stop(viewer, run.id)).status).toBe('STOPPED');
  });

  it('is refused for a stranger, and the run goes on', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const [owner, stranger] = [await test.person(), await test.person()];
    const run = await test.runs.send(owner, hello);
    const call = await engine.nextCall();
    await expect(test.runs.stop(stranger, run.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(test.runs.events(stranger, run.id, 0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(test.runs.get(stranger, run.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    call.finish();
    expect((await test.eventsOf(owner, run.id)).at(-1)?.data).toMatchObject({ reason: 'STOP' });
  });

  it('R06 happens to every run of a node that shuts down, and nothing is left running', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    const call = await engine.nextCall();
    const reader = await test.runs.events(viewer, run.id, 1);
    call.text('partial');
    await reader.next();
    await test.executor.close();
    expect(await test.runs.get(viewer, run.id)).toMatchObject({ status: 'FAILED', errorCode: 'INTERRUPTED', isRetryable: true });
    expect((await test.eventsOf(viewer, run.id)).at(-1)?.data).toMatchObject({ type: 'RunFailed', code: 'INTERRUPTED', retryable: true });
    await reader.return?.();
  });
});
