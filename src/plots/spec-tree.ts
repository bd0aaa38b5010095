import type { Json, JsonObject } from '../base/json.ts';

/** The way from the top of a specification to a value in it. */
export type SpecPath = readonly (string | number)[];

/** Whether a JSON value is an object, neither a list nor null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A path as people write it, for example `layer[0].encoding.x`. */
export function pathText(path: SpecPath): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '') || 'the top';
}
