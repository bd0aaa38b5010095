import { performance } from 'node:perf_hooks';
import { afterAll, describe, expect, it } from 'vitest';

import type { JsonObject } from '../../src/base/json.ts';
import type { TableData } from '../../src/base/table.ts';
import { createPlots } from '../../src/plots/plots.ts';

const plots = createPlots();
afterAll(() => plots.close());

const light = { theme: 'LIGHT', width: null } as const;

/** The specification for clients. */
async function checked(spec: JsonObject, rows: TableData): Promise<JsonObject> {
  return (await plots.check(spec, rows, {})).spec;
}

/** The picture of a specification. */
async function drawn(spec: JsonObject, rows: TableData): Promise<string> {
  const { source, spec: dressed } = await plots.check(spec, rows, {});
  return plots.renderSvg({ source, rows: (dressed['data'] as any).values, units: {} }, light);
}

const data: TableData = {
  columns: [
    { name: 'Miles per Gallon', type: 'DOUBLE' },
    { name: 'Origin', type: 'VARCHAR' },
    { name: 'price.net', type: 'DECIMAL(10,2)' },
    { name: 'day', type: 'DATE' },
  ],
  rows: [
    [18.5, 'USA', '12.50', '2012-01-01'],
    [31, 'Japan', '9.90', '2012-02-01'],
  ],
  truncated: false,
  elapsedMs: 1,
};

const bar = (encoding: JsonObject, rest: JsonObject = {}): JsonObject => ({ mark: 'bar', encoding, ...rest });
const x: JsonObject = { field: 'Origin', type: 'nominal' };
const y: JsonObject = { field: 'Miles per Gallon', type: 'quantitative' };

