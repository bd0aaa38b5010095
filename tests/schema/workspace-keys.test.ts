import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../../src/stores/database.ts';
import { createLogger } from '../../src/base/logger.ts';
import { attach } from '../kit/attachments.ts';
import type { TestPerson } from '../kit/app.ts';
import { mp3 } from '../kit/fake-media.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { generateImage, generateImageDocument, mediaEventsOf, refusalOf, startMediaApp, type MediaApp } from '../kit/media-app.ts';
import { patientDatabase } from '../kit/patience.ts';
import { openServices } from '../kit/services.ts';
import { writeWorkspace } from '../kit/workspace-rows.ts';
import { rowId } from '../kit/ids.ts';

const saveKey =
  'mutation ($input: SaveWorkspaceProviderKeyInput!) { saveWorkspaceProviderKey(input: $input) { providerKey { id provider kind lastFour workspace { id } } } }';
const setQuota =
  'mutation ($input: SetWorkspaceQuotaInput!) { setWorkspaceQuota(input: $input) { workspaceQuota { workspace { id } scope period maxTokens maxCostMicros } } }';
const readUsage = `query ($id: ID!, $by: WorkspaceUsageGroup!) { workspaceUsage(workspaceId: $id, groupBy: $by) {
  rows { key calls costMicros user { id } } total { calls costMicros ownKeyCostMicros workspaceCostMicros } } }`;
const readQuotas = `query ($id: ID!) { workspaceQuotas(workspaceId: $id) {
  together { day { costMicros { limit used reserved remaining } } } own { month { tokens { limit used } costMicros { used } } } } }`;

