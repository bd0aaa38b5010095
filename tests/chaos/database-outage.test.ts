import { describe, expect, it } from 'vitest';
import { delay } from '../../src/base/async.ts';
import { startDatabaseProxy } from '../kit/database-proxy.ts';
import { createTestDatabase } from '../kit/database.ts';
import { eventually } from '../kit/eventually.ts';
import { followToTheEnd, readEvents } from '../kit/follower.ts';
import { createLedger } from '../kit/ledger.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { patienceMs } from '../kit/patience.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess } from '../kit/server-process.ts';
import { refusalsIn, startLoad } from './load.ts';
import { findPostgres } from './postgres-tree.ts';

/** How long the database is away: some seconds with every test run, ten with `OUTAGE_MS=10000`. */
const outageMs = Number(process.env['OUTAGE_MS'] ?? 2_500);

/** What is promised. Without it writes would wait for the limit of a statement, which is 15 s, or as long as the outage takes. */
const promisedMs = 2_000;

/** As a product that nobody has configured. */
const limits = { DATABASE_ANSWER_TIMEOUT_MS: '1500', DATABASE_CONNECT_TIMEOUT_MS: '5000', DATABASE_STATEMENT_TIMEOUT_MS: '15000' };

const timeout = 300_000 + 2 * outageMs;

/** Asks a probe until it answers with a status; gives how long that took. */
async function probeUntil(url: string, path: string, status: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const response = await fetch(`${url}${path}`);
    await response.arrayBuffer();
    if (response.status === status) return performance.now() - startedAt;
    await delay(50);
  }
}

/** How the database goes away and comes back. */
interface Outage {
  begin(): Promise<void> | void;
  /** Called when the outage was noticed. */
  noticed?(): void;
  end(): Promise<void> | void;
}

/** Lives through an outage with people who write and with runs that stream, and holds the product to its promises. */
async function surviveOutage(url: string, outage: Outage): Promise<void> {
  const people = await Promise.all([1, 2, 3, 4].map(async () => registerAt(url)));
  const [ada] = people;
  if (ada === undefined) throw new Error('nobody registered');
  const { token, client } = ada;
  const ledger = createLedger();
  const long = JSON.stringify({ tokens: Math.ceil((outageMs + 3_000) / 50), tokensPerSecond: 20 });
  // This one has said everything while the database is away, and its end has to wait.
  const short = JSON.stringify({ tokens: Math.ceil((outageMs / 2 + 1_000) / 50), tokensPerSecond: 20 });
  const runs = await Promise.all([long, long, short].map(async (text, index) => ledger.send(client, { text, key: `long ${index}` })));
  const following = runs.flatMap((run) =>
    run.isAcknowledged ? (['sse', 'websocket'] as const).map((transport) => followToTheEnd(run.id, { transport, token, url: async () => url, ledger })) : [],
  );
  expect(following).toHaveLength(6);
  const loads = people.slice(1).map((person) => ({ ...person, ledger: createLedger() }));
  const load = loads.map((person) => startLoad(person.ledger, [person.client], 80));
  await delay(500);

  await outage.begin();
  expect(await probeUntil(url, '/health/ready', 503)).toBeLessThan(promisedMs + patienceMs);
  outage.noticed?.();
  // Each look at the database would take two seconds.
  const liveAt = performance.now();
  for (let probe = 0; probe < 5; probe += 1) expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect(performance.now() - liveAt).toBeLessThan(1_000 + patienceMs);
  await delay(outageMs);
  // It does not end before everybody was told of it, however long that takes.
  await eventually(() => load.forEach((one) => expect(refusalsIn(one.outcomes()).codes).not.toEqual({})));
  await outage.end();
  expect(await probeUntil(url, '/health/ready', 200)).toBeLessThan(10_000 + patienceMs);
  await eventually(() => load.forEach((one) => expect(one.outcomes().at(-1)).toMatchObject({ isAcknowledged: true })));

  const outcomes = (await Promise.all(load.map(async (one) => one.stop()))).flat();
  const { codes, slowestMs } = refusalsIn(outcomes);
  expect(Object.keys(codes)).toEqual(['SERVICE_UNAVAILABLE']);
  expect(slowestMs).toBeLessThan(promisedMs + patienceMs);
  expect(outcomes.at(-1)?.isAcknowledged).toBe(true);
  for (const followed of await Promise.all(following)) {
    expect(followed.events.at(-1)).toMatchObject({ __typename: 'RunFinished', reason: 'STOP' });
    for (const code of followed.codes) expect(code).toBe('SERVICE_UNAVAILABLE');
  }
  await ledger.verify(client, async (id) => readEvents(url, token, id));
  for (const person of loads) await person.ledger.verify(person.client, async (id) => readEvents(url, person.token, id));
}

describe(`R07 a database that is away for ${outageMs} ms under load: told fast, nothing answered is lost, runs go on, no restart`, () => {
  it.each(['stopped', 'frozen'] as const)('on the way: %s', { timeout }, async (kind) => {
    await using database = await createTestDatabase();
    await using folder = await createTemporaryFolder();
    await using proxy = await startDatabaseProxy(database.connectionString);
    await using server = await startServerProcess({ ...limits, DATABASE_URL: proxy.connectionString, DATA_FOLDER: folder.path });
    await surviveOutage(server.url, kind === 'stopped' ? { begin: proxy.close, end: proxy.reopen } : { begin: proxy.freeze, end: proxy.thaw });
    expect(await server.stop()).toBe(0);
  });

  it.skipIf(process.platform !== 'linux')('its processes: stopped where they are', { timeout }, async () => {
    await using folder = await createTemporaryFolder();
    await using server = await startServerProcess({ ...limits, DATA_FOLDER: folder.path });
    const postgres = await findPostgres(folder.path);
    try {
      await surviveOutage(server.url, { begin: postgres.freeze, end: postgres.thaw });
    } finally {
      postgres.thaw();
    }
    expect(await server.stop()).toBe(0);
  });

  it.skipIf(process.platform !== 'linux')('its processes: killed, and started again by the server', { timeout }, async () => {
    await using folder = await createTemporaryFolder();
    await using server = await startServerProcess({ ...limits, DATA_FOLDER: folder.path });
    const killed = await findPostgres(folder.path);
    // Frozen before, so that it is away long enough to be seen.
    const noticed = (): void => {
      process.kill(killed.postmaster, 'SIGKILL');
      killed.thaw();
    };
    await surviveOutage(server.url, { begin: killed.freeze, noticed, end: () => undefined });
    expect((await findPostgres(folder.path)).postmaster).not.toBe(killed.postmaster);
    expect(await server.stop()).toBe(0);
  });
});
