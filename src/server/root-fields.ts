import { Kind, type DocumentNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

const rootTypes = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/**
 * The root fields that an operation may run, by their full names: whatever their aliases, through fragments, and also those that `@skip` or
 * `@include` may leave out. Fields of introspection are not among them.
 */
export function rootFieldsOf(document: DocumentNode, operation: OperationDefinitionNode): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        if (!name.startsWith('__')) found.add(`${rootTypes[operation.operation]}.${name}`);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet);
      else {
        const name = selection.name.value;
        if (seen.has(name)) continue;
        seen.add(name);
        for (const definition of document.definitions) {
          if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name) visit(definition.selectionSet);
        }
      }
    }
  };
  visit(operation.selectionSet);
  return found;
}
