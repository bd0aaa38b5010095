import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Client } from 'pg';
import { z } from 'zod';
import { createLogger } from '../../../src/base/logger.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from '../../../src/stores/embedded-postgres.ts';
import { giveUpMs } from '../../kit/patience.ts';

const saying = z.object({
  connectionString: z.string().default(''),
  adopted: z.boolean().nullable().default(null),
  failure: z.string().nullable().default(null),
});

/** Another server process, after it has said how its start went. */
export interface Holder extends z.infer<typeof saying> {
  readonly pid: number;
  /** Sends a signal and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts another server process on a data folder. */
export async function startHolder(dataFolder: string): Promise<Holder> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('holder.ts', import.meta.url)), dataFolder], { stdio: ['ignore', 'pipe', 'inherit'] });
  // A test that fails half way must not leave a process behind, which would keep the whole run from ending.
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [line] = await once(createInterface(child.stdout), 'line');
  return {
    ...saying.parse(JSON.parse(String(line))),
    pid: child.pid ?? 0,
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** For a start that is to be refused, because another server uses the folder. */
export const impatient = { lockTimeLimitMs: 300 } as const;

/** Starts the embedded PostgreSQL in this process, without the care for disks. The connections of a server that was killed may live on for a while. */
export async function start(dataFolder: string, options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataFolder, logger: createLogger({ level: 'silent' }), settings: { fsync: 'off' }, lockTimeLimitMs: giveUpMs, ...options });
}

/** Asks one question on a connection of its own. */
export async function ask(connectionString: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString, connectionTimeoutMillis: giveUpMs });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}
