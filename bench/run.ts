// Everything that is compared, or some rows of it:
//   npm ci --prefix bench && npm run bench [-- <row> ...]
// BENCH_ROUNDS=3 for a quick look, BENCH_SECONDS for how long each measurement takes, SERVER_NODE_OPTIONS=--cpu-prof profiles the servers.
import { machineLine, runRow, type Row } from './harness.ts';
import { firstTokenRow } from './rows/first-token.ts';
import { idleRow } from './rows/idle.ts';
import { ingestRow } from './rows/ingest.ts';
import { listRow } from './rows/list.ts';
import { createNeighboursRow } from './rows/neighbours.ts';
import { createNestedRow } from './rows/nested.ts';
import { smallRow } from './rows/small.ts';
import { startRow } from './rows/start.ts';
import { manyStreamsRow, streamsRow } from './rows/streams.ts';

const rows: readonly Row[] = [
  smallRow,
  listRow,
  createNestedRow(),
  streamsRow,
  manyStreamsRow,
  firstTokenRow,
  idleRow,
  startRow,
  createNeighboursRow(),
  ingestRow,
];

const chosen = process.argv.slice(2);
const unknown = chosen.filter((id) => rows.every((row) => row.id !== id));
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(', ')}; there are ${rows.map((row) => row.id).join(', ')}.`);
  process.exit(1);
}
const rounds = Number(process.env['BENCH_ROUNDS'] ?? NaN);
console.log(machineLine());
for (const row of rows) {
  if (chosen.length > 0 && !chosen.includes(row.id)) continue;
  try {
    await runRow(row, Number.isNaN(rounds) ? undefined : rounds);
  } catch (error) {
    // The other rows are worth their minutes all the same.
    console.error(`\n### ${row.title}\n\nFAILED, which is no measurement:`, error);
    process.exitCode = 1;
  }
}
// Clients of a row that failed may still hold their connections open.
process.exit();
