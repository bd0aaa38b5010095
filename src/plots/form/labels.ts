import type { Json, JsonObject } from '../../base/json.ts';
import { isObject } from '../spec-tree.ts';
import type { TextWidth } from '../text-width.ts';
import { channelOf, channelType, encodingOf, fieldOf, textsOf, type Rows } from './views.ts';

/** How much room a view has, and what measures text in it. */
export interface Room {
  /** The width of the whole view in pixels, axes included. */
  readonly width: number;
  readonly textWidth: TextWidth;
}

/** Below this width a plot is laid out for a phone. */
export const phoneWidth = 520;

const labelSize = 11;

/**
 * Lays out the names along the axes of a view: upright where they fit, slanted where they do not, cut where they would take more than a
 * third of the room.
 */
export function fittedLabels(view: JsonObject, rows: Rows, room: Room): JsonObject {
  const encoding = encodingOf(view);
  const changed: Record<string, Json> = { ...encoding };
  const x = channelOf(encoding, 'x');
  const y = channelOf(encoding, 'y');
  const left = y === null || y['axis'] === null ? 20 : labelRoom(y, rows, room) + 40;
  if (x !== null && x['axis'] !== null && isDiscrete(x)) changed['x'] = withAxis(x, slant(x, view, rows, room, left));
  if (x !== null && x['axis'] !== null && !isDiscrete(x)) changed['x'] = withAxis(x, ticks(x, room.width - left));
  if (y !== null && y['axis'] !== null && isDiscrete(y)) changed['y'] = withAxis(y, { labelLimit: Math.round(Math.min(240, room.width * 0.36)) });
  return Object.keys(changed).length === 0 ? view : { ...view, encoding: changed };
}

/** How many pixels the labels of an upright axis take. */
function labelRoom(channel: JsonObject, rows: Rows, { width, textWidth }: Room): number {
  if (!isDiscrete(channel)) return 32;
  const texts = textsOf(rows, fieldOf(channel)) ?? [];
  return Math.min(width * 0.36, Math.max(0, ...texts.map((text) => textWidth(text, labelSize))));
}

function slant(channel: JsonObject, view: JsonObject, rows: Rows, room: Room, left: number): JsonObject {
  const axis = isObject(channel['axis']) ? channel['axis'] : {};
  const texts = textsOf(rows, fieldOf(channel));
  if (texts === null || channel['timeUnit'] !== undefined) return axis['labelAngle'] === undefined ? { labelAngle: -40, labelLimit: 120 } : {};
  const step = isObject(view['width']) && typeof view['width']['step'] === 'number' ? view['width']['step'] : (room.width - left) / Math.max(1, texts.length);
  const longest = Math.max(0, ...texts.map((text) => room.textWidth(text, labelSize)));
  if (longest <= step - 4) return { labelAngle: 0 };
  // Slanted labels stand closer than level ones, but a line of text needs its height.
  return { labelAngle: step >= 11 ? -40 : -90, labelLimit: room.width < phoneWidth ? 90 : 130, labelOverlap: step >= 11 ? false : 'greedy' };
}

/** About one tick in eighty pixels, so that numbers and dates stand apart; what the specification says counts where there is room. */
function ticks(channel: JsonObject, pixels: number): JsonObject {
  const axis = isObject(channel['axis']) ? channel['axis'] : {};
  const isOwn = axis['tickCount'] !== undefined || axis['values'] !== undefined;
  if (isOwn && pixels >= 400) return {};
  return { ...(axis['values'] === undefined ? { tickCount: Math.max(2, Math.min(10, Math.floor(pixels / 80))) } : {}), labelOverlap: 'greedy' };
}

function withAxis(channel: JsonObject, axis: JsonObject): JsonObject {
  const own = isObject(channel['axis']) ? channel['axis'] : {};
  return { ...channel, axis: { ...own, ...axis } };
}

function isDiscrete(channel: JsonObject): boolean {
  const type = channelType(channel);
  return type === 'nominal' || type === 'ordinal';
}

/**
 * Breaks a text into lines that fit.
 *
 * @param width pixels of a line
 */
export function wrapped(text: string, width: number, fontSize: number, textWidth: TextWidth): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line === undefined || textWidth(`${line} ${word}`, fontSize, true) > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
