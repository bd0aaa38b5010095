import type { Json, JsonObject } from '../../base/json.ts';
import { isObject } from '../spec-tree.ts';
import { titleOf, unitOf, type Units } from './names.ts';
import { channelOf, channelType, encodingOf, fieldOf, numbersOf, type Rows } from './views.ts';

const positions = ['x', 'y'] as const;
const shades = ['color', 'fill', 'stroke', 'size', 'opacity', 'shape', 'row', 'column', 'facet'] as const;

/** Numbers as people write them on an axis: 12k, 3M, 4B (d3 says G for billion), and small ones as they are: 1,705 says more than 1.705k. */
const shortNumber = "abs(datum.value) >= 10000 ? replace(format(datum.value, '~s'), 'G', 'B') : datum.label";

/** Whether numbers are years: whole, of our time, and called so or all distinct enough from other counts. */
export function areYears(field: string | null, numbers: readonly number[]): boolean {
  if (field === null || numbers.length === 0 || !/(^|[^a-z])(years?|yr|jahr|année|año)($|[^a-z])/i.test(field)) return false;
  return numbers.every((number) => Number.isInteger(number) && number >= 1_000 && number <= 2_300);
}

/** Gives the axes, legends and headers of a view names with units, and numbers that people can read. */
export function readableAxes(view: JsonObject, rows: Rows, units: Units): JsonObject {
  const encoding = encodingOf(view);
  const changed: Record<string, Json> = { ...encoding };
  for (const name of positions) {
    const channel = channelOf(encoding, name);
    if (channel !== null) changed[name] = readablePosition(channel, rows, units, name);
  }
  for (const name of shades) {
    const channel = channelOf(encoding, name);
    if (channel !== null) changed[name] = readableShade(name, channel, units);
  }
  return Object.keys(changed).length === 0 ? view : { ...view, encoding: changed };
}

function readablePosition(channel: JsonObject, rows: Rows, units: Units, name: string): JsonObject {
  const titled: JsonObject = { ...channel, title: titleOf(channel, units) };
  if (channel['axis'] === null || channelType(channel) !== 'quantitative') return titled;
  const own = isObject(channel['axis']) ? channel['axis'] : {};
  // Some six lines are enough to read a height by.
  const axis: JsonObject = name === 'y' ? { tickCount: 6, ...own } : own;
  if (axis['format'] !== undefined || axis['labelExpr'] !== undefined) return { ...titled, axis: { ...axis } };
  const field = fieldOf(channel);
  if (areYears(field, numbersOf(rows, field)) && channel['aggregate'] === undefined) return { ...titled, axis: { tickMinStep: 1, ...axis, format: 'd' } };
  if (channel['stack'] === 'normalize') return { ...titled, axis: { ...axis, format: '.0%' } };
  const isPercent = field !== null && unitOf(field, units) === '%';
  return { ...titled, axis: { ...axis, labelExpr: isPercent ? "datum.label + ' %'" : shortNumber } };
}

function readableShade(name: string, channel: JsonObject, units: Units): JsonObject {
  const titled: JsonObject = { ...channel, title: titleOf(channel, units) };
  const isLegend = name !== 'row' && name !== 'column' && name !== 'facet';
  if (!isLegend || channel['legend'] === null || channelType(channel) !== 'quantitative') return titled;
  const legend = isObject(channel['legend']) ? channel['legend'] : {};
  return legend['format'] !== undefined || legend['labelExpr'] !== undefined
    ? titled
    : { ...titled, legend: { ...legend, labelExpr: shortNumber.replace("'~s'", "'.3~s'") } };
}
