import { describe, expect, it } from 'vitest';
import { trimRunEvents } from '../../src/services/run/trim.ts';
import { reapRuns } from '../../src/services/run/reaper.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openRunTest } from './run-kit.ts';

type Test = Awaited<ReturnType<typeof openRunTest>>;

const partsOf = async (test: Test, messageId: string | null) => {
  const parts = await test.prisma.part.findMany({ where: { messageId: messageId ?? '' }, orderBy: { position: 'asc' } });
  return parts.map(({ position, kind, text }) => `${position} ${kind} ${text}`);
};

/** The deltas of each position joined, as they were streamed. */
const streamedParts = (events: Awaited<ReturnType<Test['eventsOf']>>): readonly string[] => {
  const texts = new Map<string, string>();
  for (const { data } of events) {
    if (data.type !== 'TextDelta' && data.type !== 'ReasoningDelta') continue;
    const key = `${data.position} ${data.type === 'TextDelta' ? 'TEXT' : 'REASONING'}`;
    texts.set(key, (texts.get(key) ?? '') + data.text);
  }
  return [...texts].map(([key, text]) => `${key} ${text}`);
};

describe('what a model thinks', () => {
  it('is stored as it was streamed, in its order, and told again when the log is gone', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'How old?' });
    const call = await engine.nextCall();
    for (const piece of ['Let me ', 'think \uD83D', '\uDE00.']) call.reasoning(piece);
    call.text('It is ');
    call.text('45.');
    call.reasoning('Is it?');
    call.text(' Yes.');
    call.finish();
    const events = await test.eventsOf(viewer, run.id);
    const expected = ['0 REASONING Let me think \u{1F600}.', '1 TEXT It is 45.', '2 REASONING Is it?', '3 TEXT  Yes.'];
    expect(await partsOf(test, run.answerId)).toEqual(expected);
    expect(streamedParts(events)).toEqual(expected);
    await trimRunEvents(test.deps, -1_000);
    expect(streamedParts(await test.eventsOf(viewer, run.id))).toEqual(expected);
  });

  it('is not shown to engines again', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'How old?' });
    const first = await engine.nextCall();
    first.reasoning('Let me think.');
    first.text('45.');
    first.finish();
    await test.eventsOf(viewer, run.id);
    const next = await test.runs.send(viewer, { text: 'Sure?', conversationId: run.conversationId });
    const second = await engine.nextCall();
    expect(second.request.messages).toEqual([
      { role: 'user', text: 'How old?' },
      { role: 'assistant', text: '45.', toolCalls: [] },
      { role: 'user', text: 'Sure?' },
    ]);
    second.finish();
    await test.eventsOf(viewer, next.id);
  });

  it('R01 is kept, with its text, when the process dies', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const run = await test.runs.send(viewer, { text: 'How old?' });
    const call = await engine.nextCall();
    call.reasoning('Let me think.');
    call.text('It is');
    const reader = await test.runs.events(viewer, run.id, 0);
    for (let type = ''; type !== 'TextDelta';) type = (await reader.next()).value?.data.type ?? 'TextDelta';
    await reader.return?.();
    // As another node finds it once the lease has run out.
    const other = await test.otherNode();
    await test.pool.query(`UPDATE runs SET lease_expires_at = now() - interval '1 minute'`);
    await reapRuns(other.deps, false, []);
    expect(await partsOf(test, run.answerId)).toEqual(['0 REASONING Let me think.', '1 TEXT It is']);
  });
});
