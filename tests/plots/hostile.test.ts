import { afterAll, describe, expect, it } from 'vitest';

import { AppError } from '../../src/base/errors.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { TableData } from '../../src/base/table.ts';
import { createPlots } from '../../src/plots/plots.ts';

const plots = createPlots({ timeoutMs: 20_000, maxHeapMb: 256 });
afterAll(() => plots.close());

const evil = 'http://evil.example/x';
const data: TableData = {
  columns: [
    { name: 'a', type: 'VARCHAR' },
    { name: 'n', type: 'DOUBLE' },
  ],
  rows: [
    ['<script>alert(1)</script>', 1],
    [`"><image href="${evil}"/>`, 2],
    ['__proto__', 3],
    [`url(${evil})`, 1e308],
  ],
  truncated: false,
  elapsedMs: 1,
};

const x = { field: 'a', type: 'nominal' };
const y = { field: 'n', type: 'quantitative' };
const bar = (rest: JsonObject): JsonObject => ({ mark: 'bar', encoding: { x, y }, ...rest });
const nested = (depth: number): JsonObject => JSON.parse(`${'{"layer":['.repeat(depth)}{"mark":"bar"}${']}'.repeat(depth)}`);

/** What ends in a refusal. */
const refused: readonly (readonly [string, JsonObject])[] = [
  ['data of a layer from a URL', { layer: [{ data: { url: evil }, mark: 'bar' }] }],
  ['a lookup from a URL', bar({ transform: [{ lookup: 'a', from: { data: { url: evil }, key: 'a', fields: ['b'] } }] })],
  ['a lookup from a named set', bar({ transform: [{ lookup: 'a', from: { data: { name: 'x', url: evil }, key: 'a', fields: ['b'] } }] })],
  [
    'borders from a URL',
    { mark: 'geoshape', data: { values: [] }, layer: [{ data: { url: evil, format: { type: 'topojson', feature: 'x' } }, mark: 'geoshape' }] },
  ],
  ['a map with a projection of its own', { mark: 'geoshape', projection: { type: 'albersUsa' }, encoding: { shape: { field: 'a', type: 'geojson' } } }],
  ['a map of names that are no countries', { mark: 'geoshape', encoding: { shape: { field: 'a', type: 'geojson' } } }],
  ['a map without names', { mark: 'geoshape', encoding: { color: y } }],
  ['an image mark', { mark: { type: 'image', url: evil }, encoding: { x } }],
  ['an image by a column', { mark: 'image', encoding: { url: { field: 'a' } } }],
  ['a paint server in a scale', bar({ encoding: { x, y, color: { ...x, scale: { range: [`url(${evil})`] } } } })],
  ['a pattern', bar({ mark: { type: 'bar', fill: `url(#p) url(${evil})` } })],
  ['a font that loads', bar({ config: { font: `x; src: url(${evil})` } })],
  ['a font of an axis that loads', bar({ encoding: { x: { ...x, axis: { labelFont: `@import '${evil}'` } }, y } })],
  ['a cursor that loads', bar({ mark: { type: 'bar', cursor: `url(${evil})` } })],
  ['a gradient with a URL', bar({ mark: { type: 'bar', color: { gradient: 'linear', stops: [{ offset: 0, color: `url(${evil})` }] } } })],
  ['a signal', bar({ width: { signal: 'windowSize()[0]' } })],
  ['signals', bar({ config: { signals: [{ name: 'a', on: [{ events: 'timer', update: 'open()' }] }] } })],
  ['an event stream', bar({ params: [{ name: 'p', select: { type: 'point', on: 'window:click[event.view.open()]' } }] })],
  ['a binding to an element', bar({ params: [{ name: 'p', bind: { element: '#password', event: 'input' }, value: 1 }] })],
  ['an expression that calls', bar({ transform: [{ calculate: 'alert(1)', as: 'b' }] })],
  ['an expression that walks up', bar({ transform: [{ calculate: 'datum.constructor.constructor("return 1")()', as: 'b' }] })],
  ['an expression of another set', bar({ transform: [{ filter: 'data("source_0").length' }] })],
  ['an expression in a tooltip', bar({ mark: { type: 'bar', tooltip: { expr: 'open("x")' } } })],
  ['an expression in a title', bar({ title: { text: { expr: 'warn("x")' } } })],
  ['an expression that repeats', bar({ transform: [{ calculate: 'repeat("x", 1e9)', as: 'b' }] })],
  ['an expression of great depth', bar({ transform: [{ calculate: `${'('.repeat(450)}1${')'.repeat(450)}${'+('.repeat(300)}`, as: 'b' }] })],
  ['a sequence', { layer: [{ data: { sequence: { start: 0, stop: 1e9 } }, mark: 'bar' }] }],
  ['a graticule', { layer: [{ data: { graticule: true }, mark: 'geoshape' }] }],
  ['a sphere', { layer: [{ data: { sphere: true }, mark: 'geoshape' }] }],
  ['named sets', bar({ datasets: { world: [{ a: 1 }] } })],
  ['many rows of its own', { layer: [{ data: { values: Array.from({ length: 201 }, (_, n) => ({ n })) }, mark: 'bar' }] }],
  ['text that is to be parsed', { layer: [{ data: { values: 'a,b', format: { type: 'csv' } }, mark: 'bar' }] }],
  ['a function as format', bar({ encoding: { x, y: { ...y, axis: { format: 'x', formatType: 'constructor' } } } })],
  ['10,000 layers in each other', nested(10_000)],
  ['45 layers in each other', nested(45)],
  ['10,000 layers side by side', { layer: Array.from({ length: 20_000 }, () => ({ mark: 'bar' })) }],
  ['a width of a thousand million', bar({ width: 1e9 })],
  ['a height of infinity', bar({ height: Number.POSITIVE_INFINITY })],
  ['a width that is no number', bar({ width: 'NaN' })],
  ['a step of no number', bar({ height: { step: '1e9' } })],
  ['a million ticks', bar({ encoding: { x, y: { ...y, axis: { tickCount: 1e6 } } } })],
  ['a million bins', { mark: 'bar', encoding: { x: { ...y, bin: { maxbins: 1e6 } }, y: { aggregate: 'count' } } }],
  ['a million steps of a density', { transform: [{ density: 'n', steps: 1e6 }], mark: 'area', encoding: { x: { field: 'value', type: 'quantitative' } } }],
  ['an unknown field', bar({ encoding: { x: { field: '__proto__' }, y } })],
  ['a mark by a prototype', bar({ mark: { type: 'constructor' } })],
  ['keys of prototypes', JSON.parse('{"mark":"bar","encoding":{"__proto__":{"x":1},"constructor":{"prototype":{}}}}')],
  ['no object at all', JSON.parse('[]')],
];

