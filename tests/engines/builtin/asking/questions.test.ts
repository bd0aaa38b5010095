import { afterAll, describe, expect, it } from 'vitest';
import { supportOf } from '../../../../src/services/evidence/support.ts';
import type { Plots } from '../../../../src/plots/plots.ts';
import { openWorkbench, type Outcome, type Workbench } from '../kit.ts';
import { followUps } from './follow-ups.ts';
import { alone } from './questions-alone.ts';
import { holds, tableOf } from './score.ts';

/** That plots can be drawn is seen elsewhere; here it would take its time for each of many. */
const plots: Pick<Plots, 'check'> = { check: async (spec) => ({ source: spec, spec, notes: [] }) };

/** Numbers of the sentences after the reading that no stored result supports. */
function unsupported(outcome: Outcome): readonly string[] {
  const told = outcome.text.replace(/^I read this as: .*$/m, '').replaceAll(/\*\*.*?\*\*/g, 'name');
  return supportOf(told, outcome.stored).flatMap((one) => (one.source === 'NONE' ? [one.text] : []));
}

/** What one row is, which names the table as the name of an uploaded file would. */
const nouns: Readonly<Record<string, string>> = { 'birdstrikes.csv': 'strikes', 'gapminder-health-income.csv': 'countries', 'seattle-weather.csv': 'days' };

async function openFile(file: string): Promise<Workbench> {
  const name = nouns[file] ?? file.replace(/[-.].*$/, '');
  const bench = await openWorkbench({ [name]: file }, plots);
  await bench.connection.run(`CREATE VIEW data AS SELECT * FROM "${name}"`);
  return bench;
}

const files = [...new Set([...Object.keys(alone), ...Object.keys(followUps)])];

describe.each(files)('%s', (file) => {
  let opened: Promise<Workbench> | null = null;
  const open = (): Promise<Workbench> => (opened ??= openFile(file));
  afterAll(async () => (await open())[Symbol.asyncDispose]());

  const cases = [...(alone[file] ?? []).map(([question, reading, sql]) => [[question], reading, sql] as const), ...(followUps[file] ?? [])];
  it.each(cases.map(([turns, reading, sql]) => ({ asked: turns.join(' / '), turns, reading, sql })))('$asked', async ({ turns, reading, sql }) => {
    const bench = await open();
    const last = (await bench.converse(turns)).at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    expect(last.shown.filter((shown) => shown.type === 'error')).toEqual([]);
    expect(last.text).toContain(reading);
    expect(last).toMatchObject({ mode: 'rules', confidence: 0.95 });
    expect(holds(tableOf(last), await bench.rows(sql)), JSON.stringify(tableOf(last).slice(0, 5))).toBe(true);
    expect(unsupported(last)).toEqual([]);
  });
});
