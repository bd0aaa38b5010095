import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScriptedEngine, type ScriptedEngine } from '../../kit/scripted-engine.ts';
import { eventually } from '../../kit/eventually.ts';
import { openRunTest } from '../run-kit.ts';
import { openRoom, pathOf, roundEvents } from './persona-kit.ts';

let engine: ScriptedEngine;
let test: Awaited<ReturnType<typeof openRunTest>>;
beforeAll(async () => {
  engine = createScriptedEngine();
  test = await openRunTest({ engines: [engine] });
});
afterAll(() => test[Symbol.asyncDispose]());

async function speak(engine: ScriptedEngine, text: string) {
  const call = await engine.nextCall();
  call.text(text);
  call.finish();
  return call.request;
}

async function pick(engine: ScriptedEngine, next: string): Promise<string> {
  const call = await engine.nextCall('MODERATION');
  call.text(JSON.stringify({ next }));
  call.finish();
  return call.request.messages.map((message) => ('text' in message ? message.text : '')).join();
}

describe('a persona that is mentioned', () => {
  it('answers with its own prompt, model, fallbacks, temperature and tools, and other answers are not its own', async () => {
    const engine = createScriptedEngine();
    const definition = (name: string) => ({ name, description: name, parameters: { type: 'object' } });
    const run = async () => ({ content: '{}', isError: false });
    const toolsOf = () => ['run_sql', 'create_plot'].map((name) => ({ definition: definition(name), run }));
    await using test = await openRunTest({ engines: [engine], toolsOf });
    const viewer = await test.person();
    const settings = {
      systemPrompt: 'Speak like a poet.',
      model: 'scripted:two',
      fallbacks: ['builtin:analyst'],
      temperature: 0.1,
      tools: ['run_sql', 'nothing'],
    };
    const { conversationId, ids } = await openRoom(test, viewer, ['ada', 'bob'], {}, settings);
    const session = await test.prisma.session.create({ data: { id: conversationId, ownerId: viewer.userId, createdAt: new Date(), updatedAt: new Date() } });
    await test.prisma.conversation.update({ where: { id: conversationId }, data: { sessionId: session.id } });
    const first = await test.runs.send(viewer, { conversationId, text: '@ada who are you?' });
    expect(first).toMatchObject({ personaId: ids.get('ada'), model: 'scripted:two', roundId: null, turn: null });
    const asked = await speak(engine, 'I am Ada.');
    expect(asked).toMatchObject({ model: 'two', temperature: 0.1, tools: [{ name: 'run_sql' }] });
    expect(asked.system).toContain('Speak like a poet.');
    expect(asked.system).toContain('You are ADA (@ada).');
    await test.eventsOf(viewer, first.id);
    const second = await test.runs.send(viewer, { conversationId, text: '@bob and you?', temperature: 1, model: 'scripted:one' });
    const askedThen = await speak(engine, 'Bob.');
    expect(askedThen, 'what the message says itself comes first').toMatchObject({ model: 'one', temperature: 1 });
    expect(askedThen.messages).toEqual([
      { role: 'user', text: '@ada who are you?' },
      { role: 'user', text: '[from ADA]\nI am Ada.' },
      { role: 'user', text: '@bob and you?' },
    ]);
    await test.eventsOf(viewer, second.id);
    const third = await test.runs.send(viewer, { conversationId, text: 'And both?' });
    expect(third.personaId).toBeNull();
    expect((await speak(engine, 'I am the assistant.')).messages).toContainEqual({ role: 'user', text: '[from BOB]\nBob.' });
    await test.eventsOf(viewer, third.id);
    expect(await pathOf(test, conversationId)).toEqual([
      'USER: @ada who are you?',
      'ADA: I am Ada.',
      'USER: @bob and you?',
      'BOB: Bob.',
      'USER: And both?',
      'ASSISTANT: I am the assistant.',
    ]);
  });

  it('answers anew in its own name when its answer is made anew', async () => {
    const viewer = await test.person();
    const { conversationId, ids } = await openRoom(test, viewer, ['ada', 'bob']);
    await test.runs.send(viewer, { conversationId, text: '@ada @bob' });
    await speak(engine, 'one');
    await speak(engine, 'two');
    await roundEvents(test, conversationId);
    const second = await test.prisma.message.findFirstOrThrow({ where: { conversationId, personaName: 'BOB' } });
    const again = await test.runs.regenerate(viewer, { messageId: second.id });
    expect(again).toMatchObject({ personaId: ids.get('bob'), roundId: null });
    expect((await speak(engine, 'three')).messages.at(-1)).toEqual({ role: 'user', text: '[from ADA]\none' });
    await test.eventsOf(viewer, again.id);
    expect(await pathOf(test, conversationId)).toEqual(['USER: @ada @bob', 'ADA: one', 'BOB: three']);
  });
});

