// Everything that is compared, or some rows of it:
//   npm ci --prefix bench && npm run bench [-- <row> ...]      BENCH_ROUNDS=3 for a quick look
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { machineLine, runRow, type Row } from './harness.ts';
import { listRow } from './rows/list.ts';
import { createNestedRow } from './rows/nested.ts';
import { smallRow } from './rows/small.ts';
import { startRow } from './rows/start.ts';

const rows: readonly Row[] = [smallRow, listRow, createNestedRow(), startRow];
/** Rows that are programs of their own, with their arguments: streams of which each takes a minute. */
const programs: Readonly<Record<string, readonly string[]>> = {
  streams: ['rows/streams.ts', '100', '200'],
  'many-streams': ['rows/streams.ts', '1000', '20'],
  idle: ['rows/idle.ts'],
};

const chosen = process.argv.slice(2);
const known = [...rows.map((row) => row.id), ...Object.keys(programs)];
const unknown = chosen.filter((id) => !known.includes(id));
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  process.exit(1);
}
const isChosen = (id: string): boolean => chosen.length === 0 || chosen.includes(id);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? NaN);
console.log(machineLine());
for (const row of rows) if (isChosen(row.id)) await runRow(row, Number.isNaN(rounds) ? undefined : rounds);
for (const [id, [program = '', ...given]] of Object.entries(programs)) {
  if (!isChosen(id)) continue;
  console.log(`\n### ${id}\n`);
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...given], { stdio: 'inherit' });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) process.exitCode = 1;
}
