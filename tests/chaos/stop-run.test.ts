import { describe, expect, it, vi } from 'vitest';
import { createTestDatabase } from '../kit/database.ts';
import { startFakeOpenAi, type FakeRequest } from '../kit/fake-openai.ts';
import { readEvents } from '../kit/follower.ts';
import { createGraphqlClient, type GraphqlClient, type Parsed } from '../kit/graphql-client.ts';
import { createLedger } from '../kit/ledger.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerGroup } from './server-group.ts';

const stopDocument = `mutation ($id: ID!) {
  stopRun(input: { id: $id }) { run { id status finishReason lastEventSeq message { parts { ... on TextPart { text } } } } }
}`;

const stop = async (client: GraphqlClient, id: string): Promise<Parsed> => (await client.request(stopDocument, { id })).stopRun.run;

describe('R03 stopping a run of a model provider', () => {
  it.each([
    ['on the server that performs it', 0],
    ['on another server', 1],
  ])('%s closes the request upstream within a second, keeps the text, and answers the same each time', { timeout: 60_000 }, async (_where, index) => {
    await using database = await createTestDatabase();
    const provider = await startFakeOpenAi({ tokens: 10_000, rate: 50 });
    try {
      const environment = { DATABASE_URL: database.connectionString, OPENAI_API_KEY: 'a key for a fake', OPENAI_BASE_URL: provider.baseUrl };
      await using group = await startServerGroup(2, environment);
      const urls = group.servers.map((server) => server.url);
      const { token, client } = await registerAt(urls[0] ?? '');
      const ledger = createLedger();
      const sent = await ledger.send(client, { text: 'Go on for ever', key: 'R03', model: 'openai:fake-model' });
      if (!sent.isAcknowledged) throw new Error(`the send was refused with ${sent.code}`);
      const upstream = (): FakeRequest | undefined => provider.requests.find((request) => !request.isTitle);
      await vi.waitFor(() => expect(upstream()?.sentTokens).toBeGreaterThan(20), { timeout: 10_000 });
      expect(upstream()?.state).toBe('open');

      const stopping = createGraphqlClient(urls[index] ?? '', { token });
      const startedAt = performance.now();
      const [closed, ...answers] = await Promise.all([
        vi.waitFor(() => expect(upstream()?.state).toBe('aborted'), { timeout: 5_000, interval: 10 }).then(() => performance.now() - startedAt),
        stop(stopping, sent.id),
        stop(stopping, sent.id),
      ]);
      expect(closed).toBeLessThan(1_000);
      // After the end, and from every server: the same.
      for (const url of urls) answers.push(await stop(createGraphqlClient(url, { token }), sent.id));
      const [first] = answers;
      for (const answer of answers) expect(answer).toEqual(first);
      expect(first).toMatchObject({ status: 'STOPPED', finishReason: 'STOPPED', message: { parts: [{ text: expect.stringMatching(/^token1 token2 /) }] } });
      expect(provider.open()).toBe(0);
      const events = await readEvents(urls[1] ?? '', token, sent.id);
      expect(events.filter((event) => event.__typename.startsWith('RunFin'))).toMatchObject([{ reason: 'STOPPED', seq: first.lastEventSeq }]);
    } finally {
      await provider.close();
    }
  });
});
