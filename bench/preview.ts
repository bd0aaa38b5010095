/**
 * Pages of a table of fifty million rows, as the product reads them: `node bench/preview.ts [millions]`.
 *
 * The file is made by DuckDB with the options of the product; a page is asked of the service, which runs it in a warm child.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { uuidv7 } from '../src/base/id.ts';
import { createLogger } from '../src/base/logger.ts';
import type { RowFilter, RowOrder } from '../src/base/rows.ts';
import { parquetOptions } from '../src/duckdb/child/parquet-options.ts';
import { createDuckdb } from '../src/duckdb/duckdb.ts';
import { createPreviews, type RowPageRequest } from '../src/services/table/previews.ts';
import { encodeRowCursor } from '../src/services/table/row-cursor.ts';
import type { StoredTable } from '../src/services/table/stored-tables.ts';

const rounds = 9;
const rowCount = Number(process.argv[2] ?? 50) * 1_000_000;
const folder = await mkdtemp(join(tmpdir(), 'colloquy-preview-'));
const path = join(folder, 'table.parquet');
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run(`COPY (SELECT range AS id, (range * 7919 % 1000003)::INTEGER AS amount, 'customer ' || (hash(range) % 100000) AS name,
  DATE '2000-01-01' + (range % 9000)::INTEGER AS day, (hash(range + 1) % 1000000) / 100.0 AS price, range % 7 = 0 AS ok FROM range(${rowCount})) TO '${path}' (${parquetOptions(6)})`);
connection.closeSync();
instance.closeSync();

const duckdb = await createDuckdb({ tempFolder: join(folder, 'temp'), log: createLogger({ level: 'silent' }) });
const previews = createPreviews({ duckdb });
const viewer = { userId: uuidv7(), loginId: uuidv7(), role: 'MEMBER' } as const;
const names = ['id', 'amount', 'name', 'day', 'price', 'ok'];
const table: StoredTable = { kind: 'FILE', id: uuidv7(), revision: 1, rowCount, columns: names.map((name) => ({ name, type: '' })), firstRows: [], path };
const never = new AbortController().signal;

async function measure(what: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  const sorted = times.toSorted((left, right) => left - right);
  console.log(`${what.padEnd(52)} median ${sorted[Math.floor(rounds / 2)]?.toFixed(0).padStart(5)} ms, longest ${sorted.at(-1)?.toFixed(0).padStart(5)} ms`);
}

const plain: RowPageRequest = { size: 50, after: null, before: null, isReversed: false, columns: null, orderBy: [], filter: [] };
const page = (request: Partial<RowPageRequest>) => () => previews.page(viewer, table, { ...plain, ...request }, never);
const deep = encodeRowCursor(table, Math.floor(rowCount * 0.9));
const byAmount: readonly RowOrder[] = [{ column: 'amount', direction: 'ASC' }];
const byNameAndPrice: readonly RowOrder[] = [
  { column: 'name', direction: 'ASC' },
  { column: 'price', direction: 'DESC' },
];
const oneName: readonly RowFilter[] = [{ column: 'name', operator: 'EQUALS', values: ['customer 77'] }];

await page({})();
await measure('the first page', page({}));
await measure('a page at nine tenths', page({ after: deep }));
await measure('the last page', page({ isReversed: true }));
await measure('the first page by amount', page({ orderBy: byAmount }));
await measure('a page in the middle by amount', page({ orderBy: byAmount, after: deep }));
await measure('the first page by name and price', page({ orderBy: byNameAndPrice }));
await measure('a page in the middle by name and price', page({ orderBy: byNameAndPrice, after: deep }));
await measure('the first rows of one name', page({ filter: oneName }));
await measure('the rows of one name from nine tenths on', page({ filter: oneName, after: deep }));
await measure('how many rows have one name', () => previews.count(viewer, table, oneName, never));
await measure('a sample of twenty rows', () => previews.sample(viewer, table, 20, null, never));
await duckdb.close();
await rm(folder, { recursive: true, force: true });
