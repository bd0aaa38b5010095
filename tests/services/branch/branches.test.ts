import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../../kit/scripted-engine.ts';
import { faultsOf, openBranchTest } from './branch-kit.ts';

const hello = { text: 'Hello' };

async function open() {
  const engine = createScriptedEngine();
  const test = await openBranchTest({ engines: [engine] });
  const viewer = await test.person();
  /** Lets the engine answer the newest run, and waits for its end. */
  const answered = async (run: { readonly id: string }, text = 'Hi') => {
    const call = await engine.nextCall();
    call.text(text);
    call.finish();
    await test.eventsOf(viewer, run.id);
    return test.runs.get(viewer, run.id);
  };
  const textsOf = async (conversationId: string) =>
    (
      (await test.messages.listMany(viewer, [conversationId], { after: null, before: null, limit: 100, isReversed: false }, 'text', 'ACTIVE')).get(
        conversationId,
      ) ?? []
    ).map((message) => message.text);
  const faults = async () => faultsOf(await test.prisma.message.findMany());
  return { ...test, engine, viewer, answered, textsOf, faults, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
}

const id = (value: string | null): string => value ?? expect.fail('there is no id');

describe('editing a message', () => {
  it('puts a question beside the old one, shows it, and shows the engine the branch alone', async () => {
    await using test = await open();
    const first = await test.answered(await test.runs.send(test.viewer, hello), 'Hi');
    const { conversationId } = first;
    const second = await test.answered(await test.runs.send(test.viewer, { text: 'More', conversationId }), 'Much more');
    const edited = await test.answered(await test.runs.edit(test.viewer, { messageId: id(second.questionId), text: 'Less' }), 'Much less');
    expect(await test.textsOf(conversationId)).toEqual(['Hello', 'Hi', 'Less', 'Much less']);
    expect(test.engine.requests.at(-1)?.messages.map((message) => ('text' in message ? message.text : ''))).toEqual(['Hello', 'Hi', 'Less']);
    expect((await test.siblings.placesOf(test.viewer, [id(edited.questionId)])).get(id(edited.questionId))).toEqual({ index: 1, count: 2 });
    await test.branches.switchTo(test.viewer, id(second.questionId));
    expect(await test.textsOf(conversationId)).toEqual(['Hello', 'Hi', 'More', 'Much more']);
    expect(await test.faults()).toEqual([]);
  });

  it('works for the first message, and is refused for an answer, for a stranger, and for what somebody else wrote', async () => {
    await using test = await open();
    const run = await test.answered(await test.runs.send(test.viewer, hello));
    const edited = await test.answered(await test.runs.edit(test.viewer, { messageId: id(run.questionId), text: 'Good morning' }));
    expect(await test.textsOf(run.conversationId)).toEqual(['Good morning', 'Hi']);
    await expect(test.runs.edit(test.viewer, { messageId: id(edited.answerId), text: 'No' })).rejects.toMatchObject({ code: 'CONFLICT' });
    const other = await test.person();
    await expect(test.runs.edit(other, { messageId: id(run.questionId), text: 'No' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await test.prisma.participant.create({ data: { conversationId: run.conversationId, userId: other.userId, joinedAt: new Date() } });
    await expect(test.runs.edit(other, { messageId: id(run.questionId), text: 'No' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await test.faults()).toEqual([]);
  });
});

describe('answering again', () => {
  it('puts an answer beside the old one, also by another model, once for one key', async () => {
    await using test = await open();
    const run = await test.answered(await test.runs.send(test.viewer, hello), 'Hi');
    const again = { messageId: id(run.answerId), model: 'scripted:two', idempotencyKey: 'again' };
    const second = await test.answered(await test.runs.regenerate(test.viewer, again), 'Good day');
    expect((await test.runs.regenerate(test.viewer, again)).id).toBe(second.id);
    expect(second).toMatchObject({ questionId: run.questionId, model: 'scripted:two' });
    expect(await test.textsOf(run.conversationId)).toEqual(['Hello', 'Good day']);
    expect(await test.prisma.message.count()).toBe(3);
    await test.branches.switchTo(test.viewer, id(run.answerId));
    expect(await test.textsOf(run.conversationId)).toEqual(['Hello', 'Hi']);
    await expect(test.runs.edit(test.viewer, { messageId: id(run.questionId), text: 'Hello', idempotencyKey: 'again' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(await test.faults()).toEqual([]);
  });
});

describe('an answer that waits', () => {
  it('shows at once the branch of its question, and takes the place of the answer there when it begins', async () => {
    await using test = await open();
    const first = await test.answered(await test.runs.send(test.viewer, hello), 'Hi');
    const { conversationId } = first;
    const edited = await test.runs.edit(test.viewer, { messageId: id(first.questionId), text: 'Good morning' });
    const again = await test.runs.regenerate(test.viewer, { messageId: id(first.answerId), ifBusy: 'ENQUEUE' });
    expect(await test.textsOf(conversationId)).toEqual(['Hello', 'Hi']);
    const [last] = await test.prisma.conversationEvent.findMany({ where: { conversationId }, orderBy: { seq: 'desc' }, skip: 1, take: 1 });
    expect(last?.data).toEqual({ type: 'BranchSwitched', messageId: first.questionId });
    await test.answered(edited, 'Ah');
    await test.answered(again, 'Good day');
    expect(await test.textsOf(conversationId)).toEqual(['Hello', 'Good day']);
    expect(await test.faults()).toEqual([]);
  });

  it('is of the kind that its question was asked with, also where that has none yet', async () => {
    await using test = await open();
    const first = await test.runs.send(test.viewer, hello);
    const { conversationId } = first;
    const waiting = await test.runs.send(test.viewer, { text: 'Look at it', conversationId, ifBusy: 'ENQUEUE' });
    await test.prisma.run.update({ where: { id: waiting.id }, data: { kind: 'AUTO_ANALYZE' } });
    await test.runs.stop(test.viewer, waiting.id);
    await test.answered(first);
    expect(await test.runs.regenerate(test.viewer, { messageId: id(waiting.questionId) })).toMatchObject({ kind: 'AUTO_ANALYZE' });
  });
});

describe('questions that wait', () => {
  it('follow one another on the branch, each moved below the answer before it', async () => {
    await using test = await open();
    const first = await test.runs.send(test.viewer, { text: 'one' });
    const { conversationId } = first;
    const waiting = [];
    for (const text of ['two', 'three', 'four']) waiting.push(await test.runs.send(test.viewer, { text, conversationId, ifBusy: 'ENQUEUE' }));
    expect(await test.textsOf(conversationId)).toEqual(['one', null, 'two', 'three', 'four']);
    // One that is stopped before it begins stays a question without an answer.
    await test.runs.stop(test.viewer, waiting[1]?.id ?? '');
    await test.answered(first, 'first');
    await test.answered(waiting[0] ?? first, 'second');
    await test.answered(waiting[2] ?? first, 'fourth');
    expect(await test.textsOf(conversationId)).toEqual(['one', 'first', 'two', 'second', 'three', 'four', 'fourth']);
    expect(await test.faults()).toEqual([]);
  });

  it('stay where they are when somebody switches to another branch meanwhile', async () => {
    await using test = await open();
    const first = await test.answered(await test.runs.send(test.viewer, { text: 'one' }), 'first');
    const { conversationId } = first;
    const again = await test.runs.regenerate(test.viewer, { messageId: id(first.answerId) });
    const waiting = await test.runs.send(test.viewer, { text: 'two', conversationId, ifBusy: 'ENQUEUE' });
    await test.branches.switchTo(test.viewer, id(first.answerId));
    await test.answered(again, 'again');
    await test.answered(waiting, 'second');
    expect(await test.textsOf(conversationId)).toEqual(['one', 'first']);
    await test.branches.switchTo(test.viewer, id(waiting.questionId));
    expect(await test.textsOf(conversationId)).toEqual(['one', 'again', 'two', 'second']);
    expect(await test.faults()).toEqual([]);
  });
});

describe('deleting a message', () => {
  it('takes everything below it along, with runs and their events, and shows the message beside it', async () => {
    await using test = await open();
    const first = await test.answered(await test.runs.send(test.viewer, hello), 'Hi');
    const { conversationId } = first;
    const more = await test.answered(await test.runs.send(test.viewer, { text: 'More', conversationId }), 'Much more');
    const again = await test.answered(await test.runs.regenerate(test.viewer, { messageId: id(first.answerId) }), 'Good day');
    await test.branches.switchTo(test.viewer, id(more.answerId));
    const summary = { conversationId, text: 'They greet.', tokenCount: 4, model: 'scripted:one', createdAt: new Date() };
    await test.prisma.contextSummary.createMany({ data: [more, again].map((run) => ({ ...summary, id: run.id, messageId: id(run.answerId) })) });
    expect(await test.branches.delete(test.viewer, id(first.answerId))).toMatchObject({ count: 3, conversationId });
    // What tells of a message in other words is gone with it.
    expect(await test.prisma.contextSummary.findMany({ select: { id: true } })).toEqual([{ id: again.id }]);
    expect(await test.textsOf(conversationId)).toEqual(['Hello', 'Good day']);
    expect(await test.prisma.run.findMany({ select: { id: true } })).toEqual([{ id: again.id }]);
    expect(await test.prisma.runEvent.count({ where: { runId: { not: again.id } } })).toBe(0);
    expect(await test.branches.delete(test.viewer, id(first.questionId))).toMatchObject({ count: 2 });
    expect(await test.textsOf(conversationId)).toEqual([]);
    const fresh = await test.answered(await test.runs.send(test.viewer, { text: 'Anew', conversationId }));
    expect(fresh.conversationId).toBe(conversationId);
  });

  it('shows the nearest before it, else the nearest after it', async () => {
    await using test = await open();
    const first = await test.answered(await test.runs.send(test.viewer, hello), 'a');
    const answers = [id(first.answerId)];
    for (const text of ['b', 'c', 'd', 'e']) {
      const again = await test.answered(await test.runs.regenerate(test.viewer, { messageId: id(first.questionId) }), text);
      answers.push(id(again.answerId));
    }
    await test.branches.switchTo(test.viewer, answers[2] ?? '');
    const shown = [];
    for (const place of [2, 1, 0, 3]) {
      await test.branches.delete(test.viewer, answers[place] ?? '');
      shown.push((await test.textsOf(first.conversationId)).at(-1));
    }
    expect(shown).toEqual(['b', 'a', 'd', 'e']);
    expect(await test.faults()).toEqual([]);
  });

  it('is refused while an answer is being written below or waits, and for a stranger', async () => {
    await using test = await open();
    const run = await test.runs.send(test.viewer, hello);
    await expect(test.branches.delete(test.viewer, id(run.questionId))).rejects.toMatchObject({ code: 'CONFLICT' });
    const waiting = await test.runs.send(test.viewer, { text: 'More', conversationId: run.conversationId, ifBusy: 'ENQUEUE' });
    await expect(test.branches.delete(test.viewer, id(waiting.questionId))).rejects.toMatchObject({ code: 'CONFLICT' });
    await test.runs.stop(test.viewer, waiting.id);
    expect(await test.branches.delete(test.viewer, id(waiting.questionId))).toMatchObject({ count: 1 });
    await test.answered(run);
    await expect(test.branches.delete(await test.person(), id(run.questionId))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await test.prisma.message.count()).toBe(2);
  });
});

describe('forking a conversation', () => {
  it('is refused where an answer on the path is being written, and not above it', async () => {
    await using test = await open();
    const first = await test.answered(await test.runs.send(test.viewer, hello), 'Hi');
    const { conversationId } = first;
    const second = await test.runs.send(test.viewer, { text: 'More', conversationId });
    await expect(test.branches.fork(test.viewer, { messageId: id(second.answerId) })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await test.prisma.conversation.count()).toBe(1);
    const fork = await test.branches.fork(test.viewer, { messageId: id(second.questionId) });
    expect(await test.textsOf(fork.id)).toEqual(['Hello', 'Hi', 'More']);
  });

  it('keeps how the conversation answers, and when it vanishes', async () => {
    await using test = await open();
    const first = await test.answered(await test.runs.send(test.viewer, hello));
    const kept = { defaults: { temperature: 0.2 }, expiresAt: new Date('2100-01-01T00:00:00Z') };
    await test.prisma.conversation.update({ where: { id: first.conversationId }, data: kept });
    expect(await test.branches.fork(test.viewer, { messageId: id(first.answerId) })).toMatchObject(kept);
  });

  it('copies the path down to a message, and what comes later stays apart', async () => {
    await using test = await open();
    const first = await test.answered(await test.runs.send(test.viewer, hello), 'Hi');
    const { conversationId } = first;
    await test.answered(await test.runs.send(test.viewer, { text: 'More', conversationId }), 'Much more');
    const fork = await test.branches.fork(test.viewer, { messageId: id(first.answerId), title: 'A fork' });
    expect(fork).toMatchObject({ title: 'A fork', sessionId: null, forkedFromId: first.answerId });
    await test.answered(await test.runs.send(test.viewer, { text: 'Less', conversationId: fork.id }), 'Much less');
    expect(await test.textsOf(fork.id)).toEqual(['Hello', 'Hi', 'Less', 'Much less']);
    expect(await test.textsOf(conversationId)).toEqual(['Hello', 'Hi', 'More', 'Much more']);
    expect(await test.faults()).toEqual([]);
  });
});
