import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainReport } from '../../src/base/reading.ts';
import { AppError } from '../../src/base/errors.ts';
import { eventually } from '../kit/eventually.ts';
import { giveUpMs } from '../kit/patience.ts';
import { limitsWith, refusal, startKit, type Kit } from './kit.ts';

let kit: Kit;
let good: Buffer;

beforeAll(async () => {
  kit = await startKit({ limits: limitsWith({ workers: 1, warm: 1 }) });
  const table = await kit.table(
    'original',
    "SELECT range AS id, 'label ' || range AS label, [range, range + 1] AS pair, {a: range} AS nested, DATE '2024-01-01' + range::INT AS day, range::DECIMAL(10,2) / 4 AS share, (range / 10)::FLOAT AS tenth FROM range(100)",
  );
  good = await readFile(table.path);
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

describe('Parquet', () => {
  it('is written anew with all its types', async () => {
    const result = await kit.ingest('good.parquet', good);
    expect(result.rowCount).toBe(100);
    expect(result.columns.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'BIGINT'],
      ['label', 'VARCHAR'],
      ['pair', 'BIGINT[]'],
      ['nested', 'STRUCT(a BIGINT)'],
      ['day', 'DATE'],
      ['share', 'DOUBLE'],
      ['tenth', 'FLOAT'],
    ]);
    expect(result.previewRows[1]).toEqual([1, 'label 1', [1, 2], { a: 1 }, '2024-01-02', 0.25, 0.1]);
    expect(await kit.rows('SELECT * FROM data LIMIT 50', [result.table])).toEqual(result.previewRows);
    expect(result.report).toEqual(plainReport);
    expect(await kit.rows('SELECT sum(id), sum(nested.a), sum(pair[2]) FROM data', [result.table])).toEqual([[4950, 4950, 5050]]);
    expect(await readFile(result.table.path)).not.toEqual(good);
  });

  it('is unpacked from gzip', async () => {
    expect((await kit.ingest('packed.parquet', gzipSync(good), { compression: 'gzip' })).rowCount).toBe(100);
  });

  it.each<[string, () => Buffer | string, string]>([
    ['nothing', () => '', 'The file is empty.'],
    ['a text', () => 'a,b\n1,2\n', 'does not begin with PAR1'],
    ['a web page', () => '<!DOCTYPE html>', 'does not begin with PAR1'],
    ['half a file', () => good.subarray(0, good.length / 2), 'cut off'],
    ['a file without its last byte', () => good.subarray(0, -1), 'cut off'],
    ['marks around nothing', () => 'PAR1PAR1', 'cut off'],
    ['marks around junk', () => `PAR1${'junk'.repeat(100)}\u0010\u0000\u0000\u0000PAR1`, 'cannot be read'],
    ['a footer of another length', () => Buffer.concat([good.subarray(0, -8), Buffer.from([0xff, 0xff, 0xff, 0x7f]), good.subarray(-4)]), 'cannot be read'],
    ['an encrypted file', () => Buffer.concat([Buffer.from('PARE'), good.subarray(4, -4), Buffer.from('PARE')]), 'encrypted'],
  ])('U02 refuses %s, names no path and leaves no file', async (_name, content, reason) => {
    const error = await refusal(kit.ingest('bad.parquet', content()));
    expect(error.code).toBe('UNSUPPORTED_FILE');
    expect(error.message).toContain(reason);
    expect(error.message).not.toContain(kit.folder);
    expect((await kit.files()).filter((name) => name.startsWith('bad'))).toEqual([]);
  });

  it('survives every file with a damaged byte in its footer or data', async () => {
    for (let damaged = 0; damaged < 12; damaged += 1) {
      const copy = Buffer.from(good);
      const place = 4 + Math.floor(((good.length - 12) * damaged) / 12);
      copy[place] = (copy[place] ?? 0) ^ 0xff;
      const outcome = await kit.ingest('damaged.parquet', copy).catch((error: unknown) => error);
      if (!(outcome instanceof AppError)) continue;
      expect(outcome.code).toBe('UNSUPPORTED_FILE');
      expect(outcome.message).not.toContain(kit.folder);
    }
    expect((await kit.ingest('after.parquet', good)).rowCount).toBe(100);
  });
});

