import { rmSync } from 'node:fs';
import type { ChildMessage, Job } from '../protocol.ts';
import { createWorkshop } from './workshop.ts';
import { parseArguments, parseParentMessage } from './inbox.ts';
import { lowerPriority } from './priority.ts';
import { createWearGauge } from './wear.ts';

const { folder, memoryBytes, threads, residentBytes, longAfterMs, leftoverBytes } = parseArguments(process.argv.slice(2));
const send = (message: ChildMessage, sent = (): void => undefined): void => void process.send?.(message, sent);
// Only a signal ends it: an orderly exit would wait for the native call.
const end = (): void => void process.kill(process.pid, 'SIGKILL');

// The server's event loop goes first when the processor is short.
lowerPriority(5);
const workshop = createWorkshop({ folder, memoryBytes, threads });

// DuckDB works on libuv's threads, so this loop stays free and hears the end of the parent even in the middle of a query.
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  end();
});

async function perform(id: number, job: Job): Promise<void> {
  const timer = setTimeout(() => {
    // Short jobs of others go first from now on.
    lowerPriority(19);
    send({ kind: 'worn' });
  }, longAfterMs);
  const answer = await workshop.run(id, job, (fraction) => send({ kind: 'progress', id, fraction }));
  clearTimeout(timer);
  if (isWorn(answer)) send({ kind: 'worn' });
  send(answer);
}

process.on('message', (value: unknown) => {
  const message = parseParentMessage(value);
  if (message.kind === 'interrupt') workshop.interrupt(message.id);
  else void perform(message.id, message.job);
});

setInterval(() => {
  if (process.memoryUsage.rss() > residentBytes) send({ kind: 'memoryExceeded' }, end);
}, 20);

// Ctrl-C and service managers signal the whole group. The server still wants the answers then, and ends us by ending itself.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

await workshop.warmUp();
const isWorn = createWearGauge(leftoverBytes);
send({ kind: 'ready' });
