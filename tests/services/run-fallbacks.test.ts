import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { SendInput } from '../../src/services/run/options.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { createDataConversation, openRunTest, streamedText } from './run-kit.ts';

const [first, second] = [createScriptedEngine({ id: 'first' }), createScriptedEngine({ id: 'second' })];
const tool = { definition: { name: 'look', description: 'Looks.', parameters: {} }, run: async () => ({ content: 'seen', isError: false }) };

describe('a run with fallbacks', () => {
  let test: Awaited<ReturnType<typeof openRunTest>>;
  let ada: Viewer;
  beforeAll(async () => {
    test = await openRunTest({ engines: [first, second], toolsOf: () => [tool] });
    ada = await test.person();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const send = (input: Partial<SendInput> = {}) => test.runs.send(ada, { text: 'Hello', model: 'first', fallbacks: ['second'], ...input });

  it('is answered by the next model, and its events, its message and the run say so', async () => {
    const run = await send();
    const failed = await first.nextCall();
    failed.usage(10, 0);
    failed.fail({ message: 'First is overloaded.\u0000' });
    const answering = await second.nextCall();
    answering.usage(20, 1);
    answering.text('From the second.');
    answering.usage(20, 5);
    answering.finish();
    const events = await test.eventsOf(ada, run.id);
    const types = events.map(({ data }) => data.type).filter((type) => type !== 'TitleChanged');
    expect(types).toEqual(['RunStarted', 'ModelChanged', 'TextDelta', 'UsageReported', 'RunFinished']);
    expect(events[0]?.data).toMatchObject({ model: 'first:one' });
    expect(events[1]?.data).toEqual({ type: 'ModelChanged', model: 'second:one', reason: 'First is overloaded.' });
    expect(events.find(({ data }) => data.type === 'UsageReported')?.data).toMatchObject({ inputTokens: 30, outputTokens: 5 });
    expect(await test.runs.get(ada, run.id)).toMatchObject({ model: 'first:one', answeredBy: 'second:one', status: 'COMPLETED' });
    expect(await test.prisma.message.findUnique({ where: { id: run.answerId ?? '' } })).toMatchObject({ model: 'second:one' });

    await test.prisma.run.update({ where: { id: run.id }, data: { trimmedAt: new Date() } });
    const told = await test.eventsOf(ada, run.id);
    expect(told.map(({ data }) => data.type)).toEqual(['RunStarted', 'ModelChanged', 'TextDelta', 'UsageReported', 'RunFinished']);
    expect([told[1]?.data, streamedText(told)]).toEqual([events[1]?.data, 'From the second.']);
  });

  it('names its conversation by a fallback too', async () => {
    const silent = createScriptedEngine({ id: 'silent', title: null });
    const node = await test.otherNode({ engines: [silent, second] });
    const run = await node.runs.send(ada, { text: 'Hello', model: 'silent', fallbacks: ['second'] });
    (await silent.nextCall()).fail({});
    (await silent.nextCall('TITLE')).fail({});
    (await second.nextCall()).finish();
    for await (const _event of await node.runs.events(ada, run.id, 0));
    expect(await node.conversations.get(ada, run.conversationId)).toMatchObject({ title: 'A scripted title' });
  });

  it('stays with the model that has begun, through its steps with tools', async () => {
    const conversationId = await createDataConversation(test, ada);
    const run = await send({ conversationId });
    (await first.nextCall()).fail({});
    const asking = await second.nextCall();
    asking.toolCall('1', 'look', {});
    asking.finish('TOOL_CALLS');
    const answering = await second.nextCall();
    expect(answering.request.messages.at(-1)).toMatchObject({ role: 'tool', content: 'seen' });
    answering.fail({ code: 'ENGINE_OVERLOADED', message: 'Second is overloaded.' });
    const events = await test.eventsOf(ada, run.id);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFailed', message: 'Second is overloaded.' });
    expect(events.filter(({ data }) => data.type === 'ModelChanged')).toHaveLength(1);
  });

  it('keeps the model that was asked for where nobody answers', async () => {
    const run = await send();
    (await first.nextCall()).fail({ message: 'First is away.' });
    (await second.nextCall()).fail({ message: 'Second is away.', retryAfterMs: 2_000 });
    const events = await test.eventsOf(ada, run.id);
    expect(events.at(-1)?.data).toMatchObject({
      type: 'RunFailed',
      retryAfterMs: 2_000,
      message: 'None of 2 models answered. first:one: First is away. second:one: Second is away.',
    });
    expect(await test.prisma.message.findUnique({ where: { id: run.answerId ?? '' } })).toMatchObject({ model: 'first:one' });
    expect(await test.runs.get(ada, run.id)).toMatchObject({ answeredBy: null });
  });

  it('is stopped while a fallback is asked', async () => {
    const run = await send();
    (await first.nextCall()).fail({});
    const asked = await second.nextCall();
    const stopped = await test.runs.stop(ada, run.id);
    await asked.aborted;
    expect(stopped).toMatchObject({ status: 'STOPPED', answeredBy: null });
  });

  it.each([
    [{ fallbacks: ['nobody'] }, 'ENGINE_UNKNOWN', 'No such provider: "nobody"'],
    [{ fallbacks: ['second', 'second', 'second', 'second'] }, 'BAD_USER_INPUT', 'names at most 3 models'],
    [{ fallbacks: [''] }, 'BAD_USER_INPUT', 'must not be empty'],
  ])('is refused with %j', async (input, code, message) => {
    await expect(send(input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('passes over a fallback that has gone since it was asked for', async () => {
    const conversation = await test.conversations.create(ada, {});
    const busy = await send({ conversationId: conversation.id, fallbacks: null });
    const waiting = await send({ conversationId: conversation.id, ifBusy: 'ENQUEUE' });
    await test.prisma.run.update({ where: { id: waiting.id }, data: { options: { fallbacks: ['gone:model', 'second:one'] } } });
    (await first.nextCall()).finish();
    await test.eventsOf(ada, busy.id);
    (await first.nextCall()).fail({});
    const answering = await second.nextCall();
    answering.text('Here.');
    answering.finish();
    expect(streamedText(await test.eventsOf(ada, waiting.id))).toBe('Here.');
  });
});