let world: MediaApp;
let ada: TestPerson;
let bob: TestPerson;
let database: ReturnType<typeof createDatabase>;
beforeAll(async () => {
  world = await startMediaApp({ environment: { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', IMAGE_MODEL: '' } });
  ada = world.ada;
  bob = await world.app.person();
  const { connectionString } = world.app;
  const logger = createLogger({ level: 'silent' });
  database = createDatabase({ connectionString, poolSize: 2, ...patientDatabase, logger });
});
afterAll(async () => {
  await database.close();
  await world[Symbol.asyncDispose]();
});

/** A workspace of Ada's with Bob as a READER, and a key of OpenAI, which is a fake. */
const open = async (handle: string) => {
  const members = [
    { userId: rowId(ada.userId), role: 'OWNER' },
    { userId: rowId(bob.userId), role: 'READER' },
  ] as const;
  const { id } = await writeWorkspace(database.prisma, { name: 'Acme', handle, members });
  const workspaceId = Buffer.from(`Workspace:${id}`).toString('base64');
  const input = { workspaceId, kind: 'OPENAI', apiKey: 'keyOfTheTeam0123456789', baseUrl: `${world.media.url}/v1` };
  const { providerKey } = (await ada.client.request(saveKey, { input })).saveWorkspaceProviderKey;
  return { id, workspaceId, providerKey };
};

describe('keys of a workspace', () => {
  it('are saved, listed and removed by its OWNERs, and make models of its members', async () => {
    const { workspaceId, providerKey } = await open('acme');
    expect(providerKey).toEqual({ id: expect.any(String), provider: 'openai', kind: 'OPENAI', lastFour: '6789', workspace: { id: workspaceId } });
    const list = 'query ($id: ID!) { workspaceProviderKeys(workspaceId: $id) { edges { node { id workspace { id } } } } }';
    expect((await ada.client.request(list, { id: workspaceId })).workspaceProviderKeys.edges).toEqual([
      { node: { id: providerKey.id, workspace: { id: workspaceId } } },
    ]);
    expect((await ada.client.request('{ providerKeys { edges { node { id } } } }')).providerKeys.edges).toEqual([]);
    const byNode = 'query ($id: ID!) { node(id: $id) { ... on ProviderKey { workspace { id } baseUrl } } }';
    expect((await ada.client.request(byNode, { id: providerKey.id })).node).toEqual({ workspace: { id: workspaceId }, baseUrl: `${world.media.url}/v1` });
    expect((await bob.client.request(byNode, { id: providerKey.id })).node).toBeNull();
    expect((await bob.client.expectErrors(list, { id: workspaceId }))[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect((await ada.client.expectErrors(list, { id: ada.userId }))[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    const ofWorkspace =
      'query ($id: ID!) { node(id: $id) { ... on Workspace { providerKeys { id } quotas { together { day { tokens { used } } } own { day { tokens { used } } } } } } }';
    const unused = { day: { tokens: { used: 0 } } };
    const seen = async (person: TestPerson) => (await person.client.request(ofWorkspace, { id: workspaceId })).node;
    expect(await seen(ada)).toEqual({ providerKeys: [{ id: providerKey.id }], quotas: { together: unused, own: unused } });
    expect(await seen(bob)).toEqual({ providerKeys: null, quotas: { together: null, own: unused } });
    const { models } = await bob.client.request('{ models(provider: "acme/openai") { name providerName isOwnKey isDefault workspace { id } } }');
    expect(models[0]).toMatchObject({
      name: expect.stringMatching(/^acme\/openai:/),
      providerName: 'OpenAI (Acme)',
      isOwnKey: false,
      isDefault: false,
      workspace: { id: workspaceId },
    });
    const remove = 'mutation ($id: ID!) { deleteWorkspaceProviderKey(input: { id: $id }) { deletedProviderKeyId } }';
    expect((await bob.client.expectErrors(remove, { id: providerKey.id }))[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect((await ada.client.request(remove, { id: providerKey.id })).deleteWorkspaceProviderKey.deletedProviderKeyId).toBe(providerKey.id);
    expect((await bob.client.expectErrors('{ models(provider: "acme/openai") { name } }'))[0]).toMatchObject({ extensions: { code: 'ENGINE_UNKNOWN' } });
  });

  it('W10 are out of reach of API keys whose scopes do not name them', async () => {
    const { workspaceId, providerKey } = await open('scoped');
    const keyWith = async (scopes: readonly string[]) => {
      const made = await ada.client.request('mutation ($scopes: [String!]!) { createApiKey(input: { name: "a program", scopes: $scopes }) { token } }', {
        scopes,
      });
      return createGraphqlClient(world.app.url, { token: made.createApiKey.token });
    };
    const wide = await keyWith(['*']);
    const quota = { workspaceId, scope: 'WORKSPACE', period: 'DAY' };
    for (const [document, variables] of [
      ['query ($id: ID!) { workspaceProviderKeys(workspaceId: $id) { edges { node { id } } } }', { id: workspaceId }],
      [saveKey, { input: { workspaceId, kind: 'OPENAI', apiKey: 'keyOfTheTeam0123456789' } }],
      ['mutation ($id: ID!) { deleteWorkspaceProviderKey(input: { id: $id }) { deletedProviderKeyId } }', { id: providerKey.id }],
      [setQuota, { input: { ...quota, maxTokens: 1 } }],
      ['mutation ($input: RemoveWorkspaceQuotaInput!) { removeWorkspaceQuota(input: $input) { removedWorkspaceQuota { scope } } }', { input: quota }],
    ] as const)
      expect((await wide.expectErrors(document, variables))[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    const byNode = 'query ($id: ID!) { node(id: $id) { id } }';
    expect((await wide.request(byNode, { id: providerKey.id })).node).toBeNull();
    const byWorkspace = 'query ($id: ID!) { node(id: $id) { ... on Workspace { providerKeys { id } } } }';
    expect((await wide.request(byWorkspace, { id: workspaceId })).node).toEqual({ providerKeys: null });
    const named = await keyWith(['Query.workspaceProviderKeys', 'Query.node']);
    expect((await named.request(byNode, { id: providerKey.id })).node).toEqual({ id: providerKey.id });
  });
});

describe('what is told of a workspace', () => {
  it('takes two statements each: for who asks, and for what is told', async () => {
    await using services = await openServices();
    const viewer = await services.person();
    const workspace = await writeWorkspace(services.prisma, { members: [{ userId: viewer.userId, role: 'OWNER' }] });
    const input = { workspaceId: Buffer.from(`Workspace:${workspace.id}`).toString('base64'), apiKey: 'keyOfTheTeam0123456789' };
    for (const kind of ['OPENAI', 'ANTHROPIC', 'GEMINI']) await services.execute(viewer, saveKey, { input: { ...input, kind } });
    for (const field of [
      'workspaceProviderKeys { edges { node { id provider } } }',
      'workspaceQuotas { own { day { tokens { used } } } }',
      'workspaceUsage { total { calls } }',
    ]) {
      const [name, ...selection] = field.split(' ');
      const { statements } = await services.execute(viewer, `query ($id: ID!) { ${name}(workspaceId: $id) ${selection.join(' ')} }`, { id: input.workspaceId });
      expect(statements, name).toHaveLength(2);
    }
  });
});

describe('W13 what is no chat', () => {
  const speak = 'mutation ($input: SynthesizeSpeechInput!) { synthesizeSpeech(input: $input) { speech { model url } } }';
  const transcribe = 'mutation ($input: TranscribeInput!) { transcribe(input: $input) { attachment { transcript { model text } } } }';

  it('answers by the key of a workspace as well, is counted there, and is told to its OWNERs by member, model and purpose', async () => {
    const { id, workspaceId } = await open('media');
    const { imageModels } = await bob.client.request('{ imageModels { name isOwnKey isDefault workspace { id } } }');
    expect(imageModels).toContainEqual({ name: 'media/openai:gpt-image-1', isOwnKey: false, isDefault: false, workspace: { id: workspaceId } });
    const run = await generateImage(bob, { prompt: 'A cat', model: 'media/openai:gpt-image-1' });
    expect((await mediaEventsOf(world.app, bob, run.id)).at(-1)).toMatchObject({ __typename: 'RunFinished' });
    const spoken = (await ada.client.request(speak, { input: { text: 'Hello', model: 'media/openai' } })).synthesizeSpeech.speech;
    await (await fetch(`${world.app.url}${spoken.url}`)).arrayBuffer();
    const [attachmentId] = await attach(world.app, ada, ['memo.mp3', mp3()]);
    const written = await ada.client.request(transcribe, { input: { attachmentId, model: 'media/openai' } });
    expect(written.transcribe.attachment.transcript.model).toMatch(/^media\/openai:/);
    await expect.poll(async () => database.prisma.usageEntry.count({ where: { workspaceId: id, isOpen: false } })).toBe(3);
    const entries = await database.prisma.usageEntry.findMany({ where: { workspaceId: id }, orderBy: { purpose: 'asc' } });
    expect(entries.map(({ purpose, provider, isOwnKey }) => [purpose, provider, isOwnKey])).toEqual([
      ['IMAGE', 'media/openai', true],
      ['TRANSCRIPTION', 'media/openai', true],
      ['SPEECH', 'media/openai', true],
    ]);
    const cost = entries.reduce((sum, entry) => sum + Number(entry.costMicros), 0);
    expect(cost).toBeGreaterThan(0);
    const usage = async (person: TestPerson, by: string) => (await person.client.request(readUsage, { id: workspaceId, by })).workspaceUsage;
    const byMember = new Map((await usage(ada, 'MEMBER')).rows.map(({ key, calls }: any) => [key, calls]));
    expect(byMember).toEqual(
      new Map([
        [ada.userId, 2],
        [bob.userId, 1],
      ]),
    );
    expect((await usage(ada, 'PURPOSE')).rows.map(({ key }: any) => key).toSorted()).toEqual(['IMAGE', 'SPEECH', 'TRANSCRIPTION']);
    expect((await usage(ada, 'MODEL')).rows.map(({ key }: any) => key)).toContain('openai:gpt-image-1');
    expect((await usage(ada, 'DAY')).total).toEqual({ calls: 3, costMicros: cost, ownKeyCostMicros: cost, workspaceCostMicros: cost });
    // Others see what they used themselves.
    expect((await usage(bob, 'MEMBER')).rows).toMatchObject([{ key: bob.userId, calls: 1 }]);
    const own = await bob.client.request('{ usage(groupBy: WORKSPACE) { rows { key calls } total { workspaceCostMicros } } }');
    expect(own.usage.rows).toContainEqual({ key: workspaceId, calls: 1 });
    const quotas = async (person: TestPerson) => (await person.client.request(readQuotas, { id: workspaceId })).workspaceQuotas;
    expect(await quotas(ada)).toMatchObject({ together: { day: { costMicros: { limit: null, used: cost, reserved: 0, remaining: null } } } });
    expect((await quotas(bob)).together).toBeNull();
    expect((await quotas(bob)).own.month.costMicros.used).toBeGreaterThan(0);
  });

  it('is refused by the quotas of the workspace before anything is drawn or said', async () => {
    const { workspaceId } = await open('poor');
    const set = await ada.client.request(setQuota, { input: { workspaceId, scope: 'EACH_MEMBER', period: 'DAY', maxCostMicros: 1 } });
    expect(set.setWorkspaceQuota.workspaceQuota).toEqual({
      workspace: { id: workspaceId },
      scope: 'EACH_MEMBER',
      period: 'DAY',
      maxTokens: null,
      maxCostMicros: 1,
    });
    const asked = world.media.requests.length;
    const refused = { code: 'QUOTA_EXCEEDED', quota: { scope: 'WORKSPACE_MEMBER', metric: 'COST', limit: 1 } };
    const drawn = await refusalOf(bob, generateImageDocument, { prompt: 'A cat', model: 'poor/openai:gpt-image-1' });
    expect(drawn).toMatchObject({ message: expect.stringContaining('in the workspace "Acme"'), extensions: refused });
    const [attachmentId] = await attach(world.app, bob, ['memo.mp3', mp3(5_000)]);
    expect((await refusalOf(bob, transcribe, { attachmentId, model: 'poor/openai' })).extensions.code).toBe('QUOTA_EXCEEDED');
    expect(world.media.requests).toHaveLength(asked);
    const remove = 'mutation ($input: RemoveWorkspaceQuotaInput!) { removeWorkspaceQuota(input: $input) { removedWorkspaceQuota { maxCostMicros } } }';
    const removed = await ada.client.request(remove, { input: { workspaceId, scope: 'EACH_MEMBER', period: 'DAY' } });
    expect(removed.removeWorkspaceQuota.removedWorkspaceQuota).toEqual({ maxCostMicros: 1 });
    await generateImage(bob, { prompt: 'A cat', model: 'poor/openai:gpt-image-1' });
  });
});
