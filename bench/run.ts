// Everything that is compared, or some rows of it:
//   npm ci --prefix bench && npm run bench [-- <row> ...]      BENCH_ROUNDS=3 for a quick look
import { machineLine, runRow, type Row } from './harness.ts';
import { listRow } from './rows/list.ts';
import { createNestedRow } from './rows/nested.ts';
import { smallRow } from './rows/small.ts';
import { startRow } from './rows/start.ts';

const rows: readonly Row[] = [smallRow, listRow, createNestedRow(), startRow];
const chosen = process.argv.slice(2);
const unknown = chosen.filter((id) => rows.every((row) => row.id !== id));
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(', ')}; there are ${rows.map((row) => row.id).join(', ')}.`);
  process.exit(1);
}
const rounds = Number(process.env['BENCH_ROUNDS'] ?? NaN);
console.log(machineLine());
for (const row of rows) if (chosen.length === 0 || chosen.includes(row.id)) await runRow(row, Number.isNaN(rounds) ? undefined : rounds);
