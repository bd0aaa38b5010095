import { describe, expect, it } from 'vitest';
import { trimRunEvents } from '../../src/services/run/trim.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import { openRunTest, streamedText } from './run-kit.ts';

type Opened = Awaited<ReturnType<typeof openRunTest>>;

/** A run that said two words and ended. */
async function endedRun(test: Opened, engine: ScriptedEngine) {
  const viewer = await test.person();
  const run = await test.runs.send(viewer, { text: 'Hello' });
  const call = await engine.nextCall();
  const reader = await test.runs.events(viewer, run.id, 1);
  call.text('one ');
  await reader.next();
  await reader.return?.();
  call.reasoning('hm');
  call.text('two');
  call.finish();
  return { viewer, runId: run.id, events: await test.eventsOf(viewer, run.id) };
}

describe('the events of an ended run', () => {
  it('can be read again from any position, and the last position ends at once', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const { viewer, runId, events } = await endedRun(test, engine);
    for (let after = 0; after <= events.length; after += 1) expect(await test.eventsOf(viewer, runId, after)).toEqual(events.slice(after));
  });

  it('cannot be read from a position that does not exist', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const { viewer, runId, events } = await endedRun(test, engine);
    await expect(test.eventsOf(viewer, runId, events.length + 1)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(`newest event, ${events.length}`),
    });
    await expect(test.eventsOf(viewer, runId, -1)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('0 or more') });
  });

  it('are told again from the stored message when the log was trimmed', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const { viewer, runId, events } = await endedRun(test, engine);
    expect(await trimRunEvents(test.deps, 3_600_000)).toBe(0);
    expect(await trimRunEvents(test.deps, -1_000)).toBe(1);
    expect(await test.prisma.runEvent.count()).toBe(0);
    const told = await test.eventsOf(viewer, runId);
    expect(told.map((event) => event.data.type)).toEqual(['RunStarted', 'TextDelta', 'ReasoningDelta', 'TextDelta', 'UsageReported', 'RunFinished']);
    expect(told[4]?.data).toEqual(events.find((event) => event.data.type === 'UsageReported')?.data);
    expect(streamedText(told)).toBe('one two');
    expect(told.at(-1)).toMatchObject({ seq: events.length, data: events.at(-1)?.data });
    // The numbers in between mean nothing any more: only the end follows, and the text is to be read from the message.
    expect((await test.eventsOf(viewer, runId, 2)).map((event) => event.seq)).toEqual([events.length]);
    expect(await test.eventsOf(viewer, runId, events.length)).toEqual([]);
    expect(await trimRunEvents(test.deps, -1_000)).toBe(0);
  });

  it('are told again of a run that failed', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'Hello' });
    (await engine.nextCall()).fail({ code: 'ENGINE_OVERLOADED', message: 'Too much.', isRetryable: true });
    await test.eventsOf(viewer, run.id);
    await trimRunEvents(test.deps, -1_000);
    expect((await test.eventsOf(viewer, run.id)).at(-1)?.data).toMatchObject({
      type: 'RunFailed',
      code: 'ENGINE_OVERLOADED',
      message: 'Too much.',
      retryable: true,
    });
  });
});
