// Interleaved rounds: every contestant of a row is measured once in each round (A B C, A B C, ...), so that what else the machine does hits
// all of them alike, and ratios are taken within a round.
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** One thing that is measured, for example requests a second. */
export interface Metric {
  readonly name: string;
  /** How many digits after the point are shown; 0 by default. */
  readonly digits?: number;
  /** Shows how it compares with the limit: `value` divides by the limit's, `inverse` the limit's by it (the speed of what should be small). */
  readonly ratio?: 'value' | 'inverse';
}

/** What one measurement found, by the name of the metric. */
export type Measured = Readonly<Record<string, number>>;

/** A contestant that is running. */
export interface Running {
  /** One measurement. The first is a rehearsal and not counted. */
  measure(): Promise<Measured>;
  stop(): Promise<void>;
}

/** Somebody who takes part in a row. */
export interface Contestant {
  readonly name: string;
  /** The limit is what the others are compared with; one a row, and not needed where the goal is a number. */
  readonly role: 'limit' | 'product' | 'peer';
  start(): Promise<Running>;
}

/** A row of the table: one kind of work, done by several. */
export interface Row {
  /** Chooses it on the command line. */
  readonly id: string;
  readonly title: string;
  /** In words, for example `at least .60`. */
  readonly goal: string;
  readonly metrics: readonly Metric[];
  readonly contestants: readonly Contestant[];
  /** How many rounds count; 7 by default. */
  readonly rounds?: number;
}

interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The middle and the ends of some values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return { median: ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2, least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN };
}

const shown = (value: number, digits: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const withSpread = (spread: Spread, digits: number): string =>
  `${shown(spread.median, digits)} (${shown(spread.least, digits)}..${shown(spread.most, digits)})`;

/** Which machine and which versions, on one line. */
export function machineLine(): string {
  const [cpu] = cpus();
  return `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${type()} ${release()}, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(2) ?? '?'} at the start`;
}

const ratioTitles = { value: 'of the limit', inverse: 'limit / this' };

function printTable(lines: readonly (readonly string[])[]): void {
  const [header = []] = lines;
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const print = (line: readonly string[]): void => console.log(`| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  print(header);
  console.log(`| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  lines.slice(1).forEach(print);
}

/** The results of a contestant, one a round. */
interface Results {
  readonly contestant: Contestant;
  readonly rounds: readonly Measured[];
}

function print(row: Row, results: readonly Results[]): void {
  const limit = results.find(({ contestant }) => contestant.role === 'limit');
  const ratiosOf = (metric: Metric, { rounds }: Results): Spread => {
    const ratios = rounds.map((measured, round) => (measured[metric.name] ?? NaN) / (limit?.rounds[round]?.[metric.name] ?? NaN));
    return spreadOf(metric.ratio === 'inverse' ? ratios.map((ratio) => 1 / ratio) : ratios);
  };
  const header = [
    '',
    ...row.metrics.flatMap((metric) => [metric.name, ...(metric.ratio !== undefined && limit !== undefined ? [ratioTitles[metric.ratio]] : [])]),
  ];
  const lines = results.map((result) => [
    result.contestant.role === 'product' ? `**${result.contestant.name}**` : result.contestant.name,
    ...row.metrics.flatMap((metric) => [
      withSpread(spreadOf(result.rounds.map((measured) => measured[metric.name] ?? NaN)), metric.digits ?? 0),
      ...(metric.ratio !== undefined && limit !== undefined ? [withSpread(ratiosOf(metric, result), 2)] : []),
    ]),
  ]);
  console.log(`\n### ${row.title}\n\nGoal: ${row.goal}. Medians of ${results[0]?.rounds.length ?? 0} interleaved rounds (least..most).\n`);
  printTable([header, ...lines]);
}

/**
 * Measures a row and prints it.
 *
 * @param rounds in place of the row's own number
 * @throws what a contestant throws; all of them are stopped before
 */
export async function runRow(row: Row, rounds: number = row.rounds ?? 7): Promise<void> {
  await using disposal = new AsyncDisposableStack();
  const running: { readonly contestant: Contestant; readonly instance: Running; readonly rounds: Measured[] }[] = [];
  for (const contestant of row.contestants) {
    const instance = await contestant.start();
    disposal.defer(() => instance.stop());
    running.push({ contestant, instance, rounds: [] });
  }
  for (let round = 0; round <= rounds; round += 1) {
    for (const { instance, rounds: results } of running) {
      const measured = await instance.measure();
      if (round > 0) results.push(measured);
    }
  }
  print(row, running);
}
