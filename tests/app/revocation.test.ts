import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { createGraphqlClient, type GraphqlClient } from '../kit/graphql-client.ts';
import { patienceMs } from '../kit/patience.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';

let app: TestApp;
let admin: TestPerson;
beforeAll(async () => {
  app = await startTestApp();
  admin = await app.person({ setupToken: app.setupToken ?? '' });
});
afterAll(() => app[Symbol.asyncDispose]());

const password = 'correct horse battery';
const timeLimitMs = 5_000;

/** A second device of somebody, with what it follows open over both transports. */
async function openDevice(person: TestPerson) {
  const login = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }';
  const { accessToken, refreshToken } = (await app.nobody.request(login, { input: { login: person.email, password } })).login;
  const client = createGraphqlClient(app.url, { token: accessToken });
  const created = await client.request('mutation { createConversation(input: {}) { conversation { id } } }');
  const variables = { id: created.createConversation.conversation.id };
  const query = 'subscription ($id: ID!) { conversationEvents(conversationId: $id) { seq } }';
  const events = await subscribeSse(app.url, { query, variables, token: accessToken });
  const socket = await openSocket(app.url, { token: accessToken });
  socket.subscribe(query, variables);
  const logins = await client.request('{ logins { edges { node { id isCurrent } } } }');
  const { id } = logins.logins.edges.find(({ node }: { node: { isCurrent: boolean } }) => node.isCurrent).node;
  return { client, refreshToken, events, socket, loginId: id };
}

type Device = Awaited<ReturnType<typeof openDevice>>;

const run = (client: GraphqlClient, field: string, input: string, selection: string): Promise<unknown> =>
  client.request(`mutation { ${field}(input: { ${input} }) { ${selection} } }`);

const endings: readonly { readonly name: string; readonly end: (person: TestPerson, device: Device) => Promise<unknown> }[] = [
  { name: 'logout', end: (_, { client }) => run(client, 'logout', '', 'isLoggedOut') },
  {
    name: 'a password change',
    end: ({ client }) => run(client, 'changePassword', `currentPassword: "${password}", newPassword: "staple battery horse"`, 'user { id }'),
  },
  { name: 'revokeLogin', end: ({ client }, { loginId }) => run(client, 'revokeLogin', `id: "${loginId}"`, 'revokedLoginId') },
  { name: 'logout everywhere', end: ({ client }) => run(client, 'logoutEverywhere', '', 'revokedLoginIds') },
  { name: 'disabling', end: ({ userId }) => run(admin.client, 'disableUser', `id: "${userId}", reason: "A test"`, 'user { id }') },
  { name: 'deletion by the owner', end: ({ client }) => run(client, 'deleteAccount', `password: "${password}"`, 'deletedUserId') },
  { name: 'deletion by an administrator', end: ({ userId }) => run(admin.client, 'deleteUser', `id: "${userId}"`, 'deletedUserId') },
];

describe.concurrent('A16', () => {
  it.each(endings)('$name ends refresh and access at once, and open streams over SSE and WebSocket within five seconds', async ({ end }) => {
    const person = await app.person();
    const device = await openDevice(person);
    await end(person, device);
    const startedAt = performance.now();
    const refresh = `mutation { refreshAuth(input: { refreshToken: "${device.refreshToken}" }) { expiresIn } }`;
    expect((await app.nobody.expectErrors(refresh))[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect((await device.client.ask('{ viewer { id } }')).status).toBe(401);
    const closed = await device.socket.closed;
    expect(closed).toEqual({ code: 4403, reason: 'Login revoked' });
    while ((await device.events.nextEvent()).kind !== 'closed');
    expect(performance.now() - startedAt).toBeLessThan(timeLimitMs + patienceMs);
  });
});
