import type { JsonObject } from '../../../base/json.ts';
import { capital } from '../words.ts';
import { name, number, tooltip, type ChartField } from './chart-field.ts';

/** Values of two categories crossed, as shades with the numbers on them. */
export function heatmapChart(title: string, x: ChartField, y: ChartField, value: ChartField): JsonObject {
  const axes: JsonObject = {
    x: { field: x.field, type: 'nominal', title: capital(x.title), axis: { domain: false, labelOverlap: false } },
    y: { field: y.field, type: 'nominal', title: capital(y.title), axis: { domain: false, labelOverlap: false } },
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
          color: { field: value.field, type: 'quantitative', title: capital(value.title), scale: { domainMin: 0 } },
          ...tooltip([name(x), name(y), number(value)]),
        },
      },
      {
        mark: { type: 'text' },
        encoding: { text: { field: value.field, type: 'quantitative', format: ',.3~r' } },
      },
    ],
  };
}

/** The same chart once for each value of a category, side by side with one scale. */
export function smallMultiples(chart: JsonObject, by: ChartField): JsonObject {
  const { title, width: _width, height: _height, encoding, ...rest } = chart;
  const facet: JsonObject = { field: by.field, type: 'nominal', title: capital(by.title), columns: 3 };
  const channels = typeof encoding === 'object' && encoding !== null && !Array.isArray(encoding) ? encoding : {};
  const shape = { title: title ?? '', width: 170, height: 140 };
  if (rest['layer'] === undefined) return { ...shape, ...rest, encoding: { ...channels, facet } };
  return {
    title: shape.title,
    facet: { field: by.field, type: 'nominal', title: capital(by.title) },
    columns: 3,
    spec: { width: 170, height: 140, ...rest, encoding: channels },
  };
}

/** Countries of the world, shaded by a value. The names or codes are found on the map when the plot is checked. */
export function mapChart(title: string, country: ChartField, value: ChartField): JsonObject {
  return {
    title: capital(title),
    width: 560,
    height: 300,
    mark: 'geoshape',
    encoding: {
      shape: { field: country.field, type: 'geojson' },
      color: { field: value.field, type: 'quantitative', title: capital(value.title) },
      ...tooltip([name(country), number(value)]),
    },
  };
}
