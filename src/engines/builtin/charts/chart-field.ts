import type { JsonObject } from '../../../base/json.ts';
import { capital } from '../words.ts';

/** A column of the query that a chart draws, and what to call it. */
export interface ChartField {
  /** The name of the column in the result. */
  readonly field: string;
  readonly title: string;
}

const plainNumber = ',.4~r';

/** A number on an axis. How it is written, and its unit, is the business of the house style. */
export function quantity(value: ChartField): JsonObject {
  return { field: value.field, type: 'quantitative', title: capital(value.title) };
}

/** A name on an axis or in a legend. */
export function nominal(category: ChartField): JsonObject {
  return { field: category.field, type: 'nominal', title: capital(category.title) };
}

/** What is shown when somebody points at a mark. */
export function tooltip(fields: readonly (ChartField & { readonly type: string; readonly format?: string })[]): JsonObject {
  return { tooltip: fields.map(({ field, title, type, format }) => ({ field, title: capital(title), type, ...(format === undefined ? {} : { format }) })) };
}

/** A number in a tooltip. */
export const number = (value: ChartField): ChartField & { type: string; format: string } => ({ ...value, type: 'quantitative', format: plainNumber });

/** A name in a tooltip. */
export const name = (value: ChartField): ChartField & { type: string } => ({ ...value, type: 'nominal' });
