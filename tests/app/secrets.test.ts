import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { giveUpMs, patienceMs } from '../kit/patience.ts';

const good = 'kJ8f2LmQ9xVb4TzR7wYc1NsD6hGp3AeU';

/** Starts the product in production, and waits for its end. */
async function start(environment: Readonly<Record<string, string>>) {
  await using folder = await createTemporaryFolder();
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PORT: '0', DATA_FOLDER: folder.path, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // One that starts must not go on for ever; its exit code is null then.
  const limit = setTimeout(() => child.kill('SIGKILL'), giveUpMs);
  await once(child, 'close');
  clearTimeout(limit);
  return { exitCode: child.exitCode, output, elapsedMs: performance.now() - startedAt, made: await readdir(folder.path) };
}

const weak = {
  short: 'kJ8f2LmQ9xVb4Tz',
  'well-known': 'changeme-changeme-changeme-changeme',
  'too regular': 'abababababababababababababababababab',
};

describe('A10: in production the product does not start', () => {
  it('without a secret', async () => {
    const { exitCode, output } = await start({});
    expect(exitCode).toBe(1);
    expect(output).toContain('SECRET: is required in production');
  });

  it.each(Object.entries(weak))('with a secret that is %s, and never prints it', async (_kind, value) => {
    const { exitCode, output } = await start({ SECRET: value });
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^ {2}SECRET: /m);
    expect(output).not.toContain(value);
  });

  it.each(Object.entries(weak))('with a previous secret that is %s, and prints none of the secrets', async (_kind, value) => {
    const { exitCode, output } = await start({ SECRET: good, PREVIOUS_SECRETS: `${good}x,${value}` });
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^ {2}PREVIOUS_SECRETS: number 2: /m);
    expect(output).not.toContain(value);
    expect(output).not.toContain(good);
  });

  it('and says so within two seconds', async () => {
    // The fastest of three: the machine may be busy with other tests.
    const attempts = [await start({}), await start({ SECRET: weak.short }), await start({ SECRET: good, PREVIOUS_SECRETS: weak.short })];
    expect(Math.min(...attempts.map(({ elapsedMs }) => elapsedMs))).toBeLessThan(2_000 + patienceMs);
    // Nothing that takes time was begun before: no database, no folder.
    expect(attempts.flatMap(({ made }) => made)).toEqual([]);
  });
});
