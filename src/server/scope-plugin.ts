import { getOperationAST, GraphQLError, Kind, type DocumentNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requireScope } from '../auth/scopes.ts';
import type { Viewer } from '../auth/viewer.ts';
import { AppError } from '../base/errors.ts';
import type { Exchange } from './exchange.ts';

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

/** What lacks the scopes of a key, as an error; null when nothing does. */
function refusalOf(document: DocumentNode, operationName: string | null | undefined, viewer: Viewer | null): GraphQLError | null {
  if (viewer === null || !('apiKeyId' in viewer)) return null;
  const operation = getOperationAST(document, operationName);
  if (operation == null) return null;
  try {
    for (const field of rootFieldsOf(document, operation)) requireScope(viewer, field);
    return null;
  } catch (error) {
    if (error instanceof AppError) return new GraphQLError(error.message, { originalError: error });
    throw error;
  }
}

/** Holds API keys to their scopes: once an operation, before it runs, on every transport. For everybody else it costs one comparison. */
export function useScopes(): Plugin<{ readonly exchange: Exchange }, { readonly exchange: Exchange }> {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const refusal = refusalOf(args.document, args.operationName, args.contextValue.exchange.origin.viewer);
      if (refusal !== null) setResultAndStopExecution({ errors: [refusal] });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const refusal = refusalOf(args.document, args.operationName, args.contextValue.exchange.origin.viewer);
      if (refusal !== null) setResultAndStopExecution({ errors: [refusal] });
    },
  };
}
