import { Worker } from 'node:worker_threads';

import { messageOf } from '../base/errors.ts';
import type { PlotReady, PlotReply, PlotRequest } from './plot-task.ts';

// This file is the entry of a child process, and never imported: it starts like main.ts does.
serve();

/**
 * Hands tasks on to a thread. The thread may hang or run out of memory, which ends this process and no other; this process stays awake
 * meanwhile, and hears when the server is gone.
 */
function serve(): void {
  const worker = new Worker(new URL('./plot-worker.ts', import.meta.url));
  const reply = (answer: PlotReply | PlotReady): void =>
    void process.send?.(answer.kind === 'ready' ? answer : { kind: 'reply', id: answer.id, reply: answer });
  process.on('message', (request: PlotRequest) => {
    worker.postMessage(request, []);
    worker.once('error', (error) => {
      const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      reply({
        id: request.id,
        kind: 'error',
        message: isMemory ? 'The plot needs more memory than is allowed. Aggregate more in the SQL.' : messageOf(error),
        isExpected: isMemory,
        issues: undefined,
      });
    });
  });
  worker.on('message', reply);
  worker.on('exit', () => process.disconnect());
  process.on('disconnect', () => process.exit(0));
}