describe('a round of personas', () => {
  it('goes through all that are mentioned, each with a run and a message below the one before', async () => {
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob', 'eve']);
    const first = await test.runs.send(viewer, { conversationId, text: '@eve, @ada and @bob?' });
    expect(first).toMatchObject({ turn: 1 });
    for (const text of ['1', '2', '3']) await speak(engine, text);
    const events = await roundEvents(test, conversationId);
    expect(events.at(-1)).toEqual({ type: 'RoundEnded', turns: 3, reason: 'FINISHED', code: null });
    expect(await pathOf(test, conversationId)).toEqual(['USER: @eve, @ada and @bob?', 'EVE: 1', 'ADA: 2', 'BOB: 3']);
    expect(await test.prisma.run.findMany({ where: { conversationId }, orderBy: { turn: 'asc' }, select: { status: true, turn: true } })).toEqual(
      [1, 2, 3].map((turn) => ({ status: 'COMPLETED', turn })),
    );
    expect(events.filter(({ type }) => type === 'RunChanged')).toHaveLength(8);
  });

  it('of ROUND_ROBIN goes on up to its number of turns, and whoever asks meanwhile waits for its end', async () => {
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob'], { turnPolicy: 'ROUND_ROBIN', maxTurns: 3 });
    await test.runs.send(viewer, { conversationId, text: 'Go' });
    await expect(test.runs.send(viewer, { conversationId, text: 'Me too' })).rejects.toMatchObject({ code: 'CONVERSATION_BUSY' });
    await test.prisma.conversation.update({ where: { id: conversationId }, data: { maxTurns: 1 } });
    const waiting = await test.runs.send(viewer, { conversationId, text: 'Then this', ifBusy: 'ENQUEUE' });
    expect(waiting.status).toBe('QUEUED');
    for (const text of ['1', '2', '3']) await speak(engine, text);
    await roundEvents(test, conversationId);
    await speak(engine, '4');
    await test.eventsOf(viewer, waiting.id);
    expect((await pathOf(test, conversationId)).slice(0, 6)).toEqual(['USER: Go', 'ADA: 1', 'BOB: 2', 'ADA: 3', 'USER: Then this', 'ADA: 4']);
    expect(await test.prisma.message.count({ where: { conversationId, isActive: true, depth: 3 } }), 'one message at a depth').toBe(1);
  });

  it('of MODERATED is led by a model, which is asked after each turn and ends it', async () => {
    const viewer = await test.person();
    const { conversationId, ids } = await openRoom(test, viewer, ['ada', 'bob', 'eve'], { turnPolicy: 'MODERATED', maxTurns: 5 });
    const first = await test.runs.send(viewer, { conversationId, text: 'Who knows?' });
    expect(first).toMatchObject({ status: 'RUNNING', personaId: null, turn: 1 });
    await pick(engine, 'BOB');
    await speak(engine, 'I do.');
    expect(await pick(engine, '@eve')).toContain('[from BOB]\nI do.');
    await speak(engine, 'So do I.');
    await pick(engine, 'nobody');
    expect((await roundEvents(test, conversationId)).at(-1)).toEqual({ type: 'RoundEnded', turns: 2, reason: 'FINISHED', code: null });
    expect(await pathOf(test, conversationId)).toEqual(['USER: Who knows?', 'BOB: I do.', 'EVE: So do I.']);
    const events = await test.eventsOf(viewer, first.id);
    expect(events[1]?.data).toEqual({ type: 'SpeakerChosen', personaId: ids.get('bob'), name: 'BOB', model: 'scripted:one' });
    expect(await test.runs.get(viewer, first.id)).toMatchObject({ personaId: ids.get('bob') });
  });

  it('of MODERATED goes by the rule that each speaks once, where the model fails, babbles or hangs', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], settings: { moderationTimeoutMs: 300 } });
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob', 'eve'], { turnPolicy: 'MODERATED', maxTurns: 9 });
    await test.runs.send(viewer, { conversationId, text: 'Who knows?' });
    (await engine.nextCall('MODERATION')).fail({});
    await speak(engine, '1');
    await pick(engine, 'Satan');
    await speak(engine, '2');
    await engine.nextCall('MODERATION');
    await speak(engine, '3');
    await pick(engine, 'neither of them');
    await roundEvents(test, conversationId);
    expect(await pathOf(test, conversationId)).toEqual(['USER: Who knows?', 'ADA: 1', 'BOB: 2', 'EVE: 3']);
  });

  it('ends at its limit of turns, however much a moderator likes it (T03)', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], settings: { maxTurns: 3 } });
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob'], { turnPolicy: 'MODERATED', maxTurns: 90 });
    await test.runs.send(viewer, { conversationId, text: 'Talk for ever' });
    for (const handle of ['ada', 'bob', 'ada']) {
      await pick(engine, handle);
      await speak(engine, 'And you, @ada and @bob?');
    }
    expect((await roundEvents(test, conversationId)).at(-1)).toEqual({ type: 'RoundEnded', turns: 3, reason: 'MAX_TURNS', code: null });
    expect(engine.requests.filter(({ task }) => task !== 'TITLE')).toHaveLength(6);
  });

  it('is stopped as a whole with the turn that is under way, and between two turns', async () => {
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob', 'eve']);
    const run = await test.runs.send(viewer, { conversationId, text: '@ada @bob @eve' });
    const call = await engine.nextCall();
    call.text('Half');
    for await (const { data } of await test.runs.events(viewer, run.id, 0)) if (data.type === 'TextDelta') break;
    expect(await test.runs.stop(viewer, run.id)).toMatchObject({ status: 'STOPPED' });
    expect((await roundEvents(test, conversationId)).at(-1)).toEqual({ type: 'RoundEnded', turns: 1, reason: 'STOPPED', code: null });
    // It is free again, at once.
    await test.prisma.conversation.update({ where: { id: conversationId }, data: { turnPolicy: 'MODERATED' } });
    const second = await test.runs.send(viewer, { conversationId, text: '@ada' });
    await speak(engine, 'Yes');
    await test.eventsOf(viewer, second.id);
    const picking = await engine.nextCall('MODERATION');
    await test.runs.stop(viewer, second.id);
    picking.text('{"next": "bob"}');
    picking.finish();
    await eventually(async () => expect((await test.prisma.round.findMany({ where: { conversationId, endedAt: null } })).length).toBe(0));
    expect(await pathOf(test, conversationId)).toEqual(['USER: @ada @bob @eve', 'ADA: Half', 'USER: @ada', 'ADA: Yes']);
    expect(await test.prisma.run.count({ where: { conversationId } })).toBe(2);
  });

  it('gives way to a message that interrupts', async () => {
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob']);
    await test.runs.send(viewer, { conversationId, text: '@ada @bob' });
    await engine.nextCall();
    const other = await test.runs.send(viewer, { conversationId, text: '@bob, you alone', ifBusy: 'INTERRUPT' });
    await speak(engine, 'Yes?');
    await test.eventsOf(viewer, other.id);
    expect(await pathOf(test, conversationId)).toEqual(['USER: @ada @bob', 'ADA: ', 'USER: @bob, you alone', 'BOB: Yes?']);
  });

  it('goes on after a turn that failed, and passes over a persona that was removed or deleted meanwhile', async () => {
    const viewer = await test.person();
    const { conversationId, ids } = await openRoom(test, viewer, ['ada', 'bob', 'eve', 'joe']);
    await test.runs.send(viewer, { conversationId, text: '@ada @bob @eve @joe' });
    const call = await engine.nextCall();
    await test.prisma.conversationPersona.deleteMany({ where: { personaId: ids.get('bob') ?? '' } });
    await test.prisma.persona.delete({ where: { id: ids.get('eve') ?? '' } });
    call.fail({ isRetryable: false });
    await speak(engine, 'Here');
    await roundEvents(test, conversationId);
    expect(await pathOf(test, conversationId)).toEqual(['USER: @ada @bob @eve @joe', 'ADA: ', 'JOE: Here']);
  });

  it('counts each turn for the limits and quotas of whoever asked, and ends where they end (T03)', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], quotas: { QUOTA_USER_MESSAGES_PER_DAY: '2' } });
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob', 'eve']);
    await test.runs.send(viewer, { conversationId, text: '@ada @bob @eve' });
    await speak(engine, '1');
    await speak(engine, '2');
    expect((await roundEvents(test, conversationId)).at(-1)).toEqual({ type: 'RoundEnded', turns: 2, reason: 'FAILED', code: 'QUOTA_EXCEEDED' });
  });

  it('is one of the runs that a person may have under way, however many turns it has', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine], settings: { maxRunningRunsPerUser: 2 } });
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob', 'eve']);
    await test.runs.send(viewer, { conversationId, text: '@ada @bob @eve' });
    await test.runs.send(viewer, { text: 'Beside it' });
    await expect(test.runs.send(viewer, { text: 'Too many' })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('R01 a round whose process dies', () => {
  it('in a turn goes on with the next one on another node, once the turn was ended', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob']);
    const first = await test.runs.send(viewer, { conversationId, text: '@ada @bob' });
    await engine.nextCall();
    await test.prisma.run.update({ where: { id: first.id }, data: { leaseExpiresAt: new Date(0) } });
    const own = createScriptedEngine();
    const other = await test.otherNode({ engines: [own] });
    await other.executor.start(false);
    await speak(own, 'Still here');
    await roundEvents(test, conversationId);
    expect((await pathOf(test, conversationId)).at(-1)).toBe('BOB: Still here');
    expect(await test.runs.get(viewer, first.id)).toMatchObject({ errorCode: 'INTERRUPTED' });
  });

  it('between two turns is taken up by one of several nodes, once', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const { conversationId } = await openRoom(test, viewer, ['ada', 'bob'], { turnPolicy: 'MODERATED', maxTurns: 2 });
    const first = await test.runs.send(viewer, { conversationId, text: '@ada' });
    await speak(engine, 'Yes');
    await test.eventsOf(viewer, first.id);
    // The moderator of this node is asked, and the node is gone.
    await engine.nextCall('MODERATION');
    await test.prisma.round.updateMany({ data: { leaseExpiresAt: new Date(0) } });
    const own = createScriptedEngine();
    const others = await Promise.all([test.otherNode({ engines: [own] }), test.otherNode({ engines: [own] })]);
    const started = Promise.all(others.map(async (node) => node.executor.start(false)));
    await pick(own, 'bob');
    await started;
    await speak(own, 'Here');
    await roundEvents(test, conversationId);
    expect(await pathOf(test, conversationId)).toEqual(['USER: @ada', 'ADA: Yes', 'BOB: Here']);
    expect(own.requests.filter(({ task }) => task === 'MODERATION')).toHaveLength(1);
  });
});
