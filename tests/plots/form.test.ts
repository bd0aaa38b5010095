import { describe, expect, it } from 'vitest';

import { createCountries } from '../../src/base/countries.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { readFonts } from '../../src/plots/fonts.ts';
import { inGoodForm } from '../../src/plots/form/good-form.ts';
import { fitted } from '../../src/plots/form/fit.ts';
import { humanName } from '../../src/plots/form/names.ts';
import { naturalOrder } from '../../src/plots/form/natural-order.ts';
import { withHouseStyle } from '../../src/plots/house-style.ts';
import { createTextWidth } from '../../src/plots/text-width.ts';

const textWidth = createTextWidth(readFonts());
const x = { field: 'name', type: 'nominal' };
const y = { field: 'amount', type: 'quantitative' };
const rowsOf = (...names: readonly string[]): readonly JsonObject[] => names.map((name, index) => ({ name, amount: index, year: 2000 + index }));
const formed = (spec: JsonObject, rows = rowsOf('b', 'a'), units = {}) => inGoodForm(spec, rows, units);

describe('good form', () => {
  it.each<readonly [string, JsonObject, JsonObject]>([
    ['sorts bars by their length', { mark: 'bar', encoding: { x, y } }, { encoding: { x: { sort: '-y' } } }],
    ['keeps an order that was given', { mark: 'bar', encoding: { x: { ...x, sort: null }, y } }, { encoding: { x: { sort: null } } }],
    ['leaves lines in their order', { mark: 'line', encoding: { x, y } }, { encoding: { x: expect.not.objectContaining({ sort: expect.anything() }) } }],
    ['writes large numbers short', { mark: 'bar', encoding: { x, y } }, { encoding: { y: { axis: { labelExpr: expect.stringContaining('1000') } } } }],
    [
      'writes years without thousands',
      { mark: 'line', encoding: { x: { field: 'year', type: 'quantitative' }, y } },
      { encoding: { x: { axis: { format: 'd' }, scale: { zero: false } } } },
    ],
    ['names averages', { mark: 'bar', encoding: { x, y: { ...y, aggregate: 'mean' } } }, { encoding: { y: { title: 'Average amount ($)' } } }],
    [
      'adds the unit to a title that was given',
      { mark: 'bar', encoding: { x, y: { ...y, title: 'What it cost' } } },
      { encoding: { y: { title: 'What it cost ($)' } } },
    ],
    ['keeps an axis without a title', { mark: 'bar', encoding: { x: { ...x, axis: { title: null } }, y } }, { encoding: { x: { title: null } } }],
    [
      'writes shares of a whole in percent',
      { mark: 'bar', encoding: { x, y: { ...y, stack: 'normalize' } } },
      { encoding: { y: { axis: { format: '.0%' } } } },
    ],
  ])('%s', (_case, spec, expected) => {
    expect(formed(spec, rowsOf('b', 'a'), { amount: '$' }).spec).toMatchObject(expected);
  });

  it('sorts months by the calendar, in bars and in panels', () => {
    const spec = { mark: 'bar', encoding: { x, y, row: { field: 'name' } } };
    const { spec: sorted } = formed(spec, rowsOf('Mar', 'Jan', 'Feb'));
    expect(sorted).toMatchObject({ encoding: { x: { sort: ['Jan', 'Feb', 'Mar'] }, row: { sort: ['Jan', 'Feb', 'Mar'] } } });
  });

  it('lets bars begin at zero, and says so', () => {
    const { spec, notes } = formed({ mark: 'bar', encoding: { x, y: { ...y, scale: { zero: false, domain: [50, 100] } } } });
    expect(spec).toMatchObject({ encoding: { y: { scale: { zero: true } } } });
    expect(notes).toEqual([expect.stringContaining('begin at zero')]);
  });

  it('writes numbers on cells in a colour that can be read on their shade', () => {
    const cells = {
      layer: [
        { mark: 'rect', encoding: { color: y } },
        { mark: 'text', encoding: { text: y } },
      ],
    };
    const { spec } = formed(cells, rowsOf('a', 'b', 'c', 'd', 'e'));
    expect(spec).toMatchObject({
      layer: [{}, { encoding: { color: { condition: { test: { field: 'amount', gt: 2 }, value: '#ffffff' }, value: '#1f2937' } } }],
    });
  });

  it('draws bars instead of a pie of many slices, and says so', () => {
    const pie = { mark: 'arc', encoding: { theta: y, color: x } };
    const { spec, notes } = formed(pie, rowsOf(...'abcdefghij'));
    expect(spec).toMatchObject({ mark: 'bar', encoding: { y: { field: 'name', sort: '-x' }, x: { field: 'amount' } } });
    expect(notes).toEqual(['10 slices are too many for a pie, so it was drawn as bars.']);
    expect(formed(pie, rowsOf('a', 'b', 'c'))).toMatchObject({ spec: { mark: 'arc' }, notes: [] });
  });
});

