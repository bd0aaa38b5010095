import { describe, expect, it } from 'vitest';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { streamedText } from '../services/run-kit.ts';
import { keepingLogger, openMoodTest, sentimentsIn } from './mood-kit.ts';

const judgement = '{"score": -0.7, "magnitude": 0.9, "label": "NEGATIVE", "emotion": "ANGER"}';

/** An engine whose models cannot be held to JSON. */
function withoutJson(engine: ScriptedEngine): ScriptedEngine {
  return { ...engine, listModels: async () => (await engine.listModels()).map((model) => ({ ...model, hasJson: false })) };
}

describe('a judgement by a call of its own', () => {
  const input = { text: 'You broke it.', sentimentMethod: 'LLM_SEPARATE' } as const;

  it('is made beside the answer, with the form that is wanted', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    const run = await test.runs.send(viewer, input);
    const answer = await engine.nextCall('CHAT');
    const call = await engine.nextCall('SENTIMENT');
    expect(call.request).toMatchObject({ task: 'SENTIMENT', messages: [{ role: 'user', text: input.text }], tools: [], output: { name: 'sentiment' } });
    expect(answer.request.output).toBeUndefined();
    call.text(`Here you are: ${judgement}`);
    call.finish();
    answer.text('Sorry.');
    answer.finish();
    const [ready] = sentimentsIn(await test.eventsOf(viewer, run.id));
    expect(ready?.message).toMatchObject({ method: 'LLM_SEPARATE', model: 'scripted:one', score: -0.7, label: 'NEGATIVE', emotion: 'ANGER' });
  });

  it('M01 delays no word of the answer, and its end by no more than the grace, when it hangs', async () => {
    const engine = createScriptedEngine();
    const { logger, warnings } = keepingLogger();
    await using test = await openMoodTest([engine], { settings: { graceMs: 20 }, logger });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, input);
    const hanging = await engine.nextCall('SENTIMENT');
    const answer = await engine.nextCall('CHAT');
    answer.text('Sorry.');
    const reader = await test.runs.events(viewer, run.id, 1);
    // The word is there while the judgement still hangs.
    expect((await reader.next()).value?.data).toMatchObject({ type: 'TextDelta', text: 'Sorry.' });
    await reader.return?.();
    answer.finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(sentimentsIn(events)).toEqual([]);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFinished', reason: 'STOP' });
    // The call is cut off with the run.
    await hanging.aborted;
    expect(warnings).toEqual(['a run ended before its question was judged']);
  });

  it('is given up after its time, though the answer goes on', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine], { settings: { timeoutMs: 20 } });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, input);
    const answer = await engine.nextCall('CHAT');
    await (
      await engine.nextCall('SENTIMENT')
    ).aborted;
    answer.finish();
    expect(sentimentsIn(await test.eventsOf(viewer, run.id))).toEqual([]);
  });

  it.each<readonly [string, (call: Awaited<ReturnType<ScriptedEngine['nextCall']>>) => void]>([
    ['fails', (call) => call.fail({})],
    ['answers with something else', (call) => (call.text('I would rather not.'), call.finish())],
  ])('is left out when the model %s', async (_name, answerJudge) => {
    const engine = createScriptedEngine();
    const { logger, warnings } = keepingLogger();
    await using test = await openMoodTest([engine], { logger });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, input);
    answerJudge(await engine.nextCall('SENTIMENT'));
    (await engine.nextCall('CHAT')).finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(sentimentsIn(events)).toEqual([]);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFinished' });
    expect(warnings).toEqual(['a message could not be judged']);
  });

  it('ends with a run that is stopped', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    const run = await test.runs.send(viewer, input);
    const call = await engine.nextCall('SENTIMENT');
    await engine.nextCall('CHAT');
    expect(await test.runs.stop(viewer, run.id)).toMatchObject({ status: 'STOPPED' });
    await call.aborted;
  });
});

describe('a judgement with the answer', () => {
  const input = { text: 'You broke it.', sentimentMethod: 'STRUCTURED', systemPrompt: 'Be brief.' } as const;

  it('comes in one call, and the text streams on the way', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    const run = await test.runs.send(viewer, input);
    const call = await engine.nextCall('CHAT');
    expect(call.request.output?.name).toBe('answer_with_sentiment');
    expect(call.request.system).toMatch(/^Be brief\.\n\nAnswer as one JSON object/);
    call.text('{"answer": "So');
    const reader = await test.runs.events(viewer, run.id, 1);
    expect((await reader.next()).value?.data).toMatchObject({ type: 'TextDelta', text: 'So' });
    await reader.return?.();
    call.text(`rry\\n\\ud83d`);
    call.text(`\\ude00", "sentiment": ${judgement}}`);
    call.finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(streamedText(events)).toBe('Sorry\n😀');
    expect(sentimentsIn(events).map(({ message }) => message)).toMatchObject([{ method: 'STRUCTURED', model: 'scripted:one', score: -0.7 }]);
    const parts = (await test.messages.partsOf(viewer, [run.answerId ?? ''])).get(run.answerId ?? '') ?? [];
    expect(parts.map((part) => part.text)).toEqual(['Sorry\n😀']);
    expect(engine.requests.filter(({ task }) => task !== 'TITLE')).toHaveLength(1);
  });

  it('keeps the text when the JSON breaks off', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    const run = await test.runs.send(viewer, input);
    const call = await engine.nextCall('CHAT');
    call.text('{"answer": "Half of it');
    call.finish('LENGTH');
    const events = await test.eventsOf(viewer, run.id);
    expect(streamedText(events)).toBe('Half of it');
    expect(sentimentsIn(events)).toEqual([]);
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFinished', reason: 'LENGTH' });
  });

  it('keeps the text when the engine fails', async () => {
    const engine = createScriptedEngine();
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    const run = await test.runs.send(viewer, input);
    const call = await engine.nextCall('CHAT');
    call.text('{"answer": "Half');
    call.fail({ code: 'ENGINE_NETWORK' });
    const events = await test.eventsOf(viewer, run.id);
    expect(streamedText(events)).toBe('Half');
    expect(events.at(-1)?.data).toMatchObject({ type: 'RunFailed', code: 'ENGINE_NETWORK' });
  });

  it('takes a call of its own where the model cannot write JSON', async () => {
    const engine = withoutJson(createScriptedEngine());
    await using test = await openMoodTest([engine]);
    const viewer = await test.person();
    const run = await test.runs.send(viewer, input);
    const answer = await engine.nextCall('CHAT');
    const call = await engine.nextCall('SENTIMENT');
    expect(answer.request.output).toBeUndefined();
    answer.text('{"answer": "as it is"}');
    answer.finish();
    call.text(judgement);
    call.finish();
    const events = await test.eventsOf(viewer, run.id);
    expect(streamedText(events)).toBe('{"answer": "as it is"}');
    expect(sentimentsIn(events).map(({ message }) => message.method)).toEqual(['LLM_SEPARATE']);
  });
});
