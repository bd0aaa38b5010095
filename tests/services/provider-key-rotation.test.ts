import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSealedTexts } from '../../src/auth/sealed-text.ts';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { ProviderKeyInput } from '../../src/services/provider-key/key-input.ts';
import { resealKey } from '../../src/services/provider-key/own-engines.ts';
import { answering, createPlayingEngine } from '../engines/playing-engine.ts';
import { providers, question, read } from '../engines/providers.ts';
import { startWireServer, stream, type WireServer } from '../engines/wire-server.ts';
import { answerFor, device, firstSecret, nextSecret, openProviders, ownKey, type OpenProviders } from './providers-kit.ts';

let kit: OpenProviders;
let server: WireServer;
beforeAll(async () => {
  kit = await openProviders({ engines: [createPlayingEngine('other', answering('other'))] });
  server = await startWireServer(stream(providers[0]?.fixture('plain') ?? ''));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await kit.close();
});

type Node = ReturnType<OpenProviders['node']>;

const ask = async (viewer: Viewer, { modelCalls }: Pick<Node, 'modelCalls'>) => {
  const resolved = await modelCalls.engineFor('mine', answerFor(viewer));
  return (await read(resolved.engine, question())).last;
};
const withKey = async (node: Node): Promise<Viewer> => {
  const viewer = await kit.person();
  await node.providerKeys.save(viewer, { kind: 'openai-compatible', provider: 'mine', apiKey: ownKey, baseUrl: `${server.url}/v1`, models: ['big'] }, device);
  return viewer;
};
const unreadable = { failure: { code: 'ENGINE_BAD_KEY', message: expect.stringContaining('the secret of this server has changed. Save it again') } };

describe('keys of people under a new secret', () => {
  it('are read with the secret of before, and sealed anew when they are used', async () => {
    const ada = await withKey(kit.node(firstSecret));
    expect(await ask(ada, kit.node(nextSecret)), 'without the secret of before').toMatchObject(unreadable);
    expect((await ask(ada, kit.node(nextSecret, firstSecret)))?.type).toBe('finish');
    expect(await ask(ada, kit.node(nextSecret)), 'sealed anew').toMatchObject({ type: 'finish' });
    expect(await ask(ada, kit.node(firstSecret))).toMatchObject(unreadable);
  });

  it('are all sealed anew by house-keeping, which tells of those that it cannot read', async () => {
    await kit.prisma.providerKey.deleteMany();
    const [ada, bert] = [await withKey(kit.node(firstSecret)), await withKey(kit.node(firstSecret))];
    await withKey(kit.node(nextSecret));
    expect(await kit.node(nextSecret, firstSecret).resealKeys()).toEqual({ resealed: 2, unreadable: 0 });
    expect(await kit.node(nextSecret, firstSecret).resealKeys()).toEqual({ resealed: 0, unreadable: 0 });
    for (const viewer of [ada, bert]) expect((await ask(viewer, kit.node(nextSecret)))?.type).toBe('finish');
    expect(await kit.node(firstSecret).resealKeys()).toEqual({ resealed: 0, unreadable: 3 });
    expect(kit.lines.join('')).toContain('is not among PREVIOUS_SECRETS');
  });

  it('keep what was saved while they were sealed anew', async () => {
    const ada = await withKey(kit.node(firstSecret));
    const { pool, sealed } = { pool: kit.pool, sealed: createSealedTexts({ secret: nextSecret, previousSecrets: [firstSecret], purpose: 'provider-keys' }) };
    const stale = await kit.prisma.providerKey.findFirstOrThrow({ where: { userId: ada.userId } });
    const kind = 'openai-compatible';
    const input = { kind, provider: 'mine', apiKey: 'aNewKey0123456789', baseUrl: `${server.url}/v1`, models: ['big'] } satisfies ProviderKeyInput;
    await kit.providerKeys.save(ada, input, device);
    expect(await resealKey({ pool, sealed }, stale, ownKey)).toBe(false);
    const asked = server.requests.length;
    await ask(ada, kit.node(firstSecret));
    expect(server.requests[asked]?.headers.authorization).toBe('Bearer aNewKey0123456789');
  });
});