/** What is drawn without what was hostile in it. */
const defused: readonly (readonly [string, JsonObject])[] = [
  ['data from a URL', bar({ data: { url: evil } })],
  ['a link', bar({ mark: { type: 'bar', href: evil } })],
  ['a link by a column', bar({ encoding: { x, y, href: { field: 'a', type: 'nominal' } } })],
  ['options of the embedder', bar({ usermeta: { embedOptions: { loader: { baseURL: evil }, actions: true } } })],
  ['a background that loads', bar({ background: `url(${evil})` })],
  ['HTML in a tooltip', bar({ encoding: { x, y, tooltip: { field: 'a', type: 'nominal' } } })],
  ['HTML in a title', bar({ title: `<img src=${evil} onerror=alert(1)>` })],
  ['markup in a description', bar({ description: '"><script>alert(1)</script>' })],
  ['keys of prototypes in rows of its own', { layer: [{ data: { values: [JSON.parse('{"__proto__": 1, "n": 2}')] }, mark: 'rule', encoding: { y } }] }],
];

/** What only the walls of the process stop. */
const bombs: readonly (readonly [string, JsonObject])[] = [
  ['ten million imputed rows', { mark: 'line', transform: [{ impute: 'n', key: 'n', keyvals: { start: 0, stop: 1e9, step: 1 } }], encoding: { x: y } }],
];

describe('P01 P02 P03 a hostile specification', () => {
  it.each(refused)('is refused with a reason: %s', async (_case, spec) => {
    const failure = await plots.check(spec, data, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: 'PLOT_INVALID', message: expect.not.stringMatching(/ at .*\.ts|took longer|more memory/) });
  });

  it.each(defused)('is drawn without it: %s', async (_case, spec) => {
    const { source, spec: dressed } = await plots.check(spec, data, {});
    const rows: any = dressed['data'];
    for (const theme of ['LIGHT', 'DARK'] as const) {
      const svg = await plots.renderSvg({ source, rows: rows.values, units: {} }, { theme, width: 360 });
      const tags = [...svg.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/aria-[a-z]+="[^"]*"/g, ''));
      expect(tags.filter((tag) => /^<(script|image|a|foreignObject)\b|href|evil|url\((?!#)|\son[a-z]+=/i.test(tag))).toEqual([]);
    }
    expect(JSON.stringify({ ...dressed, data: null })).not.toMatch(/"href"|"url"|embedOptions/);
  });

  it.each(bombs)('is stopped by the walls, and the next plot is drawn: %s', async (_case, spec) => {
    await expect(plots.check(spec, data, {})).rejects.toMatchObject({ code: 'PLOT_INVALID', message: expect.stringMatching(/took longer|more memory/) });
    await expect(plots.check(bar({}), data, {})).resolves.toMatchObject({ notes: [] });
  });

  it('does not become a picture of more pixels than are allowed', async () => {
    const { source } = await plots.check(bar({ height: 4_000 }), data, {});
    const failure = plots.renderPng({ source, rows: [], units: {} }, { theme: 'LIGHT', width: 2_000, scale: 4 });
    await expect(failure).rejects.toMatchObject({ code: 'PLOT_INVALID', message: expect.stringContaining('at most 16 million') });
  });
});
