import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row } from '../harness.ts';
import { cpuTimes, serve } from '../process.ts';

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** From the start of the process to its first line that says where it serves, with a database that is there already. */
export const startRow: Row = {
  id: 'start',
  title: 'Cold start with an existing database',
  goal: 'under 1,000 ms',
  metrics: [{ name: 'ms to ready' }, { name: 'server CPU, ms' }, { name: 'PostgreSQL and other children, CPU ms' }],
  contestants: [
    {
      name: 'Colloquy',
      role: 'product',
      async start() {
        const folder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
        return {
          async measure() {
            const served = await serve(program, { DATA_FOLDER: folder, PORT: '0', LOG_LEVEL: 'info' });
            const { own, descendants } = cpuTimes(served.pid);
            await served.stop();
            return { 'ms to ready': served.startMs, 'server CPU, ms': own * 1_000, 'PostgreSQL and other children, CPU ms': descendants * 1_000 };
          },
          stop: () => rm(folder, { recursive: true, force: true }),
        };
      },
    },
  ],
};
