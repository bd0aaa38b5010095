import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../../src/auth/viewer.ts';
import type { ProviderKeyInput } from '../../../src/services/provider-key/key-input.ts';
import { answering, createPlayingEngine } from '../../engines/playing-engine.ts';
import { providers, question, read } from '../../engines/providers.ts';
import { startWireServer, status, stream, type WireServer } from '../../engines/wire-server.ts';
import { writeWorkspace, type TestWorkspace } from '../../kit/workspace-rows.ts';
import { answerFor, device, firstSecret, nextSecret, openProviders, ownKey, type OpenProviders } from '../providers-kit.ts';

const wholeList = { after: null, before: null, limit: 100, isReversed: false };
const plain = stream(providers[0]?.fixture('plain') ?? '');
const spoken = 'Grüße from 東京 🙂.';

let kit: OpenProviders;
let server: WireServer;
beforeAll(async () => {
  const engines = [createPlayingEngine('openai', answering('of the installation'))];
  kit = await openProviders({ engines, environment: { MAX_PROVIDER_KEYS_PER_WORKSPACE: '2' } });
  server = await startWireServer(plain);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await kit.close();
});

const save = (
  viewer: Viewer | null,
  { id }: Pick<TestWorkspace, 'id'>,
  input: Partial<ProviderKeyInput> = {},
  services: Pick<OpenProviders, 'providerKeys'> = kit,
) =>
  services.providerKeys.saveForWorkspace(
    viewer,
    id,
    { kind: 'openai-compatible', provider: 'big', apiKey: ownKey, models: ['one'], baseUrl: `${server.url}/v1`, ...input },
    device,
  );
const ask = async (viewer: Viewer, model: string | null, { modelCalls }: Pick<OpenProviders, 'modelCalls'> = kit) => {
  const resolved = await modelCalls.engineFor(model, answerFor(viewer));
  return read(resolved.engine, { ...question(), model: resolved.model });
};
/** A workspace with an OWNER, an EDITOR and a READER, and somebody who is in none. */
const team = async (names: Partial<Pick<TestWorkspace, 'name' | 'handle'>> = {}) => {
  const [owner, editor, reader, stranger] = [await kit.person(), await kit.person(), await kit.person(), await kit.person()];
  const members = [
    { userId: owner.userId, role: 'OWNER' },
    { userId: editor.userId, role: 'EDITOR' },
    { userId: reader.userId, role: 'READER' },
  ] as const;
  return { owner, editor, reader, stranger, workspace: await writeWorkspace(kit.prisma, { members, ...names }) };
};

