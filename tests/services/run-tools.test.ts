import { describe, expect, it } from 'vitest';
import { createDeferred } from '../../src/base/async.ts';
import type { RunTool } from '../../src/services/run-tool.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { createDataConversation, openRunTest, streamedText } from './run-kit.ts';

/** A tool that shows a table of one row. */
const showRow: RunTool = {
  definition: { name: 'show_row', description: 'Shows a row.', parameters: { type: 'object' } },
  run: async (argumentsJson, recorder) => {
    if (argumentsJson === '{"fails":true}') return { content: 'It does not work.', isError: true };
    recorder.status('Showing');
    recorder.status('Showing');
    await recorder.addPart({
      kind: 'QUERY_RESULT',
      data: { title: 'A row', sql: 'SELECT 1', columns: [{ name: 'a', type: 'INTEGER' }], rows: [[1]], rowCount: 1, truncated: false, elapsedMs: 1 },
    });
    return { content: '[[1]]', isError: false };
  },
};

describe('a run with tools', () => {
  it('runs what the engine calls for, shows it the results, and keeps text and parts in their order', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], toolsOf: () => [showRow] });
    const viewer = await test.person();
    const conversationId = await createDataConversation(test, viewer);
    const run = await test.runs.send(viewer, { text: 'Show me', conversationId });
    const first = await engine.nextCall();
    expect(first.request.tools.map((tool) => tool.name)).toEqual(['show_row']);
    first.text('Before. ');
    first.toolCall('call-1', 'show_row', {});
    first.toolCall('call-2', 'show_row', { fails: true });
    first.toolCall('call-3', 'unknown', {});
    first.usage(1, 2);
    first.finish('TOOL_CALLS');
    const second = await engine.nextCall();
    expect(second.request.messages.slice(-4)).toEqual([
      {
        role: 'assistant',
        text: 'Before. ',
        toolCalls: [expect.objectContaining({ id: 'call-1' }), expect.objectContaining({ id: 'call-2' }), expect.objectContaining({ id: 'call-3' })],
      },
      { role: 'tool', toolCallId: 'call-1', name: 'show_row', content: '[[1]]', isError: false },
      {
        role: 'tool',
        toolCallId: 'call-2',
        name: 'show_row',
        content: expect.stringMatching(/^It does not work\.\n\nMend the call and try once more/),
        isError: true,
      },
      { role: 'tool', toolCallId: 'call-3', name: 'unknown', content: 'There is no tool "unknown". The tools are: show_row.', isError: true },
    ]);
    second.text('After.');
    second.usage(10, 20);
    second.finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(events.map((event) => event.data.type)).toEqual([
      'RunStarted',
      'TextDelta',
      'ToolCallStarted',
      'StatusChanged',
      'QueryResultReady',
      'ToolCallStarted',
      'ToolCallStarted',
      'TextDelta',
      ...(events.some((event) => event.data.type === 'TitleChanged') ? ['TitleChanged'] : []),
      'UsageReported',
      'RunFinished',
    ]);
    expect(streamedText(events)).toBe('Before. After.');
    const parts = (await test.messages.partsOf(viewer, [run.answerId ?? ''])).get(run.answerId ?? '') ?? [];
    expect(parts.map((part) => part.text ?? part.kind)).toEqual(['Before. ', 'QUERY_RESULT', 'TOOL_EXCHANGE', 'TOOL_EXCHANGE', 'TOOL_EXCHANGE', 'After.']);
    expect(await test.runs.get(viewer, run.id)).toMatchObject({ inputTokens: 11, outputTokens: 22 });

    // The next turn shows the engine what was called and answered.
    await test.runs.send(viewer, { text: 'Again', conversationId });
    const third = await engine.nextCall();
    expect(third.request.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'tool', 'tool', 'assistant', 'user']);
    third.finish();
  });

  it('stores a part only when the text before it is in the log, so that no crash leaves more than was streamed', async () => {
    const engine = createScriptedEngine();
    const gate = createDeferred();
    const asked = createDeferred();
    await using test = await openRunTest({
      engines: [engine],
      toolsOf: () => [showRow],
      wrapRunLog: (log) => ({
        ...log,
        openWriter: (runId, lastSeq) => {
          const writer = log.openWriter(runId, lastSeq);
          const flushed = async (): Promise<void> => {
            asked.resolve();
            await gate.promise;
            await writer.flushed();
          };
          return { ...writer, flushed };
        },
      }),
    });
    const viewer = await test.person();
    const conversationId = await createDataConversation(test, viewer);
    const run = await test.runs.send(viewer, { text: 'Show me', conversationId });
    const call = await engine.nextCall();
    call.text('Before.');
    call.toolCall('call-1', 'show_row', {});
    call.finish('TOOL_CALLS');
    await asked.promise;
    expect(await test.prisma.part.count({ where: { messageId: run.answerId ?? '' } })).toBe(0);
    gate.resolve();
    (await engine.nextCall()).finish();
    await test.eventsOf(viewer, run.id);
    expect(await test.prisma.part.count({ where: { messageId: run.answerId ?? '', kind: 'TEXT' } })).toBe(1);
  });

  it('lets a call that failed be mended once, and then makes no further attempt', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], toolsOf: () => [showRow] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'Go', conversationId: await createDataConversation(test, viewer) });
    const told: string[] = [];
    // A step in which one call works is no failure; two failing steps in a row are.
    for (const fails of [[true], [true, false], [true], [true, true], [false]]) {
      const call = await engine.nextCall();
      fails.forEach((isFailing, index) => call.toolCall(`call-${index}`, 'show_row', isFailing ? { fails: true } : {}));
      call.finish('TOOL_CALLS');
      told.push(...call.request.messages.slice(-1).flatMap((message) => (message.role === 'tool' ? [message.content] : [])));
    }
    await test.eventsOf(viewer, run.id);
    const [answer] = await test.prisma.part.findMany({
      where: { messageId: run.answerId ?? '', kind: 'TOOL_EXCHANGE' },
      orderBy: { position: 'desc' },
      take: 1,
    });
    expect(told).toEqual([
      expect.stringContaining('try once more'),
      '[[1]]',
      expect.stringContaining('try once more'),
      expect.stringContaining('second failure in a row: no further attempt is made. Say honestly'),
    ]);
    expect(answer?.data).toMatchObject({ isError: true, content: expect.stringContaining('No further attempt is made: "show_row" has failed 2 times') });
  });

  it('ends with MAX_STEPS when the engine never stops calling', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], toolsOf: () => [showRow], settings: { maxSteps: 2 } });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'Show me', conversationId: await createDataConversation(test, viewer) });
    for (const id of ['call-1', 'call-2']) {
      const call = await engine.nextCall();
      call.toolCall(id, 'show_row', {});
      call.finish('TOOL_CALLS');
    }
    expect((await test.eventsOf(viewer, run.id)).at(-1)?.data).toMatchObject({ type: 'RunFinished', reason: 'MAX_STEPS' });
  });

  it('tells the engine of a tool that takes too long, and goes on', async () => {
    const engine = createScriptedEngine();
    const slow: RunTool = { definition: { name: 'slow', description: 'Never ends.', parameters: { type: 'object' } }, run: () => new Promise(() => undefined) };
    await using test = await openRunTest({ engines: [engine], toolsOf: () => [slow], settings: { toolTimeoutMs: 50 } });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'Go', conversationId: await createDataConversation(test, viewer) });
    const first = await engine.nextCall();
    first.toolCall('call-1', 'slow', {});
    first.finish('TOOL_CALLS');
    const second = await engine.nextCall();
    expect(second.request.messages.at(-1)).toMatchObject({ isError: true, content: expect.stringContaining('longer than 50 ms') });
    second.finish();
    expect((await test.eventsOf(viewer, run.id)).at(-1)?.data.type).toBe('RunFinished');
  });
});
