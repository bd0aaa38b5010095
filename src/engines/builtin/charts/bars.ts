import type { Json, JsonObject } from '../../../base/json.ts';
import type { Grain } from '../dates.ts';
import { capital } from '../words.ts';
import { name, nominal, number, quantity, tooltip, type ChartField } from './chart-field.ts';

/** Horizontal bars, so that long names can be read: longest first, but for names with an order of their own such as months. */
export function barChart(title: string, category: ChartField, value: ChartField): JsonObject {
  return {
    title: capital(title),
    width: 480,
    height: { step: 26 },
    mark: { type: 'bar', height: { band: 0.72 } },
    encoding: {
      y: { ...nominal(category), axis: { domain: false, labelOverlap: false } },
      x: { ...quantity(value), scale: { zero: true } },
      ...tooltip([name(category), number(value)]),
    },
  };
}

/** How the first day of a period is written below a column (https://d3js.org/d3-time-format); hours and years stay as they are. */
const periodFormats: Partial<Record<Grain, string>> = { day: '%-d %b %Y', week: '%-d %b %Y', month: '%b %Y', quarter: 'Q%q %Y' };

/**
 * Upright bars in a given order, for scales of few steps such as months.
 *
 * @param grain what each category is, where they are periods
 */
export function columnChart(title: string, category: ChartField, value: ChartField, order: readonly Json[] | null, grain: Grain | null = null): JsonObject {
  const format = grain === null ? undefined : periodFormats[grain];
  const axis = format === undefined ? {} : { axis: { labelExpr: `utcFormat(toDate(datum.value), '${format}')` } };
  return {
    title: capital(title),
    width: 520,
    height: 280,
    mark: { type: 'bar', width: { band: 0.78 } },
    encoding: {
      x: { ...nominal(category), type: 'ordinal', ...(order === null ? {} : { sort: order }), ...axis },
      y: { ...quantity(value), scale: { zero: true } },
      ...tooltip([name(category), number(value)]),
    },
  };
}

/** Bars of several series side by side, for up to a dozen categories of up to four series. */
export function groupedBarChart(title: string, category: ChartField, series: ChartField, value: ChartField): JsonObject {
  return {
    title: capital(title),
    width: 520,
    height: 300,
    mark: { type: 'bar' },
    encoding: {
      x: nominal(category),
      xOffset: { field: series.field, type: 'nominal' },
      y: { ...quantity(value), scale: { zero: true } },
      color: nominal(series),
      ...tooltip([name(category), name(series), number(value)]),
    },
  };
}

/**
 * Bars of several series on top of each other.
 *
 * @param isShare whether every bar is stretched to 100 %
 */
export function stackedBarChart(title: string, category: ChartField, series: ChartField, value: ChartField, isShare: boolean): JsonObject {
  return {
    title: capital(title),
    width: 480,
    height: { step: 26 },
    mark: { type: 'bar', height: { band: 0.72 } },
    encoding: {
      y: { ...nominal(category), ...(isShare ? {} : { sort: '-x' }), axis: { domain: false, labelOverlap: false } },
      x: { ...quantity(value), stack: isShare ? 'normalize' : 'zero' },
      color: nominal(series),
      ...tooltip([name(category), name(series), number(value)]),
    },
  };
}

/** Slices of a whole, largest first; for few of them. */
export function pieChart(title: string, category: ChartField, value: ChartField): JsonObject {
  return {
    title: capital(title),
    width: 280,
    height: 280,
    mark: { type: 'arc', innerRadius: 60 },
    encoding: { theta: quantity(value), color: nominal(category), ...tooltip([name(category), number(value)]) },
  };
}
