import type { Json, JsonObject } from '../../../base/json.ts';

/** A plot under change: its specification as its author meant it, what it is called, and what its data has. */
export interface Sketch {
  readonly source: JsonObject;
  readonly title: string;
  /** The names of the columns of the rows. */
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
}

/** Changes a plot by one wish; null where it is about something else. */
export type Rule = (wish: string, sketch: Sketch) => Sketch | Unable | null;

/** A wish that was understood and cannot be met. */
export interface Unable {
  readonly reason: string;
}

/** Whether a rule understood a wish and cannot meet it. */
export function isUnable(outcome: Sketch | Unable): outcome is Unable {
  return 'reason' in outcome;
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object under a key; empty where there is none. */
export function objectAt(node: JsonObject, key: string): JsonObject {
  const value = node[key];
  return isObject(value) ? value : {};
}

const lists = ['layer', 'hconcat', 'vconcat', 'concat'] as const;

/** Changes every set of channels in a specification. */
export function changeEncodings(spec: JsonObject, change: (encoding: JsonObject) => JsonObject): JsonObject {
  let changed: JsonObject = spec;
  for (const key of lists) {
    const views = changed[key];
    if (Array.isArray(views)) changed = { ...changed, [key]: views.map((view: Json) => (isObject(view) ? changeEncodings(view, change) : view)) };
  }
  if (isObject(changed['spec'])) changed = { ...changed, spec: changeEncodings(changed['spec'], change) };
  return isObject(changed['encoding']) ? { ...changed, encoding: change(changed['encoding']) } : changed;
}

/** Changes the first view that has a mark of its own; the others decorate it. */
export function changeMain(spec: JsonObject, change: (view: JsonObject) => JsonObject): JsonObject {
  if (spec['mark'] !== undefined) return change(spec);
  for (const key of lists) {
    const views = spec[key];
    if (!Array.isArray(views)) continue;
    const [first, ...others]: readonly Json[] = views;
    if (isObject(first)) return { ...spec, [key]: [changeMain(first, change), ...others] };
  }
  return isObject(spec['spec']) ? { ...spec, spec: changeMain(spec['spec'], change) } : spec;
}

/** The first view that has a mark of its own, with the channels of what is around it. */
export function mainView(spec: JsonObject, around: JsonObject = {}): JsonObject {
  const encoding = { ...around, ...objectAt(spec, 'encoding') };
  if (spec['mark'] !== undefined) return { ...spec, encoding };
  for (const key of lists) {
    const views = spec[key];
    if (Array.isArray(views) && isObject(views[0])) return mainView(views[0], encoding);
  }
  return isObject(spec['spec']) ? mainView(spec['spec'], encoding) : { ...spec, encoding };
}

/** The type of a mark. */
export function markType(view: JsonObject): string {
  const mark = view['mark'];
  return typeof mark === 'string' ? mark : isObject(mark) && typeof mark['type'] === 'string' ? mark['type'] : '';
}

/** A view with properties added to its mark. */
export function withMark(view: JsonObject, properties: JsonObject): JsonObject {
  const mark = view['mark'];
  return { ...view, mark: { ...(isObject(mark) ? mark : { type: typeof mark === 'string' ? mark : 'point' }), ...properties } };
}

/** Whether a channel holds names rather than numbers or moments. */
export function isDiscrete(channel: JsonObject): boolean {
  const type = channel['type'];
  if (channel['bin'] !== undefined || channel['aggregate'] !== undefined || channel['timeUnit'] !== undefined) return false;
  return type === 'nominal' || type === 'ordinal' || (type === undefined && channel['field'] !== undefined);
}

/** Whether a channel holds amounts. */
export function isAmount(channel: JsonObject): boolean {
  return channel['type'] === 'quantitative' || (typeof channel['aggregate'] === 'string' && channel['type'] === undefined);
}

/** The column that words name, whatever the case and underscores; null for none. */
export function columnNamed(words: string, names: readonly string[]): string | null {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[\s_\-"'`]+/g, ' ')
      .trim();
  const wanted = plain(words);
  return (
    names.find((name) => plain(name) === wanted) ??
    names.find((name) => `${plain(name)}s` === wanted || plain(name) === `${wanted}s`) ??
    names.find((name) => wanted.length > 2 && plain(name).includes(wanted)) ??
    null
  );
}

/** How Vega-Lite writes a column name. */
export function fieldOf(name: string): string {
  return name.replaceAll(/[\\.[\]'"]/g, String.raw`\$&`);
}
