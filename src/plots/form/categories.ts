import type { Json, JsonObject } from '../../base/json.ts';
import { naturalOrder } from './natural-order.ts';
import { channelOf, channelType, encodingOf, fieldOf, textsOf, type Rows } from './views.ts';

/** Marks whose length says the value, so that sorted by it they read best. */
const lengths = new Set(['bar', 'rule', 'text', 'point', 'circle', 'square', 'tick']);

const discrete = new Set(['nominal', 'ordinal']);

/**
 * Sorts the categories of a view that says nothing about their order: months, weekdays, sizes and the like by their meaning, others along
 * their bars, longest first.
 *
 * @param marks what is drawn in it
 */
export function sortedCategories(view: JsonObject, marks: readonly string[], rows: Rows): JsonObject {
  const encoding = encodingOf(view);
  const changed: Record<string, Json> = { ...encoding };
  for (const name of ['x', 'y', 'color', 'row', 'column', 'facet', 'xOffset', 'yOffset']) {
    const channel = channelOf(encoding, name);
    if (channel === null || !discrete.has(channelType(channel)) || 'sort' in channel || channel['timeUnit'] !== undefined || channel['bin'] !== undefined)
      continue;
    const texts = textsOf(rows, fieldOf(channel));
    const natural = texts === null ? null : sortList(naturalOrder(texts), rows, fieldOf(channel));
    if (natural !== null) changed[name] = { ...channel, sort: natural };
    else if (channelType(channel) === 'nominal' && isAlongBars(name, encoding, marks)) changed[name] = { ...channel, sort: name === 'x' ? '-y' : '-x' };
  }
  return { ...view, encoding: changed };
}

/** A list for `sort`, with the values as they are in the rows. */
function sortList(order: readonly string[] | null, rows: Rows, field: string | null): readonly Json[] | null {
  if (order === null || field === null) return null;
  const values = new Map(rows.map((row) => [String(row[field]), row[field] ?? null]));
  // Numbers sort themselves.
  if ([...values.values()].every((value) => typeof value === 'number' || value === null)) return null;
  return order.map((text) => values.get(text) ?? text);
}

/** Whether a channel holds the names of bars whose lengths the other one holds. */
function isAlongBars(name: string, encoding: JsonObject, marks: readonly string[]): boolean {
  if ((name !== 'x' && name !== 'y') || !marks.includes('bar') || !marks.every((mark) => lengths.has(mark))) return false;
  const other = channelOf(encoding, name === 'x' ? 'y' : 'x');
  return other !== null && channelType(other) === 'quantitative' && other['bin'] === undefined;
}
