import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import { giveUpMs } from '../kit/patience.ts';
import { functions } from './attacks/functions.ts';
import { readings } from './attacks/readings.ts';
import { nonsense, statements } from './attacks/statements.ts';
import { limitsWith, refusal, startKit, type Kit } from './kit.ts';

const secret = 'the secret of somebody else';
const limits = limitsWith({ timeoutMs: 5_000 });

let guarded: Kit;
let bare: Kit;
let own: QueryTable;
let untouched: Awaited<ReturnType<typeof everything>>;

beforeAll(async () => {
  guarded = await startKit();
  bare = await startKit({ limits, isGuarded: false });
  own = await guarded.table('own', "SELECT 1 AS id, 'mine' AS label");
  await guarded.table('foreign', `SELECT '${secret}' AS label`);
  await writeFile(join(guarded.folder, 'secret.csv'), `label\n${secret}\n`);
  await symlink(join(guarded.folder, 'secret.csv'), join(guarded.folder, 'link.csv'));
  untouched = await everything();
});

afterAll(async () => {
  await guarded[Symbol.asyncDispose]();
  await bare[Symbol.asyncDispose]();
});

function fill(sql: string): string {
  return sql
    .replaceAll('{file}', join(guarded.folder, 'secret.csv'))
    .replaceAll('{link}', join(guarded.folder, 'link.csv'))
    .replaceAll('{foreign}', join(guarded.folder, 'foreign.parquet'))
    .replaceAll('{own}', own.path)
    .replaceAll('{folder}', guarded.folder);
}

/** Every file within reach of the children and what it holds, but for what the children themselves keep. */
async function everything(): Promise<readonly (readonly [string, string])[]> {
  const names = (await readdir(guarded.folder, { withFileTypes: true })).filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.toSorted().map(async (name) => [name, await readFile(join(guarded.folder, name), 'base64')] as const));
}

/** What somebody learns from a query: its rows, or the message of its refusal. */
async function told(kit: Kit, sql: string): Promise<string> {
  const answer = await kit.query(sql, [own]).catch((error: unknown) => String(error));
  return typeof answer === 'string' ? answer : JSON.stringify(answer);
}

describe.each([
  ['D01', 'a statement that is no SELECT', statements, 'SQL_NOT_ALLOWED'],
  ['D01', 'what is no SQL', nonsense, 'SQL_INVALID'],
  ['D02', 'a SELECT that reads what is not its own', readings, 'SQL_NOT_ALLOWED'],
  ['D02', 'a SELECT with a function that does more than compute', functions, 'SQL_NOT_ALLOWED'],
])('%s: %s', (_id, _what, attacks, code) => {
  it.each(attacks.map((sql) => [sql.slice(0, 120), sql] as const))('is refused: %s', async (_title, sql) => {
    const error = await refusal(guarded.query(fill(sql), [own]));
    expect(error.code).toBe(code);
    const [reason = ''] = error.message.split('\n\nLINE ');
    expect(reason).not.toMatch(/passwd|root:|secret\.csv|secret of|\.parquet|Stack Trace|\/tmp|node_modules/);
    expect(error.issues?.[0]?.message).toBe(reason);
  });
});

describe('D01 D02: after all attacks', () => {
  it('everything is as it was, and the next query works', async () => {
    expect(await everything()).toEqual(untouched);
    expect(await guarded.rows('SELECT * FROM own', [own])).toEqual([[1, 'mine']]);
    // The folder of a child that has just died is wiped a moment later.
    const childFolders = async () =>
      expect(await guarded.childFolders()).toHaveLength(guarded.duckdb.processIds().query.length + guarded.duckdb.processIds().ingest.length);
    await vi.waitFor(childFolders, { timeout: giveUpMs });
  });

  // Nobody's secret is told and nothing is written even where the guard is out of the way: the process is the wall.
  it.each([
    ['D01', 'statements', statements],
    ['D02', 'readings', readings],
    ['D02', 'functions', functions.filter((sql) => !sql.includes('sleep'))],
  ])('%s: the locked process holds by itself against %s', async (_id, _name, attacks) => {
    for (const sql of attacks) {
      const answer = await told(bare, fill(sql));
      expect([sql, answer.includes(secret) || answer.includes('root:x:') || answer.includes('Stack Trace')]).toEqual([sql, false]);
    }
    expect(await everything()).toEqual(untouched);
    expect(await bare.rows('SELECT * FROM own', [own])).toEqual([[1, 'mine']]);
  });
});
