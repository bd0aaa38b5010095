import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWireServer, stream, type WireServer } from '../engines/wire-server.ts';
import { providers } from '../engines/providers.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { openServices } from '../kit/services.ts';
import { subscribeSse } from '../kit/sse-client.ts';

const ownKey = 'ownKeyOfTheTests0123456789';
const keyFields = 'id provider kind lastFour baseUrl models lastUsedAt';
const saveKey = `mutation ($input: SaveProviderKeyInput!) { saveProviderKey(input: $input) { providerKey { ${keyFields} } } }`;
const listModels = '{ models { name provider displayName isDefault isOwnKey inputPrice cachedInputPrice isPriceKnown } }';

let app: TestApp;
let server: WireServer;
beforeAll(async () => {
  server = await startWireServer(stream(providers[0]?.fixture('plain') ?? ''));
  app = await startTestApp({ environment: { ENGINE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1', ENGINE_CIRCUIT_FAILURES: '1', ENGINE_CIRCUIT_OPEN_MS: '600000' } });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const save = async ({ client }: TestPerson, input: Readonly<Record<string, unknown>> = {}): Promise<any> => {
  const mine = { provider: 'mine', kind: 'OPENAI_COMPATIBLE', apiKey: ownKey, baseUrl: `${server.url}/v1`, models: ['big', 'small'] };
  return (await client.request(saveKey, { input: { ...mine, ...input } })).saveProviderKey.providerKey;
};
const eventsOf = async (person: TestPerson, runId: string): Promise<any[]> => {
  const query =
    'subscription ($id: ID!) { runEvents(runId: $id) { __typename ... on ModelChanged { model reason } ... on TextDelta { text } ... on RunFailed { code message } } }';
  const subscription = await subscribeSse(app.url, { query, variables: { id: runId }, token: person.token });
  const events: any[] = [];
  for (let event = await subscription.nextEvent(); event.kind === 'next'; event = await subscription.nextEvent()) events.push(event.result.data.runEvents);
  return events;
};

describe('keys of model providers', () => {
  it('make the models of their owner, and the default where nothing is configured', async () => {
    const [ada, bert] = [await app.person(), await app.person()];
    expect(await save(ada)).toEqual({
      id: expect.any(String),
      provider: 'mine',
      kind: 'OPENAI_COMPATIBLE',
      lastFour: '6789',
      baseUrl: `${server.url}/v1`,
      models: ['big', 'small'],
      lastUsedAt: null,
    });
    const { models } = await ada.client.request(listModels);
    expect(models[0]).toEqual({
      name: 'mine:big',
      provider: 'mine',
      displayName: 'big',
      isDefault: true,
      isOwnKey: true,
      inputPrice: null,
      cachedInputPrice: null,
      isPriceKnown: false,
    });
    expect(models.map(({ name, isOwnKey }: any) => [name, isOwnKey])).toEqual([
      ['mine:big', true],
      ['mine:small', true],
      ['builtin:analyst', false],
    ]);
    expect((await bert.client.request(listModels)).models.map(({ name }: any) => name)).toEqual(['builtin:analyst']);
    expect((await bert.client.expectErrors('{ models(provider: "mine") { name } }'))[0]).toMatchObject({ extensions: { code: 'ENGINE_UNKNOWN' } });
    const { ask } = await ada.client.request('mutation { ask(input: { text: "Hello" }) { run { model answeredBy status } answer { text model } } }');
    expect(ask).toEqual({
      run: { model: 'mine:big', answeredBy: 'mine:big', status: 'COMPLETED' },
      answer: { text: 'Grüße from 東京 🙂.', model: 'mine:big' },
    });
  });

  it('are listed and removed, and cannot be asked from then on', async () => {
    const ada = await app.person();
    const { id } = await save(ada);
    const list = `{ providerKeys { edges { node { ${keyFields} } } } }`;
    expect((await ada.client.request(list)).providerKeys.edges.map(({ node }: any) => node.id)).toEqual([id]);
    const removed = await ada.client.request('mutation ($id: ID!) { deleteProviderKey(input: { id: $id }) { deletedProviderKeyId } }', { id });
    expect(removed.deleteProviderKey.deletedProviderKeyId).toBe(id);
    expect((await ada.client.request(list)).providerKeys.edges).toEqual([]);
    const errors = await ada.client.expectErrors('mutation { sendMessage(input: { text: "Hello", model: "mine:big" }) { run { id } } }');
    expect(errors[0]).toMatchObject({ message: expect.stringContaining('No such provider: "mine"'), extensions: { code: 'ENGINE_UNKNOWN' } });
  });

  it('S04 stay out of errors also where the input is not of the schema', async () => {
    const ada = await app.person();
    for (const input of [
      { kind: 'OPENAI', apiKey: ownKey, unknown: 1 },
      { kind: 'OPENAI', apiKey: ownKey, modls: ['a'] },
      { kind: 'NONSENSE', apiKey: ownKey },
      { apiKey: ownKey },
      { kind: 'OPENAI', apiKey: [ownKey, ownKey] },
      { kind: 'OPENAI', apiKey: { key: ownKey } },
    ]) {
      const { text } = await ada.client.ask(saveKey, { input });
      expect(JSON.parse(text).errors).toHaveLength(1);
      expect(text).not.toContain(ownKey);
    }
    const misspelt = await ada.client.expectErrors(
      `mutation { saveProviderKey(input: { kind: OPENAI, apiKey: "${ownKey}", modls: [] }) { providerKey { id } } }`,
    );
    expect(misspelt[0]?.message).toMatch(/modls.*Did you mean "models"\?$/);
  });

  it('S04 are out of reach of API keys whose scopes do not name them', async () => {
    const ada = await app.person();
    const { id } = await save(ada);
    const keyWith = async (scopes: readonly string[]) => {
      const made = await ada.client.request('mutation ($scopes: [String!]!) { createApiKey(input: { name: "a program", scopes: $scopes }) { token } }', {
        scopes,
      });
      return createGraphqlClient(app.url, { token: made.createApiKey.token });
    };
    const wide = await keyWith(['*', 'uploads']);
    for (const document of [
      '{ providerKeys { edges { node { id } } } }',
      `mutation { saveProviderKey(input: { kind: OPENAI, apiKey: "${ownKey}" }) { providerKey { id } } }`,
      `mutation { deleteProviderKey(input: { id: "${id}" }) { deletedProviderKeyId } }`,
    ])
      expect((await wide.expectErrors(document))[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    const byNode = `{ node(id: "${id}") { ... on ProviderKey { baseUrl } } }`;
    expect((await wide.request(byNode)).node).toBeNull();
    expect((await ada.client.request(byNode)).node).toEqual({ baseUrl: `${server.url}/v1` });
    const named = await keyWith(['Query.providerKeys', 'Query.node']);
    expect((await named.request('{ providerKeys { edges { node { id } } } }')).providerKeys.edges).toHaveLength(1);
    expect((await named.request(byNode)).node).not.toBeNull();
  });

  it('have other models answer where theirs cannot be reached, and an open circuit is no wait', async () => {
    const ada = await app.person();
    const broken = await startWireServer();
    await broken[Symbol.asyncDispose]();
    await save(ada);
    await save(ada, { provider: 'away', baseUrl: `${broken.url}/v1`, models: ['gone'] });
    const sendTo = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }`;
    const send = async (input: object): Promise<any[]> => eventsOf(ada, (await ada.client.request(sendTo, { input })).sendMessage.run.id);
    const asked = server.requests.length;
    const events = await send({ text: 'Hello', model: 'away', fallbacks: ['mine:small'] });
    const types = events.map(({ __typename }) => __typename).filter((name) => name !== 'TitleChanged');
    // On a busy machine the text may come in several pieces.
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual(['RunStarted', 'ModelChanged', 'TextDelta', 'UsageReported', 'RunFinished']);
    expect(events[1]).toMatchObject({ model: 'mine:small', reason: expect.stringContaining('could not be reached') });
    expect(
      server.requests
        .slice(asked)
        .filter(({ body }) => body !== null)
        .map(({ body }: any) => body.model),
    ).toContain('small');
    const failed = (await send({ text: 'Hello', model: 'away' })).at(-1);
    expect(failed).toMatchObject({
      code: 'ENGINE_NETWORK',
      message: expect.stringMatching(/away is not asked for another \d+ s, because 1 requests? in a row failed/),
    });
  });
});

describe('preferences', () => {
  it('are chosen, told to oneself, and to nobody else', async () => {
    const [ada, bert] = [await app.person(), await app.person()];
    const chosen = await ada.client.request(
      'mutation ($input: UpdatePreferencesInput!) { updatePreferences(input: $input) { preferences { model temperature sentimentMethod topK } user { id } } }',
      { input: { model: 'builtin', temperature: 0.3, sentimentMethod: 'NONE' } },
    );
    expect(chosen.updatePreferences).toEqual({
      preferences: { model: 'builtin', temperature: 0.3, sentimentMethod: 'NONE', topK: null },
      user: { id: ada.userId },
    });
    expect((await ada.client.request('{ viewer { preferences { temperature fallbacks } } }')).viewer.preferences).toEqual({
      temperature: 0.3,
      fallbacks: null,
    });
    expect((await bert.client.request('{ viewer { preferences { temperature } } }')).viewer.preferences).toEqual({ temperature: null });
    const errors = await ada.client.expectErrors('mutation { updatePreferences(input: { model: "nobody" }) { preferences { model } } }');
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['input', 'model'] }] });
  });

  it('decide which model is the default', async () => {
    const ada = await app.person();
    await save(ada);
    await ada.client.request('mutation { updatePreferences(input: { model: "mine:small" }) { preferences { model } } }');
    const { models } = await ada.client.request('{ models { name isDefault } }');
    expect(models[0]).toEqual({ name: 'mine:small', isDefault: true });
  });

  it('of conversations are told with them, without a statement for each', async () => {
    await using services = await openServices();
    const ada = await services.person();
    const change = 'mutation ($id: ID!, $topK: Int) { updateConversationDefaults(input: { id: $id, topK: $topK }) { conversation { id defaults { topK } } } }';
    for (const topK of [1, 2, 3]) {
      const { result } = await services.execute(ada, 'mutation { createConversation(input: {}) { conversation { id } } }');
      const changed = await services.execute(ada, change, { id: result.createConversation.conversation.id, topK });
      expect(changed.result.updateConversationDefaults.conversation).toEqual({ id: result.createConversation.conversation.id, defaults: { topK } });
      expect(changed.statements).toHaveLength(2);
    }
    const listed = await services.execute(ada, '{ conversations { edges { node { defaults { topK model } } } } viewer { preferences { model } } }');
    expect(listed.result.conversations.edges).toHaveLength(3);
    // The conversations, oneself, and one's preferences.
    expect(listed.statements).toHaveLength(3);
  });
});
