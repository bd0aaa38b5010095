import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createGraphqlClient, type GraphqlAnswerError } from '../kit/graphql-client.ts';
import { patienceMs } from '../kit/patience.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';

let app: TestApp;
let ada: TestPerson;
let conversationId: string;
/** How much later it is for the product than it is. */
let shiftMs = 0;
beforeAll(async () => {
  app = await startTestApp({ environment: { MAX_API_KEYS_PER_USER: '1000' }, overrides: { clock: { now: () => new Date(Date.now() + shiftMs) } } });
  ada = await app.person();
  conversationId = (await ada.client.request('mutation { createConversation(input: {}) { conversation { id } } }')).createConversation.conversation.id;
});
afterEach(() => void (shiftMs = 0));
afterAll(() => app[Symbol.asyncDispose]());

const createDocument = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { token apiKey { id name scopes lastFour expiresAt } } }';

/** A new key of Ada. */
async function keyWith(scopes: readonly string[], expiresAt: string | null = null): Promise<{ readonly token: string; readonly id: string }> {
  const { createApiKey } = await ada.client.request(createDocument, { input: { name: 'a program', scopes, expiresAt } });
  return { token: createApiKey.token, id: createApiKey.apiKey.id };
}
const revoke = (id: string) => ada.client.request('mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { revokedApiKeyId } }', { id });
const events = 'subscription ($id: ID!) { conversationEvents(conversationId: $id) { seq } }';

type Transport = 'http' | 'sse' | 'websocket';
const transports: readonly Transport[] = ['http', 'sse', 'websocket'];

/** The errors that an operation has on a transport; none when it works. */
async function errorsOf(transport: Transport, token: string, query: string, variables = {}): Promise<readonly GraphqlAnswerError[]> {
  if (transport === 'http') return (await createGraphqlClient(app.url, { token }).ask(query, variables)).body?.errors ?? [];
  if (transport === 'sse') {
    const stream = await subscribeSse(app.url, { query, variables, token });
    const event = await stream.nextEvent();
    stream.close();
    return event.kind === 'next' ? (event.result.errors ?? []) : [];
  }
  const socket = await openSocket(app.url, { token });
  try {
    const event = await socket.subscribe(query, variables).nextEvent();
    return event.kind === 'error' ? event.errors : event.kind === 'next' ? (event.result.errors ?? []) : [];
  } finally {
    socket.close();
  }
}

