import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured, Metric, Row } from '../harness.ts';
import { cpuTimes, residentBytes } from '../process.ts';
import { lateMs, quantile, startFlow } from '../streaming/flow.ts';
import { streamContestants, type Streamer } from '../streaming/streamers.ts';

const seconds = Number(process.env['BENCH_SECONDS'] ?? 10);
/** How long what the starts held up has time to be delivered before it counts, and how long all flow on after it. */
const settleMs = 2_000;
/** A hundred starts a second. */
const rampMsPerStream = 10;

const metrics: readonly Metric[] = [
  { name: 'server CPU, ms per 1,000 tokens', digits: 1, ratio: 'value' },
  { name: 'with start and end', digits: 1 },
  { name: 'PostgreSQL CPU, ms per 1,000 tokens', digits: 1 },
  { name: 'tokens a second' },
  { name: 'token p50 ms' },
  { name: 'token p99 ms' },
  { name: `over ${lateMs} ms late, %`, digits: 2 },
  { name: 'late with start and end, %', digits: 2 },
  { name: 'server MB' },
];

async function measure(streamer: Streamer, streams: number, tokensPerSecond: number): Promise<Measured> {
  const { pid } = streamer.served;
  const rampMs = streams * rampMsPerStream;
  const tokens = Math.round(((rampMs + 2 * settleMs) / 1_000 + seconds) * tokensPerSecond);
  const cpuAtBegin = cpuTimes(pid).own;
  const flow = startFlow(streamer, { streams, tokens, tokensPerSecond, rampMs });
  const now = () => ({ ...cpuTimes(pid), delivered: flow.delivered, late: flow.late, at: performance.now() });
  await Promise.race([sleep(rampMs + settleMs), flow.over]);
  const from = now();
  await Promise.race([sleep(seconds * 1_000), flow.over]);
  const to = now();
  const memory = residentBytes(pid);
  const { lagMs } = await flow.over;
  // The ends of the runs are still being written when the last reader has its own.
  await sleep(500);
  const perThousand = 1e6 / (to.delivered - from.delivered);
  return {
    'server CPU, ms per 1,000 tokens': (to.own - from.own) * perThousand,
    'with start and end': ((cpuTimes(pid).own - cpuAtBegin) * 1e6) / (streams * tokens),
    'PostgreSQL CPU, ms per 1,000 tokens': (to.descendants - from.descendants) * perThousand,
    'tokens a second': ((to.delivered - from.delivered) * 1_000) / (to.at - from.at),
    'token p50 ms': quantile(lagMs, 0.5),
    'token p99 ms': quantile(lagMs, 0.99),
    [`over ${lateMs} ms late, %`]: ((to.late - from.late) * 100) / (to.delivered - from.delivered),
    'late with start and end, %': (flow.late * 100) / flow.delivered,
    'server MB': memory / 1024 ** 2,
  };
}

function createStreamsRow(row: Pick<Row, 'id' | 'goal'>, streams: number, tokensPerSecond: number): Row {
  return {
    ...row,
    title: `${streams.toLocaleString('en')} streams x ${tokensPerSecond} tokens a second, every token checked`,
    metrics,
    contestants: streamContestants((streamer) => measure(streamer, streams, tokensPerSecond)),
    rounds: 3,
  };
}

/** What a delivered token costs the server, the durable log included, while a hundred answers flow. */
export const streamsRow: Row = createStreamsRow({ id: 'streams', goal: 'server CPU per token at most 1.00 of raw SSE' }, 100, 200);

/** The same with many readers of slow answers. */
export const manyStreamsRow: Row = createStreamsRow({ id: 'many-streams', goal: 'server CPU per token at most 1.20 of raw SSE, none late' }, 1_000, 20);
