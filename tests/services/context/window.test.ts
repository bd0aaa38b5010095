import { describe, expect, it } from 'vitest';
import { createDeferred } from '../../../src/base/async.ts';
import { createModelFacts, inputTokensOf } from '../../../src/services/context/window.ts';
import { createScriptedEngine } from '../../kit/scripted-engine.ts';

const unknown = { contextWindow: null, hasVision: null, hasTools: null };

describe('what is known of a model', () => {
  it('is asked of its provider once, for each person', async () => {
    const scripted = createScriptedEngine({ hasVision: true, hasTools: true });
    let asked = 0;
    const engine = { ...scripted, listModels: () => ((asked += 1), scripted.listModels()) };
    const factsOf = createModelFacts(10_000);
    for (const userId of ['ada', 'ada', 'eve']) {
      expect(await factsOf(userId, { engine, model: 'one', name: 'scripted:one' })).toEqual({ contextWindow: 8_000, hasVision: true, hasTools: true });
    }
    expect(asked).toBe(2);
    expect(await factsOf('ada', { engine, model: 'two', name: 'scripted:two' })).toEqual(unknown);
  });

  it('is unknown while the provider does not answer, which is waited for once, and known when it has', async () => {
    const scripted = createScriptedEngine();
    const gate = createDeferred();
    let asked = 0;
    const listModels = async () => {
      asked += 1;
      await gate.promise;
      return scripted.listModels();
    };
    const resolved = { engine: { ...scripted, listModels }, model: 'one', name: 'scripted:one' };
    const factsOf = createModelFacts(1);
    expect(await factsOf('ada', resolved)).toEqual(unknown);
    expect(await factsOf('ada', resolved)).toEqual(unknown);
    expect(asked).toBe(1);
    gate.resolve();
    await expect.poll(() => factsOf('ada', resolved)).toMatchObject({ contextWindow: 8_000 });
  });

  it('is unknown when the provider fails', async () => {
    const engine = { ...createScriptedEngine(), listModels: () => Promise.reject(new Error('away')) };
    expect(await createModelFacts(10_000)('ada', { engine, model: 'one', name: 'scripted:one' })).toEqual(unknown);
  });

  it('keeps room for the answer, and never more than half of the window', () => {
    expect(inputTokensOf(8_000, 1_024)).toBe(6_976);
    expect(inputTokensOf(8_000, 100_000)).toBe(4_000);
  });
});