describe('paths', () => {
  it('may be relative to the folder of the server, and may hold brackets, quotes and stars', async () => {
    const odd = join(relative(process.cwd(), kit.folder), "o'dd [a-z]*");
    await mkdir(odd);
    await writeFile(join(odd, 'source'), 'a\n1\n');
    await using own = await startKit({ tempFolder: join(odd, 'temp'), limits: limitsWith({ workers: 1, warm: 0 }, { warm: 0 }) });
    const signal = new AbortController().signal;
    const targetPath = join(odd, 'target.parquet');
    await own.duckdb.ingest({ sourcePath: join(odd, 'source'), format: 'CSV', targetPath, userKey: 'user' }, signal);
    expect(await own.rows('SELECT * FROM t', [{ name: 't', path: targetPath }])).toEqual([[1]]);
  });
});

describe('an ingest that does not finish', () => {
  const slow = `n,x\n${'1,some text of a row that is read\n'.repeat(600_000)}`;

  it('tells how far it is, leaves no file when its caller aborts, and the next one runs', async () => {
    const sourcePath = join(kit.folder, 'slow-source');
    // Long enough that it is looked at before it is over, on any machine.
    await writeFile(sourcePath, slow.repeat(5));
    const controller = new AbortController();
    const targetPath = join(kit.folder, 'aborted.parquet');
    const told: number[] = [];
    const work = kit.duckdb.ingest({ sourcePath, format: 'CSV', targetPath, userKey: 'user' }, controller.signal, (fraction) => {
      told.push(fraction);
      controller.abort(new Error('the reader left'));
    });
    await expect(work).rejects.toThrow('the reader left');
    expect(told[0]).toBeGreaterThan(0);
    expect(told[0]).toBeLessThanOrEqual(1);
    expect((await kit.ingest('next.csv', 'a\n1\n')).rowCount).toBe(1);
    expect((await kit.files()).filter((name) => name.startsWith('aborted'))).toEqual([]);
  });

  it('leaves no file when its process is killed, and queries go on meanwhile', async () => {
    const work = refusal(kit.ingest('killed.csv', slow.repeat(5)));
    const startedAt = performance.now();
    while (!(await kit.files()).includes('killed.csv.parquet.partial')) {
      expect(performance.now() - startedAt).toBeLessThan(giveUpMs);
      expect(await kit.rows('SELECT 42')).toEqual([[42]]);
    }
    const killed = kit.duckdb.processIds().ingest;
    for (const processId of killed) process.kill(processId, 'SIGKILL');
    expect(await work).toMatchObject({ code: 'UNSUPPORTED_FILE', message: expect.stringContaining('ended the process') });
    expect((await kit.files()).filter((name) => name.startsWith('killed'))).toEqual([]);
    // The one that waited for the next file was killed as well, and is to be known as gone.
    await eventually(() => expect(kit.duckdb.processIds().ingest.filter((processId) => killed.includes(processId))).toEqual([]));
    expect((await kit.ingest('next.csv', 'a\n1\n')).rowCount).toBe(1);
  });

  it('ends at its limit of time', async () => {
    await using short = await startKit({ limits: limitsWith({ workers: 1, warm: 0 }, { timeoutMs: 100 }) });
    expect(await refusal(short.ingest('late.csv', slow))).toMatchObject({ code: 'SQL_TIMEOUT', message: expect.stringContaining('100 ms') });
    expect((await short.files()).filter((name) => name.startsWith('late'))).toEqual([]);
  });

  it('ends where a packed file becomes too large', async () => {
    const limits = limitsWith({ workers: 1, warm: 0 });
    await using small = await startKit({ limits: { ...limits, ingest: { ...limits.ingest, maxExpandedBytes: 1_000_000 } } });
    expect(await refusal(small.ingest('bomb.csv', gzipSync(slow), { compression: 'gzip' }))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining('1000000 bytes'),
    });
  });

  it('is refused where the table has too many columns', async () => {
    const names = Array.from({ length: 501 }, (_, index) => `c${index}`).join(',');
    expect(await refusal(kit.ingest('wide.csv', `${names}\n${names}\n`))).toMatchObject({
      code: 'UNSUPPORTED_FILE',
      message: expect.stringContaining('501 columns; at most 500'),
    });
  });
});
