import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { delay } from '../../src/base/async.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createDuckdb } from '../../src/duckdb/duckdb.ts';
import { childrenOf, commandOf } from '../kit/child-processes.ts';
import { eventually } from '../kit/eventually.ts';
import { giveUpMs, patienceMs } from '../kit/patience.ts';
import { goneWithin, limitsWith, refusal, startKit } from './kit.ts';

const endless = 'SELECT sum(range) FROM range(1000000000000)';
const deaf = "SELECT sum(levenshtein(repeat('ab', 20000 + range::INT % 7), repeat('ba', 20000))) FROM range(1000)";

/** Waits until the number of children is right. */
async function settled(count: () => number, expected: number): Promise<void> {
  await eventually(() => expect(count()).toBe(expected));
}

describe('D06: the end of a child', () => {
  it('is told to its caller alone, and the pool fills up again', async () => {
    await using kit = await startKit();
    await kit.query('SELECT 1');
    await settled(() => kit.duckdb.processIds().query.length, 2);
    const before = kit.duckdb.processIds().query;
    const victim = refusal(kit.query(endless, [], undefined, 'victim'));
    // The child of the victim is the one that uses the processor.
    const busy = await busiest(before);
    const neighbour = kit.query('SELECT count(*) FROM range(50000000)', [], undefined, 'neighbour');
    process.kill(busy, 'SIGKILL');
    expect(await victim).toMatchObject({ code: 'QUERY_CRASHED', message: expect.stringContaining('Nothing else was harmed') });
    expect((await neighbour).rows).toEqual([[50_000_000]]);
    await settled(() => kit.duckdb.processIds().query.filter((processId) => processId !== busy).length, 2);
    await eventually(() => expect(kit.duckdb.processIds().query).not.toContain(busy));
    expect(await kit.rows('SELECT 42')).toEqual([[42]]);
  });

  it('comes after a job that was stopped in the middle: what that has left of the memory is no trouble of the next one', async () => {
    // Time enough to hear of the interrupt, so that the process would live on.
    await using kit = await startKit({ limits: { ...limitsWith({}), interruptGraceMs: 30_000 } });
    await kit.query('SELECT 1');
    await settled(() => kit.duckdb.processIds().query.length, 2);
    const before = kit.duckdb.processIds().query;
    const stopped = kit.duckdb.query({ tables: [], sql: endless, timeoutMs: 150, userKey: 'user' }, new AbortController().signal);
    expect((await refusal(stopped)).code).toBe('SQL_TIMEOUT');
    await settled(() => before.filter((processId) => kit.duckdb.processIds().query.includes(processId)).length, 1);
    expect(await kit.rows('SELECT 42')).toEqual([[42]]);
  });

  it.each([
    ['deeply nested JSON', "SELECT json_structure(repeat('[', 200000) || repeat(']', 200000))"],
    ['a deeply nested expression', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['a deeply nested list', `SELECT ${'['.repeat(5_000)}1${']'.repeat(5_000)}`],
  ])('comes from %s, or the SQL is refused; the next query works', async (_name, sql) => {
    await using kit = await startKit();
    expect((await refusal(kit.query(sql))).code).toMatch(/^(QUERY_CRASHED|SQL_INVALID|SQL_TOO_LARGE|SQL_NOT_ALLOWED)$/);
    expect(await kit.rows('SELECT 42')).toEqual([[42]]);
  });

  it('comes from functions that the guard refuses, and is survived without the guard too', async () => {
    await using kit = await startKit({ isGuarded: false });
    const attacks = [
      `SELECT * FROM check_peg_parser('${'('.repeat(100_000)}')`,
      `SELECT * FROM sql_auto_complete('${'SELECT ('.repeat(20_000)}')`,
      "SELECT * FROM enable_logging(storage := 'file')",
    ];
    for (const sql of attacks) {
      await kit.query(sql).catch(() => undefined);
      expect(await kit.rows('SELECT 42')).toEqual([[42]]);
    }
  });

  it('comes after the hundredth job, without anyone noticing', async () => {
    await using kit = await startKit({ limits: limitsWith({ workers: 1, jobsPerChild: 3 }) });
    await kit.query('SELECT 1');
    const [first] = kit.duckdb.processIds().query;
    for (let job = 0; job < 6; job += 1) expect(await kit.rows(`SELECT ${job}`)).toEqual([[job]]);
    expect(kit.duckdb.processIds().query).not.toContain(first);
  });
});

describe('what is left behind', () => {
  it('is nothing after closing: no process, no folder', async () => {
    await using kit = await startKit();
    await kit.query('SELECT 1');
    await settled(() => kit.duckdb.processIds().query.length, 2);
    const processIds = kit.duckdb.processIds().query;
    await settled(() => kit.duckdb.processIds().ingest.length, 1);
    await eventually(async () => expect(await kit.childFolders()).toHaveLength(3));
    const running = refusal(kit.query(endless));
    await busiest(processIds);
    await kit.duckdb.close();
    expect((await running).code).toBe('QUERY_CRASHED');
    for (const processId of processIds) expect(await goneWithin(processId, 1_000 + patienceMs)).toBe(true);
    expect(await kit.childFolders()).toEqual([]);
    expect((await refusal(kit.query('SELECT 1'))).code).toBe('SERVICE_UNAVAILABLE');
  });

  it.skipIf(process.platform !== 'linux')('is not waited for when it has not even started', async () => {
    const slow = await startKit({ limits: { ...limitsWith({}), spawnTimeoutMs: 10 * giveUpMs } });
    const starting = await eventually(() => {
      const found = childrenOf(process.pid).filter((pid) => commandOf(pid).includes(slow.tempFolder));
      expect(found.length).toBeGreaterThan(1);
      return found;
    });
    for (const processId of starting) process.kill(processId, 'SIGSTOP');
    const closing = slow.duckdb.close().then(() => 'closed');
    expect(await Promise.race([closing, setTimeout(giveUpMs, 'too late', { ref: false })])).toBe('closed');
    for (const processId of starting) expect(await goneWithin(processId, patienceMs)).toBe(true);
    expect(await slow.childFolders()).toEqual([]);
    await slow[Symbol.asyncDispose]();
  });

  it.each([
    ['a long query', endless],
    ['a function that hears nothing', deaf],
  ])('is no orphan when the server is killed in %s', async (_name, sql) => {
    const folder = await mkdtemp(join(tmpdir(), 'colloquy-orphan-'));
    const parent = spawn(process.execPath, [fileURLToPath(new URL('./orphan-parent.ts', import.meta.url)), folder, sql], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = await once(parent.stdout, 'data');
      const processIds: number[] = JSON.parse(String(line));
      expect(processIds.length).toBeGreaterThan(0);
      await delay(300);
      parent.kill('SIGKILL');
      for (const processId of processIds) expect(await goneWithin(processId, giveUpMs)).toBe(true);
      // One that was still starting is in no list.
      await eventually(async () => expect(await readdir(folder)).toEqual([]));
    } finally {
      parent.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is swept at the next start, when even the child could not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'colloquy-sweep-'));
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    await mkdir(join(folder, `duckdb-${gone.pid}-abc123`));
    await mkdir(join(folder, `duckdb-${process.pid}-abc123`));
    await mkdir(join(folder, 'something-else'));
    const duckdb = await createDuckdb({ tempFolder: folder, log: createLogger({ level: 'silent' }) });
    await duckdb.close();
    expect((await readdir(folder)).toSorted()).toEqual([`duckdb-${process.pid}-abc123`, 'something-else']);
    await rm(folder, { recursive: true });
  });
});

/** The first process that uses a tenth of a second of the processor from now on. (proc(5), fields 14 and 15 of stat, in hundredths.) */
async function busiest(processIds: readonly number[]): Promise<number> {
  const timeOf = async (processId: number): Promise<number> => {
    const fields = (await readFile(`/proc/${processId}/stat`, 'utf8')).split(' ');
    return Number(fields[13]) + Number(fields[14]);
  };
  const before = new Map(await Promise.all(processIds.map(async (processId) => [processId, await timeOf(processId)] as const)));
  return eventually(async () => {
    for (const [processId, time] of before) if ((await timeOf(processId)) - time >= 10) return processId;
    throw new Error('none of them computes');
  });
}
