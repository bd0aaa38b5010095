import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faults, type Fault } from '../engines/fault-table.ts';
import { providers, secretKey } from '../engines/providers.ts';
import { startWireServer, status, type WireReply, type WireServer } from '../engines/wire-server.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { readEvents } from '../kit/follower.ts';

/** Those that a person can tell apart: each way to fail, before, between and after the first token. */
const chosen = [
  'status 500',
  'status 529',
  'status 429 with an hour to wait',
  'status 401',
  'headers and no token',
  'a stall in mid-stream',
  'an end without the terminal marker',
  'a reset in mid-stream',
  'bad JSON in mid-stream',
  'an error event in mid-stream',
  'a web page with status 200',
];
const [openai] = providers.filter(({ id }) => id === 'openai');

describe('R04 a fault of a model provider, as a person sees it', () => {
  let patient: TestApp;
  /** Where a provider that says nothing is soon given up, for the faults that are just that. */
  let hasty: TestApp;
  let provider: WireServer;
  let reply: WireReply = status(500);

  beforeAll(async () => {
    provider = await startWireServer((response, incoming) => reply(response, incoming));
    const environment = {
      OPENAI_API_KEY: secretKey,
      OPENAI_BASE_URL: `${provider.url}/v1`,
      // Each fault is to be seen for itself.
      ENGINE_CIRCUIT_FAILURES: '1000',
      // The list of models meets the same fault, and is not what this is about.
      CONTEXT_MODEL_LIST_TIMEOUT_MS: '500',
    };
    patient = await startTestApp({ environment });
    hasty = await startTestApp({ environment: { ...environment, ENGINE_FIRST_TOKEN_TIMEOUT_MS: '5000', ENGINE_IDLE_TIMEOUT_MS: '300' } });
  });
  afterAll(async () => {
    await patient[Symbol.asyncDispose]();
    await hasty[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  /** Has the provider answer a question; the title is asked for apart and counts for nothing here. */
  async function answer(
    fault: Fault,
    app: TestApp,
    ada: TestPerson,
  ): Promise<{ readonly id: string; readonly attempts: number; readonly events: Awaited<ReturnType<typeof readEvents>> }> {
    if (openai === undefined) throw new Error('there is no provider "openai"');
    reply = fault.reply(openai);
    const question = `What of ${fault.fault}?`;
    const { sendMessage } = await ada.client.request(
      'mutation ($text: String!) { sendMessage(input: { text: $text, model: "openai:some-model", maxTokens: 77 }) { run { id } } }',
      { text: question },
    );
    const { id } = sendMessage.run;
    const events = await readEvents(app.url, ada.token, id);
    const asked = provider.requests.filter(({ body }) => JSON.stringify(body).includes(question) && JSON.stringify(body).includes('77'));
    return { id, attempts: asked.length, events };
  }

  it.each(faults.filter(({ fault }) => chosen.includes(fault)))('$fault: FAILED with $code, the partial text kept, never COMPLETED', async (fault) => {
    const app = fault.settings === undefined ? patient : hasty;
    const ada = await app.person();
    const { id, attempts, events } = await answer(fault, app, ada);
    const last = events.at(-1);
    expect(last).toMatchObject({ __typename: 'RunFailed', code: fault.code });
    expect(events.filter((event) => /^Run(Finished|Failed)$/.test(event.__typename))).toEqual([last]);
    expect(attempts).toBe(fault.attempts);
    expect(events.map((event) => event.text ?? '').join('')).toBe(fault.text);
    const { run } = await ada.client.request(
      'query ($id: ID!) { run(id: $id) { status error { code message retryable } message { parts { ... on TextPart { text } } } } }',
      { id },
    );
    expect(run).toMatchObject({ status: 'FAILED', error: { code: fault.code, retryable: fault.isRetryable } });
    expect(run.error.message).not.toContain(secretKey);
    expect(run.message.parts.map((part: { readonly text: string }) => part.text).join('')).toBe(fault.text);
  });

  it('is all that the table of the engines has of these', () => {
    expect(faults.filter(({ fault }) => chosen.includes(fault))).toHaveLength(chosen.length);
  });
});
