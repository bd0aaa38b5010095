import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { justBelow, numberBins, timeBins } from '../../src/duckdb/child/histogram-bins.ts';

const ms = (text: string): number => Date.parse(text);

describe('the bins of numbers', () => {
  it.each<[number, number, boolean, string | undefined]>([
    [1, 12, true, '1 2 3 4 5 6 7 8 9 10 11 12 13'],
    [0, 20, true, '0 2 4 6 8 10 12 14 16 18 20 22'],
    [0.99, 2_500.98, false, '0 200 400 600 800 1000 1200 1400 1600 1800 2000 2200 2400 2600'],
    [0.1, 0.3, false, '0.1 0.11 0.12 0.13 0.14 0.15 0.16 0.17 0.18 0.19 0.2 0.21 0.22 0.23 0.24 0.25 0.26 0.27 0.28 0.29 0.3'],
    [5, 5, true, '5 6'],
    [0, 0, false, '0 0.001'],
    [-3, 2, true, '-3 -2 -1 0 1 2 3'],
    [2, 1, true, undefined],
    [-1.7e308, 1.7e308, false, undefined],
    [Number.NaN, 1, false, undefined],
  ])('from %f to %f (whole: %s) have round edges', (min, max, isWhole, labels) => {
    expect(numberBins(min, max, isWhole)?.labels.join(' ')).toBe(labels);
  });

  it('hold every value, are at most twenty, and rise', () => {
    const value = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.boolean(), (one, other, isWhole) => {
        const bounds = isWhole ? [Math.round(one), Math.round(other)] : [one, other];
        const [min, max] = [Math.min(...bounds), Math.max(...bounds)];
        const edges = numberBins(min, max, isWhole)?.edges;
        // Steps vanish only where the whole range is a few units in the last place.
        if (edges === undefined) {
          expect(max - min).toBeLessThanOrEqual(Math.max(...bounds.map(Math.abs)) * 1e-14);
          return;
        }
        expect(edges.length).toBeLessThanOrEqual(21);
        expect(edges[0]).toBeLessThanOrEqual(min);
        expect(edges.at(-1)).toBeGreaterThanOrEqual(max);
        expect(edges).toEqual([...new Set(edges)].toSorted((left, right) => left - right));
      }),
    );
  });

  it.each([1, -1, 0, 10, 0.3, 1e300])('end just below %f, where the next one begins', (edge) => {
    const below = justBelow(edge);
    expect(below).toBeLessThan(edge);
    expect([below, edge]).toContain((below + edge) / 2);
  });
});

describe('the bins of dates and moments', () => {
  it.each<[string, string, 'day' | 'millisecond', number, string, string]>([
    ['2024-02-29', '2024-02-29', 'day', 1, '2024-02-29', '2024-03-01'],
    ['2017-07-14', '2017-08-24', 'day', 7, '2017-07-10', '2017-08-28'],
    ['2020-01-31', '2024-05-01', 'day', 18, '2020-01-01', '2024-07-01'],
    ['0099-03-01', '2024-05-01', 'day', 11, '0000-01-01', '2200-01-01'],
    ['2024-01-01T00:00:00Z', '2024-01-01T10:00:00Z', 'millisecond', 11, '2024-01-01T00:00:00', '2024-01-01T11:00:00'],
    ['1969-12-31T23:59:58Z', '1970-01-01T00:00:01Z', 'millisecond', 4, '1969-12-31T23:59:58', '1970-01-01T00:00:02'],
  ])('from %s to %s (%s) are those of the calendar', (min, max, unit, count, first, last) => {
    const bins = timeBins(ms(min), ms(max), unit);
    expect([bins?.labels.length, bins?.labels[0], bins?.labels.at(-1)]).toEqual([count + 1, first, last]);
  });
});
