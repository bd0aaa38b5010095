import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './scalars.ts';

/** The schema, made of every type that the files beside this one define. */
export function createSchema(): GraphQLSchema {
  return builder.toSchema({ sortSchema: true });
}
