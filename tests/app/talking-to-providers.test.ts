import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { startFakeAnthropic } from '../kit/fake-anthropic.ts';
import { startFakeGemini } from '../kit/fake-gemini.ts';
import { startFakeOllama } from '../kit/fake-ollama.ts';
import { fakeWords, type FakeBill, type FakeProvider, type FakeProviderPace, type FakeProviderRequest } from '../kit/fake-provider.ts';
import type { Parsed } from '../kit/graphql-client.ts';
import { giveUpMs, patienceMs } from '../kit/patience.ts';
import { subscribeSse } from '../kit/sse-client.ts';

const follow = `subscription ($id: ID!) {
  runEvents(runId: $id, after: 0) { __typename ... on TextDelta { text } ... on ReasoningDelta { reasoning: text } ... on RunFinished { reason } ... on RunFailed { code } }
}`;

const look = `query ($id: ID!) {
  run(id: $id) { status finishReason model inputTokens outputTokens message { parts { ... on TextPart { text } } } }
}`;

const words = (kind: 'thought' | 'token', count: number): string => Array.from({ length: count }, (_, index) => fakeWords(kind, index + 1)).join('');

/** What a run tells of a bill, which knows more. */
const counted = ({ inputTokens, outputTokens }: FakeBill): object => ({ inputTokens, outputTokens });

/** The events of a run as they come, from the first. */
async function* eventsOf(app: TestApp, token: string, id: string): AsyncGenerator<Parsed, void, undefined> {
  const stream = await subscribeSse(app.url, { query: follow, variables: { id }, token });
  try {
    for (;;) {
      const event = await stream.nextEvent();
      if (event.kind !== 'next') return;
      yield event.result.data.runEvents;
    }
  } finally {
    stream.close();
  }
}

describe.each([
  {
    provider: 'anthropic',
    model: 'claude-sonnet-5-5',
    start: startFakeAnthropic,
    environment: (url: string) => ({ ANTHROPIC_API_KEY: 'a key for a fake', ANTHROPIC_BASE_URL: url }),
    // It counts what it has read when it begins, and what it has written only when it ends.
    countedWhenStopped: ({ inputTokens }: FakeBill) => ({ inputTokens }),
  },
  {
    provider: 'gemini',
    model: 'gemini-3.8-flash',
    start: startFakeGemini,
    environment: (url: string) => ({ GEMINI_API_KEY: 'a key for a fake', GEMINI_BASE_URL: url }),
    countedWhenStopped: ({ inputTokens }: FakeBill) => ({ inputTokens }),
  },
  {
    provider: 'ollama',
    model: 'fake-model',
    start: startFakeOllama,
    environment: (url: string) => ({ OLLAMA_BASE_URL: url }),
    // It counts at the end alone.
    countedWhenStopped: () => ({}),
  },
])('$provider through the whole product', ({ provider, model, start, environment, countedWhenStopped }) => {
  let fake: FakeProvider;
  let app: TestApp;
  let ada: TestPerson;

  beforeAll(async () => {
    fake = await start();
    app = await startTestApp({ environment: { ...environment(fake.url), RUN_LEASE_MS: '60000' } });
    ada = await app.person();
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });

  /** Sends a question to the default model of the provider, and follows its answer. */
  async function send(pace: Partial<FakeProviderPace>) {
    const text = JSON.stringify(pace);
    const { sendMessage } = await ada.client.request(
      'mutation ($text: String!, $model: String!) { sendMessage(input: { text: $text, model: $model }) { run { id } } }',
      { text, model: provider },
    );
    const { id } = sendMessage.run;
    const asked = (): FakeProviderRequest | undefined => fake.requests.find((request) => !request.isTitle && request.text === text);
    return { id, events: eventsOf(app, ada.token, id), asked };
  }

  it('streams thoughts and text as they come, and counts what is billed', async () => {
    const { id, events, asked } = await send({ tokens: 12, thoughts: 4, rate: 200, cached: 3 });
    const seen: Parsed[] = [];
    for await (const event of events) seen.push(event);
    expect(seen.map(({ reasoning = '' }) => reasoning).join('')).toBe(words('thought', 4));
    expect(seen.map(({ text = '' }) => text).join('')).toBe(words('token', 12));
    expect(seen.at(-1)).toEqual({ __typename: 'RunFinished', reason: 'STOP' });
    const bill = asked()?.bill();
    expect(bill).toMatchObject({ outputTokens: 16, reasoningTokens: 4 });
    const { run } = await ada.client.request(look, { id });
    expect(run).toMatchObject({ status: 'COMPLETED', finishReason: 'STOP', ...(bill && counted(bill)) });
    expect(asked()).toMatchObject({ model, state: 'finished' });
    // Nothing is asked twice.
    expect(fake.requests.filter((request) => !request.isTitle)).toHaveLength(1);
  });

  it('stops upstream within a second, and keeps the text and what was counted', async () => {
    const { id, events, asked } = await send({ tokens: 100_000, rate: 100 });
    for await (const event of events) if (event.__typename === 'TextDelta') break;
    const stoppedAt = performance.now();
    await ada.client.request('mutation ($id: ID!) { stopRun(input: { runId: $id }) { run { id } } }', { id });
    await vi.waitFor(() => expect(asked()?.state).toBe('aborted'), { timeout: giveUpMs, interval: 5 });
    expect(performance.now() - stoppedAt).toBeLessThan(1_000 + patienceMs);
    const { run } = await ada.client.request(look, { id });
    const bill = asked()?.bill();
    if (bill === undefined) throw new Error('nothing was billed');
    expect(run).toMatchObject({ status: 'STOPPED', finishReason: 'STOPPED', ...countedWhenStopped(bill) });
    // What it has not told is estimated.
    expect(run.inputTokens).toBeGreaterThan(0);
    expect(run.outputTokens).toBeGreaterThan(0);
    expect(run.message.parts[0].text).toMatch(/^token1 /);
    expect(words('token', bill.outputTokens)).toContain(run.message.parts[0].text);
  });
});
