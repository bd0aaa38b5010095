import type { JsonObject } from '../../../base/json.ts';
import type { Grain } from '../dates.ts';
import { barChart, columnChart, groupedBarChart, pieChart, stackedBarChart } from './bars.ts';
import type { ChartField } from './chart-field.ts';
import { heatmapChart, mapChart, smallMultiples } from './grids.ts';
import { areaChart, lineChart } from './lines.ts';

/** The charts of aggregated results. Points, histograms and boxes need queries of their own: see `points.ts` and `spread.ts`. */
export type ChartKind = 'bar' | 'column' | 'grouped bar' | 'stacked bar' | 'share bar' | 'line' | 'area' | 'pie' | 'heat map' | 'map' | 'small multiples';

/** A column of names, and how many different ones the result has. */
export interface CategoryField extends ChartField {
  readonly distinct: number;
  /** Whether the names have an order of their own, such as months. */
  readonly isOrdered?: boolean;
  /** Whether they are countries, by name or code. */
  readonly isCountry?: boolean;
}

/** What a chart is to show: one value by a category, a time, or both. */
export interface ChartQuestion {
  readonly title: string;
  readonly value: ChartField;
  readonly category: CategoryField | null;
  /** A second category, drawn as colours. */
  readonly series: CategoryField | null;
  readonly time: (ChartField & { readonly grain: Grain; readonly periods: number }) | null;
  /** Whether the values are parts of one whole: counts and totals, not averages. */
  readonly isAdditive: boolean;
  /** What the person asked for; null for the chart that fits. */
  readonly wish: ChartKind | null;
}

/** A chart, and what to tell the person who wished for another one. */
export interface ChosenChart {
  readonly kind: ChartKind;
  readonly spec: JsonObject;
  readonly note: string | null;
}

const mostSlices = 7;
const mostColors = 10;
const mostGroups = 12;

/**
 * Draws what fits a question, or what the person wished for where it can be read.
 *
 * @returns null where there is nothing to draw it by
 */
export function chartFor(question: ChartQuestion): ChosenChart | null {
  const fitting = fittingKind(question);
  if (fitting === null) return null;
  const { wish } = question;
  if (wish === null || wish === fitting) return draw(question, fitting, null);
  const obstacle = obstacleTo(question, wish);
  return obstacle === null ? draw(question, wish, null) : draw(question, fitting, `${obstacle}, so this is drawn as ${articled(fitting)}.`);
}

function fittingKind({ category, series, time, isAdditive }: ChartQuestion): ChartKind | null {
  if (time !== null) {
    const groups = category ?? series;
    return groups !== null && groups.distinct > mostColors && groups.distinct <= 24 ? 'small multiples' : 'line';
  }
  if (category === null) return null;
  if (series !== null) {
    if (series.distinct > mostColors) return 'heat map';
    return series.distinct <= 4 && category.distinct <= mostGroups ? 'grouped bar' : isAdditive ? 'stacked bar' : 'heat map';
  }
  return category.isOrdered === true && category.distinct <= 14 ? 'column' : 'bar';
}

/** Why a wish cannot be met well, as the beginning of a sentence; null where it can. */
function obstacleTo({ category, series, time, isAdditive }: ChartQuestion, wish: ChartKind): string | null {
  const groups = category ?? series;
  switch (wish) {
    case 'pie':
      if (category === null || time !== null || series !== null) return 'A pie needs one category';
      if (!isAdditive) return 'A pie needs parts of a whole, and averages are none';
      return category.distinct > mostSlices ? `${category.distinct} slices are too many for a pie` : null;
    case 'line':
    case 'area':
      if (time === null) return category?.isOrdered === true && wish === 'line' ? null : `${wish === 'line' ? 'A line' : 'An area'} needs a time or an order`;
      return wish === 'area' && !isAdditive && groups !== null ? 'Averages cannot be piled up as areas' : tooManyColors(groups);
    case 'map':
      return category?.isCountry === true ? null : 'A map needs a column of countries';
    case 'stacked bar':
    case 'share bar':
    case 'grouped bar':
      if (category === null || series === null) return 'That needs two categories';
      if (wish !== 'grouped bar' && !isAdditive) return 'Averages cannot be piled up';
      return tooManyColors(series);
    case 'heat map':
      return category !== null && series !== null ? null : 'A heat map needs two categories';
    case 'small multiples':
      return groups !== null && (time !== null || series !== null)
        ? groups.distinct > 24
          ? `${groups.distinct} panels are too many`
          : null
        : 'Panels need a second category';
    case 'column':
      return category === null ? 'Columns need a category' : category.distinct > 20 ? `${category.distinct} upright columns are too many` : null;
    case 'bar':
      return category === null ? (time !== null && time.periods <= 31 ? null : 'Bars need a category, or a time of few periods') : null;
    default:
      return wish satisfies never;
  }
}

function tooManyColors(groups: CategoryField | null): string | null {
  return groups !== null && groups.distinct > mostColors ? `${groups.distinct} colours are too many to tell apart` : null;
}

function draw(question: ChartQuestion, kind: ChartKind, note: string | null): ChosenChart {
  const spec = specOf(question, kind);
  return { kind, spec, note };
}

function specOf({ title, value, category, series, time, isAdditive }: ChartQuestion, kind: ChartKind): JsonObject {
  const groups = category ?? series;
  const along = category ?? time ?? value;
  switch (kind) {
    case 'line':
    case 'area':
    case 'small multiples': {
      if (time === null) {
        if (kind === 'small multiples' && series !== null) return smallMultiples(barChart(title, along, value), series);
        return { ...columnChart(title, along, value, null), mark: { type: 'line', point: true } };
      }
      const colors = kind === 'small multiples' || groups === null ? undefined : groups;
      const options = { isFromZero: isAdditive, points: time.periods, ...(colors === undefined ? {} : { series: colors }) };
      const chart = kind === 'area' ? areaChart(title, time, value, time.grain, colors) : lineChart(title, time, value, time.grain, options);
      return kind === 'small multiples' && groups !== null ? smallMultiples(chart, groups) : chart;
    }
    case 'bar':
      return category === null && time !== null ? columnChart(title, time, value, null, time.grain) : barChart(title, along, value);
    case 'column':
      return columnChart(title, along, value, null, category === null ? (time?.grain ?? null) : null);
    case 'pie':
      return pieChart(title, along, value);
    case 'map':
      return mapChart(title, along, value);
    case 'grouped bar':
      return groupedBarChart(title, along, series ?? along, value);
    case 'stacked bar':
    case 'share bar':
      return stackedBarChart(title, along, series ?? along, value, kind === 'share bar');
    case 'heat map':
      return heatmapChart(title, along, series ?? along, value);
    default:
      return kind satisfies never;
  }
}

function articled(kind: ChartKind): string {
  if (kind === 'small multiples') return 'small multiples';
  return kind === 'area' ? 'an area' : kind === 'heat map' || kind === 'line' ? `a ${kind}` : `a ${kind} chart`;
}
