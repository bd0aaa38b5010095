import { expect, test } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { createHealth, type Health } from '../../src/services/health.ts';
import { patienceMs } from '../kit/patience.ts';
import { startServer } from './test-server.ts';

const startedAt = new Date('2026-11-20T10:00:00Z');
const clock = { now: () => new Date('2026-11-20T10:01:30Z') };
const logger = createLogger({ level: 'silent' });
const healthOf = (checks: Record<string, () => Promise<void>>): Health =>
  createHealth({ checks, version: '1.2.3', clock, startedAt, logger, checkTimeoutMs: 100 });
const ask = async (url: string, path: string) => {
  const response = await fetch(`${url}${path}`);
  return [response.status, await response.json()] as const;
};

test('health tells status, version, uptime and the latency of every service', async () => {
  await using server = await startServer({ health: healthOf({ database: async () => {} }) });
  expect(await ask(server.url, '/health')).toEqual([
    200,
    { status: 'UP', version: '1.2.3', uptimeSeconds: 90, services: [{ name: 'database', status: 'UP', latencyMs: 0 }] },
  ]);
  expect(await ask(server.url, '/health/live')).toEqual([200, { status: 'UP' }]);
  expect(await ask(server.url, '/health/ready')).toEqual([200, { status: 'UP' }]);
});

test('a database that is down makes the server not ready, leaves it alive, and its words stay in the log', async () => {
  await using server = await startServer({ health: healthOf({ database: () => Promise.reject(new Error('password of postgres is wrong')) }) });
  const [status, report] = await ask(server.url, '/health');
  expect([status, report.status]).toEqual([503, 'DOWN']);
  expect(JSON.stringify(report)).not.toContain('password');
  expect((await ask(server.url, '/health/ready'))[0]).toBe(503);
  expect((await ask(server.url, '/health/live'))[0]).toBe(200);
});

test('a database that hangs counts as down in bounded time', async () => {
  await using server = await startServer({ health: healthOf({ database: () => new Promise(() => {}) }) });
  const beganAtMs = performance.now();
  expect((await ask(server.url, '/health/ready'))[0]).toBe(503);
  expect(performance.now() - beganAtMs).toBeLessThan(100 + patienceMs);
});

test('probes at the same time share one check', async () => {
  let checks = 0;
  const health = healthOf({
    database: async () => {
      checks += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
  });
  await Promise.all(Array.from({ length: 50 }, () => health.report()));
  expect(checks).toBe(1);
});
