import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { startFakeMcp, type FakeMcp } from '../kit/fake-mcp.ts';
import { createFakeSignIn, type FakeSignIn } from '../kit/fake-sign-in.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';

let app: TestApp;
let other: TestApp;
let signIn: FakeSignIn;
let server: FakeMcp;
let person: TestPerson;
const log: string[] = [];
beforeAll(async () => {
  const environment = { ENGINE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1' };
  const overrides = { engines: [createScriptedEngine({ hasTools: true })] };
  const logger = createLogger({ level: 'trace', destination: { write: (line) => void log.push(line) } });
  app = await startTestApp({ environment, overrides, logger });
  const shared = { DATABASE_URL: app.connectionString, DATA_FOLDER: app.dataFolder };
  other = await startTestApp({ environment: { ...environment, ...shared }, overrides });
});
afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});
beforeEach(async () => {
  signIn = createFakeSignIn();
  server = await startFakeMcp(signIn);
  person = await app.person();
  return () => server[Symbol.asyncDispose]();
});

const redirectUri = 'http://127.0.0.1:3000/callback';
const check = 'mutation ($id: ID!) { checkMcpServer(input: { id: $id }) { problem tools { name } mcpServer { signedInAt } } }';
const begin = 'mutation ($input: BeginMcpSignInInput!) { beginMcpSignIn(input: $input) { authorizationUrl } }';
const finish = 'mutation ($input: FinishMcpSignInInput!) { finishMcpSignIn(input: $input) { mcpServer { id signedInAt headerNames } } }';

async function connect(whose = person, url = server.url): Promise<string> {
  const document =
    'mutation ($url: String!) { saveMcpServer(input: { name: "tools", transport: STREAMABLE_HTTP, url: $url, approval: NEVER }) { mcpServer { id } } }';
  return (await whose.client.request(document, { url })).saveMcpServer.mcpServer.id;
}

/** Says yes in place of a person with a browser. */
async function sayYes(id: string, more: object = {}): Promise<{ readonly code: string; readonly state: string }> {
  const { authorizationUrl } = (await person.client.request(begin, { input: { id, redirectUri, ...more } })).beginMcpSignIn;
  const { headers } = await fetch(authorizationUrl, { redirect: 'manual' });
  const back = new URL(headers.get('location') ?? '');
  expect(back.href).toContain(redirectUri);
  return { code: back.searchParams.get('code') ?? '', state: back.searchParams.get('state') ?? '' };
}

async function signedIn(): Promise<string> {
  const id = await connect();
  await person.client.request(finish, { input: { id, ...(await sayYes(id)) } });
  return id;
}

const checked = async (id: string, client = person.client) => (await client.request(check, { id })).checkMcpServer;

