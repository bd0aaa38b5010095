import type { JsonObject } from '../../../base/json.ts';
import type { Grain } from '../dates.ts';
import { capital } from '../words.ts';
import { name, nominal, number, quantity, tooltip, type ChartField } from './chart-field.ts';

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

function moment(period: ChartField, grain: Grain): ChartField & { readonly type: string; readonly format?: string } {
  return grain === 'year' ? { ...period, type: 'quantitative', format: 'd' } : { ...period, type: 'temporal' };
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
  return {
    title: capital(title),
    width: 560,
    height: 300,
    mark: { type: 'line', ...(points <= 40 ? { point: { size: 34, opacity: 1 } } : {}) },
    encoding: {
      x: timeAxis(period, grain),
      y: { ...quantity(value), scale: { zero: isFromZero } },
      ...(series === undefined ? {} : { color: nominal(series) }),
      ...tooltip([moment(period, grain), ...(series === undefined ? [] : [name(series)]), number(value)]),
    },
  };
}

/** Areas over time on top of each other, or one: for amounts that add up. */
export function areaChart(title: string, period: ChartField, value: ChartField, grain: Grain, series?: ChartField): JsonObject {
  return {
    title: capital(title),
    width: 560,
    height: 300,
    mark: { type: 'area' },
    encoding: {
      x: timeAxis(period, grain),
      y: { ...quantity(value), stack: 'zero' },
      ...(series === undefined ? {} : { color: nominal(series) }),
      ...tooltip([moment(period, grain), ...(series === undefined ? [] : [name(series)]), number(value)]),
    },
  };
}
