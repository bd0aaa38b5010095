import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../kit/app.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { startIdentityProvider, type IdentityProvider } from '../kit/identity-provider.ts';
import { patienceMs } from '../kit/patience.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';

let provider: IdentityProvider;
let app: TestApp;
/** How much later it is for the product than it is. */
let shiftMs = 0;
beforeAll(async () => {
  provider = await startIdentityProvider();
  app = await startTestApp({
    environment: { OIDC_ISSUERS: JSON.stringify([{ issuer: provider.issuer, audience: provider.audience }]) },
    overrides: { clock: { now: () => new Date(Date.now() + shiftMs) } },
  });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const viewerQuery = '{ viewer { id email displayName } }';
const createConversation = 'mutation { createConversation(input: {}) { conversation { id } } }';
const events = 'subscription ($id: ID!) { conversationEvents(conversationId: $id) { seq } }';

describe('the token of an identity provider', () => {
  it('signs in over HTTP, SSE and WebSocket, as the same person', async () => {
    const claims = { email: 'grace@example.org', email_verified: true, name: 'Grace Hopper' };
    const token = await provider.token('grace', { claims });
    const { viewer } = await createGraphqlClient(app.url, { token }).request(viewerQuery);
    expect(viewer).toMatchObject({ email: 'grace@example.org', displayName: 'Grace Hopper' });
    const stream = await subscribeSse(app.url, { query: viewerQuery, token });
    expect(await stream.nextEvent()).toMatchObject({ result: { data: { viewer: { id: viewer.id } } } });
    for (const connectionParams of [{ token }, { authorization: `Bearer ${token}` }]) {
      const socket = await openSocket(app.url, { connectionParams });
      expect(await socket.subscribe(viewerQuery).nextEvent()).toMatchObject({ result: { data: { viewer: { id: viewer.id } } } });
      socket.close();
    }
  });

  it('without an address makes somebody who can do everything but what takes a device', async () => {
    const client = createGraphqlClient(app.url, { token: await provider.token('nameless') });
    expect((await client.request(viewerQuery)).viewer).toMatchObject({ email: null, displayName: 'Member' });
    await client.request(createConversation);
    for (const field of [
      'logout(input: {}) { isLoggedOut }',
      'changePassword(input: { currentPassword: "x", newPassword: "correct horse" }) { user { id } }',
    ]) {
      expect(await client.expectErrors(`mutation { ${field} }`)).toMatchObject([{ message: expect.stringContaining('the token of an outside identity') }]);
    }
  });

  it('whose address has an account is answered CONFLICT with the way out, on every transport', async () => {
    const ada = await app.person();
    const token = await provider.token('impostor', { claims: { email: ada.email, email_verified: true } });
    const answer = await createGraphqlClient(app.url, { token }).ask(viewerQuery);
    expect([answer.status, answer.body?.errors?.[0]?.extensions.code]).toEqual([409, 'CONFLICT']);
    expect(answer.body?.errors?.[0]?.message).toContain('linkIdentity');
    expect((await subscribeSse(app.url, { query: viewerQuery, token })).status).toBe(409);
    await expect(openSocket(app.url, { token })).rejects.toThrow('closed with 4403');
    const upload = await fetch(`${app.url}/uploads?name=a.csv`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: 'a\n1\n' });
    expect(upload.status).toBe(409);

    const link = 'mutation ($token: String!) { linkIdentity(input: { token: $token }) { identity { id issuer subject email } } }';
    const { identity } = (await ada.client.request(link, { token })).linkIdentity;
    expect(identity).toMatchObject({ issuer: provider.issuer, subject: 'impostor', email: ada.email });
    expect((await createGraphqlClient(app.url, { token }).request(viewerQuery)).viewer.id).toBe(ada.userId);
    expect((await ada.client.request('{ identities { edges { node { id } } } }')).identities.edges).toEqual([{ node: { id: identity.id } }]);
    await ada.client.request('mutation ($id: ID!) { unlinkIdentity(input: { id: $id }) { unlinkedIdentityId } }', { id: identity.id });
    expect((await createGraphqlClient(app.url, { token }).ask(viewerQuery)).status).toBe(409);
  });
});

describe('A11, A17: over HTTP, SSE and WebSocket no access is given for an outside token', () => {
  it.each([
    ['for another audience', { claims: { aud: 'another-service' } }],
    ['that has expired', { claims: { exp: 1 } }],
    ['without an expiry', { claims: { exp: undefined } }],
    ['with an unknown key', { header: { kid: 'unknown' } }],
    ['of the type of a logout token', { header: { typ: 'logout+jwt' } }],
    ['of an issuer that is not trusted', { claims: { iss: 'https://evil.example' } }],
  ])('%s', async (_title, changes) => {
    const token = await provider.token('mallory', changes);
    const answer = await createGraphqlClient(app.url, { token }).ask(viewerQuery);
    expect([answer.status, answer.body?.errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect((await subscribeSse(app.url, { query: viewerQuery, token })).status).toBe(401);
    await expect(openSocket(app.url, { token })).rejects.toThrow('closed with 4403');
  });

  it('of a provider whose keys cannot be had: 503, and 1013 for a socket, so that clients come again', async () => {
    await using broken = await startIdentityProvider();
    broken.behave('failing');
    await using other = await startTestApp({ environment: { OIDC_ISSUERS: JSON.stringify([{ issuer: broken.issuer, audience: 'colloquy' }]) } });
    const token = await broken.token('ada');
    const answer = await createGraphqlClient(other.url, { token }).ask(viewerQuery);
    expect([answer.status, answer.body?.errors?.[0]?.extensions.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    await expect(openSocket(other.url, { token })).rejects.toThrow('closed with 1013');
    const ada = await other.person();
    expect((await ada.client.request(viewerQuery)).viewer.id, 'nobody else notices').toBe(ada.userId);
  });
});

describe('streams that an outside token opened', () => {
  it('end within seconds after it expires, over SSE and WebSocket', async () => {
    const token = await provider.token('brief');
    const { createConversation: made } = await createGraphqlClient(app.url, { token }).request(createConversation);
    const variables = { id: made.conversation.id };
    // Every two seconds somebody looks.
    const timeoutMs = 5_000 + patienceMs;
    const stream = await subscribeSse(app.url, { query: events, variables, token, timeoutMs });
    const socket = await openSocket(app.url, { token, timeoutMs });
    const subscription = socket.subscribe(events, variables);
    expect(await socket.subscribe(viewerQuery).nextEvent()).toMatchObject({ kind: 'next' });
    shiftMs = 2 * 3_600_000;
    expect(await stream.nextEvent()).toMatchObject({ result: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } });
    expect(await subscription.nextEvent()).toEqual({ kind: 'closed', code: 4403 });
  });
});
