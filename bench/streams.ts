// 200 concurrent streams of 50 tokens a second: gaps, first-token latency, memory. Also with paused readers.
//   node bench/streams.ts [streams] [tokens] [tokensPerSecond] [pausedReaders] [rampSeconds]
// SERVER_NODE_OPTIONS=--cpu-prof profiles the server.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGraphqlClient } from '../tests/kit/graphql-client.ts';
import { startServerProcess } from '../tests/kit/server-process.ts';
import { subscribeSse } from '../tests/kit/sse-client.ts';
import { openSocket } from '../tests/kit/websocket-client.ts';

const [streams = 200, tokens = 500, tokensPerSecond = 50, paused = 20, rampSeconds = 5] = process.argv.slice(2).map(Number);

function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

const folder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
const server = await startServerProcess({ DATA_FOLDER: folder, NODE_OPTIONS: process.env['SERVER_NODE_OPTIONS'] ?? '' });
const nobody = createGraphqlClient(server.url);
const { register } = await nobody.request(`mutation { register(input: { email: "bench@example.org", password: "correct horse battery" }) { accessToken } }`);
const token: string = register.accessToken;
const client = createGraphqlClient(server.url, { token });
const text = JSON.stringify({ tokens, tokensPerSecond });
const query = `subscription ($id: ID!, $after: Int!) { runEvents(runId: $id, after: $after) { __typename seq ... on TextDelta { text } } }`;

interface Outcome {
  readonly firstTokenMs: number;
  readonly lagMs: readonly number[];
  readonly isWhole: boolean;
}

/** Follows one run and checks every number and every token. */
async function follow(next: () => Promise<any>): Promise<Outcome> {
  let lastSeq = 0;
  let isWhole = true;
  let lastToken = 0;
  let pendingText = '';
  const lagMs: number[] = [];
  for (;;) {
    const event = await next();
    if (event.kind !== 'next') return { firstTokenMs: lagMs[0] ?? NaN, lagMs, isWhole: isWhole && lastToken === tokens };
    const { seq, text: piece } = event.result.data.runEvents;
    isWhole &&= seq === lastSeq + 1;
    lastSeq = seq;
    if (piece === undefined) continue;
    const now = performance.timeOrigin + performance.now();
    const words = (pendingText + piece).split(' ');
    pendingText = words.pop() ?? '';
    for (const word of words) {
      const [index, at] = word.split('@').map(Number);
      isWhole &&= index === lastToken + 1;
      lastToken = index ?? 0;
      lagMs.push(now - (at ?? 0));
    }
  }
}

const before = residentMegabytes(server.pid);
const cpuBefore = cpuSeconds(server.pid);
const startedAt = performance.now();
let peak = before;
const watch = setInterval(() => (peak = Math.max(peak, residentMegabytes(server.pid))), 100);
const socket = await openSocket(server.url, { token, timeoutMs: 120_000 });
const pausedSockets = await Promise.all(Array.from({ length: paused }, () => openSocket(server.url, { token, timeoutMs: 120_000 })));
const pausedReaders: Promise<Outcome>[] = [];
const outcomes = await Promise.all(
  Array.from({ length: streams }, async (_, index) => {
    // Streams of ten seconds of which 200 are open come in at 20 a second; the default ramp is twice as steep.
    await new Promise((resolve) => setTimeout(resolve, (index * 1_000 * rampSeconds) / streams));
    const { sendMessage } = await client.request(`mutation ($text: String!) { sendMessage(input: { text: $text }) { run { id } } }`, { text });
    const variables = { id: sendMessage.run.id, after: 0 };
    const sleeper = pausedSockets[index];
    if (sleeper !== undefined) {
      const slow = sleeper.subscribe(query, variables);
      sleeper.pause();
      pausedReaders.push(follow(() => slow.nextEvent()));
    }
    if (index % 2 === 0) {
      const subscription = socket.subscribe(query, variables);
      return follow(() => subscription.nextEvent());
    }
    const subscription = await subscribeSse(server.url, { query, variables, token, timeoutMs: 120_000 });
    return follow(() => subscription.nextEvent());
  }),
);
const elapsed = (performance.now() - startedAt) / 1_000;
const cpu = cpuSeconds(server.pid) - cpuBefore;
for (const sleeper of pausedSockets) sleeper.resume();
const late = await Promise.all(pausedReaders);
clearInterval(watch);
const first = outcomes.map((outcome) => outcome.firstTokenMs);
const lag = outcomes.flatMap((outcome) => outcome.lagMs);
console.log({
  streams,
  tokens,
  tokensPerSecond,
  rampSeconds,
  pausedReaders: late.length,
  whole: outcomes.filter((outcome) => outcome.isWhole).length,
  wholePaused: late.filter((outcome) => outcome.isWhole).length,
  elapsedSeconds: elapsed.toFixed(1),
  firstTokenMs: { p50: quantile(first, 0.5).toFixed(1), p99: quantile(first, 0.99).toFixed(1) },
  tokenLagMs: { p50: quantile(lag, 0.5).toFixed(1), p99: quantile(lag, 0.99).toFixed(1) },
  serverCpuSeconds: cpu.toFixed(2),
  serverMegabytes: { before: before.toFixed(0), peak: peak.toFixed(0), after: residentMegabytes(server.pid).toFixed(0) },
});
await server.stop();
await rm(folder, { recursive: true, force: true });
process.exit(outcomes.every((outcome) => outcome.isWhole) && late.every((outcome) => outcome.isWhole) ? 0 : 1);
