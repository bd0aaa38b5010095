import { AppError } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { TableColumn } from '../base/table.ts';
import { nearestNames } from '../base/nearest.ts';
import { isObject, pathText, type SpecPath } from './spec-tree.ts';

/** Default output names of transforms that need no `as` (https://vega.github.io/vega-lite/docs/transform.html). */
const defaultOutputs = ['key', 'value', 'density', 'prob', 'count', 'data', 'source', 'bin', 'step'];

/** Properties of transforms that hold a list of field names. */
const listsOfFields = new Set(['groupby', 'fold', 'flatten']);

/**
 * Makes sure that every field of a specification exists, and writes those whose names carry a dot, a bracket or a quote the way Vega-Lite
 * reads them (it takes `a.b` for the property `b` of `a`).
 *
 * @param spec a specification without data
 * @param columns the columns of the rows that will be put in
 * @returns the specification with fields escaped
 * @throws AppError PLOT_INVALID, naming the field and the columns whose names are nearest
 */
export function matchFields(spec: JsonObject, columns: readonly TableColumn[]): JsonObject {
  const names = columns.map((column) => column.name);
  const walk = (node: Json, path: SpecPath, known: ReadonlySet<string> | null): Json => {
    if (Array.isArray(node)) return node.map((child: Json, index) => walk(child, [...path, index], known));
    if (!isObject(node)) return node;
    // A layer with rows of its own has fields of its own.
    const inside = node['data'] === undefined ? known : null;
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => {
        if (key === 'data') return [key, child];
        if (isFieldPlace(key, child, path)) return [key, matchField(child, [...path, key])];
        if (listsOfFields.has(key) && Array.isArray(child))
          return [key, child.map((name: Json) => (typeof name === 'string' ? matchField(name, [...path, key]) : name))];
        return [key, walk(child, [...path, key], inside)];
      }),
    );

    function matchField(field: string, place: SpecPath): string {
      if (inside === null || field === '' || field === '*') return field;
      if (names.includes(field)) return escapeField(field);
      if (inside.has(field) || names.some((name) => escapeField(name) === field)) return field;
      const nearest = nearestNames(field, names);
      throw new AppError(
        'PLOT_INVALID',
        `The field "${field}" at ${pathText(place)} is not a column of the result. Nearest: ${nearest.map((name) => `"${name}"`).join(', ')}. All columns: ${names.join(', ')}.`,
      );
    }
  };
  const made = madeFields(spec);
  const matched = walk(spec, [], made === null ? null : new Set(made));
  return isObject(matched) ? matched : spec;
}

/** Fields whose values are read as moments: encoded as temporal, or with a time unit. */
export function temporalFields(node: Json): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(temporalFields);
  if (!isObject(node)) return [];
  const own = typeof node['field'] === 'string' && (node['type'] === 'temporal' || node['timeUnit'] !== undefined) ? [node['field']] : [];
  return [...own, ...Object.values(node).flatMap(temporalFields)];
}

/** Writes a column name as a field of Vega-Lite, in which dots, brackets and quotes have a meaning. */
export function escapeField(name: string): string {
  return name.replaceAll(/[\\.[\]'"]/g, String.raw`\$&`);
}

function isFieldPlace(key: string, child: Json, path: SpecPath): child is string {
  return key === 'field' && typeof child === 'string' && !path.includes('params') && !path.includes('config');
}

/** Names that transforms make; null where they cannot be known beforehand (`pivot` and `lookup` make them of values). */
function madeFields(node: Json): readonly string[] | null {
  if (Array.isArray(node)) return joined(node.map(madeFields));
  if (!isObject(node)) return [];
  if (node['pivot'] !== undefined || node['lookup'] !== undefined || node['repeat'] !== undefined) return null;
  const as = node['as'];
  const own = typeof as === 'string' ? [as] : Array.isArray(as) ? as.filter((name: Json) => typeof name === 'string') : [];
  // A second name of a bin or stack is its end.
  const withEnds = own.flatMap((name) => [name, `${name}_end`]);
  return joined([withEnds, node['transform'] === undefined ? [] : defaultOutputs, ...Object.values(node).map(madeFields)]);
}

function joined(lists: readonly (readonly string[] | null)[]): readonly string[] | null {
  return lists.some((list) => list === null) ? null : lists.flatMap((list) => list ?? []);
}
