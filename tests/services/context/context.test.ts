import { describe, expect, it } from 'vitest';
import { createScriptedEngine, type EngineCall } from '../../kit/scripted-engine.ts';
import { countStatements } from '../../kit/statements.ts';
import { loadPath } from '../../../src/services/context/path.ts';
import { estimateTokens } from '../../../src/services/context/estimate.ts';
import type { RunTool } from '../../../src/services/run-tool.ts';
import { createDataConversation, openRunTest } from '../run-kit.ts';
import { conversationWith, longTalk } from './context-kit.ts';

const wordsOf = (call: EngineCall): readonly string[] =>
  call.request.messages.map((message) => ('text' in message ? message.text.slice(0, 12).trim() : message.role));

describe('what an engine is shown', () => {
  it('is the branch above the question, whatever was said later on another one', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const { conversationId } = await conversationWith(test, viewer, [
      { role: 'USER', text: 'First' },
      { role: 'ASSISTANT', text: 'Kept' },
      { role: 'ASSISTANT', text: 'Regenerated', after: 0, isActive: false },
      { role: 'USER', text: 'Edited away', after: 1, isActive: false },
      { role: 'USER', text: 'Second', after: 1 },
      { role: 'ASSISTANT', text: 'Answered', after: 4 },
      { role: 'ASSISTANT', text: 'The newest of all', after: 3, isActive: false },
    ]);
    const run = await test.runs.send(viewer, { text: 'Third', conversationId });
    const call = await engine.nextCall();
    expect(wordsOf(call)).toEqual(['First', 'Kept', 'Second', 'Answered', 'Third']);
    expect(call.request.system).not.toContain('not shown');
    call.finish();
    await test.eventsOf(viewer, run.id);
  });

  it('is the end of a conversation that is longer than the window, and a note on what is left out', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const { conversationId } = await conversationWith(test, viewer, longTalk(20));
    const run = await test.runs.send(viewer, { text: 'And now?', conversationId });
    const call = await engine.nextCall();
    expect(wordsOf(call)[0]).toMatch(/^Question 1\d/);
    expect(wordsOf(call).at(-1)).toBe('And now?');
    const [, cut] = /The first (\d+) messages of this conversation are not shown/.exec(call.request.system ?? '') ?? [];
    expect(Number(cut) + call.request.messages.length).toBe(41);
    expect(call.request.system).toContain('Nothing of them is known to you');
    call.finish();
    await test.eventsOf(viewer, run.id);
    (await engine.nextCall('SUMMARY')).fail({});
    await test.deps.contexts.summaries.settled();
    expect(await test.prisma.contextSummary.count()).toBe(0);
  });

  it('has a summary of what is left out, made after the answer before, which grows with the conversation', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const { conversationId, ids } = await conversationWith(test, viewer, longTalk(7));
    const ask = async (text: string): Promise<EngineCall> => {
      const run = await test.runs.send(viewer, { text, conversationId });
      const call = await engine.nextCall();
      call.text('It sails at dawn. '.repeat(150));
      call.finish();
      await test.eventsOf(viewer, run.id);
      return call;
    };
    // Everything fits still, but not for much longer.
    const first = await ask('And now?');
    expect(first.request.messages).toHaveLength(15);
    const summarising = await engine.nextCall('SUMMARY');
    expect(summarising.request).toMatchObject({ tools: [], maxTokens: 800, countsWordsAlone: true, model: 'one' });
    const [material] = summarising.request.messages;
    expect(material).toMatchObject({ role: 'user', text: expect.stringMatching(/^Person: Question 0[^]*Assistant: Answer \d/) });
    summarising.text('They speak of a ship.');
    summarising.finish();
    await test.deps.contexts.summaries.settled();
    const [kept] = await test.prisma.contextSummary.findMany();
    expect(kept).toMatchObject({ text: 'They speak of a ship.', model: 'scripted:one', conversationId });
    const place = ids.indexOf(kept?.messageId ?? '');
    expect(place % 2).toBe(1);

    const second = await ask(`More. ${'What of the ship? '.repeat(300)}`);
    expect(second.request.system).toContain('<notes>\nThey speak of a ship.\n</notes>');
    expect(second.request.system).not.toContain('Nothing of them');
    const extending = await engine.nextCall('SUMMARY');
    expect(extending.request.messages[0]).toMatchObject({
      text: expect.stringMatching(
        new RegExp(`^Earlier notes:\\nThey speak of a ship\\.\\n\\nWhat was said since:\\n\\nPerson: Question ${(place + 1) / 2}\\.`),
      ),
    });
    extending.text('They speak of a ship that sails at dawn.');
    extending.finish('LENGTH');
    await test.deps.contexts.summaries.settled();
    expect(await test.deps.contexts.summaries.sweep()).toBe(0);
    const third = await ask('Well?');
    expect(third.request.system).toContain('that sails at dawn');
    // It does not outlive what it speaks of.
    await test.prisma.message.delete({ where: { id: kept?.messageId ?? '' } });
    expect(await test.deps.contexts.summaries.sweep()).toBe(2);
  });

  it('stays within the window while tools are called: the results of earlier steps are shortened, and each stays with its call', async () => {
    const engine = createScriptedEngine();
    const definition = { name: 'look', description: 'Looks.', parameters: { type: 'object' } } as const;
    const look: RunTool = { definition, run: async () => ({ content: 'What it sees. '.repeat(1_000), isError: false }) };
    await using test = await openRunTest({ engines: [engine], toolsOf: () => [look] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'Look', conversationId: await createDataConversation(test, viewer) });
    for (const step of [1, 2, 3]) {
      const call = await engine.nextCall();
      call.toolCall(`call-${step}`, 'look', {});
      call.finish('TOOL_CALLS');
    }
    const last = await engine.nextCall();
    const results = last.request.messages.filter((message) => message.role === 'tool');
    expect(results.map((message) => message.toolCallId)).toEqual(['call-1', 'call-2', 'call-3']);
    expect(results.map((message) => message.content.includes('characters are left out here'))).toEqual([true, true, false]);
    expect(estimateTokens(JSON.stringify(last.request.messages))).toBeLessThan(8_000 - 1_024);
    last.finish();
    await test.eventsOf(viewer, run.id);
    // What is stored is whole.
    const stored = await test.prisma.part.findMany({ where: { messageId: run.answerId ?? '', kind: 'TOOL_EXCHANGE' } });
    expect(stored.every((part) => JSON.stringify(part.data).length > 14_000)).toBe(true);
  });

  it('is halved once when the provider says before the first word that it is too long', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const { conversationId } = await conversationWith(test, viewer, longTalk(6));
    const run = await test.runs.send(viewer, { text: 'And now?', conversationId });
    const first = await engine.nextCall();
    expect(first.request.messages).toHaveLength(13);
    first.fail({ code: 'ENGINE_CONTEXT_TOO_LONG', isRetryable: false });
    const second = await engine.nextCall();
    expect(second.request.messages.length).toBeLessThan(8);
    expect(wordsOf(second).at(-1)).toBe('And now?');
    second.text('Yes.');
    second.finish();
    expect((await test.eventsOf(viewer, run.id)).at(-1)?.data).toMatchObject({ type: 'RunFinished', reason: 'STOP' });
    (await engine.nextCall('SUMMARY')).fail({});
  });

  it('is not cut a third time, nor after the first word', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const { conversationId } = await conversationWith(test, viewer, longTalk(2));
    const tooLong = { code: 'ENGINE_CONTEXT_TOO_LONG', message: 'Too long.', isRetryable: false } as const;
    const twice = await test.runs.send(viewer, { text: 'Go', conversationId });
    for (const _attempt of [1, 2]) (await engine.nextCall()).fail(tooLong);
    expect((await test.eventsOf(viewer, twice.id)).at(-1)?.data).toMatchObject({ type: 'RunFailed', code: 'ENGINE_CONTEXT_TOO_LONG' });
    const late = await test.runs.send(viewer, { text: 'Again', conversationId });
    const call = await engine.nextCall();
    // What the provider said is remembered, for this person alone.
    expect(wordsOf(call)).toEqual(['Go', 'Again']);
    const other = await test.person();
    const unaware = await test.runs.send(other, { text: 'Go', conversationId: (await conversationWith(test, other, longTalk(2))).conversationId });
    const whole = await engine.nextCall();
    expect(whole.request.messages).toHaveLength(5);
    whole.finish();
    await test.eventsOf(other, unaware.id);
    call.text('I ');
    call.fail(tooLong);
    expect((await test.eventsOf(viewer, late.id)).at(-1)?.data).toMatchObject({ type: 'RunFailed', code: 'ENGINE_CONTEXT_TOO_LONG' });
  });

  it('is read in one statement, however long the conversation is, and no more of it than the bounds allow', async () => {
    await using test = await openRunTest({ engines: [createScriptedEngine()] });
    const viewer = await test.person();
    const { conversationId, ids } = await conversationWith(test, viewer, longTalk(20));
    const read = (bounds: Parameters<typeof loadPath>[3]) => countStatements(test.pool, () => loadPath(test.pool, conversationId, ids.at(-1) ?? '', bounds));
    const all = await read({ maxMessages: 1_000, maxBytes: 1_000_000 });
    expect(all.statements).toHaveLength(1);
    expect(all.result.map((message) => message.id)).toEqual(ids);
    expect(all.result.map((message) => message.depth)).toEqual(ids.map((_id, depth) => depth));
    expect((await read({ maxMessages: 3, maxBytes: 1_000_000 })).result.map((message) => message.id)).toEqual(ids.slice(-3));
    // The first that passes the limit is still read.
    expect((await read({ maxMessages: 1_000, maxBytes: 2_000 })).result).toHaveLength(2);
    expect((await read({ maxMessages: 1_000, maxBytes: 0 })).result).toHaveLength(1);
    const other = await conversationWith(test, viewer, longTalk(1));
    expect(await loadPath(test.pool, other.conversationId, ids[0] ?? '', { maxMessages: 10, maxBytes: 1_000 })).toEqual([]);
  });
});