describe.each(transports)('over %s an API key', (transport) => {
  it('speaks for its person, as far as its scopes reach', async () => {
    const { token } = await keyWith(['Query.viewer', 'Mutation.createConversation']);
    expect(await errorsOf(transport, token, '{ viewer { email } }')).toEqual([]);
    expect(await errorsOf(transport, token, 'mutation { createConversation(input: {}) { conversation { id } } }')).toEqual([]);
    const [error] = await errorsOf(transport, token, '{ conversations { edges { node { id } } } }');
    expect(error).toMatchObject({ extensions: { code: 'FORBIDDEN', requestId: expect.any(String) } });
    expect(error?.message).toBe(
      'This API key may not use Query.conversations: it lacks the scope "Query.conversations", or the wider "read". Its scopes are Query.viewer, Mutation.createConversation.',
    );
  });

  it.each([
    ['an alias', '{ viewer: conversations { edges { cursor } } }'],
    ['a fragment', 'query { ...outer } fragment outer on Query { ...inner } fragment inner on Query { conversations { edges { cursor } } }'],
    ['an inline fragment', '{ viewer { id } ... { ... on Query { conversations { edges { cursor } } } } }'],
    ['@skip', '{ viewer { id } conversations @skip(if: true) { edges { cursor } } }'],
    ['@include of a variable', 'query ($is: Boolean = false) { viewer { id } conversations @include(if: $is) { edges { cursor } } }'],
    ['node', '{ node(id: "Q29udmVyc2F0aW9uOng=") { id } }'],
  ])('is held to them behind %s', async (_title, query) => {
    const { token } = await keyWith(['Query.viewer']);
    expect(await errorsOf(transport, token, query)).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('is held to them before anything of the operation has run', async () => {
    const { token } = await keyWith(['Mutation.createConversation']);
    const titleOf = async () =>
      (await ada.client.request('{ conversations(first: 1) { edges { node { title } } } }')).conversations.edges[0]?.node.title ?? null;
    const before = await titleOf();
    const query = `mutation ($id: ID!) { first: createConversation(input: { title: "made by a key over ${transport}" }) { conversation { id } } deleteConversation(input: { id: $id }) { deletedConversationId } }`;
    expect(await errorsOf(transport, token, query, { id: conversationId })).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await titleOf()).toBe(before);
  });

  it('with "*" cannot touch the account', async () => {
    const { token, id } = await keyWith(['*']);
    for (const [query, variables] of [
      [createDocument, { input: { name: 'another', scopes: ['*'] } }],
      ['mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { revokedApiKeyId } }', { id }],
      ['mutation { changePassword(input: { currentPassword: "x", newPassword: "correct horse battery" }) { user { id } } }', {}],
      ['mutation { linkIdentity(input: { token: "x" }) { identity { id } } }', {}],
      ['{ apiKeys { edges { cursor } } }', {}],
    ] as const) {
      expect(await errorsOf(transport, token, query, variables), query).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
  });

  it('that names a field for signed-in devices is refused there politely', async () => {
    const { token } = await keyWith(['Mutation.changePassword']);
    const query = 'mutation { changePassword(input: { currentPassword: "x", newPassword: "correct horse battery" }) { user { id } } }';
    const [error] = await errorsOf(transport, token, query);
    expect(error).toMatchObject({ extensions: { code: 'FORBIDDEN' }, message: expect.stringContaining('takes a signed-in device') });
  });

  it('A14: is dead within a second after its revocation, also on a socket that is open', async () => {
    const { token, id } = await keyWith(['read']);
    expect(await errorsOf(transport, token, '{ viewer { id } }')).toEqual([]);
    const socket = await openSocket(app.url, { token });
    await revoke(id);
    if (transport === 'websocket') {
      expect(await socket.subscribe('{ viewer { id } }').nextEvent()).toMatchObject({ kind: 'error', errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      await expect(openSocket(app.url, { token })).rejects.toThrow('closed with 4403');
    } else {
      const status = transport === 'sse' ? (await subscribeSse(app.url, { query: '{ viewer { id } }', token })).status : null;
      expect(status ?? (await createGraphqlClient(app.url, { token }).ask('{ viewer { id } }')).status).toBe(401);
    }
    socket.cut();
  });
});

describe('subscriptions of an API key', () => {
  it.each(['sse', 'websocket'] as const)('over %s need a scope', async (transport) => {
    const { token } = await keyWith(['Query.viewer']);
    expect(await errorsOf(transport, token, events, { id: conversationId })).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  const hourMs = 3_600_000;
  const endings = [
    ['revoked', async (id: string) => void (await revoke(id))],
    ['expired', async () => void (shiftMs = 2 * hourMs)],
  ] as const;
  describe.each(endings)('that is %s', (ending, end) => {
    const expiresAt = () => (ending === 'expired' ? new Date(Date.now() + hourMs).toISOString() : null);

    // Every two seconds somebody looks.
    const timeoutMs = 5_000 + patienceMs;

    it('end within seconds over SSE, with a word why', async () => {
      const { token, id } = await keyWith(['Subscription.conversationEvents'], expiresAt());
      const stream = await subscribeSse(app.url, { query: events, variables: { id: conversationId }, token, timeoutMs });
      expect(stream.status).toBe(200);
      await end(id);
      expect(await stream.nextEvent()).toMatchObject({ kind: 'next', result: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } });
    });

    it('end within seconds over WebSocket, with 4403', async () => {
      const { token, id } = await keyWith(['read'], expiresAt());
      const socket = await openSocket(app.url, { token, timeoutMs });
      const stream = socket.subscribe(events, { id: conversationId });
      expect(await socket.subscribe('{ viewer { id } }').nextEvent()).toMatchObject({ kind: 'next', result: { data: { viewer: { id: ada.userId } } } });
      await end(id);
      expect(await stream.nextEvent()).toEqual({ kind: 'closed', code: 4403 });
    });
  });
});

describe('uploads by an API key', () => {
  const upload = (token: string) =>
    fetch(`${app.url}/uploads?name=a.csv`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: 'a,b\n1,2\n' });

  it('need the scope "uploads" or "write"', async () => {
    for (const scope of ['uploads', 'write', '*']) expect((await upload((await keyWith([scope])).token)).status, scope).toBe(201);
    const refused = await upload((await keyWith(['read', 'Mutation.createSession'])).token);
    expect([refused.status, (await refused.json()).errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
  });
});

describe('A17: a WebSocket', () => {
  it.each(['clq_k_', `clq_k_${'x'.repeat(43)}`])('with the bad API key %.12s is closed with 4403', async (token) => {
    await expect(openSocket(app.url, { token })).rejects.toThrow('closed with 4403');
    await expect(openSocket(app.url, { connectionParams: { authorization: `Bearer ${token}` } })).rejects.toThrow('closed with 4403');
  });
});

describe('the list of API keys', () => {
  it('pages, and shows everything but the keys', async () => {
    const grace = await app.person();
    for (const name of ['first', 'second', 'third']) await grace.client.request(createDocument, { input: { name, scopes: ['read'] } });
    const list = 'query ($after: String) { apiKeys(first: 2, after: $after) { edges { node { name scopes lastUsedAt } } pageInfo { hasNextPage endCursor } } }';
    const { apiKeys: page } = await grace.client.request(list);
    expect(page.edges.map((edge: { node: unknown }) => edge.node)).toMatchObject([{ name: 'third', scopes: ['read'], lastUsedAt: null }, { name: 'second' }]);
    const { apiKeys: rest } = await grace.client.request(list, { after: page.pageInfo.endCursor });
    expect(rest).toMatchObject({ edges: [{ node: { name: 'first' } }], pageInfo: { hasNextPage: false } });
  });

  it('belongs to somebody signed in', async () => {
    expect(await app.nobody.expectErrors('{ apiKeys { edges { cursor } } }')).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
