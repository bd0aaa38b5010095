import type { JsonObject } from '../../../base/json.ts';
import { capital } from '../words.ts';
import { name, nominal, number, quantity, tooltip, type ChartField } from './chart-field.ts';

/** Bars of a histogram whose bins the query made. */
export function histogramChart(title: string, value: string, from: string, to: string, counted: ChartField, powers: readonly number[] | null): JsonObject {
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
        axis: powers === null ? { grid: false } : { grid: false, values: [...powers] },
      },
      x2: { field: to },
      y: { ...quantity(counted), scale: { zero: true } },
      ...tooltip([number({ field: from, title: 'From' }), number({ field: to, title: 'To' }), number(counted)]),
    },
  };
}

/** The columns of a query that tell the spread of a measure in each category. */
export interface BoxFields {
  readonly low: string;
  readonly firstQuarter: string;
  readonly median: string;
  readonly thirdQuarter: string;
  readonly high: string;
}

/** Boxes from the first to the third quarter with the median in them, and lines to the ends, all computed by the query. */
export function boxChart(title: string, category: ChartField, value: string, fields: BoxFields): JsonObject {
  const { low, firstQuarter, median, thirdQuarter, high } = fields;
  const shared = { type: 'quantitative', title: capital(value), scale: { zero: false } };
  return {
    title: capital(title),
    width: 480,
    height: { step: 34 },
    encoding: {
      y: { ...nominal(category), sort: { field: median, op: 'max', order: 'descending' }, axis: { domain: false, labelOverlap: false } },
      ...tooltip([
        name(category),
        number({ field: low, title: 'Low end' }),
        number({ field: firstQuarter, title: 'First quarter' }),
        number({ field: median, title: 'Median' }),
        number({ field: thirdQuarter, title: 'Third quarter' }),
        number({ field: high, title: 'High end' }),
      ]),
    },
    layer: [
      { mark: 'rule', encoding: { x: { field: low, ...shared }, x2: { field: high } } },
      { mark: { type: 'bar', height: { band: 0.6 } }, encoding: { x: { field: firstQuarter, ...shared }, x2: { field: thirdQuarter } } },
      { mark: { type: 'tick', color: '#ffffff', thickness: 2, height: { band: 0.6 } }, encoding: { x: { field: median, ...shared } } },
    ],
  };
}