describe('the order of words', () => {
  it.each([
    [
      ['friday', 'Monday', 'wednesday'],
      ['Monday', 'wednesday', 'friday'],
    ],
    [
      ['L', 'S', 'XL', 'M'],
      ['S', 'M', 'L', 'XL'],
    ],
    [
      ['high', 'low', 'medium'],
      ['low', 'medium', 'high'],
    ],
    [
      ['65+', '18-24', '<18', '25-34'],
      ['<18', '18-24', '25-34', '65+'],
    ],
    [
      ['10', '9', 'null', '100'],
      ['9', '10', '100', 'null'],
    ],
    [
      ['$10-$20', '$0-$10'],
      ['$0-$10', '$10-$20'],
    ],
  ])('is known: %s', (values, sorted) => {
    expect(naturalOrder(values)).toEqual(sorted);
  });

  it('is not made up', () => {
    expect(naturalOrder(['May', 'Smith'])).toBeNull();
    expect(naturalOrder(['may'])).toBeNull();
  });
});

describe('names', () => {
  it.each([
    ['Miles_per_Gallon', 'Miles per Gallon'],
    ['price_usd', 'Price (USD)'],
    ['weight_in_lbs', 'Weight (lbs)'],
    ['petalLength', 'Petal Length'],
    ['share_pct', 'Share (%)'],
    ['plan_b', 'Plan b'],
  ])('are written for people: %s', (field, name) => {
    expect(humanName(field)).toBe(name);
  });
});

describe('a width', () => {
  const styled = (spec: JsonObject) => withHouseStyle(spec, 'LIGHT');
  const long = rowsOf('A name that is rather long', 'Another name of this kind', 'Short', 'And one more that is long');

  it('slants names that do not fit, and leaves those that do', () => {
    expect(fitted(styled({ mark: 'bar', encoding: { x, y } }), long, 360, null, textWidth)).toMatchObject({ encoding: { x: { axis: { labelAngle: -40 } } } });
    expect(fitted(styled({ mark: 'bar', encoding: { x, y } }), rowsOf('a', 'b'), 360, null, textWidth)).toMatchObject({
      encoding: { x: { axis: { labelAngle: 0 } } },
    });
  });

  it('breaks titles, and puts the legend below on a phone', () => {
    const spec = { title: 'A title that is much too long to stand in one line of a phone', mark: 'bar', encoding: { x, y, color: x } };
    const phone = fitted(styled(spec), long, 360, null, textWidth);
    expect(phone).toMatchObject({ title: { text: [expect.any(String), expect.any(String)] }, width: 336, config: { legend: { orient: 'bottom' } } });
    expect(fitted(styled(spec), long, 900, null, textWidth)).toMatchObject({
      title: spec.title,
      config: { legend: expect.not.objectContaining({ orient: 'bottom' }) },
    });
  });

  it('puts panels below each other', () => {
    const panels = fitted(styled({ mark: 'bar', encoding: { x, y, column: { field: 'name' } } }), long, 360, null, textWidth);
    expect(panels).toMatchObject({ encoding: { facet: { field: 'name', columns: 2 } } });
    expect(fitted(styled({ hconcat: [{ mark: 'bar' }, { mark: 'bar' }, { mark: 'bar' }] }), long, 360, null, textWidth)).toHaveProperty('vconcat');
  });

  it('is measured in the font that ships with the product', () => {
    expect(textWidth('mmmm', 10)).toBeGreaterThan(3 * textWidth('iiii', 10));
    expect(textWidth('Привет', 10)).toBeGreaterThan(25);
    expect(textWidth('漢字', 10)).toBe(20);
  });
});

describe('the dark theme', () => {
  it('changes paper and ink, lightens what is dark, and leaves what can be read', () => {
    const spec = {
      layer: [
        { mark: { type: 'rect', stroke: '#ffffff' } },
        { mark: { type: 'text', color: '#1f2937' } },
        { mark: { type: 'line', color: 'black' } },
        { mark: { type: 'bar', color: '#ffcc00' } },
      ],
      title: { text: 'Black', color: '#222222' },
    };
    const dark: any = withHouseStyle(spec, 'DARK');
    expect(dark.layer.map((layer: any) => layer.mark.stroke ?? layer.mark.color)).toEqual([
      '#111827',
      '#e5e7eb',
      expect.stringMatching(/^#[89a-f]/),
      '#ffcc00',
    ]);
    expect(dark.title).toEqual({ text: 'Black', color: expect.stringMatching(/^#[89a-f]/) });
    expect(dark.config).toMatchObject({ background: '#111827', axis: { labelColor: '#a3adba' } });
  });
});

describe('countries', () => {
  const countries = createCountries();
  it.each([
    ['Germany', 'DE'],
    ['deu', 'DE'],
    ['USA', 'US'],
    ['United States', 'US'],
    ["Côte d'Ivoire", 'CI'],
    ['South Korea', 'KR'],
    ['Russian Federation', 'RU'],
    ['Atlantis', null],
  ])('are found by name and code: %s', (name, code) => {
    expect(countries.codeOf(name)).toBe(code);
  });
});
