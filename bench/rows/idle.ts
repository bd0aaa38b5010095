// BENCH_SNAPSHOT=1 has the servers write a heap snapshot while all subscriptions are open, into the folder that the benchmark was started in.
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Measured, Row } from '../harness.ts';
import { residentBytes } from '../process.ts';
import { idleContestants, type Holder } from '../streaming/idle.ts';

const subscriptions = 2_000;
// Many first, so that what is loaded and compiled once does not count, nor that the young generation grows to its size.
const warmUp = 1_000;
const openedAtOnce = 25;
const memoryUsage = z.object({ heapUsed: z.number(), external: z.number() });
const collectTimeoutMs = 60_000;

/** What a server uses when its garbage is collected, in KB. */
async function memoryOf({ served, memoryFile }: Holder): Promise<{ readonly heap: number; readonly resident: number }> {
  await rm(memoryFile, { force: true });
  process.kill(served.pid, 'SIGUSR2');
  const askedAt = performance.now();
  while (performance.now() - askedAt < collectTimeoutMs) {
    const text = await readFile(memoryFile, 'utf8').catch(() => null);
    if (text === null) {
      await sleep(20);
      continue;
    }
    const { heapUsed, external } = memoryUsage.parse(JSON.parse(text));
    return { heap: (heapUsed + external) / 1_024, resident: residentBytes(served.pid) / 1_024 };
  }
  throw new Error(`The server ${served.pid} has not told its memory within ${collectTimeoutMs} ms.`);
}

async function measure(holder: Holder): Promise<Measured> {
  const closers: (() => void)[] = [];
  const lost: string[] = [];
  const openMany = async (count: number): Promise<void> => {
    for (let start = 0; start < count; start += openedAtOnce) {
      closers.push(...(await Promise.all(Array.from({ length: openedAtOnce }, () => holder.open((reason) => lost.push(reason))))));
    }
  };
  try {
    await openMany(warmUp);
    await sleep(1_000);
    const before = await memoryOf(holder);
    await openMany(subscriptions);
    await sleep(2_000);
    const after = await memoryOf(holder);
    if (process.env['BENCH_SNAPSHOT'] !== undefined) {
      process.kill(holder.served.pid, 'SIGUSR1');
      await sleep(6_000);
    }
    if (lost.length > 0) throw new Error(`${lost.length} of ${closers.length} subscriptions did not stay idle, the first because of: ${lost[0]}`);
    return {
      'heap and external, KB each': (after.heap - before.heap) / subscriptions,
      'resident, KB each': (after.resident - before.resident) / subscriptions,
    };
  } finally {
    for (const close of closers) close();
  }
}

/** What a subscription on which nothing happens costs the server in memory. */
export const idleRow: Row = {
  id: 'idle',
  title: `Memory of an idle subscription, ${subscriptions.toLocaleString('en')} of them`,
  goal: 'at most 25 KB over WebSocket, 30 KB over SSE',
  metrics: [
    { name: 'heap and external, KB each', digits: 1, ratio: 'value' },
    { name: 'resident, KB each', digits: 1, ratio: 'value' },
  ],
  contestants: idleContestants(measure),
  rounds: 3,
};
