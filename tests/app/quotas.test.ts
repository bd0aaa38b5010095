import { describe, expect, it } from 'vitest';
import { providers } from '../engines/providers.ts';
import { startWireServer, stream } from '../engines/wire-server.ts';
import { startTestApp } from '../kit/app.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { rowId } from '../kit/ids.ts';

const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id message { id } } } }';
const prices = { inputPrice: 1_000_000, outputPrice: 2_000_000, cachedInputPrice: null };
const standing =
  '{ viewer { quota { day { resetsAt tokens { limit used reserved remaining } costMicros { used limit } messages { used remaining } } month { tokens { limit } } } } }';

describe('quotas over GraphQL', () => {
  it('are set, seen, met with QUOTA_EXCEEDED, lifted', async () => {
    const engine = createScriptedEngine({ prices });
    await using app = await startTestApp({ overrides: { engines: [engine] }, environment: { QUOTA_USER_TOKENS_PER_MONTH: '50000' } });
    const admin = await app.person({ setupToken: app.setupToken ?? '' });
    const person = await app.person();
    const set = 'mutation ($input: SetQuotaInput!) { setQuota(input: $input) { quota { scope period maxTokens maxMessages user { id } } } }';
    expect(await admin.client.request(set, { input: { scope: 'USER', userId: person.userId, period: 'DAY', maxMessages: 1 } })).toEqual({
      setQuota: { quota: { scope: 'USER', period: 'DAY', maxTokens: null, maxMessages: 1, user: { id: person.userId } } },
    });
    const sent = await person.client.request(send, { input: { text: 'Hello' } });
    const call = await engine.nextCall();
    call.text('Hi');
    call.usage(100, 20);
    call.finish();
    const events = await subscribeSse(app.url, { query: `subscription { runEvents(runId: "${sent.sendMessage.run.id}") { seq } }`, token: person.token });
    while ((await events.nextEvent()).kind === 'next');
    const refused = await person.client.ask(send, { input: { text: 'Hello' } });
    const [error] = refused.body?.errors ?? [];
    expect(error).toMatchObject({
      message: expect.stringMatching(/^Your quota of 1 messages a day does not allow this now\. 1 are used/),
      extensions: { code: 'QUOTA_EXCEEDED', quota: { scope: 'USER', period: 'DAY', metric: 'MESSAGES', limit: 1, used: 1, reserved: 0, needed: 1 } },
    });
    expect(error?.extensions.retryAfterMs).toBeGreaterThan(0);
    expect(refused.headers.get('retry-after')).toBe(String(Math.ceil((error?.extensions.retryAfterMs ?? 0) / 1_000)));
    const { viewer } = await person.client.request(standing);
    expect(viewer.quota).toMatchObject({
      day: { messages: { used: 1, remaining: 0 }, tokens: { limit: null, remaining: null, reserved: 0 }, costMicros: { limit: null } },
      month: { tokens: { limit: 50_000 } },
    });
    // The answer and the title.
    expect(viewer.quota.day.tokens.used).toBeGreaterThan(120);
    expect((await admin.client.request(`{ quotaOf(userId: "${person.userId}") { day { tokens { used } } } }`)).quotaOf.day.tokens.used).toBe(
      viewer.quota.day.tokens.used,
    );
    expect((await admin.client.request('{ quotas { edges { node { period user { id } } } } }')).quotas.edges).toEqual([
      { node: { period: 'DAY', user: { id: person.userId } } },
    ]);
    const remove = 'mutation ($input: RemoveQuotaInput!) { removeQuota(input: $input) { removedQuota { maxMessages } } }';
    expect(await admin.client.request(remove, { input: { scope: 'USER', userId: person.userId, period: 'DAY' } })).toEqual({
      removeQuota: { removedQuota: { maxMessages: 1 } },
    });
    await expect(person.client.request(send, { input: { text: 'Hello' } })).resolves.toBeDefined();
  });

  it('of all together refuse without their numbers', async () => {
    await using app = await startTestApp({ overrides: { engines: [createScriptedEngine()] }, environment: { QUOTA_INSTALLATION_MESSAGES_PER_DAY: '0' } });
    const person = await app.person();
    const [error] = await person.client.expectErrors(send, { input: { text: 'Hello' } });
    expect(error).toMatchObject({
      extensions: { code: 'QUOTA_EXCEEDED', quota: { scope: 'INSTALLATION', limit: null, used: null, reserved: null, needed: 1 } },
    });
    expect(error?.message).not.toMatch(/\b0\b/);
  });

  it('leave alone what people pay for with keys of their own, and say so to whoever asks for a fallback that they do not', async () => {
    await using server = await startWireServer(stream(providers[0]?.fixture('plain') ?? ''));
    const environment = { ENGINE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1', QUOTA_USER_TOKENS_PER_DAY: '0' };
    await using app = await startTestApp({ overrides: { engines: [createScriptedEngine({ prices })] }, environment });
    const person = await app.person();
    const key = { provider: 'mine', kind: 'OPENAI_COMPATIBLE', apiKey: 'ownKeyOfTheTests0123456789', baseUrl: `${server.url}/v1`, models: ['big'] };
    await person.client.request('mutation ($input: SaveProviderKeyInput!) { saveProviderKey(input: $input) { providerKey { id } } }', { input: key });
    const ask = 'mutation ($input: AskInput!) { ask(input: $input) { run { status message { usage { outputTokens } } } } }';
    const { run } = (await person.client.request(ask, { input: { text: 'Hello', model: 'mine:big' } })).ask;
    expect(run.status).toBe('COMPLETED');
    expect(run.message.usage.outputTokens).toBeGreaterThan(0);
    const { viewer } = await person.client.request(standing);
    expect(viewer.quota.day).toMatchObject({ tokens: { used: 0, reserved: 0 }, messages: { used: 1 } });
    for (const input of [{ model: 'scripted:one' }, { model: 'mine:big', fallbacks: ['scripted:one'] }]) {
      const [error] = await person.client.expectErrors(ask, { input: { text: 'Hello', ...input } });
      expect(error?.extensions).toMatchObject({ code: 'QUOTA_EXCEEDED', quota: { metric: 'TOKENS' } });
    }
  });

  it('tell on each answer what it used', async () => {
    const engine = createScriptedEngine({ prices });
    await using app = await startTestApp({ overrides: { engines: [engine] } });
    const person = await app.person();
    const asked = person.client.request(
      'mutation { ask(input: { text: "Hello" }) { run { conversation { id } question { usage { inputTokens } } message { usage { inputTokens outputTokens costMicros isEstimated } } } } }',
    );
    const call = await engine.nextCall();
    call.text('Hi');
    call.usage(100, 20);
    call.finish();
    const { run } = (await asked).ask;
    expect(run).toMatchObject({ question: { usage: null }, message: { usage: { inputTokens: 100, outputTokens: 20, costMicros: 140, isEstimated: false } } });
  });
});

describe('the metrics', () => {
  const token = 'a token for the tests';

  it('count calls, tokens, cost and refusals, without anybody’s id', async () => {
    const engine = createScriptedEngine({ prices });
    await using app = await startTestApp({
      overrides: { engines: [engine] },
      environment: { METRICS_TOKEN: token, QUOTA_USER_MESSAGES_PER_DAY: '1' },
    });
    const person = await app.person();
    const asked = person.client.request('mutation { ask(input: { text: "Hello" }) { run { id } } }');
    const call = await engine.nextCall();
    call.text('Hi');
    call.usage(100, 20, { cachedInputTokens: 30, reasoningTokens: 5 });
    call.finish();
    await asked;
    await person.client.expectErrors(send, { input: { text: 'Hello' } });
    const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    const labels = 'provider="scripted",model="one",purpose="ANSWER"';
    for (const line of [
      '# TYPE colloquy_model_tokens_total counter',
      `colloquy_model_calls_total{${labels},estimated="false"} 1`,
      `colloquy_model_tokens_total{${labels},kind="input"} 100`,
      `colloquy_model_tokens_total{${labels},kind="cached"} 30`,
      `colloquy_model_tokens_total{${labels},kind="output"} 20`,
      `colloquy_model_tokens_total{${labels},kind="reasoning"} 5`,
      `colloquy_model_cost_micros_total{${labels}} 140`,
      'colloquy_quota_refusals_total{scope="USER",period="DAY",metric="MESSAGES"} 1',
      '# TYPE process_resident_memory_bytes gauge',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).not.toContain(rowId(person.userId));
  });

  it('are for whoever has the token, and not there without one', async () => {
    await using app = await startTestApp({ environment: { METRICS_TOKEN: token } });
    for (const authorization of ['', 'Bearer wrong', `Basic ${token}`, (await app.person()).token]) {
      expect((await fetch(`${app.url}/metrics`, { headers: { authorization } })).status).toBe(401);
    }
    expect((await fetch(`${app.url}/metrics`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })).status).toBe(405);
    await using without = await startTestApp();
    expect((await fetch(`${without.url}/metrics`, { headers: { authorization: 'Bearer ' } })).status).toBe(404);
  });
});
