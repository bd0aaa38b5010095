import type { Json, JsonObject } from '../base/json.ts';
import { adaptColors } from './colors.ts';
import { fontFamily } from './fonts.ts';
import { isObject } from './spec-tree.ts';
import { colorsOf, type PlotTheme } from './theme.ts';

/** How plots look in a theme unless the specification says otherwise. */
function houseConfig(theme: PlotTheme): JsonObject {
  const { background, ink, softInk, gridLine, main, categories, ramp } = colorsOf(theme);
  return {
    background,
    padding: 12,
    font: `${fontFamily}, "Helvetica Neue", Helvetica, Arial, sans-serif`,
    view: { stroke: null, continuousWidth: 520, continuousHeight: 300 },
    title: {
      anchor: 'start',
      frame: 'bounds',
      fontSize: 16,
      fontWeight: 600,
      color: ink,
      subtitleFontSize: 12,
      subtitleColor: softInk,
      subtitlePadding: 6,
      offset: 14,
    },
    axis: {
      labelFontSize: 11,
      labelColor: softInk,
      labelLimit: 180,
      titleFontSize: 12,
      titleFontWeight: 600,
      titleColor: ink,
      titlePadding: 10,
      gridColor: gridLine,
      domainColor: gridLine,
      tickColor: gridLine,
      labelPadding: 4,
      labelOverlap: true,
    },
    axisBand: { grid: false, ticks: false },
    legend: { labelFontSize: 11, labelColor: softInk, titleFontSize: 12, titleFontWeight: 600, titleColor: ink, symbolType: 'circle', labelLimit: 180 },
    header: { labelFontSize: 12, labelColor: ink, labelFontWeight: 600, titleFontSize: 12, titleColor: ink },
    mark: { tooltip: true },
    // No rounded corners: with them Vega-Lite 6.5 draws bars of binned data without width.
    bar: { color: main },
    line: { color: main, strokeWidth: 2.25 },
    trail: { color: main },
    area: { color: main, opacity: 0.85 },
    point: { color: main, filled: true, opacity: 0.55, size: 36 },
    circle: { color: main, opacity: 0.6, size: 36 },
    square: { color: main, opacity: 0.6, size: 36 },
    tick: { color: main },
    rect: { color: main },
    arc: { color: main, stroke: background, strokeWidth: 1.5 },
    geoshape: { color: main, stroke: background, strokeWidth: 0.5 },
    boxplot: {
      size: 26,
      median: { color: background, strokeWidth: 2 },
      box: { color: main },
      rule: { color: softInk },
      outliers: { color: main, opacity: 0.6, size: 20 },
    },
    errorbar: { color: softInk },
    errorband: { color: main },
    rule: { color: softInk },
    text: { color: ink, fontSize: 11 },
    range: { category: [...categories], heatmap: [...ramp], ramp: [...ramp], ordinal: [...ramp], diverging: { scheme: 'redblue' } },
  };
}

/**
 * Lays the house style of a theme under a specification; what the specification says itself wins, but for colours that could not be read.
 *
 * @param spec a Vega-Lite specification without background
 */
export function withHouseStyle(spec: JsonObject, theme: PlotTheme): JsonObject {
  const adapted = adaptColors(spec, theme);
  const own = adapted['config'];
  return { ...adapted, config: isObject(own) ? merge(houseConfig(theme), own) : houseConfig(theme) };
}

function merge(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? merge(below, value) : value;
  }
  return merged;
}
