import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import { fileKindOf } from '../../src/services/upload/file-name.ts';
import { limitsWith, startKit, type Kit } from './kit.ts';
import { makeSamples, mutantOf, type Sample } from './mutants.ts';

// `npm run test:fuzz` tries thousands, each in a process of its own as the product does it. Here many go through one process, which hides
// nothing: what a file does to it shows in the files after it.
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 32);
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1);
const isLong = rounds > 100;

let kit: Kit;
let samples: readonly Sample[];
let neighbour: QueryTable;

beforeAll(async () => {
  kit = await startKit({ limits: limitsWith({}, { timeoutMs: 60_000, workers: 2, warm: 2, maxRunningPerUser: 2, jobsPerChild: isLong ? 1 : 20 }) });
  samples = await makeSamples();
  neighbour = await kit.table('neighbour', 'SELECT 42 AS answer');
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

/** What came of a mutant: a table of so many rows, or the code and message of a refusal. */
type Outcome = { readonly rows: number } | { readonly code: string; readonly message: string };

async function outcomeOf(seed: number): Promise<Outcome> {
  const { name, bytes, what } = mutantOf(samples, seed);
  const sourcePath = join(kit.folder, `source-${seed}`);
  const targetPath = join(kit.folder, `target-${seed}.parquet`);
  const { format, compression } = fileKindOf(name);
  await writeFile(sourcePath, bytes);
  try {
    const { rowCount } = await kit.duckdb.ingest({ sourcePath, format, compression, targetPath, userKey: 'fuzz' }, new AbortController().signal);
    // What was read must be readable: its size, and every value.
    const table = { name: 'data', path: targetPath };
    expect([what, await kit.rows('SELECT count(*) FROM data', [table])]).toEqual([what, [[rowCount]]]);
    await kit.query('SELECT * FROM data', [table]);
    return { rows: rowCount };
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw new Error(`not a clean failure of ${what}`, { cause: error });
  }
}

describe(`U02 D06: ${rounds} damaged files`, () => {
  it(
    'each end in a table or in a clean refusal, and nothing else notices',
    async () => {
      const seeds = Array.from({ length: rounds }, (_, index) => firstSeed + index);
      const outcomes: (Outcome & { readonly seed: number })[] = [];
      const work = async (): Promise<void> => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) outcomes.push({ seed, ...(await outcomeOf(seed)) });
      };
      await Promise.all([work(), work()]);
      const refused = outcomes.flatMap((outcome) => ('code' in outcome ? [outcome] : []));
      for (const { seed, code, message } of refused) {
        expect([seed, code]).toEqual([seed, expect.stringMatching(/^(UNSUPPORTED_FILE|PAYLOAD_TOO_LARGE)$/)]);
        expect([seed, message]).toEqual([seed, expect.not.stringMatching(/\/tmp|colloquy-|duckdb-\d|Stack Trace|node_modules|\.parquet'|source-\d/)]);
      }
      // Both happen, or the mutations are too weak or too strong to prove anything.
      expect(refused.length).toBeGreaterThan(rounds / 10);
      expect(outcomes.length - refused.length).toBeGreaterThan(rounds / 10);
    },
    60_000 + rounds * 2_000,
  );

  it('leave no partial file, no folder, and their neighbours as they were', async () => {
    expect(await kit.rows('SELECT * FROM neighbour', [neighbour])).toEqual([[42]]);
    expect((await readdir(kit.folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
    const { name, bytes } = samples[0] ?? { name: '', bytes: Buffer.alloc(0) };
    expect((await kit.ingest(name, bytes)).rowCount).toBe(400);
    expect(await readFile(join(kit.folder, `source-${name}`))).toEqual(bytes);
    await kit.duckdb.close();
    expect(await kit.childFolders()).toEqual([]);
  });
});
