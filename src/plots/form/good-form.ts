import type { JsonObject } from '../../base/json.ts';
import { readableAxes } from './axes.ts';
import { sortedCategories } from './categories.ts';
import { readableCells } from './cells.ts';
import { honestBars } from './honest-bars.ts';
import type { Units } from './names.ts';
import { mapViews, type Rows } from './views.ts';

/** A specification in good form, and what was changed that its author should know. */
export interface WellFormed {
  readonly spec: JsonObject;
  readonly notes: readonly string[];
}

/**
 * Fills in what a specification leaves open, so that people can read and believe it: names with units, short numbers, years without
 * thousands, sorted categories, bars from zero, no pies of many slices.
 *
 * @param spec a specification that fits the schema, without data
 * @param rows its data
 */
export function inGoodForm(spec: JsonObject, rows: Rows, units: Units): WellFormed {
  const notes = new Set<string>();
  const formed = mapViews(spec, (view, marks) => {
    const honest = honestBars(view, marks, rows);
    for (const note of honest.notes) notes.add(note);
    return readableCells(readableAxes(sortedCategories(honest.view, marks, rows), rows, units), rows);
  });
  return { spec: formed, notes: [...notes] };
}
