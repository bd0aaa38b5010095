import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { eventually } from '../../kit/eventually.ts';
import { isPostgresProcess, readPostmasterFile } from '../../../src/stores/postmaster.ts';
import { createTemporaryFolder } from '../../kit/leftovers.ts';
import { giveUpMs } from '../../kit/patience.ts';
import { ask, impatient, start, startHolder } from './kit.ts';

async function postmasterOf(folder: string): Promise<number> {
  return (await readPostmasterFile(join(folder, 'postgres')))?.pid ?? 0;
}

/** Kills the postmaster and waits until another one answers. */
async function killAndAwaitRevival(folder: string, connectionString: string): Promise<void> {
  const killed = await postmasterOf(folder);
  process.kill(killed, 'SIGKILL');
  await vi.waitFor(
    async () => {
      expect(await ask(connectionString, 'SELECT 1')).toBe(1);
      expect(await postmasterOf(folder)).not.toBe(killed);
    },
    { timeout: giveUpMs },
  );
}

describe('R07 the embedded PostgreSQL is killed under its server', () => {
  it('is started again at the same address, with all that was committed, as often as it takes, and stops in the end', async () => {
    await using folder = await createTemporaryFolder();
    const postgres = await start(folder.path, { settings: {} });
    for (let round = 1; round <= 3; round += 1) {
      await ask(postgres.connectionString, `CREATE TABLE kept${round} AS SELECT ${round} AS number`);
      await killAndAwaitRevival(folder.path, postgres.connectionString);
      expect(await ask(postgres.connectionString, `SELECT number FROM kept${round}`)).toBe(round);
    }
    await vi.waitFor(async () => expect(await ask(postgres.connectionString, "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'")).toBe(1), {
      timeout: giveUpMs,
    });
    await expect(start(folder.path, impatient)).rejects.toThrow('is in use by another server');
    const last = await postmasterOf(folder.path);
    await postgres.stop();
    expect(await isPostgresProcess(last)).toBe(false);
  });

  it('is started again also when it was left by another server and taken over', async () => {
    await using folder = await createTemporaryFolder();
    const first = await startHolder(folder.path);
    await first.end('SIGKILL');
    const postgres = await start(folder.path);
    expect(postgres.adopted).toBe(true);
    await killAndAwaitRevival(folder.path, postgres.connectionString);
    await postgres.stop();
  });

  it('stays down when the server stops while it is being started again', async () => {
    await using folder = await createTemporaryFolder();
    const postgres = await start(folder.path);
    const killed = await postmasterOf(folder.path);
    process.kill(killed, 'SIGKILL');
    await eventually(async () => expect(await isPostgresProcess(killed)).toBe(false));
    await postgres.stop();
    // Started again and stopped in order it leaves no file.
    const left = await postmasterOf(folder.path);
    expect(left !== 0 && (await isPostgresProcess(left))).toBe(false);
  });
});
