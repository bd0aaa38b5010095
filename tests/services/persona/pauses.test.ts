import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../../src/auth/viewer.ts';
import type { RunEvent } from '../../../src/events/run-event.ts';
import type { RunTools } from '../../../src/services/run-tool.ts';
import { eventually } from '../../kit/eventually.ts';
import { createScriptedEngine, type ScriptedEngine } from '../../kit/scripted-engine.ts';
import { openRunTest, streamedText, type RunNode } from '../run-kit.ts';
import { openRoom, pathOf, roundEvents } from './persona-kit.ts';

let test: Awaited<ReturnType<typeof openRunTest>>;
let engine: ScriptedEngine;
/** The arguments that the tool of these tests was run with. */
let made: string[] = [];

const toolsOf: RunTools = () => [
  {
    definition: { name: 'create_table', description: 'Makes a table.', parameters: { type: 'object' } },
    run: async (argumentsJson) => {
      made.push(argumentsJson);
      return { content: '{"isMade":true}', isError: false };
    },
  },
];

beforeAll(async () => {
  engine = createScriptedEngine();
  test = await openRunTest({ engines: [engine], toolsOf });
});
afterAll(() => test[Symbol.asyncDispose]());

/** A run of a persona that may ask, whose engine has called a tool. */
async function waitingRun(viewer: Viewer, tool: 'ask_person' | 'create_table', args: unknown, more: { readonly text?: string } = {}) {
  const { conversationId, ids } = await openRoom(test, viewer, ['ada'], {}, { mayAsk: true, approvals: ['create_table'] });
  const session = await test.prisma.session.create({ data: { id: conversationId, ownerId: viewer.userId, createdAt: new Date(), updatedAt: new Date() } });
  await test.prisma.conversation.update({ where: { id: conversationId }, data: { sessionId: session.id } });
  const run = await test.runs.send(viewer, { conversationId, text: 'Go' });
  const call = await engine.nextCall();
  if (more.text !== undefined) call.text(more.text);
  call.usage(10, 1);
  call.toolCall('call-1', tool, args);
  call.finish('TOOL_CALLS');
  await untilPaused(test, viewer, run.id);
  return { run, conversationId, personaId: ids.get('ada') ?? '', request: call.request };
}

async function untilPaused({ runs }: RunNode, viewer: Viewer, runId: string): Promise<void> {
  for await (const { data } of await runs.events(viewer, runId, 0)) if (data.type === 'InputRequested') return;
}

const typesOf = (events: readonly RunEvent[]): readonly string[] => events.map(({ data }) => data.type);

