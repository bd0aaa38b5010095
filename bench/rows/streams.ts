// What a delivered token costs the server, and when it comes: ours with its durable log against raw server-sent events and raw sockets.
//   node bench/rows/streams.ts [streams] [tokensPerSecond] [seconds] [rounds]
// CONTENDERS=ours-ws,raw-sse chooses; SERVER_NODE_OPTIONS=--cpu-prof profiles the servers.
import { loadavg } from 'node:os';
import { ourSse, ourWebSocket, rawSse, rawWebSocket, type Contender, type ContenderOptions } from '../streaming/contenders.ts';
import { cpuMs, cpuMsOfDescendants, residentKilobytes } from '../streaming/process.ts';
import { createTokenCheck, tokenClock } from '../streaming/token-check.ts';

const [streams = 100, tokensPerSecond = 200, seconds = 10, rounds = 3] = process.argv.slice(2).map(Number);
// A hundred starts a second, and a pause until what they held up has been delivered.
const rampMs = streams * 10;
const settleMs = 2_000;

const makers: Readonly<Record<string, (options: ContenderOptions) => Promise<Contender>>> = {
  'raw-sse': rawSse,
  'raw-ws': rawWebSocket,
  'ours-sse': ourSse,
  'ours-ws': ourWebSocket,
  'ours-ws-shared': (options) => ourWebSocket({ ...options, streamsPerSocket: 20 }),
};

interface Measured {
  /** Server CPU per 1,000 tokens while all streams flow, in milliseconds. */
  readonly steadyMs: number;
  /** The same with the start and the end of every run. */
  readonly wholeMs: number;
  /** The database's share of `steadyMs`, which is not in it. */
  readonly databaseMs: number;
  readonly whole: number;
  readonly rate: number;
  readonly firstMs: readonly number[];
  readonly firstFromSendMs: readonly number[];
  readonly lagMs: readonly number[];
  readonly megabytes: number;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

async function measure({ server, follow }: Contender): Promise<Measured> {
  const lifeMs = rampMs + 2 * settleMs + seconds * 1_000;
  const tokens = Math.round((lifeMs / 1_000) * tokensPerSecond);
  let delivered = 0;
  const firstFromSendMs: number[] = [];
  const begin = { cpu: cpuMs(server.pid), at: tokenClock() };
  const all = Promise.all(
    Array.from({ length: streams }, async (_, index) => {
      await sleep((index * rampMs) / streams);
      const sentAt = tokenClock();
      const check = createTokenCheck((token) => {
        delivered += 1;
        if (token === 1) firstFromSendMs.push(tokenClock() - sentAt - 1_000 / tokensPerSecond);
      });
      await follow({ tokens, tokensPerSecond }, (text) => check.take(text));
      return check.report();
    }),
  );
  await sleep(rampMs + settleMs);
  const from = { cpu: cpuMs(server.pid), database: cpuMsOfDescendants(server.pid), delivered, at: tokenClock() };
  await sleep(seconds * 1_000);
  const to = { cpu: cpuMs(server.pid), database: cpuMsOfDescendants(server.pid), delivered, at: tokenClock() };
  const megabytes = residentKilobytes(server.pid) / 1_024;
  const reports = await all;
  await sleep(500);
  const thousands = (to.delivered - from.delivered) / 1_000;
  return {
    steadyMs: (to.cpu - from.cpu) / thousands,
    databaseMs: (to.database - from.database) / thousands,
    wholeMs: ((cpuMs(server.pid) - begin.cpu) / (tokens * streams)) * 1_000,
    whole: reports.filter((report) => !report.isBroken && report.tokens === tokens).length,
    rate: (to.delivered - from.delivered) / ((to.at - from.at) / 1_000),
    firstMs: reports.map((report) => report.lagMs[0] ?? NaN),
    firstFromSendMs,
    lagMs: reports.flatMap((report) => [...report.lagMs]),
    megabytes,
  };
}

const chosen = (process.env['CONTENDERS'] ?? Object.keys(makers).join(',')).split(',');
const nodeOptions = (process.env['SERVER_NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== '');
const contenders = await Promise.all(chosen.map((name) => makers[name]?.({ nodeOptions }) ?? Promise.reject(new Error(`There is no contender "${name}".`))));
const results = new Map<string, Measured[]>(contenders.map((contender) => [contender.name, []]));
console.log(`${streams} streams of ${tokensPerSecond} tokens a second, ${seconds} s, ${rounds} interleaved rounds, load ${loadavg()[0]?.toFixed(1)}`);
for (let round = 0; round < rounds; round += 1) {
  for (const contender of contenders) {
    const measured = await measure(contender);
    results.get(contender.name)?.push(measured);
    console.log(
      `  ${contender.name}: ${measured.steadyMs.toFixed(1)} ms, whole ${measured.wholeMs.toFixed(1)}, database ${measured.databaseMs.toFixed(1)}, load ${loadavg()[0]?.toFixed(1)}`,
    );
  }
}
const median = (values: readonly number[]): number => quantile(values, 0.5);
const limit = median((results.get('raw SSE') ?? []).map((one) => one.steadyMs));
console.table(
  Object.fromEntries(
    [...results].map(([name, all]) => {
      const steady = all.map((one) => one.steadyMs);
      return [
        name,
        {
          'CPU ms/1,000': median(steady).toFixed(1),
          'min..max': `${Math.min(...steady).toFixed(1)}..${Math.max(...steady).toFixed(1)}`,
          ratio: (median(steady) / limit).toFixed(2),
          'with start and end': median(all.map((one) => one.wholeMs)).toFixed(1),
          database: median(all.map((one) => one.databaseMs)).toFixed(1),
          whole: `${all.reduce((sum, one) => sum + one.whole, 0)} of ${streams * rounds}`,
          'tokens/s': Math.round(median(all.map((one) => one.rate))),
          'first p50/p99': [0.5, 0.99].map((q) => quantile(all.flatMap((one) => one.firstMs), q).toFixed(0)).join('/'), // prettier-ignore
          'from send p50/p99': [0.5, 0.99]
            .map((q) =>
              quantile(
                all.flatMap((one) => one.firstFromSendMs),
                q,
              ).toFixed(0),
            )
            .join('/'),
          'lag p50/p99/p99.9': [0.5, 0.99, 0.999]
            .map((q) =>
              quantile(
                all.flatMap((one) => one.lagMs),
                q,
              ).toFixed(0),
            )
            .join('/'),
          MB: median(all.map((one) => one.megabytes)).toFixed(0),
        },
      ];
    }),
  ),
);
for (const contender of contenders) await contender.stop();
process.exit(0);
