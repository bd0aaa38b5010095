import { encodeGlobalID } from '@pothos/plugin-relay';
import type { GraphQLSchema } from 'graphql';

/**
 * Resolves the global ids of all nodes from the ids of their rows, at once: the relay plugin takes two promises for each, which in a list of
 * 400 messages is most of the work.
 */
export function resolveNodeIdsAtOnce(schema: GraphQLSchema): void {
  const node = schema.getType('Node');
  if (node === undefined || !('resolveType' in node)) return;
  for (const type of schema.getPossibleTypes(node)) {
    const field = type.getFields()['id'];
    if (field !== undefined) field.resolve = (row: { readonly id: string }) => encodeGlobalID(type.name, row.id);
  }
}