async function query(sql: string, values: readonly unknown[] = []): Promise<readonly any[]> {
  const client = new Client({ connectionString: app.connectionString });
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

describe('a sign-in to a server of tools', () => {
  it('opens it: found, registered, said yes to, and kept', async () => {
    const id = await connect();
    expect((await checked(id)).problem).toContain('beginMcpSignIn');
    const done = await person.client.request(finish, { input: { id, ...(await sayYes(id)) } });
    expect(done.finishMcpSignIn.mcpServer).toEqual({ id, signedInAt: expect.any(String), headerNames: [] });
    expect((await checked(id)).tools.map(({ name }: { name: string }) => name)).toContain('add');
    expect(server.headers.at(-1)?.authorization).toMatch(/^Bearer access-/);
    expect(signIn.grants).toEqual(['authorization_code 200']);
    await person.client.request('mutation ($id: ID!) { endMcpSignIn(input: { id: $id }) { mcpServer { signedInAt } } }', { id });
    expect((await checked(id)).problem).toContain('beginMcpSignIn');
  });

  it('makes itself known once for one address to come back to', async () => {
    const id = await signedIn();
    const before = signIn.clients.size;
    await sayYes(id);
    expect(signIn.clients.size).toBe(before);
    signIn.settings.canRegister = false;
    person = await app.person();
    const second = await connect();
    await expect(sayYes(second)).rejects.toThrow(/does not work/);
    await person.client.request(finish, { input: { id: second, ...(await sayYes(second, { clientId: 'known-to-the-tests' })) } });
    expect((await checked(second)).problem).toBeNull();
  });

  it('X07 is finished by whoever began it alone, with the state that was given out, once and soon', async () => {
    const id = await connect();
    const { code, state } = await sayYes(id);
    const attempt = async (input: object, client = person.client) => (await client.ask(finish, { input })).body?.errors?.[0]?.extensions.code ?? 'DONE';
    const stranger = await app.person();
    expect(await attempt({ id, code, state }, stranger.client)).toBe('NOT_FOUND');
    // Another person's consent, brought to this one: a code that was not asked for here.
    expect(await attempt({ id, code, state: `${state.slice(0, -1)}~` })).toBe('BAD_USER_INPUT');
    expect(await attempt({ id, code: '', state })).toBe('BAD_USER_INPUT');
    expect(await attempt({ id, code, state })).toBe('DONE');
    expect(await attempt({ id, code, state })).toBe('BAD_USER_INPUT');
    // A code that the server does not know.
    const { state: next } = await sayYes(id);
    expect(await attempt({ id, code: 'code-of-another', state: next })).toBe('MCP_SERVER_UNREACHABLE');
    expect(await attempt({ id, code: 'code-of-another', state: next })).toBe('BAD_USER_INPUT');
  });

  it.each(['javascript:alert(1)', 'http://example.org/callback', 'https://example.org/#x', 'nowhere'])(
    'X07 comes back to no address like %s',
    async (address) => {
      const id = await connect();
      await expect(person.client.request(begin, { input: { id, redirectUri: address } })).rejects.toThrow(/https:\/\/|"#"/);
    },
  );

  it('X07 leads nobody to an address that is none, and asks none inside the network', async () => {
    const id = await connect();
    signIn.settings.authorizationEndpoint = 'javascript:alert(1)';
    await expect(sayYes(id)).rejects.toThrow(/does not work/);
    signIn.settings.authorizationEndpoint = null;
    signIn.settings.authorizationServer = 'http://10.0.0.1:9';
    await expect(sayYes(id)).rejects.toThrow(/does not work|not an address of the internet|must begin with https/);
  });

  it('X08 is in no answer, no log and no dump, and stays where the address stays', async () => {
    const id = await signedIn();
    await checked(id);
    const shown = JSON.stringify(
      (await person.client.request('{ mcpServers(first: 5) { edges { node { id name url headerNames signedInAt } } } }')).mcpServers,
    );
    const [row] = await query('SELECT * FROM mcp_servers WHERE sealed_sign_in IS NOT NULL');
    const audited = await query('SELECT * FROM audit_events');
    for (const secret of signIn.secrets) expect(JSON.stringify([shown, row, audited, log])).not.toContain(secret);
    expect(JSON.stringify(audited)).toContain('MCP_SERVER_SIGNED_IN');
    const update = 'mutation ($input: UpdateMcpServerInput!) { updateMcpServer(input: $input) { mcpServer { signedInAt } } }';
    const elsewhere = await person.client.request(update, { input: { id, url: `${server.url}/elsewhere` } });
    expect(elsewhere.updateMcpServer.mcpServer.signedInAt).toBeNull();
  });

  it('is renewed before its token ends, and once where many runs on several nodes want it', async () => {
    signIn.settings.expiresIn = 30;
    const id = await signedIn();
    signIn.settings.expiresIn = 3_600;
    const there = createGraphqlClient(other.url, { token: person.token });
    const all = await Promise.all([1, 2, 3, 4, 5, 6].map(async (count) => checked(id, count % 2 === 0 ? there : person.client)));
    expect(all.map(({ problem }) => problem)).toEqual(Array.from({ length: 6 }, () => null));
    expect(signIn.grants).toEqual(['authorization_code 200', 'refresh_token 200']);
  });

  it('is renewed where the server has ended its token, and says so where it cannot be', async () => {
    const id = await signedIn();
    signIn.revoke();
    expect((await checked(id)).problem).toBeNull();
    expect(signIn.grants).toEqual(['authorization_code 200', 'refresh_token 200']);
    signIn.revoke(true);
    const { problem, mcpServer } = await checked(id);
    expect(problem).toContain('sign in again with "beginMcpSignIn"');
    expect(problem).not.toContain('nobody should be shown');
    expect(mcpServer.signedInAt).toBeNull();
  });
});
