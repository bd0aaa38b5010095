import { describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { createRegistry } from '../../src/engines/registry.ts';
import { createModelCalls } from '../../src/services/model-calls.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openServices } from '../kit/services.ts';
import { countStatements } from '../kit/statements.ts';

describe('the own keys of a person', () => {
  it('are looked up once for the answer, the title and the judgement of a run, however long it takes', async () => {
    const engine = createScriptedEngine();
    // A second at every look: what is remembered for a moment is forgotten by then.
    let time = Date.now();
    await using opened = await openServices([engine], { clock: { now: () => new Date((time += 1_000)) } });
    const viewer = await opened.person();
    const { runs } = opened.services;
    const { statements } = await countStatements(opened.pool, async () => {
      const run = await runs.send(viewer, { text: 'Hello', sentimentMethod: 'LLM_SEPARATE' });
      (await engine.nextCall('SENTIMENT')).finish();
      (await engine.nextCall('ANSWER')).finish();
      for await (const _event of await runs.events(viewer, run.id, 0));
    });
    expect(engine.requests.map(({ task }) => task).toSorted()).toEqual(['CHAT', 'SENTIMENT', 'TITLE']);
    // One for the name of the model when it is sent, and one for the run, which another node may perform.
    expect(statements.filter((text) => text.includes('FROM provider_keys k WHERE'))).toHaveLength(2);
  });

  it('are those of the first call to the end of the run, and are looked up again after an outage and for other runs', async () => {
    let lookups = 0;
    let isOut = true;
    const ownEngines = {
      of: async () => {
        lookups += 1;
        if (isOut) throw new Error('out of reach');
        return [{ engine: createScriptedEngine({ id: 'mine' }), workspaceId: null, version: String(lookups) }];
      },
      forget: () => undefined,
      accessesOf: async () => [],
    };
    const calls = createModelCalls({ registry: createRegistry({ engines: [createScriptedEngine()], defaultModel: null }), ownEngines });
    const [userId, runId] = [uuidv7(), uuidv7()];
    const call = (purpose: 'ANSWER' | 'TITLE', run: string | null) =>
      calls.engineFor('mine', { userId, purpose, runId: run, conversationId: null, fallbacks: ['scripted'] });
    const open = calls.openRun(runId);
    await expect(call('ANSWER', runId)).rejects.toThrow('out of reach');
    isOut = false;
    lookups = 0;
    await Promise.all([call('ANSWER', runId), call('TITLE', runId)]);
    expect(lookups).toBe(1);
    await call('ANSWER', uuidv7());
    // Its fallback besides.
    expect(lookups).toBe(3);
    open.close();
    await call('TITLE', runId);
    expect(lookups).toBe(5);
  });
});
