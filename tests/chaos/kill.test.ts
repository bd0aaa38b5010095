import { describe, expect, it } from 'vitest';
import { delay } from '../../src/base/async.ts';
import { createTestDatabase } from '../kit/database.ts';
import { followToTheEnd, readEvents } from '../kit/follower.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { createLedger } from '../kit/ledger.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { patienceMs } from '../kit/patience.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess, type ServerProcess } from '../kit/server-process.ts';

/** How often the server is killed: a few times with every test run, fifty times with `KILL_ROUNDS=50`. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 3);

const leaseMs = 1_500;

describe('R01 kill -9 of the server in mid-stream', () => {
  it(
    `loses no event, no text and no answered write, and every run ends within two lease times (${rounds} rounds)`,
    { timeout: 120_000 + rounds * 120_000 },
    async () => {
      await using database = await createTestDatabase();
      await using folder = await createTemporaryFolder();
      const environment = { DATABASE_URL: database.connectionString, DATA_FOLDER: folder.path, RUN_LEASE_MS: String(leaseMs) };
      let server: ServerProcess = await startServerProcess(environment);
      let url = Promise.resolve(server.url);
      const { token } = await registerAt(server.url);
      const ledger = createLedger();
      try {
        for (let round = 1; round <= rounds; round += 1) {
          const client = createGraphqlClient(server.url, { token });
          const text = JSON.stringify({ tokens: 60, tokensPerSecond: 100 });
          const outcomes = await Promise.all([1, 2, 3, 4].map(async (index) => ledger.send(client, { text, key: `round ${round}, run ${index}` })));
          const runs = outcomes.flatMap((outcome) => (outcome.isAcknowledged ? [outcome.id] : []));
          expect(runs).toHaveLength(4);
          const following = runs.flatMap((id) =>
            (['sse', 'websocket'] as const).map(async (transport) => followToTheEnd(id, { transport, token, url: () => url, ledger })),
          );
          const made = await ledger.create(client, `round ${round}`);
          await delay(Math.random() * 700);
          // Writes that are under way when the server dies: answered or not, the ledger knows which.
          const writes = [1, 2, 3, 4, 5].map(async (index) =>
            index % 2 === 0 || !made.isAcknowledged
              ? ledger.send(client, { text, key: `round ${round}, late ${index}` })
              : ledger.rename(client, made.id, `round ${round}, title ${index}`),
          );
          await delay(Math.random() * 20);
          const killedAt = performance.now();
          const restarted = (async () => {
            await server.kill();
            server = await startServerProcess(environment);
            return server.url;
          })();
          url = restarted;
          await restarted;
          const servesAfterMs = performance.now() - killedAt;
          const histories = await Promise.all(following);
          expect(performance.now() - killedAt).toBeLessThan(servesAfterMs + 2 * leaseMs + 2_000 + patienceMs);
          await Promise.all(writes);
          for (const { events } of histories) {
            const last = events.at(-1);
            if (last?.__typename === 'RunFailed') expect(last.code).toBe('INTERRUPTED');
          }
          const after = createGraphqlClient(server.url, { token });
          await ledger.verify(after, async (id) => readEvents(server.url, token, id));
        }
        expect(await server.stop()).toBe(0);
      } finally {
        await server.kill();
      }
    },
  );
});
