import { describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../kit/app.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';

const login = (field: string, email: string, password: string) => `${field}: login(input: { login: "${email}", password: "${password}" }) { expiresIn }`;
const codesOf = (answer: { readonly errors?: readonly { readonly extensions: { readonly code: string } }[] } | null) =>
  (answer?.errors ?? []).map(({ extensions }) => extensions.code);

describe('A13 attempts to sign in', () => {
  it('count inside the operation, so that aliases count', async () => {
    await using app = await startTestApp({ environment: { RATE_LIMIT_LOGINS_PER_ADDRESS: '8' } });
    const person = await app.person();
    // Each of them succeeds, for GraphQL does nothing more after a mutation that fails.
    const aliases = Array.from({ length: 12 }, (_, index) => login(`try${index}`, person.email, 'correct horse battery'));
    expect(await app.nobody.expectErrors(`mutation { ${aliases.join(' ')} }`)).toMatchObject([{ path: ['try8'], extensions: { code: 'RATE_LIMITED' } }]);
  });

  it('are refused after ten, also with the right password and over WebSocket; the refusal says when to come back, and others are unaffected', async () => {
    await using app = await startTestApp({ environment: { RATE_LIMIT_LOGINS_PER_ACCOUNT: '10', RATE_LIMIT_LOGINS_PER_ADDRESS: '30' } });
    const [victim, other] = [await app.person(), await app.person()];
    for (let count = 0; count < 10; count += 1) {
      expect(codesOf((await app.nobody.ask(`mutation { ${login('login', victim.email, 'wrong')} }`)).body)).toEqual(['UNAUTHENTICATED']);
    }
    const right = await app.nobody.ask(`mutation { ${login('login', victim.email, 'correct horse battery')} }`);
    const [refusal] = right.body?.errors ?? [];
    expect(refusal).toMatchObject({
      extensions: { code: 'RATE_LIMITED' },
      message: expect.stringMatching(/^Too many attempts to sign in to this account; try again in \d+ seconds\.$/),
    });
    expect(refusal?.extensions.retryAfterMs).toBeGreaterThan(800_000);
    expect(Number(right.headers.get('retry-after'))).toBe(Math.ceil((refusal?.extensions.retryAfterMs ?? 0) / 1_000));
    await expect(app.nobody.request(`mutation { ${login('login', other.email, 'correct horse battery')} }`)).resolves.toBeDefined();
    const socket = await openSocket(app.url);
    const event = await socket.subscribe(`mutation { ${login('login', victim.email, 'correct horse battery')} }`).nextEvent();
    socket.close();
    expect(event.kind === 'next' ? codesOf(event.result) : event).toEqual(['RATE_LIMITED']);
  });
});

describe('the general limit', () => {
  const query = '{ viewer { id } }';
  const subscription = 'subscription { conversationEvents(conversationId: "x") { seq } }';
  const open = () => startTestApp({ environment: { RATE_LIMIT_REQUESTS_PER_MINUTE: '4', RATE_LIMIT_ANONYMOUS_REQUESTS_PER_MINUTE: '3' } });

  async function overEveryTransport(app: TestApp, token: string | undefined) {
    const given = token === undefined ? {} : { token };
    const events = await subscribeSse(app.url, { query: subscription, ...given });
    const first = await events.nextEvent();
    events.close();
    const socket = await openSocket(app.url, given);
    const [queried, subscribed] = [await socket.subscribe(query).nextEvent(), await socket.subscribe(subscription).nextEvent()];
    socket.close();
    return [first, queried, subscribed].map((event) => (event.kind === 'next' ? codesOf(event.result) : event));
  }

  it('counts the operations of a person together over HTTP, SSE and WebSocket, and refuses those beyond it on each', async () => {
    await using app = await open();
    // Registering counts for the address.
    const [person, other] = [await app.person(), await app.person()];
    const socket = await openSocket(app.url, { token: person.token });
    await socket.subscribe(query).nextEvent();
    const events = await subscribeSse(app.url, { query: subscription, token: person.token });
    await events.nextEvent();
    events.close();
    expect(codesOf((await person.client.ask(query)).body)).toEqual([]);
    expect(codesOf((await person.client.ask(query)).body)).toEqual([]);
    const refused = await person.client.ask(query);
    expect(refused.status).toBe(429);
    expect(codesOf(refused.body)).toEqual(['RATE_LIMITED']);
    expect(refused.body).not.toHaveProperty('data');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(20);
    expect(await overEveryTransport(app, person.token)).toEqual([['RATE_LIMITED'], ['RATE_LIMITED'], ['RATE_LIMITED']]);
    // The socket lives on: what was refused is an operation of it.
    expect(await socket.subscribe(query).nextEvent()).toMatchObject({ kind: 'next', result: { errors: [{ extensions: { code: 'RATE_LIMITED' } }] } });
    socket.close();
    expect((await other.client.ask(query)).status).toBe(200);
  });

  it('counts those whom nobody is signed in for by their address', async () => {
    await using app = await open();
    const person = await app.person();
    await app.nobody.ask(query);
    await app.nobody.ask(query);
    const refused = await app.nobody.ask(query);
    expect(codesOf(refused.body)).toEqual(['RATE_LIMITED']);
    expect(refused.body?.errors?.[0]?.message).toMatch(/^Too many operations from your address; sign in, or try again in \d+ seconds\.$/);
    expect(await overEveryTransport(app, undefined)).toEqual([['RATE_LIMITED'], ['RATE_LIMITED'], ['RATE_LIMITED']]);
    expect((await person.client.ask(query)).status).toBe(200);
  });
});

describe('how limits stand', () => {
  const status = '{ rateLimitStatus { name limit windowSeconds remaining resetsAt } }';

  it('is told in the headers of every answer, also of a refusal', async () => {
    await using app = await startTestApp({ environment: { RATE_LIMIT_REQUESTS_PER_MINUTE: '2', ALLOWED_ORIGINS: 'https://app.example.org' } });
    const person = await app.person();
    const first = await person.client.ask('{ viewer { id } }');
    expect(first.headers.get('ratelimit-policy')).toBe('"general";q=2;w=60');
    expect(first.headers.get('ratelimit')).toBe('"general";r=1;t=60');
    await person.client.ask('{ viewer { id } }');
    const refused = await person.client.ask('{ viewer { id } }');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit')).toMatch(/^"general";r=0;t=\d+$/);
    expect(refused.headers.get('retry-after')).toBe(/t=(\d+)/.exec(refused.headers.get('ratelimit') ?? '')?.[1]);
    const stream = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', origin: 'https://app.example.org' },
      body: JSON.stringify({ query: '{ health { status } }' }),
    });
    expect(stream.headers.get('access-control-expose-headers')).toContain('ratelimit, ratelimit-policy');
    await stream.text();
  });

  it('is told by a query, which counts nothing but itself', async () => {
    await using app = await startTestApp({
      overrides: { engines: [createScriptedEngine()] },
      environment: {
        RATE_LIMIT_REQUESTS_PER_MINUTE: '10',
        RATE_LIMIT_CHATS_PER_MINUTE: '5',
        RATE_LIMIT_CHECKS_PER_USER: '3',
        RATE_LIMIT_LOGINS_PER_ADDRESS: '7',
      },
    });
    const person = await app.person();
    await person.client.request('mutation { sendMessage(input: { text: "Hello" }) { run { id } } }');
    for (const remaining of [8, 7]) {
      const { rateLimitStatus } = await person.client.request(status);
      expect(rateLimitStatus).toMatchObject([
        { name: 'GENERAL', limit: 10, windowSeconds: 60, remaining },
        { name: 'CHAT', limit: 5, windowSeconds: 60, remaining: 4 },
        { name: 'PASSWORD_CHECK', limit: 3, remaining: 3 },
      ]);
      for (const { resetsAt } of rateLimitStatus) expect(Date.parse(resetsAt)).toBeGreaterThan(Date.now() - 1_000);
    }
    await app.nobody.ask(`mutation { ${login('login', person.email, 'wrong')} }`);
    // Registrations and operations of addresses have no limit here.
    expect((await app.nobody.request(status)).rateLimitStatus).toMatchObject([{ name: 'LOGIN', limit: 7, remaining: 6 }]);
  });
});

