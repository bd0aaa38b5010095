import type { Json, JsonObject } from '../../base/json.ts';
import { channelType, fieldOf } from './views.ts';

/** The units of columns by their names, for example "kg" or "$". */
export type Units = Readonly<Record<string, string>>;

const aggregateNames: Readonly<Record<string, string>> = {
  mean: 'Average',
  average: 'Average',
  sum: 'Total',
  median: 'Median',
  min: 'Lowest',
  max: 'Highest',
  distinct: 'Different',
  stdev: 'Standard deviation of',
};

/** Endings of column names that say a unit, as in `price_usd` or `weight_in_lbs`. */
const unitEndings: Readonly<Record<string, string>> = {
  usd: 'USD',
  eur: 'EUR',
  gbp: 'GBP',
  kg: 'kg',
  g: 'g',
  lbs: 'lbs',
  lb: 'lb',
  km: 'km',
  cm: 'cm',
  mm: 'mm',
  m: 'm',
  ft: 'ft',
  pct: '%',
  percent: '%',
  ms: 'ms',
  kwh: 'kWh',
  mph: 'mph',
  kmh: 'km/h',
};

/** A column name as people would write it: "Miles per Gallon" for `Miles_per_Gallon`, "Price (USD)" for `price_usd`. */
export function humanName(field: string): string {
  const ending = /^(.+?)_(?:in_)?([a-z]{1,7})$/i.exec(field);
  const unit = ending === null ? undefined : unitEndings[(ending[2] ?? '').toLowerCase()];
  if (unit !== undefined && (/_in_/i.test(field) || (ending?.[2] ?? '').length > 1)) return `${humanName(ending?.[1] ?? field)} (${unit})`;
  const words = field
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/_+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * The title of a channel: its own or one from the name of its column, with the unit where it is known.
 *
 * @returns null where the specification wants none
 */
export function titleOf(channel: JsonObject, units: Units): Json {
  const own = ownTitle(channel);
  if (own === null || own === '' || (own !== undefined && typeof own !== 'string')) return own;
  const field = fieldOf(channel);
  const aggregate = typeof channel['aggregate'] === 'string' ? channel['aggregate'] : null;
  if (aggregate === 'count') return own ?? 'Count';
  const plain = field === null ? '' : humanName(field);
  const prefix = aggregate === null ? null : (aggregateNames[aggregate] ?? `${aggregate} of`);
  const title = own ?? (prefix === null ? plain : `${prefix} ${plain.charAt(0).toLowerCase()}${plain.slice(1)}`);
  // The bounds of bins have names of their own; their title names the column.
  const unit = (field === null ? undefined : unitOf(field, units)) ?? (own === undefined ? undefined : unitOf(own, units));
  const isMeasured = channelType(channel) === 'quantitative' && aggregate !== 'distinct';
  return unit === undefined || !isMeasured || saysUnit(title, unit) ? title : `${title} (${unit})`;
}

/** The unit of a column of a result: of the column with its name, or of the one that it ends with, as "average price" does. */
export function unitOf(field: string, units: Units): string | undefined {
  const lower = field.toLowerCase();
  const names = Object.keys(units).filter(
    (name) =>
      lower === name.toLowerCase() || (/^(average|avg|mean|total|sum|median|min|max|lowest|highest)[ _]/.test(lower) && lower.endsWith(name.toLowerCase())),
  );
  const name = names.toSorted((left, right) => right.length - left.length)[0];
  return name === undefined ? undefined : units[name];
}

function ownTitle(channel: JsonObject): Json | undefined {
  const guide = channel['axis'] ?? channel['legend'];
  if (typeof guide === 'object' && guide !== null && !Array.isArray(guide) && 'title' in guide) return guide['title'];
  return channel['title'];
}

function saysUnit(title: string, unit: string): boolean {
  return title.includes(unit) || /\([^)]*\)\s*$/.test(title);
}
