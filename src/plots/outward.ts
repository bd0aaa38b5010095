import { AppError } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { checkExpression } from './expressions.ts';
import { isObject, pathText, type SpecPath } from './spec-tree.ts';

/** Keys that load, link or embed something, or smuggle raw Vega in. */
const refusedKeys = new Map<string, string>([
  ['href', 'links are not allowed in plots'],
  ['url', 'plots load nothing; the rows come from the SQL'],
  ['src', 'plots load nothing; the rows come from the SQL'],
  ['loader', 'plots load nothing; the rows come from the SQL'],
  ['signal', 'signals are not allowed; use a constant'],
  ['signals', 'signals are not allowed; use a constant'],
  ['element', 'binding to an element of the page is not allowed'],
  ['baseURL', 'plots load nothing; the rows come from the SQL'],
  ['datasets', 'leave the data out; the rows come from the SQL'],
  ['sequence', 'data generators are not allowed; generate rows in the SQL'],
  ['graticule', 'maps are not available; use a bar chart by place, or longitude and latitude as x and y'],
  ['sphere', 'maps are not available; use a bar chart by place, or longitude and latitude as x and y'],
]);

const refusedMarks = new Set(['image', 'geoshape']);

/** Where the text is shown as it is, so that "url(" in it is only text. */
const textKeys = new Set(['title', 'subtitle', 'description', 'text', 'name', 'field', 'as', 'groupby', '$schema']);

/** Under these keys a string is an expression; `and`, `or` and `not` combine those of a filter. */
const expressionKeys = new Set(['calculate', 'expr', 'labelExpr', 'test', 'filter', 'and', 'or', 'not']);

const outwardText = /url\s*\(|@import|javascript:|data:text|<\s*script|image-set\s*\(/i;

const mostInlineRows = 200;

/**
 * Refuses everything in a specification that reaches out of it: URLs, links, images, page elements, signals, event filters and
 * expressions that do more than compute. `usermeta` goes, as does the data at the top, which the caller supplies.
 *
 * @param spec a Vega-Lite specification as an engine wrote it
 * @returns the specification without `$schema`, `usermeta` and top-level data
 * @throws AppError PLOT_INVALID, naming the place and the remedy
 */
export function keepInside(spec: JsonObject): JsonObject {
  const { usermeta: _usermeta, $schema: _schema, data, ...rest } = spec;
  if (isObject(data) && data['url'] !== undefined) refuse(['data', 'url'], 'plots load nothing; leave `data` out, the rows come from the SQL');
  visit(rest, [], new Set(parameterNames(rest)));
  return rest;
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
