import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openRunTest, streamedText } from './run-kit.ts';

const hello = { text: 'Hello' };

describe('a run', () => {
  it('streams what the engine says, and stores the same text to the byte', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    expect(run.status).toBe('RUNNING');
    const call = await engine.nextCall();
    const pieces = ['Grüße, ', '\uD83D', '\uDE00 ', 'a\u0000b', ' 漢字', '\n\n'];
    for (const piece of pieces) call.text(piece);
    call.usage(3, 5);
    call.finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(streamedText(events)).toBe('Grüße, 😀 a\uFFFDb 漢字\n\n');
    const parts = (await test.messages.partsOf(viewer, [run.answerId ?? ''])).get(run.answerId ?? '') ?? [];
    expect(parts.map((part) => part.text)).toEqual([streamedText(events)]);
    expect(events.at(-1)?.data).toEqual({ type: 'RunFinished', reason: 'STOP', dataUpdated: false });
    expect(await test.runs.get(viewer, run.id)).toMatchObject({
      status: 'COMPLETED',
      inputTokens: 3,
      outputTokens: 5,
      lastSeq: events.length,
      finishReason: 'STOP',
    });
  });

  it('names its conversation, as an event of both logs', async () => {
    const engine = createScriptedEngine({ title: '"Greetings."' });
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    (await engine.nextCall()).finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(events.map((event) => event.data)).toContainEqual({ type: 'TitleChanged', title: 'Greetings' });
    expect(await test.conversations.get(viewer, run.conversationId)).toMatchObject({ title: 'Greetings', titleSource: 'AUTOMATIC' });
    const reader = await test.conversations.events(viewer, run.conversationId, 0);
    const types: string[] = [];
    while (types.at(-1) !== 'RunChanged COMPLETED') {
      const { value } = await reader.next();
      types.push(value?.data.type === 'RunChanged' ? `RunChanged ${value.data.status}` : (value?.data.type ?? ''));
    }
    await reader.return?.();
    expect(types).toEqual(['MessageAdded', 'MessageAdded', 'RunChanged RUNNING', 'ConversationTitleChanged', 'RunChanged COMPLETED']);
  });

  it('keeps the title that a person gave', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const conversation = await test.conversations.create(viewer, { title: 'Mine' });
    const run = await test.runs.send(viewer, { ...hello, conversationId: conversation.id });
    (await engine.nextCall()).finish();
    await test.eventsOf(viewer, run.id);
    expect((await test.conversations.get(viewer, conversation.id)).title).toBe('Mine');
  });

  it('shows the engine what was said before', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const first = await test.runs.send(viewer, { text: 'One' });
    const firstCall = await engine.nextCall();
    firstCall.text('Answer one');
    firstCall.finish();
    await test.eventsOf(viewer, first.id);
    await test.runs.send(viewer, { text: 'Two', conversationId: first.conversationId, systemPrompt: 'Be brief.', temperature: 0.1, topK: 5 });
    const { request, finish } = await engine.nextCall();
    expect(request).toMatchObject({ model: 'one', system: 'Be brief.', temperature: 0.1, topK: 5, maxTokens: 1_024, countsWordsAlone: true });
    expect(request.messages).toEqual([
      { role: 'user', text: 'One' },
      { role: 'assistant', text: 'Answer one', toolCalls: [] },
      { role: 'user', text: 'Two' },
    ]);
    finish();
  });

  it('ends as FAILED with the engine’s code, and keeps the text', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    const call = await engine.nextCall();
    call.text('partial');
    call.fail({ code: 'ENGINE_RATE_LIMITED', message: 'Scripted limits the rate.', retryAfterMs: 2_000 });
    const events = await test.eventsOf(viewer, run.id);
    expect(events.at(-1)?.data).toEqual({
      type: 'RunFailed',
      code: 'ENGINE_RATE_LIMITED',
      message: 'Scripted limits the rate.',
      retryable: true,
      retryAfterMs: 2_000,
    });
    expect(await test.runs.get(viewer, run.id)).toMatchObject({ status: 'FAILED', errorCode: 'ENGINE_RATE_LIMITED', isRetryable: true });
    expect((await test.messages.partsOf(viewer, [run.answerId ?? ''])).get(run.answerId ?? '')?.map((part) => part.text)).toEqual(['partial']);
  });

  it('masks what fails unexpectedly', async () => {
    const engine = {
      ...createScriptedEngine(),
      stream: () => {
        throw new Error('secret');
      },
    };
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    const last = (await test.eventsOf(viewer, run.id)).at(-1);
    expect(last?.data).toMatchObject({ type: 'RunFailed', code: 'INTERNAL_SERVER_ERROR' });
    expect(JSON.stringify(last)).not.toContain('secret');
  });

  it('is asked and answered in one call by ask', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const asked = test.runs.ask(viewer, hello);
    const call = await engine.nextCall();
    call.text('Hi');
    call.finish();
    expect((await asked).status).toBe('COMPLETED');
  });

  it('R02 goes on when its reader leaves', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, hello);
    const call = await engine.nextCall();
    const reader = await test.runs.events(viewer, run.id, 0);
    call.text('one ');
    await reader.next();
    await reader.return?.();
    call.text('two');
    call.finish();
    expect(streamedText(await test.eventsOf(viewer, run.id))).toBe('one two');
  });

  it('refuses bad input with the path to it', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    for (const [input, path] of [
      [{ text: ' ' }, 'text'],
      [{ text: 'x'.repeat(100_001) }, 'text'],
      [{ ...hello, temperature: 2.1 }, 'temperature'],
      [{ ...hello, topP: -1 }, 'topP'],
      [{ ...hello, topK: 0 }, 'topK'],
      [{ ...hello, maxTokens: 0 }, 'maxTokens'],
    ] as const) {
      await expect(test.runs.send(viewer, input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['input', path] }] });
    }
    await expect(test.runs.send(viewer, { ...hello, model: 'nowhere:one' })).rejects.toMatchObject({
      code: 'ENGINE_UNKNOWN',
      message: expect.stringContaining('available: scripted'),
    });
    await expect(test.runs.send(null, hello)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await test.prisma.message.count()).toBe(0);
  });
});
