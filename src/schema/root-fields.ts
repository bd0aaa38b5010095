import type { GraphQLSchema } from 'graphql';

const known = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** The root fields of a schema by their full names, for example `Query.conversations`: what a scope of an API key can name. */
export function rootFieldsOf(schema: GraphQLSchema): ReadonlySet<string> {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = new Set(roots.flatMap((root) => Object.keys(root?.getFields() ?? {}).map((field) => `${root?.name ?? ''}.${field}`)));
  known.set(schema, fields);
  return fields;
}