describe('check', () => {
  it('puts the rows, the schema and the house style into a specification', async () => {
    const spec = await checked(bar({ x, y }, { title: 'Cars', usermeta: { embedOptions: { loader: {} } }, data: { name: 'table' } }), data);
    expect(spec).toMatchObject({ $schema: 'https://vega.github.io/schema/vega-lite/v6.json', title: 'Cars', config: { background: '#ffffff' } });
    expect(spec['data']).toEqual({
      values: [
        { 'Miles per Gallon': 18.5, Origin: 'USA', 'price.net': 12.5, day: '2012-01-01' },
        { 'Miles per Gallon': 31, Origin: 'Japan', 'price.net': 9.9, day: '2012-02-01' },
      ],
    });
    expect(spec).not.toHaveProperty('usermeta');
  });

  it('draws a column whose name has a dot', async () => {
    const spec = bar({ x, y: { field: 'price.net', type: 'quantitative' } });
    expect((await checked(spec, data))['encoding']).toMatchObject({ y: { field: String.raw`price\.net` } });
    expect(await drawn(spec, data)).toContain('Price.net: 12.5');
  });

  it('gives dates a wall clock, so that they are the same day in every time zone', async () => {
    const spec = await checked({ mark: 'line', encoding: { x: { field: 'day', type: 'temporal' }, y } }, data);
    expect(spec['data']).toMatchObject({ values: [{ day: '2012-01-01T00:00:00' }, { day: '2012-02-01T00:00:00' }] });
  });

  it('lets the specification win over the house style', async () => {
    const spec = await checked(bar({ x, y }, { config: { bar: { color: 'red' } } }), data);
    expect(spec['config']).toMatchObject({ bar: { color: 'red' }, line: { strokeWidth: 2.25 } });
  });

  it('accepts layers with a line of their own, transforms that compute and parameters', async () => {
    const spec = {
      params: [{ name: 'limit', value: 20 }],
      transform: [{ calculate: 'datum["Miles per Gallon"] * 0.425', as: 'kilometres' }, { filter: 'datum.kilometres < limit' }],
      layer: [
        { mark: 'point', encoding: { x: { field: 'kilometres', type: 'quantitative' } } },
        { data: { values: [{ threshold: 10 }] }, mark: 'rule', encoding: { x: { field: 'threshold', type: 'quantitative' } } },
      ],
    };
    await expect(checked(spec, data)).resolves.toMatchObject({ layer: [{}, {}] });
  });

  it('gives bars of binned data their width', async () => {
    const bins: TableData = {
      ...data,
      columns: [
        { name: 'from', type: 'DOUBLE' },
        { name: 'to', type: 'DOUBLE' },
      ],
      rows: [
        [0, 5],
        [5, 20],
      ],
    };
    const svg = await drawn(bar({ x: { field: 'from', type: 'quantitative', bin: { binned: true } }, x2: { field: 'to' }, y: { aggregate: 'count' } }), bins);
    expect(svg).toContain('aria-roledescription="bar"');
    expect(svg).not.toMatch(/aria-roledescription="bar" d="M[\d.,]+h0v/);
  });

  it('names the nearest columns when a field does not exist', async () => {
    const failure = checked(bar({ x, y: { field: 'miles_per_galon', type: 'quantitative' } }), data);
    await expect(failure).rejects.toMatchObject({ code: 'PLOT_INVALID' });
    await expect(failure).rejects.toThrow('The field "miles_per_galon" at encoding.y.field is not a column of the result. Nearest: "Miles per Gallon"');
  });

  it.each([
    ['an unknown mark', { mark: 'bars', encoding: { x, y } }, 'at mark: allowed values are boxplot'],
    ['an unknown type', bar({ x, y: { ...y, type: 'number' } }), 'at encoding.y.type: allowed values are quantitative'],
    ['an unknown property', bar({ x: { ...x, axis: { titel: 'Origin' } }, y }), 'at encoding.x.axis: not allowed here: titel'],
    ['no mark', { encoding: { x, y } }, 'at the top'],
  ])('says what is wrong with %s', async (_case, spec, message) => {
    const failure = checked(spec, data);
    await expect(failure).rejects.toMatchObject({ code: 'PLOT_INVALID' });
    await expect(failure).rejects.toThrow(message);
  });

  it('asks for aggregation above 5,000 rows, and when the result was cut', async () => {
    const many: TableData = { ...data, columns: [{ name: 'n', type: 'INTEGER' }], rows: Array.from({ length: 5_001 }, (_, n) => [n]) };
    const spec = bar({ x: { field: 'n', type: 'quantitative' } });
    await expect(checked(spec, many)).rejects.toThrow('The plot would have 5001 rows; at most 5000 are allowed. Aggregate in the SQL');
    await expect(checked(bar({ x, y }), { ...data, truncated: true })).rejects.toThrow('more than 2 rows');
  });

  it('counts the marks too, which transforms can multiply', async () => {
    const small = createPlots({ maxMarks: 3 });
    const spec: JsonObject = {
      transform: [{ fold: ['Miles per Gallon', 'price.net'] }],
      mark: 'point',
      encoding: { x: { field: 'value', type: 'quantitative' } },
    };
    await expect(small.check(spec, data, {})).rejects.toThrow('would draw 4 marks; at most 3');
    await small.close();
  });
});

describe('P02 the process', () => {
  const imputed = (stop: number): JsonObject => ({
    mark: 'line',
    transform: [{ impute: 'price', key: 'n', keyvals: { start: 0, stop, step: 1 } }],
    encoding: { x: { field: 'n', type: 'quantitative' } },
  });
  const numbers: TableData = {
    ...data,
    columns: [
      { name: 'n', type: 'INTEGER' },
      { name: 'price', type: 'INTEGER' },
    ],
    rows: [[1, 2]],
  };

  it('gives up a plot that hangs, and draws the next one', async () => {
    const impatient = createPlots({ timeoutMs: 6_000 });
    // Ten moving medians over all rows: half a minute of work that takes no memory meanwhile.
    const rows = Array.from({ length: 5_000 }, (_, n) => [n, (n * 7_919) % 5_003]);
    const endless: JsonObject = {
      mark: 'line',
      transform: Array.from({ length: 10 }, (_, n) => ({ window: [{ op: 'median', field: 'price', as: `median_${n}` }], frame: [-2_500, 2_500] })),
      encoding: { x: { field: 'n', type: 'quantitative' } },
    };
    try {
      const [hung, waiting] = await Promise.allSettled([impatient.check(endless, { ...numbers, rows }, {}), impatient.check(bar({ x, y }), data, {})]);
      expect(hung).toMatchObject({ status: 'rejected', reason: { code: 'PLOT_INVALID', message: expect.stringContaining('took longer than 6000 ms') } });
      expect(waiting.status).toBe('fulfilled');
    } finally {
      await impatient.close();
    }
  });

  it('survives a plot that eats all memory', async () => {
    const small = createPlots({ maxHeapMb: 96, timeoutMs: 60_000 });
    try {
      await expect(small.check(imputed(2e7), numbers, {})).rejects.toMatchObject({
        code: 'PLOT_INVALID',
        message: expect.stringContaining('more memory than is allowed'),
      });
      await expect(small.renderSvg({ source: bar({ x, y }), rows: [], units: {} }, light)).resolves.toContain('<svg');
    } finally {
      await small.close();
    }
  });

  it('leaves the event loop free while it works', async () => {
    const fresh = createPlots();
    const before = performance.eventLoopUtilization();
    await fresh.check(bar({ x, y }), data, {});
    // Drawn here, it would be busy from the beginning to the end.
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
    await fresh.close();
  });

  it('hears the abort, and refuses work after it is closed', async () => {
    const stopped = createPlots();
    const controller = new AbortController();
    const waiting = stopped.check(bar({ x, y }), data, {}, controller.signal);
    controller.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await stopped.close();
    await expect(stopped.check(bar({ x, y }), data, {})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('refuses more than it can queue', async () => {
    const tiny = createPlots({ maxWaiting: 1 });
    const results = await Promise.allSettled([1, 2, 3].map(() => tiny.check(bar({ x, y }), data, {})));
    await tiny.close();
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(results[2]).toMatchObject({ reason: { code: 'SERVICE_UNAVAILABLE' } });
  });
});
