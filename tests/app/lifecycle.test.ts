import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { createTemporaryFolder } from '../kit/leftovers.ts';

interface Started {
  readonly child: ChildProcess;
  /** Standard output and error so far. */
  output(): string;
  /** The address that the log tells; rejects when the process ends before. */
  readonly url: Promise<string>;
  readonly exited: Promise<number | null>;
}

/** `npm start`, without npm. */
function startMain(environment: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, ['src/main.ts'], { env: { PORT: '0', BCRYPT_COST: '4', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  url.catch(() => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    output += `${line}\n`;
    const address = /"url":"([^"]+)"/.exec(line)?.[1];
    if (address !== undefined) resolve(address);
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => {
    reject(new Error(output));
    return code ?? null;
  });
  return { child, output: () => output, url, exited };
}

describe('the product as a process', () => {
  it('starts with its own database, serves, stops with exit code 0, and comes back with what it knew', async () => {
    await using folder = await createTemporaryFolder();
    const first = startMain({ DATA_FOLDER: folder.path });
    const health = await (await fetch(`${await first.url}/health`)).json();
    expect(health).toMatchObject({ status: 'UP' });
    expect(first.output()).toContain('one-time set-up token');
    const register = { query: 'mutation { register(input: { email: "ada@example.org", password: "correct horse battery" }) { accessToken } }' };
    const headers = { 'content-type': 'application/json' };
    const registered = await (await fetch(`${await first.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(register) })).json();
    const token: string = registered.data.register.accessToken;
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);

    const second = startMain({ DATA_FOLDER: folder.path });
    const body = JSON.stringify({ query: '{ viewer { email } }' });
    const answer = await fetch(`${await second.url}/graphql`, { method: 'POST', headers: { ...headers, authorization: `Bearer ${token}` }, body });
    expect(await answer.json()).toEqual({ data: { viewer: { email: 'ada@example.org' } } });
    // Killed, it leaves its database running; the next start takes it over.
    second.child.kill('SIGKILL');
    await second.exited;
    const third = startMain({ DATA_FOLDER: folder.path });
    expect((await fetch(`${await third.url}/health/ready`)).status).toBe(200);
    expect(third.output()).toContain('"adopted":true');
    third.child.kill('SIGTERM');
    expect(await third.exited).toBe(0);
    for (const { output } of [first, second, third]) {
      expect(output()).not.toContain(token);
      expect(output()).not.toContain('correct horse battery');
    }
  });

  it('ends at once in production without a secret, and names the variable', async () => {
    await using folder = await createTemporaryFolder();
    const main = startMain({ DATA_FOLDER: folder.path, NODE_ENV: 'production' });
    expect(await main.exited).toBe(1);
    expect(main.output()).toContain('SECRET: is required in production');
    expect(main.output()).not.toContain('at parseConfig');
  });

  it('ends with words when its data folder is in use by another server', async () => {
    await using folder = await createTemporaryFolder();
    const first = startMain({ DATA_FOLDER: folder.path });
    await first.url;
    const second = startMain({ DATA_FOLDER: folder.path });
    expect(await second.exited).toBe(1);
    expect(second.output()).toMatch(/already|in use|another/i);
    expect(second.output()).not.toContain('    at ');
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
  });

  it('ends with words when the database cannot be reached', async () => {
    await using folder = await createTemporaryFolder();
    const main = startMain({ DATA_FOLDER: folder.path, DATABASE_URL: 'postgres://user:hidden@127.0.0.1:1/nothing' });
    expect(await main.exited).toBe(1);
    expect(main.output()).toContain('127.0.0.1');
    expect(main.output()).not.toContain('hidden');
  });
});
