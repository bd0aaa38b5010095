import { describe, expect, it } from 'vitest';
import { createCircuits } from '../../src/engines/circuit.ts';
import type { EngineFailure, EnginePart } from '../../src/engines/engine.ts';
import { answering, createPlayingEngine, failing, partsOf, usage } from './playing-engine.ts';
import { question } from './providers.ts';

function openCircuits() {
  let now = new Date('2026-01-01T00:00:00Z');
  const circuits = createCircuits({ clock: { now: () => now }, failures: 3, openMs: 30_000 });
  return { circuits, advance: (milliseconds: number) => void (now = new Date(now.getTime() + milliseconds)) };
}

const failureOf = (parts: readonly EnginePart[]): EngineFailure | null => {
  const last = parts.at(-1);
  return last?.type === 'error' ? last.failure : null;
};

describe('the circuit of a provider', () => {
  it('opens after failures in a row, and then answers at once with the reason and the wait', async () => {
    const { circuits, advance } = openCircuits();
    const engine = createPlayingEngine('down', [usage(1, 0), failing({ message: 'Down is overloaded.' })]);
    const guarded = circuits.guard('down', engine);
    for (let index = 0; index < 3; index += 1) expect(failureOf(await partsOf(guarded, question()))?.message).toBe('Down is overloaded.');
    advance(10_000);
    expect(await partsOf(guarded, question())).toEqual([
      {
        type: 'error',
        failure: {
          code: 'ENGINE_OVERLOADED',
          message: 'down is not asked for another 20 s, because 3 requests in a row failed. The last one: Down is overloaded.',
          isRetryable: true,
          retryAfterMs: 20_000,
        },
      },
    ]);
    expect(engine.requests).toHaveLength(3);
  });

  it('lets one request try after its time, whose success closes it', async () => {
    const { circuits, advance } = openCircuits();
    const engine = createPlayingEngine('down', [failing()], [failing()], [failing()], answering('back'));
    const guarded = circuits.guard('down', engine);
    for (let index = 0; index < 3; index += 1) await partsOf(guarded, question());
    advance(30_000);
    const trial = guarded.stream(question(), new AbortController().signal)[Symbol.asyncIterator]();
    // While it has told nothing yet, the others are not held up by it.
    expect(failureOf(await partsOf(guarded, question()))).toMatchObject({ isRetryable: true, retryAfterMs: 1_000 });
    expect((await trial.next()).value).toEqual({ type: 'text', text: 'back' });
    expect(await partsOf(guarded, question())).toEqual(answering('back'));
    expect(engine.requests).toHaveLength(5);
  });

  it('opens again at once when the trial fails, and lets another one try when it was broken off', async () => {
    const { circuits, advance } = openCircuits();
    const engine = createPlayingEngine('down', [failing()]);
    const guarded = circuits.guard('down', engine);
    for (let index = 0; index < 3; index += 1) await partsOf(guarded, question());
    advance(30_000);
    const left = guarded.stream(question(), new AbortController().signal)[Symbol.asyncIterator]();
    await left.return?.();
    await partsOf(guarded, question());
    expect(engine.requests).toHaveLength(5);
    expect(failureOf(await partsOf(guarded, question()))).toMatchObject({ retryAfterMs: 30_000 });
    expect(engine.requests).toHaveLength(5);
  });

  it('counts only failures in a row', async () => {
    const { circuits } = openCircuits();
    const engine = createPlayingEngine('shaky', [failing()], [failing()], answering('fine'), [failing()], [failing()], answering('fine'));
    const guarded = circuits.guard('shaky', engine);
    for (let index = 0; index < 6; index += 1) await partsOf(guarded, question());
    expect(engine.requests).toHaveLength(6);
  });

  it.each(['ENGINE_BAD_KEY', 'ENGINE_RATE_LIMITED', 'ENGINE_BAD_REQUEST', 'ENGINE_REFUSED', 'ENGINE_CONTEXT_TOO_LONG', 'ENGINE_PROTOCOL'] as const)(
    'stays closed for %s, which does not say that the provider is down',
    async (code) => {
      const engine = createPlayingEngine('up', [failing({ code })]);
      const guarded = openCircuits().circuits.guard('up', engine);
      for (let index = 0; index < 5; index += 1) await partsOf(guarded, question());
      expect(engine.requests).toHaveLength(5);
    },
  );

  it('stays closed for answers that break off after their first word', async () => {
    const engine = createPlayingEngine('up', [{ type: 'text', text: 'half' }, failing({ code: 'ENGINE_NETWORK' })]);
    const guarded = openCircuits().circuits.guard('up', engine);
    for (let index = 0; index < 5; index += 1) expect(failureOf(await partsOf(guarded, question()))?.code).toBe('ENGINE_NETWORK');
    expect(engine.requests).toHaveLength(5);
  });

  it('is one for each name: that of one key says nothing to another', async () => {
    const { circuits } = openCircuits();
    const [down, up] = [createPlayingEngine('openai', [failing({ code: 'ENGINE_TIMEOUT' })]), createPlayingEngine('openai', answering('fine'))];
    for (let index = 0; index < 4; index += 1) await partsOf(circuits.guard('key one', down), question());
    expect(down.requests).toHaveLength(3);
    expect(await partsOf(circuits.guard('key two', up), question())).toEqual(answering('fine'));
    // The same name is the same circuit, whatever the engine.
    expect(failureOf(await partsOf(circuits.guard('key one', up), question()))?.code).toBe('ENGINE_TIMEOUT');
  });
});
