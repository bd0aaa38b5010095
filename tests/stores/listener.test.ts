import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { createListener, type Listener, type ListenerOptions } from '../../src/stores/listener.ts';
import { startDatabaseProxy } from '../kit/database-proxy.ts';
import { createTestDatabase, runSql } from '../kit/database.ts';
import { giveUpMs, patienceMs } from '../kit/patience.ts';

interface Watch extends Listener, AsyncDisposable {
  /** The next thing that is heard: `channel:payload`, or `reconnected`. */
  next(): Promise<string>;
}

function listen(connectionString: string, options: Partial<ListenerOptions> = {}): Watch {
  const heard: string[] = [];
  let wake = Promise.withResolvers<void>();
  const hear = (fact: string): void => {
    heard.push(fact);
    wake.resolve();
    wake = Promise.withResolvers();
  };
  const listener = createListener({
    connectionString,
    channels: ['run_events', 'Odd "name"'],
    onNotification: (channel, payload) => hear(`${channel}:${payload}`),
    onReconnect: () => hear('reconnected'),
    logger: createLogger({ level: 'silent' }),
    connectTimeoutMs: giveUpMs,
    answerTimeLimitMs: giveUpMs,
    ...options,
  });
  return {
    ...listener,
    async next() {
      while (heard.length === 0) await wake.promise;
      return heard.shift() ?? '';
    },
    [Symbol.asyncDispose]: async () => listener.close(),
  };
}

async function readOne(connectionString: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0];
  } finally {
    await client.end();
  }
}

test('hears what is notified on its channels, in order', async () => {
  await using test = await createTestDatabase({ isMigrated: false });
  await using listener = listen(test.connectionString);
  await listener.ready;
  await runSql(test.connectionString, 'NOTIFY run_events, \'one\'; NOTIFY other, \'no\'; NOTIFY run_events; NOTIFY "Odd ""name""", \'two\'');
  expect([await listener.next(), await listener.next(), await listener.next()]).toEqual(['run_events:one', 'run_events:', 'Odd "name":two']);
});

test('comes back after a cut, says so, and hears what follows', async () => {
  await using test = await createTestDatabase({ isMigrated: false });
  await using proxy = await startDatabaseProxy(test.connectionString);
  await using listener = listen(proxy.connectionString);
  await listener.ready;
  for (const round of ['first', 'second']) {
    proxy.cut();
    expect(await listener.next()).toBe('reconnected');
    await runSql(test.connectionString, `NOTIFY run_events, '${round}'`);
    expect(await listener.next()).toBe(`run_events:${round}`);
  }
});

test('notices a server that is frozen, and is back when it is', async () => {
  await using test = await createTestDatabase({ isMigrated: false });
  await using proxy = await startDatabaseProxy(test.connectionString);
  const { promise: noticed, resolve } = Promise.withResolvers<void>();
  const logger = createLogger({ level: 'warn', destination: { write: () => resolve() } });
  await using listener = listen(proxy.connectionString, { heartbeatMs: 50, answerTimeLimitMs: 200, connectTimeoutMs: 500, maxBackoffMs: 50, logger });
  await listener.ready;
  proxy.freeze();
  await noticed;
  proxy.thaw();
  expect(await listener.next()).toBe('reconnected');
});

test('a quiet connection stays', async () => {
  await using test = await createTestDatabase({ isMigrated: false });
  await using listener = listen(test.connectionString, { heartbeatMs: 10 });
  await listener.ready;
  await runSql(test.connectionString, 'SELECT pg_sleep(0.1)');
  await runSql(test.connectionString, "NOTIFY run_events, 'still here'");
  expect(await listener.next()).toBe('run_events:still here');
});

test('is ready late when the server comes late', async () => {
  await using test = await createTestDatabase({ isMigrated: false });
  await using proxy = await startDatabaseProxy(test.connectionString);
  await proxy.close();
  await using listener = listen(proxy.connectionString, { maxBackoffMs: 50 });
  await proxy.reopen();
  await listener.ready;
  await runSql(test.connectionString, "NOTIFY run_events, 'hello'");
  expect(await listener.next()).toBe('run_events:hello');
});

test('closes at once: while it listens, while it connects, and while it waits for the next attempt', async () => {
  await using test = await createTestDatabase({ isMigrated: false });
  await using proxy = await startDatabaseProxy(test.connectionString);
  const startedAt = performance.now();
  // What it would wait for otherwise: an answer, a connection, the next attempt.
  const slow = { heartbeatMs: 30_000, answerTimeLimitMs: 30_000, connectTimeoutMs: 30_000 };
  const listening = listen(proxy.connectionString, slow);
  await listening.ready;
  await listening.close();
  proxy.freeze();
  const connecting = listen(proxy.connectionString, slow);
  await connecting.close();
  await connecting.ready;
  await proxy.close();
  const waiting = listen(proxy.connectionString, slow);
  await waiting.close();
  expect(performance.now() - startedAt).toBeLessThan(2_000 + patienceMs);
  const left = "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'colloquy listener' AND datname = current_database()";
  while ((await readOne(test.connectionString, left)) !== 0);
});