describe('the limit of chats', () => {
  it('counts what starts a run, after the idempotency check', async () => {
    const engine = createScriptedEngine();
    await using app = await startTestApp({ overrides: { engines: [engine] }, environment: { RATE_LIMIT_CHATS_PER_MINUTE: '2' } });
    const [person, other] = [await app.person(), await app.person()];
    const send = (key: string, { client } = person) =>
      client.ask('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }', { input: { text: 'Hello', idempotencyKey: key } });
    const first = await send('one');
    await send('two');
    for (let again = 0; again < 5; again += 1) expect((await send('one')).body).toEqual(first.body);
    const refused = await send('three');
    expect(codesOf(refused.body)).toEqual(['RATE_LIMITED']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(20);
    expect(codesOf((await person.client.ask('mutation { ask(input: { text: "Hello" }) { run { id } } }')).body)).toEqual(['RATE_LIMITED']);
    expect((await send('two')).status).toBe(200);
    expect((await send('three', other)).status).toBe(200);
    expect(engine.requests.filter(({ task }) => task !== 'TITLE').length).toBeLessThanOrEqual(3);
  });

  it('R05 counts one of many sends that come at once with the same key', async () => {
    await using app = await startTestApp({ overrides: { engines: [createScriptedEngine()] }, environment: { RATE_LIMIT_CHATS_PER_MINUTE: '20' } });
    const person = await app.person();
    const send = (key: string) =>
      person.client.ask('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }', {
        input: { text: 'Hello', idempotencyKey: key },
      });
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('same')));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const further = await Promise.all(Array.from({ length: 20 }, (_, index) => send(`other${index}`)));
    expect(further.filter(({ body }) => codesOf(body).length === 0)).toHaveLength(19);
  });
});
