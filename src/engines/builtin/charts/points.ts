import type { JsonObject } from '../../../base/json.ts';
import { capital } from '../words.ts';
import { name, nominal, number, quantity, tooltip, type ChartField } from './chart-field.ts';

/**
 * Points of two measures, coloured by a category where there is one.
 *
 * @param hasTrend whether the straight line through all points is drawn
 */
export function scatterChart(title: string, x: ChartField, y: ChartField, color: ChartField | null, hasTrend = false): JsonObject {
  const axes: JsonObject = { x: { ...quantity(x), scale: { zero: false } }, y: { ...quantity(y), scale: { zero: false } } };
  const points: JsonObject = {
    mark: { type: 'point' },
    encoding: {
      ...axes,
      ...(color === null ? {} : { color: nominal(color) }),
      ...tooltip([...(color === null ? [] : [name(color)]), number(x), number(y)]),
    },
  };
  const frame = { title: capital(title), width: 520, height: 360 };
  if (!hasTrend) return { ...frame, ...points };
  const trend: JsonObject = {
    transform: [{ regression: y.field, on: x.field }],
    mark: { type: 'line', color: '#1f2937', strokeWidth: 1.5, strokeDash: [5, 4] },
    encoding: axes,
  };
  return { ...frame, layer: [points, trend] };
}
