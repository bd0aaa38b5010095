import { describe, expect, it, vi } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { createDeferred, delay } from '../../src/base/async.ts';
import type { RunLog } from '../../src/events/run-log.ts';
import { startDatabaseProxy } from '../kit/database-proxy.ts';
import { createTestDatabase } from '../kit/database.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { createDataConversation, openNode, openRunTest, streamedText } from './run-kit.ts';

const hello = { text: 'Hello' };

/** A node that reaches its database through a proxy, with a way to look past it. */
async function openInterruptible(options: Omit<Parameters<typeof openNode>[2], 'engines'> = {}) {
  const disposal = new AsyncDisposableStack();
  const engine = createScriptedEngine();
  const database = disposal.use(await createTestDatabase());
  const proxy = disposal.use(await startDatabaseProxy(database.connectionString));
  const direct = await openNode(disposal, database.connectionString, { engines: [engine] });
  const node = await openNode(disposal, proxy.connectionString, { engines: [engine], ...options });
  const userId = crypto.randomUUID();
  await direct.prisma.user.create({ data: { id: userId, email: `${userId}@example.org` } });
  const viewer = { userId, loginId: userId, role: 'MEMBER' } as const;
  const statusOf = async (id: string) => (await direct.runs.get(viewer, id)).status;
  return { engine, proxy, direct, node, viewer, statusOf, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

describe('R07 a run while the database is away', () => {
  it('that ends then, ends as it did when the database is back, with all of its text', async () => {
    await using test = await openInterruptible();
    const { engine, proxy, node, direct, viewer } = test;
    const run = await node.runs.send(viewer, hello);
    const call = await engine.nextCall();
    call.text('before ');
    await eventually(async () => expect(await direct.runLog.list(run.id, 1, 10)).toHaveLength(1));
    await proxy.close();
    call.text('and meanwhile');
    call.finish();
    await delay(500);
    expect(await test.statusOf(run.id)).toBe('RUNNING');
    await proxy.reopen();
    await eventually(async () => expect(await test.statusOf(run.id)).toBe('COMPLETED'));
    expect(streamedText(await direct.runLog.list(run.id, 0, 100))).toBe('before and meanwhile');
  });

  it('whose end was about to be stored ends when the database is back', async () => {
    let isToCut = false;
    const cut = createDeferred();
    const wrapRunLog = (log: RunLog): RunLog => ({
      ...log,
      openWriter: (runId, lastSeq) => {
        const writer = log.openWriter(runId, lastSeq);
        const flushed = async (): Promise<void> => {
          await writer.flushed();
          if (!isToCut) return;
          isToCut = false;
          await test.proxy.close();
          cut.resolve();
        };
        return { ...writer, flushed };
      },
    });
    await using test = await openInterruptible({ wrapRunLog });
    const run = await test.node.runs.send(test.viewer, hello);
    const call = await test.engine.nextCall();
    call.text('all of it');
    isToCut = true;
    call.finish();
    await cut.promise;
    // Attempts fail meanwhile.
    await delay(700);
    expect(await test.statusOf(run.id)).toBe('RUNNING');
    await test.proxy.reopen();
    await eventually(async () => expect(await test.statusOf(run.id)).toBe('COMPLETED'));
  });

  it('whose end is just being stored ends once, also when the answer is lost', async () => {
    await using test = await openInterruptible();
    const { engine, proxy, node, direct, viewer } = test;
    for (let round = 1; round <= 5; round += 1) {
      const run = await node.runs.send(viewer, hello);
      const call = await engine.nextCall();
      call.text('all of it');
      call.finish();
      await delay(round * 2);
      proxy.cut();
      await eventually(async () => expect(await test.statusOf(run.id)).toBe('COMPLETED'));
      const events = await direct.runLog.list(run.id, 0, 100);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.filter((event) => event.data.type === 'RunFinished')).toHaveLength(1);
      expect(streamedText(events)).toBe('all of it');
    }
  });

  it('that was started then, begins when the database is back', async () => {
    await using test = await openInterruptible();
    const { engine, proxy, node, viewer } = test;
    const run = await test.direct.runs.send(viewer, { text: 'First' });
    (await engine.nextCall()).finish();
    await eventually(async () => expect(await test.statusOf(run.id)).toBe('COMPLETED'));
    const second = await node.runs.send(viewer, { text: 'Second' });
    proxy.cut();
    (await engine.nextCall()).finish();
    await eventually(async () => expect(await test.statusOf(second.id)).toBe('COMPLETED'));
  });

  it('keeps the parts of its tools', async () => {
    let runId = '';
    const tool = {
      definition: { name: 'measure', description: 'Measures.', parameters: {} },
      run: async () => {
        // With nothing left to store that the part would have to wait for.
        await eventually(async () => expect(await test.direct.runLog.list(runId, 1, 10)).toHaveLength(1));
        await test.proxy.close();
        setTimeout(() => void test.proxy.reopen(), 400);
        return { content: '42', isError: false };
      },
    };
    await using test = await openInterruptible({ toolsOf: () => [tool] });
    const conversationId = await createDataConversation(test.direct, test.viewer);
    const run = await test.node.runs.send(test.viewer, { text: 'Measure', conversationId });
    runId = run.id;
    const first = await test.engine.nextCall();
    first.toolCall('call-1', 'measure', {});
    first.finish('TOOL_CALLS');
    const second = await test.engine.nextCall();
    expect(second.request.messages.at(-1)).toMatchObject({ role: 'tool', content: '42' });
    second.text('It is 42.');
    second.finish();
    await eventually(async () => expect(await test.statusOf(run.id)).toBe('COMPLETED'));
  });

  it('is not taken for dead by another node that was away as well, before its own could renew the lease', async () => {
    const leaseMs = 6_000;
    await using test = await openInterruptible({ settings: { leaseMs } });
    const { engine, proxy, direct, node, viewer } = test;
    const noticed = createDeferred();
    using _warning = vi.spyOn(node.deps.logger, 'warn').mockImplementation((...given: readonly unknown[]) => {
      if (given[1] === 'leases could not be renewed; trying again') noticed.resolve();
    });
    const run = await direct.runs.send(viewer, hello);
    const call = await engine.nextCall();
    const leaseUntil = (moment: number) => direct.prisma.run.update({ where: { id: run.id }, data: { leaseExpiresAt: new Date(moment) } });
    await node.executor.start(false);
    // It is cut off at once, before it looks again.
    await proxy.close();
    // As after a long outage: the lease ran out, and the node that holds it has not renewed it yet.
    await leaseUntil(Date.now() - 60_000);
    await noticed.promise;
    await proxy.reopen();
    // It looks again after a third of a lease, and may end what is dead after a whole one.
    await delay(leaseMs / 3 + 500);
    expect(await test.statusOf(run.id)).toBe('RUNNING');
    await leaseUntil(Date.now() + 60_000);
    call.finish();
    await eventually(async () => expect(await test.statusOf(run.id)).toBe('COMPLETED'));
  });
});

describe('R07 a run that a node does not know that it has', () => {
  it('because the answer to its start was lost, is ended when its lease has run out, although others of the node go on', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], settings: { leaseMs: 600 } });
    const viewer = await test.person();
    const other = await test.otherNode();
    const lost = await other.runs.send(viewer, { text: 'Lost' });
    await engine.nextCall();
    const known = await test.runs.send(viewer, { text: 'Known' });
    const call = await engine.nextCall();
    const { nodeId } = test.deps.settings;
    await test.prisma.run.update({ where: { id: lost.id }, data: { leaseOwner: nodeId, leaseExpiresAt: new Date(Date.now() - 60_000) } });
    await test.executor.start(false);
    await eventually(async () => expect(await test.runs.get(viewer, lost.id)).toMatchObject({ status: 'FAILED', errorCode: 'INTERRUPTED' }));
    call.finish();
    expect((await test.eventsOf(viewer, known.id)).at(-1)?.data.type).toBe('RunFinished');
  });
});
