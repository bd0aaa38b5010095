import { gzipSync, zstdCompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workbookOf } from './workbooks.ts';

/** A file and its name, which tells how it is read. */
export interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Numbers of 0 to 1, the same for the same seed (mulberry32, Tommy Ettinger). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Whole files of every kind that can be read. */
export async function makeSamples(): Promise<readonly Sample[]> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-samples-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const written = async (name: string, sql: string, options: string): Promise<Sample> => {
    const path = join(folder, name);
    await connection.run(`COPY (${sql}) TO '${path}' (${options})`);
    return { name, bytes: await readFile(path) };
  };
  const plain = "SELECT range AS id, 'name ' || range % 7 AS name, range / 3 AS amount, DATE '2024-01-01' + range::INT AS day FROM range(400)";
  const nested =
    "SELECT range AS id, [range, range + 1] AS list, {a: range, b: ['x', NULL]} AS struct, map {'k': range} AS map, NULL AS nothing FROM range(300)";
  try {
    const csv = await written('plain.csv', plain, 'FORMAT csv');
    const json = await written('nested.json', nested, 'FORMAT json, ARRAY true');
    return [
      await written('plain.parquet', plain, 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100'),
      await written('nested.parquet', nested, 'FORMAT parquet, COMPRESSION snappy'),
      await written('plain-uncompressed.parquet', plain, 'FORMAT parquet, COMPRESSION uncompressed'),
      csv,
      { name: 'plain.csv.gz', bytes: gzipSync(csv.bytes) },
      { name: 'plain.csv.zst', bytes: zstdCompressSync(csv.bytes) },
      json,
      await written('lines.jsonl', nested, 'FORMAT json, ARRAY false'),
      { name: 'book.xlsx', bytes: workbookOf([{ name: 'Sheet', rows: Array.from({ length: 60 }, (_, row) => [`name ${row}`, row, row / 3]) }]) },
    ];
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

type Mutation = (bytes: Buffer, random: () => number) => Buffer;

const at = (bytes: Buffer, random: () => number): number => Math.floor(random() * bytes.length);
const extremes = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** What is done to a file: each returns a new one. */
const mutations: readonly Mutation[] = [
  function flipBits(bytes, random) {
    const mutant = Buffer.from(bytes);
    for (let count = 1 + Math.floor(random() * 8); count > 0; count -= 1) {
      const index = at(mutant, random);
      mutant[index] = (mutant[index] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    return mutant;
  },
  function truncate(bytes, random) {
    return Buffer.from(bytes.subarray(0, at(bytes, random)));
  },
  function cutOut(bytes, random) {
    const start = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(Math.min(bytes.length, start + 1 + Math.floor(random() * 200)))]);
  },
  function swapChunks(bytes, random) {
    const [first = 0, second = 0, third = 0] = [at(bytes, random), at(bytes, random), at(bytes, random)].toSorted((one, other) => one - other);
    return Buffer.concat([bytes.subarray(0, first), bytes.subarray(second, third), bytes.subarray(first, second), bytes.subarray(third)]);
  },
  function repeatChunk(bytes, random) {
    const start = at(bytes, random);
    const chunk = bytes.subarray(start, start + 1 + Math.floor(random() * 500));
    return Buffer.concat([bytes.subarray(0, start), ...Array.from({ length: 1 + Math.floor(random() * 50) }, () => chunk), bytes.subarray(start)]);
  },
  function insertNoise(bytes, random) {
    const start = at(bytes, random);
    const noise = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 100) }, () => Math.floor(random() * 256)));
    return Buffer.concat([bytes.subarray(0, start), noise, bytes.subarray(start)]);
  },
  function writeExtremeLength(bytes, random) {
    const mutant = Buffer.from(bytes);
    if (mutant.length >= 4) mutant.writeUInt32LE(extremes[Math.floor(random() * extremes.length)] ?? 0, Math.floor(random() * (mutant.length - 3)));
    return mutant;
  },
  // The metadata of Parquet and the directory of a workbook stand at the end.
  function damageFooter(bytes, random) {
    const mutant = Buffer.from(bytes);
    const start = Math.max(0, mutant.length - 8 - Math.floor(random() * 400));
    for (let index = start; index < Math.min(mutant.length, start + 4); index += 1) mutant[index] = Math.floor(random() * 256);
    return mutant;
  },
  function zeroRange(bytes, random) {
    const start = at(bytes, random);
    return Buffer.from(bytes).fill(0, start, Math.min(bytes.length, start + 1 + Math.floor(random() * 300)));
  },
];

/** A damaged copy of one of the samples, the same for the same seed, and what was done to it. */
export function mutantOf(samples: readonly Sample[], seed: number): Sample & { readonly what: string } {
  const random = createRandom(seed);
  const sample = samples[Math.floor(random() * samples.length)];
  if (sample === undefined) throw new Error('there are no samples');
  let { bytes } = sample;
  const what: string[] = [];
  for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) {
    const mutation = mutations[Math.floor(random() * mutations.length)];
    if (mutation === undefined || bytes.length === 0) continue;
    bytes = mutation(bytes, random);
    what.push(mutation.name);
  }
  return { name: sample.name, bytes, what: `${seed}: ${sample.name}, ${what.join(', ')}` };
}
