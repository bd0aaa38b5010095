import type { Json, JsonObject } from '../base/json.ts';
import { isObject } from './spec-tree.ts';

const ink = '#1f2937';
const softInk = '#6b7280';
const gridLine = '#e5e7eb';

/** Ten colours that stay apart in print and for most colour-blind people (after Tableau 10, Stone 2016). */
const categoryColors = ['#4c78a8', '#f58518', '#54a24b', '#e45756', '#72b7b2', '#b279a2', '#eeca3b', '#9d755d', '#ff9da6', '#79706e'];

/** How plots look unless the specification says otherwise. */
const defaultConfig: JsonObject = {
  background: '#ffffff',
  padding: 12,
  font: 'Inter, "Helvetica Neue", Helvetica, Arial, sans-serif',
  view: { stroke: null, continuousWidth: 520, continuousHeight: 300 },
  title: { anchor: 'start', fontSize: 16, fontWeight: 600, color: ink, subtitleFontSize: 12, subtitleColor: softInk, subtitlePadding: 6, offset: 14 },
  axis: {
    labelFontSize: 11,
    labelColor: softInk,
    labelLimit: 180,
    titleFontSize: 12,
    titleFontWeight: 500,
    titleColor: ink,
    titlePadding: 10,
    gridColor: gridLine,
    domainColor: gridLine,
    tickColor: gridLine,
    labelPadding: 4,
    labelOverlap: true,
  },
  axisBand: { grid: false, ticks: false },
  legend: { labelFontSize: 11, labelColor: softInk, titleFontSize: 12, titleFontWeight: 500, titleColor: ink, symbolType: 'circle' },
  header: { labelFontSize: 12, labelColor: ink, titleFontSize: 12, titleColor: ink },
  // No rounded corners: with them Vega-Lite 6.5 draws bars of binned data without width.
  bar: { color: '#4c78a8' },
  line: { color: '#4c78a8', strokeWidth: 2.25 },
  area: { color: '#4c78a8', opacity: 0.85 },
  point: { color: '#4c78a8', filled: true, opacity: 0.55, size: 36 },
  rect: { color: '#4c78a8' },
  rule: { color: softInk },
  text: { color: ink, fontSize: 11 },
  range: { category: categoryColors, heatmap: { scheme: 'blues' }, ramp: { scheme: 'blues' }, diverging: { scheme: 'redblue' } },
};

/**
 * Lays the house style under a specification; what the specification says itself wins.
 *
 * @param spec a Vega-Lite specification
 */
export function withAppearance(spec: JsonObject): JsonObject {
  const own = spec['config'];
  return { ...spec, config: isObject(own) ? merge(defaultConfig, own) : defaultConfig };
}

function merge(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? merge(below, value) : value;
  }
  return merged;
}
