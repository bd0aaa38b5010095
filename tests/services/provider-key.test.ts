import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { ProviderKeyInput } from '../../src/services/provider-key/key-input.ts';
import { createPlayingEngine, answering } from '../engines/playing-engine.ts';
import { providers, question, read } from '../engines/providers.ts';
import { startWireServer, status, stream, type WireReply, type WireServer } from '../engines/wire-server.ts';
import { eventually } from '../kit/eventually.ts';
import { countStatements } from '../kit/statements.ts';
import { answerFor, device, openProviders, ownKey, type OpenProviders } from './providers-kit.ts';

const wholeList = { after: null, before: null, limit: 100, isReversed: false };
const plain = stream(providers[0]?.fixture('plain') ?? '');
const installed = createPlayingEngine('openai', answering('of the installation'));

let kit: OpenProviders;
beforeAll(async () => void (kit = await openProviders({ engines: [installed], environment: { MAX_PROVIDER_KEYS_PER_USER: '3' } })));
afterAll(() => kit.close());

const save = (viewer: Viewer | null, input: Partial<ProviderKeyInput>, services: Pick<OpenProviders, 'providerKeys'> = kit) =>
  services.providerKeys.save(viewer, { kind: 'openai-compatible', provider: 'mine', apiKey: ownKey, models: ['big'], ...input }, device);
const ask = async (viewer: Viewer, model: string | null, { modelCalls }: Pick<OpenProviders, 'modelCalls'> = kit) => {
  const resolved = await modelCalls.engineFor(model, answerFor(viewer));
  return read(resolved.engine, { ...question(), model: resolved.model });
};

/** The requests for answers; lists of models are asked for besides. */
const answered = (server: WireServer) => server.requests.filter(({ path }) => path.endsWith('/chat/completions'));

