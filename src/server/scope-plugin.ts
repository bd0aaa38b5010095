import { getOperationAST, GraphQLError, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requireScope } from '../auth/scopes.ts';
import type { Viewer } from '../auth/viewer.ts';
import { AppError } from '../base/errors.ts';
import type { Exchange } from './exchange.ts';
import { rootFieldsOf } from './root-fields.ts';

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
