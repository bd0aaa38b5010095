import { describe, expect, it } from 'vitest';

import type { JsonObject } from '../../src/base/json.ts';
import { draw } from '../../src/plots/drawing.ts';
import { keepInside } from '../../src/plots/outward.ts';

const evil = 'http://evil.example/x';
const mark = 'point';

const attacks: readonly (readonly [string, JsonObject])[] = [
  ['data of a layer from a URL', { layer: [{ data: { url: evil }, mark }] }],
  ['data of a lookup from a URL', { mark, transform: [{ lookup: 'a', from: { data: { url: evil }, key: 'a', fields: ['b'] } }] }],
  ['named data sets', { datasets: { other: [{ a: 1 }] }, mark }],
  ['a generator of rows', { layer: [{ data: { sequence: { start: 0, stop: 1e12 } }, mark }] }],
  ['text to be parsed', { layer: [{ data: { values: 'a,b\n1,2' }, mark }] }],
  ['an image mark', { mark: { type: 'image', url: evil } }],
  ['an image mark as text', { mark: 'image', encoding: { url: { field: 'a' } } }],
  ['a paint server', { mark: { type: 'point', fill: `url(${evil})` } }],
  ['a paint server with spaces', { mark: { type: 'point', fill: `URL ( ${evil})` } }],
  ['a font that loads', { mark, config: { font: `x; @import "${evil}"` } }],
  ['a colour of a script', { mark: { type: 'point', color: 'javascript:alert(1)' } }],
  ['a signal', { mark, width: { signal: 'open("x")' } }],
  ['raw signals', { mark, config: { signals: [{ name: 'a', update: '1' }] } }],
  ['a binding to the page', { mark, params: [{ name: 'p', bind: { input: 'range', element: '#login' } }] }],
  ['an event filter', { mark, params: [{ name: 'p', select: { type: 'point', on: 'click[open("x")]' } }] }],
  ['a custom format', { mark, encoding: { x: { field: 'a', axis: { format: '1', formatType: 'open' } } } }],
];

const expressions: readonly (readonly [string, JsonObject])[] = [
  ['a function outside the list', { mark, transform: [{ calculate: 'open("x")', as: 'b' }] }],
  ['a data function', { mark, transform: [{ filter: 'indata("source_0", "a", 1)' }] }],
  ['a filter inside and', { mark, transform: [{ filter: { and: ['datum.a > 1', 'warn("x")'] } }] }],
  ['a filter inside not', { mark, transform: [{ filter: { not: 'warn("x")' } }] }],
  ['a condition', { mark, encoding: { color: { condition: { test: 'warn("x")', value: 'red' }, value: 'blue' } } }],
  ['a label', { mark, encoding: { x: { field: 'a', axis: { labelExpr: 'warn(datum.label)' } } } }],
  ['a parameter', { mark, params: [{ name: 'p', expr: 'screen()' }] }],
  ['an expression as a value', { mark: { type: 'point', size: { expr: 'containerSize()[0]' } } }],
  ['the constructor', { mark, transform: [{ calculate: 'datum.constructor', as: 'b' }] }],
  ['the constructor in brackets', { mark, transform: [{ calculate: 'datum["constructor"]', as: 'b' }] }],
  ['a computed property', { mark, transform: [{ calculate: 'datum["con" + "structor"]', as: 'b' }] }],
  ['a method', { mark, transform: [{ calculate: 'datum.a.map(1)', as: 'b' }] }],
  ['a name outside the list', { mark, transform: [{ calculate: 'event.view', as: 'b' }] }],
  ['a list of a thousand million', { mark, transform: [{ calculate: 'sequence(1e9)', as: 'b' }] }],
  ['no expression at all', { mark, transform: [{ calculate: 'datum.a +', as: 'b' }] }],
  ['a very long expression', { mark, transform: [{ calculate: `${'1+'.repeat(600)}1`, as: 'b' }] }],
];

describe('P01 what reaches out of a plot', () => {
  it.each(attacks)('is refused: %s', (_case, spec) => {
    expect(() => keepInside(spec)).toThrow(expect.objectContaining({ code: 'PLOT_INVALID' }));
  });

  it.each(expressions)('is refused in an expression: %s', (_case, spec) => {
    expect(() => keepInside(spec)).toThrow(/expression/);
  });

  it.each([
    ['text that only looks like it', { mark, title: 'Length by URL (mm)', encoding: { x: { field: 'url (mm)', title: 'javascript: lines' } } }],
    ['plain expressions', { mark, transform: [{ calculate: 'if(datum.a > 1, round(datum["b c"]), PI)', as: 'd' }] }],
    ['a selection by a plain event', { mark, params: [{ name: 'p', select: { type: 'point', on: 'click' } }] }],
  ])('lets pass %s', (_case, spec) => {
    expect(keepInside(spec)).toEqual({ spec, notes: [] });
  });

  it.each<readonly [string, JsonObject, JsonObject, string]>([
    ['data from a URL', { data: { url: evil }, mark }, { mark }, 'data.url was left out'],
    ['a link on the marks', { mark: { type: 'point', href: evil } }, { mark: { type: 'point' } }, 'mark.href was left out'],
    ['a link by a column', { mark, encoding: { href: { field: 'a' } } }, { mark, encoding: {} }, 'encoding.href was left out'],
    ['a link in the style', { mark, config: { mark: { href: evil } } }, { mark, config: { mark: {} } }, 'config.mark.href was left out'],
    ['a background image', { mark, background: `url("${evil}")` }, { mark }, 'The background was left out'],
    ['a background in the style', { mark, config: { background: 'black', view: { fill: 'black' } } }, { mark, config: { view: {} } }, 'The background'],
    ['options of the embedder', { mark, usermeta: { embedOptions: { loader: { baseURL: evil } } } }, { mark }, 'usermeta was left out'],
  ])('is left out where the plot is the same without it: %s', (_case, spec, expected, note) => {
    const inside = keepInside(spec);
    expect(inside.spec).toEqual(expected);
    expect(inside.notes.join(' ')).toContain(note);
  });

  it('is refused in the drawing when it came through the data', async () => {
    const spec: JsonObject = {
      data: { values: [{ a: 1, c: `url(${evil})` }] },
      mark,
      encoding: { x: { field: 'a', type: 'quantitative' }, color: { field: 'c', type: 'nominal', scale: null } },
    };
    await expect(draw(spec)).rejects.toThrow('links to or loads something');
  });

  it('may stand in the labels of the data', async () => {
    const spec: JsonObject = {
      data: { values: [{ a: 'see url(x) <a href="y">', n: 2 }] },
      mark: 'bar',
      encoding: { x: { field: 'a', type: 'nominal' }, y: { field: 'n', type: 'quantitative' } },
    };
    await expect(draw(spec)).resolves.toMatchObject({ markCount: 1 });
  });
});
