import { Ajv, type ErrorObject } from 'ajv';

import { AppError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';

/** Checks a specification against the official JSON schema of Vega-Lite. */
export type SchemaCheck = (spec: JsonObject) => void;

/**
 * Compiles the schema, which takes about a second; the check itself takes milliseconds.
 *
 * @param schema the file `vega-lite-schema.json` of the package
 * @returns throws AppError PLOT_INVALID for a specification that does not fit
 */
export function createSchemaCheck(schema: JsonObject): SchemaCheck {
  // The schema names formats ("color-hex", "uri-reference") that are of no matter here.
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  return (spec) => {
    if (validate(spec)) return;
    throw new AppError('PLOT_INVALID', `The plot is not valid Vega-Lite: ${explain(validate.errors ?? [])}`);
  };
}

/**
 * The schema is a union of unions, so one mistake makes dozens of errors: one for each branch that it does not fit. The deepest place is
 * where the mistake is, and there the values that some branch allows are what helps.
 */
function explain(errors: readonly ErrorObject[]): string {
  const depth = (error: ErrorObject): number => error.instancePath.split('/').length;
  const deepest = Math.max(...errors.map(depth));
  const here = errors.filter((error) => depth(error) === deepest && error.keyword !== 'anyOf');
  const place = here[0]?.instancePath ?? '';
  const same = here.filter((error) => error.instancePath === place);
  const where = place === '' ? 'at the top' : `at ${place.slice(1).replaceAll('/', '.')}`;

  const allowed = [
    ...new Set(
      same.flatMap((error) => (error.keyword === 'enum' ? allowedValues(error) : error.keyword === 'const' ? [String(error.params['allowedValue'])] : [])),
    ),
  ];
  const drawable = allowed.filter((value) => value !== 'image');
  const unknown = [...new Set(same.filter((error) => error.keyword === 'additionalProperties').map((error) => String(error.params['additionalProperty'])))];
  const missing = [...new Set(same.filter((error) => error.keyword === 'required').map((error) => String(error.params['missingProperty'])))];
  const types = [...new Set(same.filter((error) => error.keyword === 'type').map((error) => String(error.params['type'])))].filter((type) => type !== 'null');
  const facts = [
    drawable.length > 0 ? `allowed values are ${drawable.slice(0, 30).join(', ')}` : '',
    types.length > 0 && allowed.length === 0 && unknown.length === 0 ? `expected ${types.join(' or ')}` : '',
    unknown.length > 0 ? `not allowed here: ${unknown.join(', ')}` : '',
    missing.length > 0 && allowed.length === 0 ? `something like ${missing.slice(0, 6).join(' or ')} is needed` : '',
  ].filter((fact) => fact !== '');
  return `${where}: ${facts.join('; ') || (same[0]?.message ?? 'it fits no form')}.`;
}

function allowedValues(error: ErrorObject): readonly string[] {
  const values: unknown = error.params['allowedValues'];
  return Array.isArray(values) ? values.map(String) : [];
}