describe('a key of one’s own', () => {
  const serve = (...replies: readonly WireReply[]) => startWireServer(...(replies.length === 0 ? [plain] : replies));

  it('answers its owner at the address that it was given for, and nobody else', async () => {
    await using server = await serve();
    const [ada, bert] = [await kit.person(), await kit.person()];
    await save(ada, { baseUrl: `${server.url}/v1/` });
    expect(await kit.modelCalls.nameOf(ada.userId, 'mine')).toBe('mine:big');
    expect((await ask(ada, 'mine:small')).text).toBe('Grüße from 東京 🙂.');
    expect(answered(server)[0]).toMatchObject({ path: '/v1/chat/completions', headers: { authorization: `Bearer ${ownKey}` }, body: { model: 'small' } });
    await expect(kit.modelCalls.nameOf(bert.userId, 'mine')).rejects.toMatchObject({
      code: 'ENGINE_UNKNOWN',
      message: expect.stringMatching(/No such provider: "mine" \(available: openai\)/),
    });
    await expect(kit.modelCalls.nameOf(ada.userId, 'yours')).rejects.toMatchObject({ message: expect.stringContaining('(available: mine, openai)') });
  });

  it('takes the place of the installation’s for its provider, until it is removed', async () => {
    await using server = await serve();
    const ada = await kit.person();
    const { id } = await save(ada, { provider: null, kind: 'openai', baseUrl: `${server.url}/v1`, models: null });
    expect((await ask(ada, 'openai')).text).toBe('Grüße from 東京 🙂.');
    expect((await ask(await kit.person(), 'openai')).text).toBe('of the installation');
    const elsewhere = kit.node();
    await ask(ada, 'openai', elsewhere);
    expect(await kit.providerKeys.delete(ada, id, device)).toBe(id);
    expect((await ask(ada, 'openai')).text).toBe('of the installation');
    kit.advance(999);
    expect((await ask(ada, 'openai', elsewhere)).text, 'on another node').toBe('of the installation');
    expect(answered(server)).toHaveLength(2);
    await expect(kit.providerKeys.delete(ada, id, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('S04 stands nowhere but sealed: not in the database, the log, a list, the audit log or an error', async () => {
    await using server = await serve(status(401, { error: { message: `Incorrect API key: ${ownKey}`, type: 'authentication_error', code: null } }));
    const ada = await kit.person();
    const saved = await save(ada, { baseUrl: `${server.url}/v1` });
    const { last } = await ask(ada, 'mine');
    expect(last).toMatchObject({
      failure: { code: 'ENGINE_BAD_KEY', message: expect.stringMatching(/^Your own key for "mine" is refused there\..*saveProviderKey/) },
    });
    // No answer waits for its use to be noted.
    const listed = await eventually(async () => {
      const found = await kit.providerKeys.list(ada, wholeList);
      expect(found).toEqual([{ ...saved, lastUsedAt: expect.any(Date) }]);
      return found;
    });
    expect(saved).toMatchObject({ lastFour: '6789', provider: 'mine', kind: 'openai-compatible', models: ['big'], lastUsedAt: null });
    const audited = await kit.prisma.auditEvent.findMany({ where: { subjectId: ada.userId } });
    expect(audited.map(({ kind }) => kind)).toEqual(['PROVIDER_KEY_SAVED']);
    await expect(kit.providerKeys.delete(await kit.person(), saved.id, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const everything = [await kit.dump(), JSON.stringify([saved, listed, audited, last]), kit.lines.join('')].join('');
    expect(everything).not.toContain(ownKey);
    expect(everything).not.toContain(Buffer.from(ownKey).toString('base64url').slice(0, 20));
    expect(Object.keys(listed[0] ?? {})).not.toContain('sealedKey');
  });

  it('S05 does not open in another row: of another person, or for another provider', async () => {
    await using server = await serve();
    const [ada, bert] = [await kit.person(), await kit.person()];
    await save(ada, { baseUrl: `${server.url}/v1` });
    await save(ada, { provider: 'other', baseUrl: `${server.url}/v1`, apiKey: 'anotherKey0123456789' });
    await save(bert, { baseUrl: `${server.url}/v1`, apiKey: 'keyOfBert0123456789' });
    const move =
      'UPDATE provider_keys k SET sealed_key = a.sealed_key FROM provider_keys a WHERE a.user_id = $1 AND a.provider = $2 AND k.user_id = $3 AND k.provider = $4';
    await kit.pool.query(move, [ada.userId, 'mine', bert.userId, 'mine']);
    await kit.pool.query(move, [ada.userId, 'mine', ada.userId, 'other']);
    kit.advance(1_000);
    for (const answer of [await ask(bert, 'mine', kit.node()), await ask(ada, 'other:big', kit.node())]) {
      expect(answer.last).toMatchObject({ failure: { code: 'ENGINE_BAD_KEY', message: expect.stringContaining('cannot be read any more') } });
    }
    expect(server.requests).toEqual([]);
    expect((await ask(ada, 'mine', kit.node())).last?.type).toBe('finish');
  });

  it('S06 does not go to another address than it was given for, though somebody changes that', async () => {
    await using server = await serve();
    await using other = await serve();
    const ada = await kit.person();
    await save(ada, { provider: null, kind: 'openai', baseUrl: `${server.url}/v1` });
    const withoutKey = { provider: null, kind: 'openai', apiKey: undefined } as const;
    await expect(save(ada, { ...withoutKey, baseUrl: `${other.url}/v1` })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('the key must be given'),
    });
    await expect(save(ada, withoutKey)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    // Where everything else stays it stays too.
    expect(await save(ada, { ...withoutKey, baseUrl: `${server.url}/v1`, models: ['huge'] })).toMatchObject({ lastFour: '6789', models: ['huge'] });
    expect((await ask(ada, 'openai')).last?.type).toBe('finish');
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${ownKey}`);
    // An endpoint that needs no key is asked without the one of before.
    await save(ada, { baseUrl: `${server.url}/v1` });
    expect(await save(ada, { apiKey: undefined, baseUrl: `${other.url}/v1` })).toMatchObject({ lastFour: '' });
    await ask(ada, 'mine');
    expect(answered(other)).toHaveLength(1);
    expect(JSON.stringify(other.requests)).not.toContain(ownKey);
  });

  it('S07 of a provider that is down opens a circuit of its own, and no other', async () => {
    await using server = await serve(status(404), plain);
    const broken = await startWireServer(plain);
    await broken[Symbol.asyncDispose]();
    const [ada, bert] = [await kit.person(), await kit.person()];
    const quick = await openProviders({ engines: [installed], environment: { ENGINE_CIRCUIT_FAILURES: '1' } });
    try {
      await quick.prisma.user.createMany({ data: [ada, bert].map(({ userId }) => ({ id: userId, email: `${userId}@example.org`, createdAt: quick.now() })) });
      await save(ada, { baseUrl: `${broken.url}/v1` }, quick);
      await save(bert, { baseUrl: `${server.url}/v1` }, quick);
      expect((await ask(ada, 'mine', quick)).last).toMatchObject({ failure: { code: 'ENGINE_NETWORK', retryAfterMs: null } });
      expect((await ask(ada, 'mine', quick)).last).toMatchObject({
        failure: { code: 'ENGINE_NETWORK', retryAfterMs: 30_000, message: expect.stringContaining('is not asked for another 30 s') },
      });
      await ask(bert, 'mine', quick);
      expect((await ask(bert, 'mine', quick)).last?.type).toBe('finish');
      // Whoever saves it anew need not wait.
      await save(ada, { baseUrl: `${server.url}/v1` }, quick);
      expect((await ask(ada, 'mine', quick)).last?.type).toBe('finish');
    } finally {
      await quick.close();
    }
  });

  it('is counted, listed and used by few statements', async () => {
    const ada = await kit.person();
    for (const provider of ['one', 'two', 'three']) await save(ada, { provider, baseUrl: 'https://192.88.98.1/v1' });
    await expect(save(ada, { provider: 'four', baseUrl: 'https://192.88.98.1/v1' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('You have 3 keys'),
    });
    await save(ada, { provider: 'three', baseUrl: 'https://192.88.98.1/v2' });
    // The calls of tests before this one are counted in the background.
    await eventually(async () => expect(await kit.prisma.usageEntry.count({ where: { isOpen: true } })).toBe(0));
    const { result, statements } = await countStatements(kit.pool, () => kit.providerKeys.list(ada, wholeList));
    expect([result.map(({ provider }) => provider), statements.length]).toEqual([['three', 'two', 'one'], 1]);
    const used = await countStatements(kit.pool, async () => {
      for (let index = 0; index < 5; index += 1) await kit.modelCalls.engineFor('one', answerFor(ada));
    });
    expect(used.statements).toHaveLength(1);
  });

  it('tells when it was used last, to the minute', async () => {
    await using server = await serve();
    const ada = await kit.person();
    await save(ada, { baseUrl: `${server.url}/v1` });
    const lastUse = async () => (await kit.providerKeys.list(ada, wholeList))[0]?.lastUsedAt;
    await ask(ada, 'mine');
    const first = kit.now();
    await expect.poll(lastUse).toEqual(first);
    kit.advance(59_000);
    expect((await countStatements(kit.pool, () => ask(ada, 'mine'))).statements.filter((sql) => sql.startsWith('UPDATE'))).toEqual([]);
    kit.advance(1_000);
    await ask(ada, 'mine');
    await expect.poll(lastUse).toEqual(kit.now());
  });

  it.each([
    [{ provider: 'Mine' }, 'lower-case letters'],
    [{ provider: 'a:b' }, 'lower-case letters'],
    [{ provider: 'builtin' }, '"builtin" is the built-in engine'],
    [{ provider: 'anthropic' }, '"anthropic" is a kind of its own'],
    [{ provider: null }, 'a name must be given'],
    [{ baseUrl: null }, 'the address of the endpoint must be given'],
    [{ baseUrl: 'api.example.org' }, 'is not an address'],
    [{ baseUrl: 'http://api.example.org/v1' }, 'must begin with https://'],
    [{ baseUrl: 'https://user:pass@api.example.org/v1' }, 'must not hold a user name'],
    [{ baseUrl: 'https://api.example.org/v1?key=1' }, 'must end with its path'],
    [{ baseUrl: 'https://169.254.169.254/v1' }, 'is not an address of the internet'],
    [{ baseUrl: 'https://0xa9.254.43518/v1' }, 'is not an address of the internet'],
    [{ baseUrl: 'https://localhost/v1' }, 'is not an address of the internet'],
    [{ apiKey: '' }, 'must not be empty'],
    [{ apiKey: `${ownKey}\r\nx-evil: 1` }, 'must not contain spaces'],
    [{ apiKey: `${ownKey}${'x'.repeat(5_000)}` }, 'has at most 4096 characters'],
    [{ kind: 'openai', provider: null, apiKey: undefined }, 'the key must be given'],
    [{ models: ['a\u0000b'] }, 'control characters'],
    [{ models: Array.from({ length: 101 }, (_, index) => `m${index}`) }, 'at most 100 models'],
  ] satisfies readonly (readonly [Partial<ProviderKeyInput>, string])[])('S01 S04 is refused with %j, and the error does not tell it', async (input, words) => {
    const failure: unknown = await save(await kit.person(), { baseUrl: 'https://192.88.98.1/v1', ...input }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(words) });
    expect(JSON.stringify(failure) + String(failure)).not.toContain(ownKey);
  });

  it('is for somebody who is signed in', async () => {
    for (const work of [save(null, {}), kit.providerKeys.list(null, wholeList), kit.providerKeys.delete(null, 'x', device)])
      await expect(work).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
