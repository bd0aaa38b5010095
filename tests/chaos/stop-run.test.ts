import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { startFakeOpenAi, type FakeOpenAi, type FakeRequest } from '../kit/fake-openai.ts';
import { readEvents } from '../kit/follower.ts';
import { createGraphqlClient, type GraphqlClient, type Parsed } from '../kit/graphql-client.ts';
import { createLedger } from '../kit/ledger.ts';
import { giveUpMs, patienceMs } from '../kit/patience.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerGroup, type ServerGroup } from './server-group.ts';

const stopDocument = `mutation ($id: ID!) {
  stopRun(input: { runId: $id }) { run { id status finishReason lastEventSeq message { parts { ... on TextPart { text } } } } }
}`;

const stop = async (client: GraphqlClient, id: string): Promise<Parsed> => (await client.request(stopDocument, { id })).stopRun.run;

describe('R03 stopping a run of a model provider', () => {
  const ledger = createLedger();
  let database: TestDatabase;
  let provider: FakeOpenAi;
  let group: ServerGroup;

  beforeAll(async () => {
    database = await createTestDatabase();
    provider = await startFakeOpenAi({ tokens: 10_000, rate: 50 });
    group = await startServerGroup(2, {
      DATABASE_URL: database.connectionString,
      OPENAI_API_KEY: 'a key for a fake',
      OPENAI_BASE_URL: provider.baseUrl,
      RUN_LEASE_MS: '60000',
    });
  });
  afterAll(async () => {
    await group[Symbol.asyncDispose]();
    await provider.close();
    await database[Symbol.asyncDispose]();
  });

  it.each([
    ['on the server that performs it', 0],
    ['on another server', 1],
  ])('%s closes the request upstream within a second, keeps the text, and answers the same each time', async (where, index) => {
    const [performing = '', another = ''] = group.servers.map((server) => server.url);
    const { token, client } = await registerAt(performing);
    const sent = await ledger.send(client, { text: 'Go on for ever', key: where, model: 'openai:fake-model' });
    if (!sent.isAcknowledged) throw new Error(`the send was refused with ${sent.code}`);
    const upstream = (): FakeRequest | undefined => provider.requests.findLast((request) => !request.isTitle);
    await vi.waitFor(() => expect(upstream()?.state === 'open' && upstream()?.sentTokens).toBeGreaterThan(20), { timeout: giveUpMs });

    const stopping = createGraphqlClient(index === 0 ? performing : another, { token });
    const startedAt = performance.now();
    const [closedAfterMs, ...answers] = await Promise.all([
      vi.waitFor(() => expect(upstream()?.state).toBe('aborted'), { timeout: giveUpMs, interval: 10 }).then(() => performance.now() - startedAt),
      stop(stopping, sent.id),
      stop(stopping, sent.id),
    ]);
    // With a lost notification it would hear of the stop when its leases are renewed, every 20 s.
    expect(closedAfterMs).toBeLessThan(1_000 + patienceMs);
    // After the end, and from every server: the same.
    for (const url of [performing, another]) answers.push(await stop(createGraphqlClient(url, { token }), sent.id));
    const [first] = answers;
    for (const answer of answers) expect(answer).toEqual(first);
    expect(first).toMatchObject({ status: 'STOPPED', finishReason: 'STOPPED', message: { parts: [{ text: expect.stringMatching(/^token1 token2 /) }] } });
    expect(provider.open()).toBe(0);
    const events = await readEvents(another, token, sent.id);
    expect(events.filter((event) => event.__typename === 'RunFinished')).toMatchObject([{ reason: 'STOPPED', seq: first.lastEventSeq }]);
  });
});
