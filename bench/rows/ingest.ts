import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createGraphqlClient } from '../../tests/kit/graphql-client.ts';
import { writeDataFile } from '../data-file.ts';
import type { Contestant, Measured, Row } from '../harness.ts';
import { residentBytes, serve } from '../process.ts';

const megabytes = Number(process.env['BENCH_MEGABYTES'] ?? 1_024);
const program = fileURLToPath(new URL('../ingest-step.ts', import.meta.url));
const run = promisify(execFile);
const stepSchema = z.object({ seconds: z.number(), cpu: z.number(), megabytes: z.number() });
const uploaded = z.object({ files: z.array(z.object({ id: z.string(), rowCount: z.number(), ingest: z.object({ rejectedRowCount: z.number() }) })).min(1) });

/** The file, made once for all; kept between runs, for it is always the same. */
async function dataFile(): Promise<string> {
  const path = join(tmpdir(), `colloquy-bench-${megabytes}.csv`);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeDataFile(path, megabytes);
  return path;
}

function stepContestant(name: string, step: string, role: Contestant['role']): Contestant {
  return {
    name,
    role,
    async start() {
      const [path, folder] = [await dataFile(), await mkdtemp(join(tmpdir(), 'colloquy-bench-'))];
      return {
        async measure() {
          const { stdout } = await run(process.execPath, [program, step, path, folder]);
          const { seconds, cpu, megabytes: peak } = stepSchema.parse(JSON.parse(stdout));
          return { 'seconds to Parquet': seconds, 'CPU, s': cpu, 'memory at most, MB': peak };
        },
        stop: () => rm(folder, { recursive: true, force: true }),
      };
    },
  };
}

const greeting = z.object({ token: z.string() });

/** The whole product: bytes over HTTP, kept, read, profiled, its row written. */
const server: Contestant = {
  name: 'Colloquy, POST /uploads until READY',
  role: 'product',
  async start() {
    const path = await dataFile();
    const served = await serve(fileURLToPath(new URL('../product.ts', import.meta.url)), {
      MAX_UPLOAD_BYTES: String(4 * 1024 ** 3),
      MAX_FILES_PER_USER: '1000',
    });
    const { token } = greeting.parse(served.greeting);
    const client = createGraphqlClient(served.url, { token });
    const upload = async (): Promise<Measured> => {
      const before = residentBytes(served.pid);
      let peak = before;
      const watch = setInterval(() => (peak = Math.max(peak, residentBytes(served.pid))), 20);
      const startedAt = performance.now();
      const outgoing = request(`${served.url}/uploads?name=large.csv`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      });
      const answered = once(outgoing, 'response');
      await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), outgoing);
      const sentAt = performance.now();
      const [response] = await answered;
      const answer: unknown = await json(response);
      const readyAt = performance.now();
      clearInterval(watch);
      const { files } = uploaded.parse(answer);
      const [file] = files;
      if (file === undefined || file.ingest.rejectedRowCount > 0) throw new Error(JSON.stringify(answer).slice(0, 500));
      const page = await pageMs(file.id);
      await client.request('mutation ($id: ID!) { deleteFile(input: { id: $id }) { deletedFileId } }', { id: file.id });
      return {
        'seconds to Parquet': (readyAt - sentAt) / 1_000,
        'with the upload, s': (readyAt - startedAt) / 1_000,
        'server grew by, MB': (peak - before) / 1024 ** 2,
        ...page,
      };
    };
    const pageMs = async (id: string): Promise<Measured> => {
      const { createSession } = await client.request('mutation ($ids: [ID!]!) { createSession(input: { fileIds: $ids }) { session { id } } }', { ids: [id] });
      const timed = async (query: string): Promise<number> => {
        const times: number[] = [];
        for (let round = 0; round < 21; round += 1) {
          const askedAt = performance.now();
          await client.request(query, { id: createSession.session.id });
          times.push(performance.now() - askedAt);
        }
        return times.toSorted((left, right) => left - right)[10] ?? Number.NaN;
      };
      return {
        'columns, ms': await timed(
          'query ($id: ID!) { session(id: $id) { files { rowCount columns { name type unit meaning nullCount distinctCount min max quantiles histogram { from to count } topValues { value count } } } } }',
        ),
      };
    };
    return { measure: upload, stop: () => served.stop() };
  },
};

/** A CSV file of mixed types, as Parquet. `BENCH_MEGABYTES` for another size than 1 GB. */
export const ingestRow: Row = {
  id: 'ingest',
  title: `A CSV file of ${megabytes} MB to zstd Parquet, two threads`,
  goal: 'at most 1.5 of DuckDB without the profile, 2.5 with it; the server grows by 64 MB at most; columns under 30 ms',
  metrics: [
    { name: 'seconds to Parquet', digits: 2, ratio: 'value' },
    { name: 'CPU, s', digits: 2, ratio: 'value' },
    { name: 'memory at most, MB' },
    { name: 'with the upload, s', digits: 1 },
    { name: 'server grew by, MB' },
    { name: 'columns, ms', digits: 1 },
  ],
  rounds: 3,
  contestants: [
    stepContestant("DuckDB's own COPY (FROM read_csv)", 'copy', 'limit'),
    stepContestant('Colloquy, structure and types', 'write', 'product'),
    stepContestant('Colloquy, and the profile', 'ingest', 'product'),
    server,
  ],
};
