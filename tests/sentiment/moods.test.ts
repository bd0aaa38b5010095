import { describe, expect, it } from 'vitest';
import type { RunEventData } from '../../src/events/run-event.ts';
import { trimRunEvents } from '../../src/services/run/trim.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { keepingLogger, openMoodTest, sentimentsIn } from './mood-kit.ts';

describe('what a person says', () => {
  it('is judged, kept, and told in the run with the mood of the conversation', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    let conversationId: string | undefined;
    const told = [];
    for (const text of ['I hate this, it is terrible!', 'Still broken, same error again.', 'Thank you so much, it works perfectly!']) {
      const run = await test.runs.send(viewer, { text, conversationId });
      conversationId = run.conversationId;
      (await engine.nextCall()).finish();
      const [ready, ...others] = sentimentsIn(await test.eventsOf(viewer, run.id));
      expect(others).toEqual([]);
      expect(ready?.message.messageId).toBe(run.questionId);
      expect(await test.prisma.sentiment.findUnique({ where: { messageId: run.questionId ?? '' } })).toMatchObject({
        conversationId,
        method: 'LOCAL',
        model: null,
        score: ready?.message.score,
        label: ready?.message.label,
        emotion: ready?.message.emotion,
      });
      told.push(ready);
    }
    expect(told.map((ready) => ready?.message.label)).toEqual(['NEGATIVE', 'NEGATIVE', 'POSITIVE']);
    expect(told.map((ready) => ready?.conversation.count)).toEqual([1, 2, 3]);
    expect(told.map((ready) => ready?.conversation.trend)).toEqual([null, null, 'IMPROVING']);
    const scores = told.map((ready) => ready?.message.score ?? 0);
    const [first = 0, second = 0, third = 0] = scores;
    expect(told[2]?.conversation.average).toBeCloseTo((first + second + third) / 3, 10);
    expect(told[2]?.conversation.score).toBeCloseTo((third + 0.7 * second + 0.49 * first) / (1 + 0.7 + 0.49), 10);
  });

  it('is told again from the stored row, with the mood of that time', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    const first = await test.runs.send(viewer, { text: 'This is awful.' });
    (await engine.nextCall()).finish();
    const [ready] = sentimentsIn(await test.eventsOf(viewer, first.id));
    const second = await test.runs.send(viewer, { text: 'This is wonderful!', conversationId: first.conversationId });
    (await engine.nextCall()).finish();
    await test.eventsOf(viewer, second.id);
    expect(await trimRunEvents(test.deps, -1_000)).toBe(2);
    expect(sentimentsIn(await test.eventsOf(viewer, first.id))).toEqual([ready]);
  });

  it('counts for the mood only on the branch that is shown', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    const first = await test.runs.send(viewer, { text: 'This is awful.' });
    (await engine.nextCall()).finish();
    await test.eventsOf(viewer, first.id);
    await test.prisma.message.update({ where: { id: first.questionId ?? '' }, data: { isActive: false } });
    const second = await test.runs.send(viewer, { text: 'This is wonderful!', conversationId: first.conversationId });
    (await engine.nextCall()).finish();
    const [ready] = sentimentsIn(await test.eventsOf(viewer, second.id));
    expect(ready?.conversation).toMatchObject({ count: 1, label: 'POSITIVE' });
  });

  it('is not judged with NONE, nor in a language that the rules do not know', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    const inputs = [{ text: 'I love it', sentimentMethod: 'NONE' as const }, { text: 'Das ist wirklich sehr gut und ich danke dir.' }];
    for (const input of inputs) {
      const run = await test.runs.send(viewer, input);
      (await engine.nextCall()).finish();
      expect(sentimentsIn(await test.eventsOf(viewer, run.id))).toEqual([]);
    }
    expect(await test.prisma.sentiment.count()).toBe(0);
  });

  it('is answered all the same when judging fails, which is logged once', async () => {
    const engine = createScriptedEngine();
    const { logger, warnings } = keepingLogger();
    const local = (): never => {
      throw new Error('a broken rule');
    };
    await using test = await openMoodTest([engine], { logger, local });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'Hello' });
    const call = await engine.nextCall();
    call.text('Hi');
    call.finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(sentimentsIn(events)).toEqual([]);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFinished', reason: 'STOP' });
    expect(warnings).toEqual(['a message could not be judged']);
  });

  it('is judged by Google where that is chosen, once for all answers to it', async () => {
    const engine = createScriptedEngine();
    const asked: string[] = [];
    const google = async (text: string) => {
      asked.push(text);
      return { score: 0.3, magnitude: 0.4, label: 'POSITIVE', emotion: null } as const;
    };
    await using test = await openMoodTest([engine], { google });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'Hallo Welt', sentimentMethod: 'NLP_API' });
    const { request, finish } = await engine.nextCall();
    finish();
    const [ready] = sentimentsIn(await test.eventsOf(viewer, run.id));
    expect(ready?.message).toMatchObject({ method: 'NLP_API', score: 0.3, model: null });
    // Another answer to the same question.
    const told: RunEventData[] = [];
    const mood = await test.deps.moods.begin(
      { run, engine, request, words: 'Hallo Welt', method: 'NLP_API' },
      { append: (data) => void told.push(data) },
      new AbortController().signal,
    );
    await mood.settled();
    expect(told).toEqual([ready]);
    expect(asked).toEqual(['Hallo Welt']);
  });

  it('is judged by the rules where the chosen method cannot be had', async () => {
    const engine = createScriptedEngine({ id: 'builtin' });
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    for (const sentimentMethod of ['NLP_API', 'LLM_SEPARATE', 'STRUCTURED'] as const) {
      const run = await test.runs.send(viewer, { text: 'I love it', sentimentMethod });
      (await engine.nextCall()).finish();
      expect(sentimentsIn(await test.eventsOf(viewer, run.id)).map(({ message }) => message.method)).toEqual(['LOCAL']);
    }
  });
});
