import { describe, expect, it } from 'vitest';
import { createDatabase } from '../../src/stores/database.ts';
import { createLogger } from '../../src/base/logger.ts';
import { estimateTokens } from '../../src/services/usage/estimate.ts';
import { createTestDatabase } from '../kit/database.ts';
import { followToTheEnd, readEvents } from '../kit/follower.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { createLedger } from '../kit/ledger.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { giveUpMs, patientDatabase } from '../kit/patience.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess } from '../kit/server-process.ts';

describe('Q02 kill -9 of the server while models are called', () => {
  it('leaves one entry a call, estimated by what was streamed, and keeps nothing free for the dead runs', async () => {
    await using database = await createTestDatabase();
    await using folder = await createTemporaryFolder();
    const environment = { DATABASE_URL: database.connectionString, DATA_FOLDER: folder.path, RUN_LEASE_MS: '1000', QUOTA_USER_TOKENS_PER_DAY: '1000000' };
    const { connectionString } = database;
    const { pool, prisma, close } = createDatabase({
      connectionString,
      poolSize: 2,
      ...patientDatabase,
      logger: createLogger({ level: 'silent' }),
    });
    let server = await startServerProcess(environment);
    try {
      let url = Promise.resolve(server.url);
      const { token } = await registerAt(server.url);
      const ledger = createLedger();
      const client = createGraphqlClient(server.url, { token });
      // One is whole before the kill, the others are in the middle.
      const whole = await ledger.send(client, { text: JSON.stringify({ tokens: 3, tokensPerSecond: 1_000 }), key: 'whole' });
      if (!whole.isAcknowledged) throw new Error('the first message was not answered');
      await followToTheEnd(whole.id, { transport: 'sse', token, url: () => url, ledger });
      const long = JSON.stringify({ tokens: 10_000, tokensPerSecond: 100 });
      const sent = await Promise.all([1, 2].map(async (index) => ledger.send(client, { text: long, key: `long ${index}` })));
      const ids = sent.flatMap((outcome) => (outcome.isAcknowledged ? [outcome.id] : []));
      expect(ids).toHaveLength(2);
      const following = ids.map(async (id) => followToTheEnd(id, { transport: 'sse', token, url: () => url, ledger }));
      await expect.poll(() => ids.every((id) => ledger.seenOf(id) > 4), { timeout: giveUpMs }).toBe(true);
      url = (async () => {
        await server.kill();
        server = await startServerProcess(environment);
        return server.url;
      })();
      await url;
      const histories = await Promise.all(following);
      expect(histories.map(({ events }) => events.at(-1)?.code)).toEqual(['INTERRUPTED', 'INTERRUPTED']);
      const entries = await prisma.usageEntry.findMany({ where: { purpose: 'ANSWER' }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
      expect(entries.map(({ isOpen, isEstimated }) => ({ isOpen, isEstimated }))).toEqual([
        { isOpen: false, isEstimated: false },
        { isOpen: false, isEstimated: true },
        { isOpen: false, isEstimated: true },
      ]);
      expect(entries[0]).toMatchObject({ inputTokens: 1, outputTokens: 3 });
      const texts = await Promise.all(ids.map(async (id) => (await readEvents(server.url, token, id)).map((event) => event.text ?? '').join('')));
      const sorted = (numbers: readonly number[]): readonly number[] => numbers.toSorted((left, right) => left - right);
      expect(sorted(entries.slice(1).map((entry) => entry.outputTokens))).toEqual(sorted(texts.map((text) => estimateTokens([text]))));
      const total = entries.reduce((sum, entry) => sum + BigInt(entry.inputTokens + entry.outputTokens), 0n);
      const titles = await prisma.usageEntry.findMany({ where: { purpose: 'TITLE', isOpen: false } });
      const { rows } = await pool.query<{ tokens: string }>('SELECT sum(tokens)::text AS tokens FROM quota_counts');
      expect(rows[0]?.tokens).toBe(String(titles.reduce((sum, entry) => sum + BigInt(entry.inputTokens + entry.outputTokens), total)));
      expect(await prisma.run.count({ where: { status: { in: ['RUNNING', 'QUEUED'] } } })).toBe(0);
      const { viewer } = await createGraphqlClient(server.url, { token }).request(
        '{ viewer { quota { day { tokens { used reserved } messages { used } } } } }',
      );
      expect(viewer.quota.day).toEqual({ tokens: { used: Number(rows[0]?.tokens), reserved: 0 }, messages: { used: 3 } });
    } finally {
      await server.kill();
      await close();
    }
  });
});
