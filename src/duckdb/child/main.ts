import { rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { ChildMessage } from '../protocol.ts';
import { createWorkshop } from './workshop.ts';
import { parseArguments, parseParentMessage } from './inbox.ts';

const { folder, memoryBytes, threads, residentBytes } = parseArguments(process.argv.slice(2));
const send = (message: ChildMessage): void => void process.send?.(message);
const workshop = createWorkshop({ folder, memoryBytes, threads });

// DuckDB works on libuv's threads, so this loop stays free and hears the end of the parent even in the middle of a query. An orderly exit
// would wait for the native call: only a signal ends it.
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.kill(process.pid, 'SIGKILL');
});

process.on('message', (value: unknown) => {
  const message = parseParentMessage(value);
  if (message.kind === 'interrupt') {
    workshop.interrupt(message.id);
    return;
  }
  void workshop.run(message.id, message.job).then(send);
});

setInterval(() => {
  // The parent reads from this signal that it was the memory.
  if (process.memoryUsage.rss() > residentBytes) process.kill(process.pid, 'SIGUSR2');
}, 50);

// Ctrl-C and service managers signal the whole group. The server still wants the answers then, and ends us by ending itself.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

// The server's event loop goes first when the processor is short.
setPriority(10);
await workshop.warmUp();
send({ kind: 'ready' });
