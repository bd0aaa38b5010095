import type { Json, JsonObject } from '../../base/json.ts';
import { isObject } from '../spec-tree.ts';
import { areYears } from './axes.ts';
import { channelOf, channelType, encodingOf, fieldOf, numbersOf, textsOf, type Rows } from './views.ts';

/** More slices of a pie than this cannot be compared by eye. */
const mostSlices = 7;

/** A view that was changed for the better, and what to say about it. */
export interface Reformed {
  readonly view: JsonObject;
  readonly notes: readonly string[];
}

/**
 * Lets bars and areas begin at zero, since their length is what is read, and lets scales of other marks leave it out where years or the
 * like would be pressed into a corner. A pie with many or negative slices becomes bars.
 */
export function honestBars(view: JsonObject, marks: readonly string[], rows: Rows): Reformed {
  if (marks.length === 1 && marks[0] === 'arc') return honestPie(view, rows);
  const encoding = encodingOf(view);
  const changed: Record<string, Json> = { ...encoding };
  const notes: string[] = [];
  const hasLengths = marks.includes('bar') || marks.includes('area');
  for (const [name, end] of [
    ['x', 'x2'],
    ['y', 'y2'],
  ] as const) {
    const channel = channelOf(encoding, name);
    if (channel === null || channelType(channel) !== 'quantitative') continue;
    const scale = isObject(channel['scale']) ? channel['scale'] : {};
    const isLength = hasLengths && encoding[end] === undefined && channel['bin'] === undefined && isMeasuredAlong(name, encoding);
    if (isLength && (scale['zero'] === false || startsLater(scale['domain'])) && scale['type'] === undefined) {
      const { domain: _domain, ...kept } = scale;
      changed[name] = { ...channel, scale: { ...kept, zero: true } };
      notes.push('Bars and areas begin at zero, since their length is what is read; the scale was changed.');
    } else if (!isLength && scale['zero'] === undefined && scale['domain'] === undefined && areYears(fieldOf(channel), numbersOf(rows, fieldOf(channel)))) {
      changed[name] = { ...channel, scale: { zero: false, ...scale } };
    }
  }
  return { view: { ...view, encoding: changed }, notes };
}

/** Bars of two numbers lie along the one that is not counted off in steps; Vega-Lite takes `y` where both would do. */
function isMeasuredAlong(name: string, encoding: JsonObject): boolean {
  const other = channelOf(encoding, name === 'x' ? 'y' : 'x');
  return other === null || channelType(other) !== 'quantitative' || name === 'y';
}

function startsLater(domain: Json | undefined): boolean {
  return Array.isArray(domain) && typeof domain[0] === 'number' && domain[0] > 0;
}

function honestPie(view: JsonObject, rows: Rows): Reformed {
  const encoding = encodingOf(view);
  const [theta, color] = [channelOf(encoding, 'theta'), channelOf(encoding, 'color')];
  if (theta === null || color === null || encoding['radius'] !== undefined) return { view, notes: [] };
  const slices = textsOf(rows, fieldOf(color))?.length ?? 0;
  const isNegative = numbersOf(rows, fieldOf(theta)).some((number) => number < 0);
  if (slices <= mostSlices && !isNegative) return { view: inOrder(view, encoding, theta, color), notes: [] };
  const { theta: _theta, color: _color, order: _order, ...rest } = encoding;
  const { legend: _legend, scale: _scale, sort: _sort, ...category } = color;
  const { stack: _stack, ...length } = theta;
  const reason = isNegative ? 'A pie cannot show negative values' : `${slices} slices are too many for a pie`;
  return {
    view: {
      ...view,
      mark: 'bar',
      height: { step: 24 },
      encoding: { ...rest, y: { type: 'nominal', ...category, sort: '-x' }, x: { type: 'quantitative', ...length } },
    },
    notes: [`${reason}, so it was drawn as bars.`],
  };
}

/** Slices from the largest on, clockwise, unless the specification says otherwise. */
function inOrder(view: JsonObject, encoding: JsonObject, theta: JsonObject, color: JsonObject): JsonObject {
  if ('sort' in color || encoding['order'] !== undefined || typeof theta['field'] !== 'string' || theta['aggregate'] !== undefined) return view;
  const { field } = theta;
  return {
    ...view,
    encoding: {
      ...encoding,
      theta: { stack: true, ...theta },
      color: { ...color, sort: { field, op: 'sum', order: 'descending' } },
      order: { field, type: 'quantitative', sort: 'descending' },
    },
  };
}