describe('a key of a workspace', () => {
  it('answers every member by the name of the workspace, and nobody else', async () => {
    const { owner, reader, stranger, workspace } = await team({ name: 'Acme', handle: 'acme' });
    await save(owner, workspace);
    for (const member of [owner, reader]) {
      expect(await kit.modelCalls.nameOf(member.userId, 'acme/big')).toBe('acme/big:one');
      expect((await ask(member, 'acme/big:one')).text).toBe(spoken);
    }
    expect(server.requests.at(-1)).toMatchObject({ headers: { authorization: `Bearer ${ownKey}` }, body: { model: 'one' } });
    await expect(kit.modelCalls.nameOf(stranger.userId, 'acme/big')).rejects.toMatchObject({
      code: 'ENGINE_UNKNOWN',
      message: expect.stringMatching(/No such provider: "acme\/big" \(available: openai\)/),
    });
    const entries = await kit.prisma.usageEntry.findMany({ where: { workspaceId: workspace.id }, orderBy: { id: 'asc' } });
    expect(entries.map(({ userId, provider, model, isOwnKey }) => [userId, provider, model, isOwnKey])).toEqual([
      [owner.userId, 'acme/big', 'one', true],
      [reader.userId, 'acme/big', 'one', true],
    ]);
  });

  it('stands behind those of the person, in the order in which they joined, and says whose it is', async () => {
    const { owner, workspace } = await team({ name: 'First', handle: 'first' });
    const other = await writeWorkspace(kit.prisma, { name: 'Second', handle: 'second', members: [{ userId: owner.userId, role: 'OWNER' }] });
    await save(owner, other, { provider: null, kind: 'openai' });
    await save(owner, workspace);
    await kit.providerKeys.save(owner, { kind: 'openai', apiKey: ownKey, baseUrl: `${server.url}/v1`, models: ['own'] }, device);
    expect((await kit.ownEngines.of(owner.userId)).map(({ engine, workspaceId }) => [engine.id, engine.name, workspaceId])).toEqual([
      ['openai', 'OpenAI', null],
      ['first/big', 'big (First)', workspace.id],
      ['second/openai', 'OpenAI (Second)', other.id],
    ]);
    expect((await kit.ownEngines.accessesOf(owner.userId)).map(({ access, workspaceId }) => [access.id, access.name, workspaceId])).toEqual([
      ['openai', 'OpenAI', null],
      ['first/big', 'big (First)', workspace.id],
      ['second/openai', 'OpenAI (Second)', other.id],
    ]);
    const models = await kit.models.list(owner, null);
    expect(models.map(({ name, isOwnKey, isDefault, workspaceId }) => [name, isOwnKey, isDefault, workspaceId])).toEqual([
      ['openai:own', true, false, null],
      ['first/big:one', false, false, workspace.id],
      ['second/openai:one', false, false, other.id],
    ]);
  });

  it('is nobody’s default unless it is named', async () => {
    const bare = await openProviders({ engines: [createPlayingEngine('builtin', answering('builtin'))] });
    try {
      const viewer = await bare.person();
      const workspace = await writeWorkspace(bare.prisma, { handle: 'acme', members: [{ userId: viewer.userId, role: 'OWNER' }] });
      await save(viewer, workspace, {}, bare);
      expect(await bare.modelCalls.nameOf(viewer.userId, null)).toMatch(/^builtin:/);
      expect((await bare.models.list(viewer, null)).filter(({ isDefault }) => isDefault)).toEqual([]);
      await bare.preferences.update(viewer, { model: 'acme/big' });
      expect((await bare.models.list(viewer, null)).find(({ isDefault }) => isDefault)?.name).toBe('acme/big:one');
      await bare.providerKeys.save(viewer, { kind: 'openai-compatible', provider: 'mine', baseUrl: `${server.url}/v1`, models: ['own'] }, device);
      expect(await bare.modelCalls.nameOf(viewer.userId, null)).toBe('mine:own');
    } finally {
      await bare.close();
    }
  });

  it('W10 is seen, saved and removed by OWNERs alone: others are told the role, and strangers nothing', async () => {
    const { owner, editor, reader, stranger, workspace } = await team();
    const saved = await save(owner, workspace);
    const nowhere = '01890000-0000-7000-8000-000000000000';
    for (const member of [editor, reader]) {
      const refused = { code: 'FORBIDDEN', message: expect.stringMatching(/takes the role OWNER in this workspace/) };
      await expect(kit.providerKeys.listOfWorkspace(member, workspace.id, wholeList)).rejects.toMatchObject(refused);
      await expect(save(member, workspace)).rejects.toMatchObject(refused);
      await expect(kit.providerKeys.deleteOfWorkspace(member, saved.id, device)).rejects.toMatchObject(refused);
      expect(await kit.providerKeys.byIds(member, [saved.id])).toEqual(new Map());
      expect(await kit.providerKeys.ofWorkspaces(member, [workspace.id])).toEqual(new Map());
    }
    const messages = async (workspaceId: string, keyId: string) =>
      Promise.all(
        [
          kit.providerKeys.listOfWorkspace(stranger, workspaceId, wholeList),
          save(stranger, { id: workspaceId }),
          // Not even its address is looked up.
          save(stranger, { id: workspaceId }, { baseUrl: 'https://nowhere.invalid/v1' }),
          kit.providerKeys.deleteOfWorkspace(stranger, keyId, device),
          // A key of a workspace is nobody's own.
          kit.providerKeys.delete(stranger, keyId, device),
        ].map(async (asked) => asked.then(() => 'done').catch((error: { code: string; message: string }) => `${error.code} ${error.message}`)),
      );
    const answers = await messages(workspace.id, saved.id);
    expect(answers).toEqual(await messages(nowhere, nowhere));
    expect(answers.every((answer) => answer.startsWith('NOT_FOUND'))).toBe(true);
    await expect(kit.providerKeys.delete(owner, saved.id, device)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await kit.providerKeys.byIds(stranger, [saved.id])).toEqual(new Map());
    expect((await kit.providerKeys.byIds(owner, [saved.id])).get(saved.id)).toEqual(saved);
    expect((await kit.providerKeys.ofWorkspaces(owner, [workspace.id, nowhere])).get(workspace.id)).toEqual([saved]);
    expect(await kit.providerKeys.list(owner, wholeList)).toEqual([]);
    expect(await kit.providerKeys.deleteOfWorkspace(owner, saved.id, device)).toBe(saved.id);
    const audited = await kit.prisma.auditEvent.findMany({ where: { actorId: owner.userId }, orderBy: { id: 'asc' } });
    expect(audited.map(({ kind, data }) => [kind, data])).toEqual([
      ['PROVIDER_KEY_SAVED', { providerKeyId: saved.id, provider: 'big', kind: 'openai-compatible', workspaceId: workspace.id }],
      ['PROVIDER_KEY_DELETED', { providerKeyId: saved.id, provider: 'big', workspaceId: workspace.id }],
    ]);
  });

  it('W11 is dead within a second for a member who is removed, and for all once it is removed, on every node', async () => {
    const { owner, editor, reader, workspace } = await team({ handle: 'short-lived' });
    const { id } = await save(owner, workspace);
    const elsewhere = kit.node();
    for (const node of [kit, elsewhere]) for (const member of [editor, reader]) expect((await ask(member, 'short-lived/big', node)).text).toBe(spoken);
    await kit.prisma.workspaceMember.deleteMany({ where: { workspaceId: workspace.id, userId: reader.userId } });
    kit.advance(999);
    const gone = { code: 'ENGINE_UNKNOWN' };
    for (const node of [kit, elsewhere]) {
      await expect(ask(reader, 'short-lived/big', node)).rejects.toMatchObject(gone);
      expect((await ask(editor, 'short-lived/big', node)).text).toBe(spoken);
    }
    await kit.providerKeys.deleteOfWorkspace(owner, id, device);
    await expect(ask(editor, 'short-lived/big'), 'at once where it was removed').rejects.toMatchObject(gone);
    kit.advance(999);
    await expect(ask(editor, 'short-lived/big', elsewhere)).rejects.toMatchObject(gone);
  });

  it('W12 is never taken for something else: whatever a workspace is called, its names hold a slash', async () => {
    const { owner, reader, workspace } = await team({ handle: 'openai' });
    await save(owner, workspace, { provider: null, kind: 'openai' });
    expect((await ask(reader, 'openai')).text).toBe('of the installation');
    expect((await ask(reader, 'openai:acme/one')).text).toBe('of the installation');
    expect((await ask(reader, 'openai/openai:one')).text).toBe(spoken);
    for (const provider of ['openai/openai', 'a/b', '/openai']) {
      const input = { kind: 'openai-compatible', provider, baseUrl: `${server.url}/v1` } as const;
      await expect(kit.providerKeys.save(reader, input, device)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
      await expect(save(owner, workspace, input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    await kit.prisma.workspace.update({ where: { id: workspace.id }, data: { handle: 'renamed', name: 'Renamed' } });
    kit.advance(999);
    expect((await ask(reader, 'renamed/openai:one')).text).toBe(spoken);
    await expect(ask(reader, 'openai/openai:one')).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN' });
  });

  it('W15 does not open in another row: of another workspace, or of a person', async () => {
    const [one, other] = [await team({ handle: 'one', name: 'One' }), await team({ handle: 'other', name: 'Other' })];
    await save(one.owner, one.workspace);
    await save(other.owner, other.workspace, { apiKey: 'anotherKey0123456789' });
    const mine: ProviderKeyInput = {
      kind: 'openai-compatible',
      provider: 'big',
      apiKey: 'keyOfAPerson0123456789',
      baseUrl: `${server.url}/v1`,
      models: ['one'],
    };
    await kit.providerKeys.save(other.owner, mine, device);
    const asked = server.requests.length;
    const paste = 'UPDATE provider_keys k SET sealed_key = a.sealed_key FROM provider_keys a WHERE a.workspace_id = $1';
    await kit.pool.query(`${paste} AND k.workspace_id = $2`, [one.workspace.id, other.workspace.id]);
    await kit.pool.query(`${paste} AND k.user_id = $2`, [one.workspace.id, other.owner.userId]);
    const node = kit.node();
    expect((await ask(other.reader, 'other/big', node)).last).toMatchObject({
      failure: {
        code: 'ENGINE_BAD_KEY',
        message: expect.stringMatching(/^The key of the workspace "Other" for "big" cannot be read any more.*An OWNER.*"saveWorkspaceProviderKey"\.$/),
      },
    });
    expect((await ask(other.owner, 'big', node)).last).toMatchObject({ failure: { code: 'ENGINE_BAD_KEY', message: expect.stringContaining('Your own key') } });
    expect(server.requests).toHaveLength(asked);
    expect((await ask(one.reader, 'one/big', node)).text).toBe(spoken);
  });

  it('has a maximum of its own, which many at once do not pass', async () => {
    const { owner, workspace } = await team();
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(async (provider) => save(owner, workspace, { provider })));
    expect(outcomes.filter(({ status: outcome }) => outcome === 'fulfilled')).toHaveLength(2);
    await expect(save(owner, workspace, { provider: 'f' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'The workspace has 2 keys, as many as are allowed; remove one that is not needed with "deleteWorkspaceProviderKey".',
    });
    await expect(save(owner, workspace, { baseUrl: 'https://10.0.0.1/v1' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('is told to members when it is refused, with what to do, and stands nowhere but sealed', async () => {
    await using refusing = await startWireServer(status(401, { error: { message: `Incorrect API key: ${ownKey}`, type: 'authentication_error', code: null } }));
    const { owner, reader, workspace } = await team({ name: 'Refused', handle: 'refused' });
    await save(owner, workspace, { baseUrl: `${refusing.url}/v1` });
    const { last } = await ask(reader, 'refused/big');
    expect(last).toMatchObject({
      failure: {
        code: 'ENGINE_BAD_KEY',
        message: 'The key of the workspace "Refused" for "big" is refused there. An OWNER of the workspace can save it again with "saveWorkspaceProviderKey".',
      },
    });
    await expect.poll(async () => (await kit.providerKeys.listOfWorkspace(owner, workspace.id, wholeList))[0]?.lastUsedAt).toEqual(expect.any(Date));
    expect([await kit.dump(), JSON.stringify(last), kit.lines.join('')].join('')).not.toContain(ownKey);
  });

  it('is sealed anew under a new secret, as those of people are', async () => {
    await kit.prisma.providerKey.deleteMany();
    const { owner, reader, workspace } = await team({ handle: 'resealed' });
    await save(owner, workspace);
    expect(await kit.node(nextSecret, firstSecret).resealKeys()).toEqual({ resealed: 1, unreadable: 0 });
    expect((await ask(reader, 'resealed/big', kit.node(nextSecret))).text).toBe(spoken);
  });
});
