import { describe, expect, it } from 'vitest';
import type { EnginePart } from '../../src/engines/engine.ts';
import { withFallbacks } from '../../src/engines/fallbacks.ts';
import type { ResolvedModel } from '../../src/engines/registry.ts';
import { answering, createPlayingEngine, failing, partsOf, usage, type PlayingEngine } from './playing-engine.ts';
import { question } from './providers.ts';

const resolved = (engine: PlayingEngine): ResolvedModel => ({ engine, model: `${engine.id}-model`, name: `${engine.id}:${engine.id}-model` });
const chain = (first: PlayingEngine, ...others: readonly PlayingEngine[]) => withFallbacks(resolved(first), others.map(resolved));

describe('an engine with fallbacks', () => {
  it('leaves the model alone that answers', async () => {
    const [first, second] = [createPlayingEngine('a', [usage(3, 0), ...answering('A')]), createPlayingEngine('b', answering('B'))];
    expect(await partsOf(chain(first, second), question())).toEqual([usage(3, 0), ...answering('A')]);
    expect([first.requests[0]?.model, second.requests]).toEqual(['a-model', []]);
  });

  it('has the next model answer when one fails before its first word, and says so before that', async () => {
    const first = createPlayingEngine('a', [usage(3, 0), failing({ message: 'A is overloaded.' })]);
    const second = createPlayingEngine('b', [failing({ code: 'ENGINE_NETWORK', message: 'B is away.' })]);
    const third = createPlayingEngine('c', [usage(5, 0), { type: 'text', text: 'C' }, usage(5, 7), { type: 'finish', reason: 'STOP' }]);
    expect(await partsOf(chain(first, second, third), question())).toEqual([
      usage(3, 0),
      { type: 'model', name: 'c:c-model', reason: 'A is overloaded. B is away.' },
      usage(5, 0),
      { type: 'text', text: 'C' },
      usage(5, 7),
      { type: 'finish', reason: 'STOP' },
    ]);
    expect([first, second, third].map(({ requests }) => requests.map(({ model }) => model))).toEqual([['a-model'], ['b-model'], ['c-model']]);
  });

  it.each(['ENGINE_RATE_LIMITED', 'ENGINE_OVERLOADED', 'ENGINE_TIMEOUT', 'ENGINE_NETWORK', 'ENGINE_PROTOCOL', 'ENGINE_BAD_KEY'] as const)(
    'goes on after %s',
    async (code) => {
      const engine = chain(createPlayingEngine('a', [failing({ code, isRetryable: false })]), createPlayingEngine('b', answering('B')));
      expect((await partsOf(engine, question())).slice(1)).toEqual(answering('B'));
    },
  );

  it.each(['ENGINE_BAD_REQUEST', 'ENGINE_REFUSED', 'ENGINE_CONTEXT_TOO_LONG'] as const)('does not go on after %s, which lies in the request', async (code) => {
    const second = createPlayingEngine('b', answering('B'));
    expect(await partsOf(chain(createPlayingEngine('a', [failing({ code })]), second), question())).toEqual([failing({ code })]);
    expect(second.requests).toEqual([]);
  });

  it.each([
    ['a word', { type: 'text', text: 'half' }],
    ['a thought', { type: 'reasoning', text: 'hm' }],
    ['a call of a tool', { type: 'toolCall', call: { id: '1', name: 'tool', arguments: '{}' } }],
  ] as const)('does not go on after %s: there are no answers of two models', async (_name, part: EnginePart) => {
    const second = createPlayingEngine('b', answering('B'));
    expect(await partsOf(chain(createPlayingEngine('a', [part, failing()]), second), question())).toEqual([part, failing()]);
    expect(second.requests).toEqual([]);
  });

  it('keeps to the model that has begun, also in later steps of the run', async () => {
    const first = createPlayingEngine('a', [failing()], answering('A'));
    const second = createPlayingEngine('b', answering('one'), [failing({ message: 'B is down now.' })]);
    const engine = chain(first, second, createPlayingEngine('c', answering('C')));
    await partsOf(engine, question());
    expect(await partsOf(engine, question())).toEqual([failing({ message: 'B is down now.' })]);
    expect([first.requests.length, second.requests.length]).toEqual([1, 2]);
  });

  it('tells of every failure when all fail, with the shortest wait and all that was used', async () => {
    const engine = chain(
      createPlayingEngine('a', [usage(3, 1), failing({ message: 'A waits.', retryAfterMs: 9_000 })]),
      createPlayingEngine('b', [usage(4, 2), failing({ code: 'ENGINE_RATE_LIMITED', message: 'B waits.', retryAfterMs: 2_000 })]),
    );
    const message = 'None of 2 models answered. a:a-model: A waits. b:b-model: B waits.';
    expect(await partsOf(engine, question())).toEqual([usage(7, 3), failing({ code: 'ENGINE_RATE_LIMITED', message, retryAfterMs: 2_000 })]);
  });

  it('asks nobody else once the request is aborted', async () => {
    const abort = new AbortController();
    const second = createPlayingEngine('b', answering('B'));
    const first: PlayingEngine = {
      ...createPlayingEngine('a'),
      stream: () =>
        (async function* abortThenFail() {
          abort.abort();
          yield failing();
        })(),
    };
    expect(await partsOf(chain(first, second), question(), abort.signal)).toEqual([failing()]);
    expect(second.requests).toEqual([]);
  });
});
