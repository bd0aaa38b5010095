import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import { refusal, startKit, type Kit } from './kit.ts';

// The guard is switched off here: what is refused, the locked process refuses.
let kit: Kit;
let own: QueryTable;
let foreign: QueryTable;

beforeAll(async () => {
  kit = await startKit({ isGuarded: false });
  own = await kit.table('own', 'SELECT 1 AS id');
  foreign = await kit.table('foreign', "SELECT 'a secret' AS label");
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

describe('D01 D02 the locked child, without its guard', () => {
  it('reads its own table', async () => {
    expect(await kit.rows('SELECT * FROM own', [own])).toEqual([[1]]);
  });

  it('refuses every file but its own', async () => {
    const secret = join(kit.folder, 'secret.txt');
    await writeFile(secret, 'a secret');
    for (const path of ['/etc/passwd', secret, foreign.path, `${own.path}/../foreign.parquet`, '/proc/self/environ', `${kit.folder}/*`]) {
      for (const call of ['read_csv', 'read_text', 'read_blob', 'read_parquet', 'glob', 'sniff_csv', 'parquet_metadata', 'read_json_auto', 'read_duckdb']) {
        const error = await refusal(kit.query(`SELECT * FROM ${call}('${path}')`, [own]));
        expect([call, path, error.code]).toEqual([call, path, 'SQL_NOT_ALLOWED']);
        expect(error.message).not.toContain(path);
        expect(error.message).not.toContain('secret');
      }
    }
  });

  it.each([
    ['COPY', (folder: string) => `COPY own TO '${folder}/out.csv'`],
    ['ATTACH', (folder: string) => `ATTACH '${folder}/out.db'`],
    ['EXPORT', (folder: string) => `EXPORT DATABASE '${folder}/out'`],
    ['INSTALL', () => 'INSTALL httpfs'],
    ['LOAD', () => 'LOAD httpfs'],
    ['SET', () => 'SET enable_external_access = true'],
    ['SET of the paths', () => "SET allowed_paths = ['/etc/passwd']"],
    ['PRAGMA', () => 'PRAGMA threads = 4'],
    ['SET of the folder for spilling', (folder: string) => `SET temp_directory = '${folder}'`],
  ])('refuses %s and writes nothing', async (_name, sql) => {
    const before = await kit.files();
    const error = await refusal(kit.query(sql(kit.folder), [own]));
    expect(['SQL_NOT_ALLOWED', 'SQL_INVALID']).toContain(error.code);
    expect(await kit.files()).toEqual(before);
  });

  it('starts every query in a fresh database: a macro of one does not reach the next', async () => {
    await kit.query('CREATE TEMP MACRO sum(x) AS 666', [own]);
    expect(await kit.rows('SELECT sum(id) FROM own', [own])).toEqual([[1]]);
  });

  it('has an environment in which no secret of the server stands', async () => {
    await kit.query('SELECT 1');
    const [processId] = kit.duckdb.processIds().query;
    const environment = await readFile(`/proc/${processId}/environ`, 'utf8');
    const names = environment
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => entry.split('=')[0]);
    expect(names.every((name) => ['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''))).toBe(true);
  });
});
