import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

type Fragments = GraphQLResolveInfo['fragments'];

function selects(set: SelectionSetNode, names: readonly string[], fragments: Fragments): boolean {
  return set.selections.some((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments[selection.name.value];
      return fragment !== undefined && selects(fragment.selectionSet, names, fragments);
    }
    if (selection.kind === Kind.FIELD && names.includes(selection.name.value)) return true;
    return selection.selectionSet !== undefined && selects(selection.selectionSet, names, fragments);
  });
}

/**
 * Whether a field is asked for somewhere below the one that is being resolved. Only a hint for what to load along: it also sees fields that
 * `@skip` leaves out, and those of the same name on other types.
 *
 * @param names any of them
 */
export function asksFor({ fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>, names: readonly string[]): boolean {
  return fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && selects(selectionSet, names, fragments));
}
