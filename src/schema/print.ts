import { printSchema } from 'graphql';
import { createSchema } from './schema.ts';

/** The schema in its own language, as `schema.graphql` keeps it: sorted, so that a difference is a change. */
export function printedSchema(): string {
  return `${printSchema(createSchema())}\n`;
}
