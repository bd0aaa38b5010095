import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { ProviderKeyInput } from '../../src/services/provider-key/key-input.ts';
import { answering, createPlayingEngine } from '../engines/playing-engine.ts';
import { startWireServer, status, type WireServer } from '../engines/wire-server.ts';
import { countStatements } from '../kit/statements.ts';
import { device, openProviders, ownKey, type OpenProviders } from './providers-kit.ts';

const plainModel = {
  description: '',
  hasTools: true,
  hasVision: false,
  hasJson: true,
  contextWindow: null,
  inputPrice: 1,
  outputPrice: 2,
  cachedInputPrice: null,
};
const installed = {
  ...createPlayingEngine('house', answering('of the house')),
  listModels: () => Promise.resolve([{ ...plainModel, id: 'one', name: 'One' }]),
};

let kit: OpenProviders;
let server: WireServer;
beforeAll(async () => void (kit = await openProviders({ engines: [installed] })));
beforeEach(async () => {
  server = await startWireServer(status(200, { object: 'list', data: [{ id: 'large', max_model_len: 32_000 }, { id: 'small' }] }));
  return () => server[Symbol.asyncDispose]();
});
afterAll(() => kit.close());

const save = (viewer: Viewer, input: Partial<ProviderKeyInput> = {}) =>
  kit.providerKeys.save(viewer, { kind: 'openai-compatible', provider: 'mine', apiKey: ownKey, baseUrl: `${server.url}/v1`, ...input }, device);
const names = async (viewer: Viewer, provider: string | null = null) => (await kit.models.list(viewer, provider)).map(({ name }) => name);

describe('the models of a person', () => {
  it('are asked of a provider once, and again when its key changes', async () => {
    const ada = await kit.person();
    await save(ada);
    expect(await names(ada)).toEqual(['house:one', 'mine:large', 'mine:small']);
    expect(await names(ada, 'mine')).toEqual(['mine:large', 'mine:small']);
    expect(server.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([['/v1/models', `Bearer ${ownKey}`]]);
    await save(ada, { apiKey: 'anotherKey0123456789' });
    await names(ada);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${ownKey}`, 'Bearer anotherKey0123456789']);
  });

  it('are theirs alone, also where two have the same endpoint', async () => {
    const [ada, bert, cleo] = [await kit.person(), await kit.person(), await kit.person()];
    await save(ada);
    await save(bert, { provider: 'his', apiKey: 'keyOfBert0123456789' });
    expect(await names(ada)).toEqual(['house:one', 'mine:large', 'mine:small']);
    expect(await names(bert)).toEqual(['house:one', 'his:large', 'his:small']);
    expect(await names(cleo)).toEqual(['house:one']);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${ownKey}`, 'Bearer keyOfBert0123456789']);
    await expect(names(cleo, 'mine')).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN', message: expect.stringContaining('(available: house)') });
  });

  it('take the place of those of the installation under the same name', async () => {
    const ada = await kit.person();
    await save(ada, { provider: 'house' });
    const models = await kit.models.list(ada, null);
    expect(models.map(({ name, isOwnKey }) => [name, isOwnKey])).toEqual([
      ['house:large', true],
      ['house:small', true],
    ]);
  });

  it('are those that were named, with what the provider knows about them', async () => {
    const ada = await kit.person();
    await save(ada, { models: ['hidden', 'large'] });
    const models = await kit.models.list(ada, 'mine');
    expect(models.map(({ model, contextWindow, providerName }) => [model, contextWindow, providerName])).toEqual([
      ['hidden', null, 'mine'],
      ['large', 32_000, 'mine'],
    ]);
  });

  it('cost two statements, and are for somebody who is signed in', async () => {
    const ada = await kit.person();
    const { statements } = await countStatements(kit.pool, () => kit.models.list(ada, null));
    expect(statements).toHaveLength(2);
    await expect(kit.models.list(null, null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