describe('a run that asks a person', () => {
  it('waits on no node, and goes on with the answer as the result of its call', async () => {
    const viewer = await test.person();
    const { run, request } = await waitingRun(viewer, 'ask_person', { question: 'Which year?', choices: ['2025', '2026'] }, { text: 'Let me ask. ' });
    expect(request.tools.map(({ name }) => name)).toEqual(['create_table', 'ask_person']);
    expect(await test.prisma.run.findUniqueOrThrow({ where: { id: run.id } })).toMatchObject({
      status: 'AWAITING_INPUT',
      leaseOwner: null,
      leaseExpiresAt: null,
    });
    await eventually(() => expect(test.executor.active()).toBe(0));
    const asked = (await test.responses.askedByRuns(viewer, [run.id])).get(run.id);
    expect(asked).toMatchObject({ kind: 'QUESTION', text: 'Which year?', choices: ['2025', '2026'], toolCallId: 'call-1', toolName: 'ask_person' });
    expect(asked).not.toHaveProperty('state');
    expect(await test.responses.respond(viewer, { runId: run.id, answer: '2024' })).toMatchObject({ id: run.id, status: 'RUNNING' });
    const call = await engine.nextCall();
    expect(call.request.messages.slice(-3)).toEqual([
      { role: 'user', text: 'Go' },
      {
        role: 'assistant',
        text: 'Let me ask. ',
        toolCalls: [{ id: 'call-1', name: 'ask_person', arguments: JSON.stringify({ question: 'Which year?', choices: ['2025', '2026'] }) }],
      },
      { role: 'tool', toolCallId: 'call-1', name: 'ask_person', content: '{"answer":"2024"}', isError: false },
    ]);
    call.text('So 2024.');
    call.usage(20, 2);
    call.finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(typesOf(events)).toEqual([
      'RunStarted',
      'TextDelta',
      'ToolCallStarted',
      'InputRequested',
      'InputGiven',
      'TextDelta',
      'UsageReported',
      'RunFinished',
    ]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(events[4]?.data).toEqual({ type: 'InputGiven', toolCallId: 'call-1', isApproved: null, answer: '2024' });
    expect(events[6]?.data, 'all of it counts, before and after').toMatchObject({ inputTokens: 30, outputTokens: 3 });
    const parts = (await test.messages.partsOf(viewer, [run.answerId ?? ''])).get(run.answerId ?? '') ?? [];
    expect(parts.map(({ position, kind }) => [position, kind])).toEqual([
      [0, 'TEXT'],
      [1, 'TOOL_EXCHANGE'],
      [2, 'TEXT'],
    ]);
    expect(parts.map(({ text }) => text ?? '').join('')).toBe(streamedText(events));
    expect(await test.prisma.runPause.count({ where: { runId: run.id } })).toBe(0);
  });

  it('is followed over the pause by one subscription, and by one that comes back', async () => {
    const viewer = await test.person();
    const { run } = await waitingRun(viewer, 'ask_person', { question: 'Yes?' });
    const open = await test.runs.events(viewer, run.id, 0);
    const seen: string[] = [];
    const following = (async () => {
      for await (const { data } of open) seen.push(data.type);
    })();
    const later = test.eventsOf(viewer, run.id, 3);
    await eventually(() => expect(seen).toContain('InputRequested'));
    await test.responses.respond(viewer, { runId: run.id, answer: 'Yes' });
    const call = await engine.nextCall();
    call.text('Good.');
    call.finish();
    await following;
    expect(seen).toEqual(['RunStarted', 'ToolCallStarted', 'InputRequested', 'InputGiven', 'TextDelta', 'UsageReported', 'RunFinished']);
    expect(typesOf(await later)).toEqual(seen.slice(3));
  });

  it('is still performed by its node when it is answered in the moment in which it begins to wait', async () => {
    const viewer = await test.person();
    const runs = await Promise.all(Array.from({ length: 3 }, async () => (await waitingRun(viewer, 'ask_person', { question: 'Now?' })).run));
    await Promise.all(runs.map(async ({ id }) => test.responses.respond(viewer, { runId: id, answer: 'Now' })));
    const calls = [await engine.nextCall(), await engine.nextCall(), await engine.nextCall()];
    await eventually(() => expect(test.executor.active()).toBe(3));
    for (const call of calls) {
      call.usage(20, 2);
      call.finish();
    }
    for (const { id } of runs)
      expect((await test.eventsOf(viewer, id)).at(-2)?.data).toMatchObject({ type: 'UsageReported', inputTokens: 30, outputTokens: 3 });
  });

  it('asks again and again, and runs what comes after it in the same step', async () => {
    const viewer = await test.person();
    made = [];
    const { conversationId } = await openRoom(test, viewer, ['ada'], {}, { mayAsk: true });
    const session = await test.prisma.session.create({ data: { id: conversationId, ownerId: viewer.userId, createdAt: new Date(), updatedAt: new Date() } });
    await test.prisma.conversation.update({ where: { id: conversationId }, data: { sessionId: session.id } });
    const run = await test.runs.send(viewer, { conversationId, text: 'Go' });
    const call = await engine.nextCall();
    call.toolCall('a', 'create_table', { n: 1 });
    call.toolCall('b', 'ask_person', { question: 'First?' });
    call.toolCall('c', 'ask_person', { question: 'Second?' });
    call.toolCall('d', 'create_table', { n: 2 });
    call.finish('TOOL_CALLS');
    await untilPaused(test, viewer, run.id);
    expect(made).toEqual(['{"n":1}']);
    await test.responses.respond(viewer, { runId: run.id, answer: 'one' });
    await eventually(async () => expect((await test.responses.askedByRuns(viewer, [run.id])).get(run.id)?.text).toBe('Second?'));
    expect(made).toEqual(['{"n":1}']);
    await test.responses.respond(viewer, { runId: run.id, answer: 'two' });
    const next = await engine.nextCall();
    expect(made).toEqual(['{"n":1}', '{"n":2}']);
    const results = next.request.messages.flatMap((message) => (message.role === 'tool' ? [`${message.toolCallId} ${message.content}`] : []));
    expect(results).toEqual(['a {"isMade":true}', 'b {"answer":"one"}', 'c {"answer":"two"}', 'd {"isMade":true}']);
    next.finish();
    await test.eventsOf(viewer, run.id);
  });

  it('tells the engine what is wrong with a question that is none', async () => {
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada'], {}, { mayAsk: true });
    await test.runs.send(viewer, { conversationId, text: 'Go' });
    const call = await engine.nextCall();
    call.toolCall('call-1', 'ask_person', '{"ask": 1');
    call.finish('TOOL_CALLS');
    const next = await engine.nextCall();
    expect(next.request.messages.at(-1)).toMatchObject({ role: 'tool', isError: true, content: expect.stringContaining('The arguments are not right') });
    next.finish();
  });
});

describe('a tool that a person must approve of (T05)', () => {
  it('is not run before they have, then it is', async () => {
    const viewer = await test.person();
    made = [];
    const { run } = await waitingRun(viewer, 'create_table', { name: 'x' });
    expect((await test.responses.askedByRuns(viewer, [run.id])).get(run.id)).toMatchObject({
      kind: 'APPROVAL',
      toolName: 'create_table',
      toolArguments: '{"name":"x"}',
    });
    expect(made).toEqual([]);
    await test.responses.respond(viewer, { runId: run.id, isApproved: true });
    const call = await engine.nextCall();
    expect(made).toEqual(['{"name":"x"}']);
    expect(call.request.messages.at(-1)).toMatchObject({ role: 'tool', content: '{"isMade":true}' });
    call.finish();
    await test.eventsOf(viewer, run.id);
  });

  it('is never run when they refuse, and the engine is told so with the reason', async () => {
    const viewer = await test.person();
    made = [];
    const { run } = await waitingRun(viewer, 'create_table', { name: 'x' });
    await test.responses.respond(viewer, { runId: run.id, isApproved: false, answer: 'Too large.' });
    const call = await engine.nextCall();
    expect(call.request.messages.at(-1)).toMatchObject({
      role: 'tool',
      isError: false,
      content: expect.stringContaining('"isRejected":true,"reason":"Too large."'),
    });
    call.toolCall('call-2', 'create_table', { name: 'y' });
    call.finish('TOOL_CALLS');
    await eventually(async () => expect((await test.responses.askedByRuns(viewer, [run.id])).get(run.id)?.toolCallId).toBe('call-2'));
    expect(made).toEqual([]);
    await test.runs.stop(viewer, run.id);
    expect(made).toEqual([]);
  });

  it('does not run without its persona, which knows that it must be approved of', async () => {
    const viewer = await test.person();
    made = [];
    const { run, personaId } = await waitingRun(viewer, 'create_table', { name: 'x' });
    await test.prisma.persona.delete({ where: { id: personaId } });
    await expect(test.responses.respond(viewer, { runId: run.id, isApproved: true })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await test.runs.stop(viewer, run.id)).toMatchObject({ status: 'STOPPED' });
    expect(made).toEqual([]);
  });
});

describe('a run that waits', () => {
  it('keeps its conversation busy, and is no run that its person has under way', async () => {
    const viewer = await test.person();
    const { run, conversationId } = await waitingRun(viewer, 'ask_person', { question: 'Yes?' });
    await expect(test.runs.send(viewer, { conversationId, text: 'Hello?' })).rejects.toMatchObject({ code: 'CONVERSATION_BUSY' });
    const queued = await test.runs.send(viewer, { conversationId, text: 'Then', ifBusy: 'ENQUEUE' });
    expect(queued.status).toBe('QUEUED');
    expect(await test.runs.stop(viewer, run.id)).toMatchObject({ status: 'STOPPED', finishReason: 'STOPPED', inputTokens: 10, outputTokens: 1 });
    const events = await test.eventsOf(viewer, run.id);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFinished', reason: 'STOPPED' });
    (await engine.nextCall()).finish();
    await test.eventsOf(viewer, queued.id);
    await expect(test.responses.respond(viewer, { runId: run.id, answer: 'Yes' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is answered once, however many answer at once (T06)', async () => {
    const viewer = await test.person();
    const { run } = await waitingRun(viewer, 'ask_person', { question: 'Yes?' });
    const other = await test.otherNode();
    const answers = await Promise.allSettled(
      [1, 2, 3, 4].map(async (n) => (n % 2 === 0 ? test : other).responses.respond(viewer, { runId: run.id, answer: `${n}` })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'CONFLICT' });
    (await engine.nextCall()).finish();
    expect(typesOf(await test.eventsOf(viewer, run.id)).filter((type) => type === 'InputGiven')).toHaveLength(1);
    await expect(test.responses.respond(viewer, { runId: run.id, answer: 'Late' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it.each([
    ['ask_person', {}, 'answer'],
    ['ask_person', { answer: ' ' }, 'answer'],
    ['ask_person', { answer: 'a', isApproved: true }, 'isApproved'],
    ['ask_person', { answer: 'x'.repeat(20_001) }, 'answer'],
    ['create_table', { answer: 'Yes' }, 'isApproved'],
  ] as const)('with %s refuses the answer %j and waits on', async (tool, input, path) => {
    const viewer = await test.person();
    const { run } = await waitingRun(viewer, tool, { question: 'Yes?' });
    await expect(test.responses.respond(viewer, { runId: run.id, ...input })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: ['input', path] }],
    });
    expect(await test.runs.stop(viewer, run.id)).toMatchObject({ status: 'STOPPED' });
  });

  it('is answered by whoever asked alone, though others see it (T06)', async () => {
    const [viewer, guest, stranger] = [await test.person(), await test.person(), await test.person()];
    const { run, conversationId } = await waitingRun(viewer, 'ask_person', { question: 'Yes?' });
    await test.prisma.participant.create({ data: { conversationId, userId: guest.userId, joinedAt: new Date() } });
    await expect(test.responses.respond(guest, { runId: run.id, answer: 'Yes' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(test.responses.respond(stranger, { runId: run.id, answer: 'Yes' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await test.responses.askedByRuns(stranger, [run.id])).size).toBe(0);
    await test.runs.stop(viewer, run.id);
  });

  it('is given up in the end, with what it had written, and cannot be answered then', async () => {
    const viewer = await test.person();
    const { run } = await waitingRun(viewer, 'ask_person', { question: 'Yes?' }, { text: 'Half' });
    await test.prisma.runPause.update({ where: { runId: run.id }, data: { expiresAt: new Date(Date.now() - 1_000) } });
    await expect(test.responses.respond(viewer, { runId: run.id, answer: 'Yes' })).rejects.toMatchObject({ code: 'CONFLICT' });
    const other = await test.otherNode();
    await other.executor.start(false);
    expect((await test.eventsOf(viewer, run.id)).at(-1)?.data).toMatchObject({ type: 'RunFailed', code: 'INPUT_TIMEOUT', retryable: true });
    const parts = (await test.messages.partsOf(viewer, [run.answerId ?? ''])).get(run.answerId ?? '');
    expect(parts?.map(({ text }) => text)).toEqual(['Half']);
  });

  it('R01 outlives its node: any other one goes on with it, also in a round', async () => {
    const own = createScriptedEngine();
    const first = await test.otherNode({ engines: [own] });
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob'], {}, { mayAsk: true });
    const run = await first.runs.send(viewer, { conversationId, text: '@ada @bob' });
    const call = await own.nextCall();
    call.text('Wait. ');
    call.toolCall('call-1', 'ask_person', { question: 'Yes?' });
    call.finish('TOOL_CALLS');
    await untilPaused(test, viewer, run.id);
    await first.executor.close();
    // A node that starts alone ends what looks like running; this does not.
    const alone = await test.otherNode();
    await alone.executor.start(true);
    expect(await test.runs.get(viewer, run.id)).toMatchObject({ status: 'AWAITING_INPUT' });
    await test.responses.respond(viewer, { runId: run.id, answer: 'Yes' });
    const next = await engine.nextCall();
    expect(next.request.messages.at(-1)).toMatchObject({ role: 'tool', content: '{"answer":"Yes"}' });
    next.text('Thanks.');
    next.finish();
    const second = await engine.nextCall();
    expect(second.request.messages.at(-1)).toEqual({ role: 'user', text: '[from ADA]\nWait. \n\nThanks.' });
    second.text('Me too.');
    second.finish();
    await roundEvents(test, conversationId);
    expect(await pathOf(test, conversationId)).toEqual(['USER: @ada @bob', 'ADA: Wait. Thanks.', 'BOB: Me too.']);
  });
});
