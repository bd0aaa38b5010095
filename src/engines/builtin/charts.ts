import type { Json, JsonObject } from '../../base/json.ts';
import type { Grain } from './dates.ts';
import { capital } from './words.ts';

/** A column of the query that a chart draws, and what to call it. */
export interface ChartField {
  /** The name of the column in the result. */
  readonly field: string;
  readonly title: string;
}

/** Thousands, millions and billions on an axis as people abbreviate them (d3 says G for billion). */
const shortNumbers: JsonObject = { labelExpr: "replace(format(datum.value, '~s'), 'G', 'B')" };

const plainNumber = ',.4~r';

function quantity(value: ChartField): JsonObject {
  return { field: value.field, type: 'quantitative', title: capital(value.title), axis: { ...shortNumbers, tickCount: 6 } };
}

function tooltip(fields: readonly (ChartField & { readonly type: string; readonly format?: string })[]): JsonObject {
  return { tooltip: fields.map(({ field, title, type, format }) => ({ field, title, type, ...(format === undefined ? {} : { format }) })) };
}

const number = (value: ChartField): ChartField & { type: string; format: string } => ({ ...value, type: 'quantitative', format: plainNumber });
const name = (value: ChartField): ChartField & { type: string } => ({ ...value, type: 'nominal' });

/** Horizontal bars, longest first, so that long names can be read. */
export function barChart(title: string, category: ChartField, value: ChartField): JsonObject {
  return {
    title: capital(title),
    width: 480,
    height: { step: 26 },
    mark: { type: 'bar', height: { band: 0.72 } },
    encoding: {
      y: { field: category.field, type: 'nominal', sort: '-x', title: capital(category.title), axis: { domain: false, labelLimit: 220, labelOverlap: false } },
      x: { ...quantity(value), scale: { zero: true } },
      ...tooltip([name(category), number(value)]),
    },
  };
}

/** Upright bars in the order of the rows, for scales of few steps such as months. */
export function columnChart(title: string, category: ChartField, value: ChartField, order: readonly Json[]): JsonObject {
  return {
    title: capital(title),
    width: 520,
    height: 280,
    mark: { type: 'bar', width: { band: 0.78 } },
    encoding: {
      x: { field: category.field, type: 'ordinal', sort: order, title: capital(category.title), axis: { labelAngle: 0 } },
      y: { ...quantity(value), scale: { zero: true } },
      ...tooltip([name(category), number(value)]),
    },
  };
}

/** How a period is drawn: years are numbers, everything else is a moment. */
function timeAxis(period: ChartField, grain: Grain): JsonObject {
  if (grain === 'year')
    return {
      field: period.field,
      type: 'quantitative',
      title: capital(period.title),
      scale: { zero: false, nice: false },
      axis: { format: 'd', grid: false, tickMinStep: 1 },
    };
  return { field: period.field, type: 'temporal', title: capital(period.title), axis: { grid: false } };
}

/** A line over time, with one line for each value of a series where there is one. */
export function lineChart(
  title: string,
  period: ChartField,
  value: ChartField,
  grain: Grain,
  options: { readonly series?: ChartField; readonly isFromZero?: boolean; readonly points?: number } = {},
): JsonObject {
  const { series, isFromZero = false, points = 100 } = options;
  const moment = { ...period, type: grain === 'year' ? 'quantitative' : 'temporal', ...(grain === 'year' ? { format: 'd' } : {}) };
  return {
    title: capital(title),
    width: 560,
    height: 300,
    mark: { type: 'line', ...(points <= 40 ? { point: { size: 34, opacity: 1 } } : {}) },
    encoding: {
      x: timeAxis(period, grain),
      y: { ...quantity(value), scale: { zero: isFromZero } },
      ...(series === undefined ? {} : { color: { field: series.field, type: 'nominal', title: capital(series.title) } }),
      ...tooltip([moment, ...(series === undefined ? [] : [name(series)]), number(value)]),
    },
  };
}

/** Bars of a histogram whose bins the query made. */
export function histogramChart(title: string, value: string, from: string, to: string, counted: ChartField, powers: readonly number[] | null): JsonObject {
  const axis: JsonObject = powers === null ? { ...shortNumbers, grid: false } : { ...shortNumbers, grid: false, values: [...powers] };
  return {
    title: capital(title),
    width: 520,
    height: 280,
    mark: { type: 'bar', binSpacing: 1 },
    encoding: {
      x: {
        field: from,
        type: 'quantitative',
        title: capital(value),
        ...(powers === null ? { scale: { zero: false, nice: false } } : { scale: { type: 'log', nice: false } }),
        bin: { binned: true },
        axis,
      },
      x2: { field: to },
      y: { ...quantity(counted), scale: { zero: true } },
      ...tooltip([number({ field: from, title: 'From' }), number({ field: to, title: 'To' }), number(counted)]),
    },
  };
}

/** Points of two measures, coloured by a category where there is one. */
export function scatterChart(title: string, x: ChartField, y: ChartField, color: ChartField | null): JsonObject {
  return {
    title: capital(title),
    width: 520,
    height: 360,
    mark: { type: 'point' },
    encoding: {
      x: { ...quantity(x), scale: { zero: false } },
      y: { ...quantity(y), scale: { zero: false } },
      ...(color === null ? {} : { color: { field: color.field, type: 'nominal', title: capital(color.title) } }),
      ...tooltip([...(color === null ? [] : [name(color)]), number(x), number(y)]),
    },
  };
}

/** Counts of two categories crossed, as shades with the numbers on them. */
export function heatmapChart(title: string, x: ChartField, y: ChartField, value: ChartField, largest: number): JsonObject {
  const axes: JsonObject = {
    x: { field: x.field, type: 'nominal', title: x.title, axis: { labelAngle: -40, domain: false, labelOverlap: false } },
    y: { field: y.field, type: 'nominal', title: y.title, axis: { domain: false, labelOverlap: false } },
  };
  return {
    title: capital(title),
    width: { step: 64 },
    height: { step: 34 },
    encoding: axes,
    layer: [
      {
        mark: { type: 'rect', stroke: '#ffffff', strokeWidth: 2 },
        encoding: {
          color: { field: value.field, type: 'quantitative', title: value.title, scale: { domainMin: 0 } },
          ...tooltip([name(x), name(y), number(value)]),
        },
      },
      {
        mark: { type: 'text' },
        encoding: {
          text: { field: value.field, type: 'quantitative', format: ',d' },
          color: { condition: { test: { field: value.field, gt: largest * 0.55 }, value: '#ffffff' }, value: '#1f2937' },
        },
      },
    ],
  };
}
