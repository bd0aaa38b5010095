import type { Json, JsonObject } from '../../base/json.ts';
import { isObject } from '../spec-tree.ts';

/** Properties under which Vega-Lite keeps lists of views. */
const viewLists = ['layer', 'hconcat', 'vconcat', 'concat'] as const;

/** The rows of a plot. */
export type Rows = readonly JsonObject[];

/**
 * Changes each part of a specification that has channels of its own.
 *
 * @param spec a specification, or a view in one
 * @param change gets a view and the marks that are drawn in it or below it
 */
export function mapViews(spec: JsonObject, change: (view: JsonObject, marks: readonly string[]) => JsonObject): JsonObject {
  let mapped: JsonObject = spec;
  for (const key of viewLists) {
    const views = mapped[key];
    if (Array.isArray(views)) mapped = { ...mapped, [key]: views.map((view: Json) => (isObject(view) ? mapViews(view, change) : view)) };
  }
  const inner = mapped['spec'];
  if (isObject(inner)) mapped = { ...mapped, spec: mapViews(inner, change) };
  return isObject(mapped['encoding']) || mapped['mark'] !== undefined || mapped['layer'] !== undefined ? change(mapped, marksOf(spec)) : mapped;
}

/** The types of the marks of a view and of those in it. */
export function marksOf(view: JsonObject): readonly string[] {
  const mark = view['mark'];
  const own = typeof mark === 'string' ? [mark] : isObject(mark) && typeof mark['type'] === 'string' ? [mark['type']] : [];
  const inner = isObject(view['spec']) ? marksOf(view['spec']) : [];
  return [...own, ...inner, ...viewLists.flatMap((key) => listOf(view[key]).flatMap(marksOf))];
}

/** The objects of a list; none where it is no list. */
export function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((entry: Json) => isObject(entry)) : [];
}

/** The channels of a view. */
export function encodingOf(view: JsonObject): JsonObject {
  return isObject(view['encoding']) ? view['encoding'] : {};
}

/** A channel of a view; null where it has none or a constant. */
export function channelOf(encoding: JsonObject, name: string): JsonObject | null {
  const channel = encoding[name];
  return isObject(channel) && (typeof channel['field'] === 'string' || channel['aggregate'] !== undefined) ? channel : null;
}

/** What a channel means, by its type or as Vega-Lite reads one without a type. */
export function channelType(channel: JsonObject): string {
  if (typeof channel['type'] === 'string') return channel['type'];
  if (channel['timeUnit'] !== undefined) return 'temporal';
  if ((channel['aggregate'] !== undefined && channel['aggregate'] !== null) || channel['bin'] === true || isObject(channel['bin'])) return 'quantitative';
  return 'nominal';
}

/** The name of the column behind a channel, with the escapes of Vega-Lite taken off; null where it has none. */
export function fieldOf(channel: JsonObject | null): string | null {
  return typeof channel?.['field'] === 'string' ? channel['field'].replaceAll(/\\(.)/g, '$1') : null;
}

/** The values of a column as texts, each once, in the order of the rows; null where the rows do not have it, or it is made by a transform. */
export function textsOf(rows: Rows, field: string | null): readonly string[] | null {
  if (field === null || rows.length === 0 || !rows.some((row) => field in row)) return null;
  return [...new Set(rows.map((row) => textOfValue(row[field])))];
}

/** The numbers of a column. */
export function numbersOf(rows: Rows, field: string | null): readonly number[] {
  if (field === null) return [];
  return rows.flatMap((row) => (typeof row[field] === 'number' ? [row[field]] : []));
}

function textOfValue(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
