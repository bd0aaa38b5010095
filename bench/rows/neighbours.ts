import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { AppError } from '../../src/base/errors.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createDuckdb, type Duckdb } from '../../src/duckdb/duckdb.ts';
import type { QueryTable } from '../../src/duckdb/protocol.ts';
import type { Contestant, Measured, Row } from '../harness.ts';

const users = 30;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 20);
/** A person looks at an answer before the next question; 30 of them ask 30 questions a second. */
const pauseMs = 1_000;

const small = (turn: number): string =>
  `SELECT region, count(*) AS n, sum(amount) AS total FROM sales WHERE id % 97 = ${turn % 97} GROUP BY region ORDER BY total DESC LIMIT 10`;

const heavy = {
  join: 'SELECT count(*) FROM large a, large b WHERE a.id + b.id = 7',
  group: 'SELECT label, count(*), sum(amount), max(id) FROM large GROUP BY label ORDER BY 3 DESC LIMIT 10',
  deaf: "SELECT sum(levenshtein(repeat('ab', 20000 + range::INT % 7), repeat('ba', 20000))) FROM range(1000)",
  memory: "SELECT sum(length(lpad('x', 300000000 + range::INT, 'y'))) FROM range(20)",
};

async function makeTables(folder: string): Promise<readonly QueryTable[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const make = async (name: string, rows: number): Promise<QueryTable> => {
    const path = join(folder, `${name}.parquet`);
    const columns = "range AS id, 'region ' || range % 20 AS region, 'label ' || hash(range) % 200000 AS label, (hash(range) % 10000) / 100.0 AS amount";
    await connection.run(`COPY (SELECT ${columns} FROM range(${rows})) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
    return { name, path };
  };
  const tables = [await make('sales', 100_000), await make('large', 20_000_000)];
  connection.closeSync();
  instance.closeSync();
  return tables;
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * share) - 1] ?? NaN;

/** Thirty people with small questions, while others ask the heavy ones in a loop. */
async function measure(duckdb: Duckdb, tables: readonly QueryTable[], heavyQueries: readonly string[]): Promise<Measured> {
  const stop = new AbortController();
  const until = performance.now() + seconds * 1_000;
  const times: number[] = [];
  let heavyRuns = 0;
  const ask = async (user: number): Promise<void> => {
    await sleep((pauseMs / users) * user);
    for (let turn = user; performance.now() < until; turn += users) {
      const startedAt = performance.now();
      await duckdb.query({ tables, sql: small(turn), userKey: `user ${user}` }, stop.signal);
      times.push(performance.now() - startedAt);
      await sleep(pauseMs * (0.5 + ((turn * 7_919) % 1_000) / 1_000));
    }
  };
  const load = async (sql: string, index: number): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await duckdb.query({ tables, sql, userKey: `heavy ${index}` }, stop.signal);
      } catch (error) {
        if (!stop.signal.aborted && !(error instanceof AppError)) throw error;
      }
      heavyRuns += 1;
    }
  };
  const loads = heavyQueries.map(load);
  // The load is under way before anything is measured.
  await sleep(heavyQueries.length === 0 ? 0 : 1_000);
  await Promise.all(Array.from({ length: users }, (_, user) => ask(user)));
  stop.abort(new Error('measured'));
  await Promise.all(loads);
  return { 'p50 ms': quantile(times, 0.5), 'p99 ms': quantile(times, 0.99), 'most ms': Math.max(...times), questions: times.length, 'heavy ones': heavyRuns };
}

/** The tables, made once for all contestants. */
interface Data {
  readonly folder: string;
  readonly tables: readonly QueryTable[];
}

async function makeData(): Promise<Data> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
  return { folder, tables: await makeTables(folder) };
}

/** How long the small queries of thirty people take while others run the heaviest that are allowed. */
export function createNeighboursRow(): Row {
  let data: Promise<Data> | null = null;
  let open = 0;
  const beside = (name: string, heavyQueries: readonly string[], role: Contestant['role'] = 'product'): Contestant => ({
    name,
    role,
    async start() {
      data ??= makeData();
      open += 1;
      const { folder, tables } = await data;
      const tempFolder = join(folder, `temp-${open}`);
      const duckdb = await createDuckdb({ tempFolder, log: createLogger({ level: 'silent' }) });
      return {
        measure: () => measure(duckdb, tables, heavyQueries),
        async stop() {
          await duckdb.close();
          open -= 1;
          if (open === 0) await rm(folder, { recursive: true, force: true });
        },
      };
    },
  });
  return {
    id: 'neighbours',
    title: `Small queries of ${users} people, ${users} a second, beside heavy ones in a loop`,
    goal: 'p99 beside one heavy user at most 5.00 of p99 alone',
    metrics: [
      { name: 'p50 ms', digits: 1, ratio: 'value' },
      { name: 'p99 ms', digits: 1, ratio: 'value' },
      { name: 'most ms' },
      { name: 'questions' },
      { name: 'heavy ones' },
    ],
    contestants: [
      beside('alone', [], 'limit'),
      beside('beside a join that runs until it is stopped', [heavy.join]),
      beside('beside a group by over 20 million rows', [heavy.group]),
      beside('beside one that must be killed', [heavy.deaf]),
      beside('beside one that wants all memory', [heavy.memory]),
      beside('beside all four', [heavy.join, heavy.group, heavy.deaf, heavy.memory]),
    ],
    rounds: 3,
  };
}
