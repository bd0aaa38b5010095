// Rows about requests: the load comes from a process of its own, and every answer is compared to the byte.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Measured, Metric, Running } from './harness.ts';
import { cpuTimes, type Served } from './process.ts';

const run = promisify(execFile);
const loadProgram = fileURLToPath(new URL('load.js', import.meta.url));
const loadResult = z.object({ requests: z.number(), requestsPerSecond: z.number(), p50Ms: z.number(), p99Ms: z.number() });

/** What is sent again and again. */
export interface Request {
  readonly query: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
  /** The data that must come, for whoever answers; the first answer is taken for right when it is absent. */
  readonly expected?: object;
}

/** What is measured of requests. The CPU of the server tells more than the rate where the machine does other things too. */
export const requestMetrics: readonly Metric[] = [
  { name: 'requests a second', ratio: 'value' },
  { name: 'server CPU, µs a request', digits: 1, ratio: 'inverse' },
  { name: 'PostgreSQL CPU, µs a request', digits: 1 },
  { name: 'p50 ms', digits: 1 },
  { name: 'p99 ms', digits: 1 },
];

async function firstAnswer(url: string, headers: Record<string, string>, body: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  if (response.status !== 200 || JSON.parse(text).errors !== undefined) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text;
}

/**
 * A contestant that answers a request at `/graphql`.
 *
 * @param databaseOwner the process whose descendant the PostgreSQL is that it asks; its own unless given
 */
export async function answering(served: Served, request: Request, databaseOwner: number = served.pid): Promise<Running> {
  const url = `${served.url}/graphql`;
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${request.token}` };
  const body = JSON.stringify({ query: request.query });
  const expected = await firstAnswer(url, headers, body);
  return {
    async measure(): Promise<Measured> {
      const before = { own: cpuTimes(served.pid).own, database: cpuTimes(databaseOwner).descendants };
      const { connections, seconds } = request;
      const { stdout } = await run(process.execPath, [loadProgram, JSON.stringify({ url, headers, body, expected, connections, seconds })]);
      const { requests, requestsPerSecond, p50Ms, p99Ms } = loadResult.parse(JSON.parse(stdout));
      const after = { own: cpuTimes(served.pid).own, database: cpuTimes(databaseOwner).descendants };
      return {
        'requests a second': requestsPerSecond,
        'server CPU, µs a request': ((after.own - before.own) * 1e6) / requests,
        'PostgreSQL CPU, µs a request': ((after.database - before.database) * 1e6) / requests,
        'p50 ms': p50Ms,
        'p99 ms': p99Ms,
      };
    },
    stop: () => served.stop(),
  };
}
