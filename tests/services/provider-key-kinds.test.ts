import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineKinds } from '../../src/engines/create-engine.ts';
import { kindFacts } from '../../src/services/provider-key/kinds.ts';
import { answering, createPlayingEngine } from '../engines/playing-engine.ts';
import { providers, question, read } from '../engines/providers.ts';
import { startWireServer, stream } from '../engines/wire-server.ts';
import { answerFor, device, openProviders, ownKey, type OpenProviders } from './providers-kit.ts';

let kit: OpenProviders;
beforeAll(async () => void (kit = await openProviders({ engines: [createPlayingEngine('house', answering('of the house'))] })));
afterAll(() => kit.close());

/** The kinds that the contract tests have a recorded stream of. */
const kinds = engineKinds.flatMap((kind) => {
  const provider = providers.find(({ id }) => id === (kind === 'openai-compatible' ? 'openai' : kind));
  return provider === undefined ? [] : [{ kind, provider }];
});

describe('an endpoint of one’s own', () => {
  it.each(kinds)('of the kind $kind answers at its address, with its key where it needs one', async ({ kind, provider }) => {
    await using server = await startWireServer(stream(provider.fixture('plain'), 'end', kind === 'ollama' ? 'application/x-ndjson' : 'text/event-stream'));
    const ada = await kit.person();
    const apiKey = kindFacts[kind].needsKey ? ownKey : null;
    await kit.providerKeys.save(ada, { kind, provider: 'own', apiKey, baseUrl: server.url, models: ['big'] }, device);
    const resolved = await kit.modelCalls.engineFor('own', answerFor(ada));
    const { last } = await read(resolved.engine, { ...question(), model: resolved.model });
    expect([resolved.name, last?.type]).toEqual(['own:big', 'finish']);
    expect(server.requests.filter(({ path, body }) => body !== null && !path.includes('models?'))).toHaveLength(1);
    expect(JSON.stringify(server.requests[0]?.headers).includes(ownKey)).toBe(apiKey !== null);
  });
});
