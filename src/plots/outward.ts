import { AppError } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { checkExpression } from './expressions.ts';
import { isObject, pathText, type SpecPath } from './spec-tree.ts';

/** Keys that load, link or embed something, or smuggle raw Vega in. */
const refusedKeys = new Map<string, string>([
  ['url', 'plots load nothing; the rows come from the SQL'],
  ['src', 'plots load nothing; the rows come from the SQL'],
  ['signal', 'signals are not allowed; use a constant'],
  ['signals', 'signals are not allowed; use a constant'],
  ['element', 'binding to an element of the page is not allowed'],
  ['datasets', 'leave the data out; the rows come from the SQL'],
  ['sequence', 'data generators are not allowed; generate rows in the SQL'],
  ['graticule', 'only maps of countries are available: mark "geoshape" with the channel "shape"'],
  ['projection', 'the map has a projection of its own; leave it out'],
  ['sphere', 'only maps of countries are available: mark "geoshape" with the channel "shape"'],
]);

/** Keys that are left out, because the plot is the same without them. */
const strippedKeys = new Set(['href', 'loader', 'baseURL', 'usermeta']);

const refusedMarks = new Set(['image']);

/** Where the text is shown as it is, so that "url(" in it is only text. */
const textKeys = new Set(['title', 'subtitle', 'description', 'text', 'name', 'field', 'as', 'groupby', '$schema']);

/** Under these keys a string is an expression; `and`, `or` and `not` combine those of a filter. */
const expressionKeys = new Set(['calculate', 'expr', 'labelExpr', 'test', 'filter', 'and', 'or', 'not']);

const outwardText = /url\s*\(|@import|javascript:|data:text|<\s*script|image-set\s*\(/i;

const mostInlineRows = 200;

/** A specification that stays inside, and what was left out of it. */
export interface Inside {
  readonly spec: JsonObject;
  readonly notes: readonly string[];
}

/**
 * Keeps a specification from reaching out: links, the data at the top (the caller supplies it), options of loaders and backgrounds (the
 * theme has one) are left out; URLs, images, page elements, signals, event filters and expressions that do more than compute are refused.
 *
 * @param spec a Vega-Lite specification as an engine wrote it
 * @returns the specification without `$schema` and top-level data
 * @throws AppError PLOT_INVALID, naming the place and the remedy
 */
export function keepInside(spec: JsonObject): Inside {
  const { $schema: _schema, data, background, ...rest } = spec;
  const notes = new Set<string>();
  if (isObject(data) && data['url'] !== undefined) notes.add('data.url was left out: plots load nothing, the rows come from the SQL.');
  if (background !== undefined) notes.add('The background was left out: it belongs to the theme.');
  const kept = stripped(rest, [], notes);
  visit(kept, [], new Set(parameterNames(kept)));
  return { spec: kept, notes: [...notes] };
}

/** A specification without what is harmless to leave out. Rows are left alone: a column may be called anything. */
function stripped(node: JsonObject, path: SpecPath, notes: Set<string>): JsonObject {
  const strip = (value: Json, place: SpecPath): Json => {
    if (Array.isArray(value)) return value.map((child: Json, index) => strip(child, [...place, index]));
    return isObject(value) ? stripped(value, place, notes) : value;
  };
  const inConfig = path.at(-1) === 'config';
  const inFrame = path.at(-1) === 'view';
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, child]) => {
      if (key === 'data') return [[key, child]];
      if (strippedKeys.has(key)) {
        notes.add(`${pathText([...path, key])} was left out: plots link to nothing.`);
        return [];
      }
      if ((inConfig && key === 'background') || (inFrame && (key === 'fill' || key === 'color'))) {
        notes.add('The background was left out: it belongs to the theme.');
        return [];
      }
      return [[key, strip(child, [...path, key])]];
    }),
  );
}

/** Names of the parameters that are defined anywhere in a specification. */
function parameterNames(node: Json): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(parameterNames);
  if (!isObject(node)) return [];
  const own = Array.isArray(node['params'])
    ? node['params'].flatMap((parameter: Json) => (isObject(parameter) && typeof parameter['name'] === 'string' ? [parameter['name']] : []))
    : [];
  return [...own, ...Object.values(node).flatMap(parameterNames)];
}

function visit(node: Json, path: SpecPath, parameters: ReadonlySet<string>): void {
  const key = path.findLast((step) => typeof step === 'string') ?? '';
  if (typeof node === 'string') return visitText(node, key, path, parameters);
  if (Array.isArray(node)) {
    node.forEach((child: Json, index) => visit(child, [...path, index], parameters));
    return;
  }
  if (!isObject(node)) return;
  for (const [name, child] of Object.entries(node)) {
    const reason = refusedKeys.get(name);
    if (reason !== undefined) refuse([...path, name], reason);
    if (name === 'data') visitData(child, [...path, name]);
    else visit(child, [...path, name], parameters);
  }
}

function visitText(text: string, key: string, path: SpecPath, parameters: ReadonlySet<string>): void {
  if ((key === 'mark' || key === 'type') && refusedMarks.has(text))
    refuse(path, `the mark "${text}" is not available; use bar, line, area, point, rect, arc, boxplot, tick, rule or text`);
  if (expressionKeys.has(key)) return checkExpression(text, pathText(path), parameters);
  // A custom format type is called by its name inside an expression.
  if (key === 'formatType' && text !== 'number' && text !== 'time') refuse(path, `the format type "${text}" is not known; use "number" or "time"`);
  if (key === 'on' || key === 'clear' || key === 'translate' || key === 'zoom') {
    // Event selectors can carry filters in square brackets, which are expressions.
    if (!/^[\w ,:>]*$/.test(text) && path.includes('params')) refuse(path, `the event "${text}" is not allowed; use a plain event name such as "click"`);
  }
  if (!textKeys.has(key) && outwardText.test(text)) refuse(path, `"${text.slice(0, 60)}" reaches out of the plot; use a plain value`);
}

/** Layers may carry a few rows of their own, for a threshold line or a label. */
function visitData(data: Json, path: SpecPath): void {
  const values = isObject(data) ? data['values'] : undefined;
  const isNamed = isObject(data) && Object.keys(data).every((key) => key === 'name');
  if (data === null || isNamed) return;
  if (isObject(data) && data['url'] !== undefined) refuse([...path, 'url'], 'plots load nothing; leave `data` out, the rows come from the SQL');
  if (!Array.isArray(values) || values.length > mostInlineRows || !values.every(isPlainRow)) {
    refuse(path, `data of a layer must be { "values": [...] } with at most ${mostInlineRows} plain rows; leave \`data\` out, the rows come from the SQL`);
  }
}

function isPlainRow(row: Json): boolean {
  if (!isObject(row)) return typeof row !== 'object' && !(typeof row === 'string' && outwardText.test(row));
  return Object.values(row).every((value) => typeof value !== 'object' && !(typeof value === 'string' && outwardText.test(value)));
}

function refuse(path: SpecPath, reason: string): never {
  throw new AppError('PLOT_INVALID', `The plot was refused at ${pathText(path)}: ${reason}.`);
}
