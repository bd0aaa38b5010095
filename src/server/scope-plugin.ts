import { getOperationAST, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requireScope } from '../auth/scopes.ts';
import type { Exchange } from './exchange.ts';
import { rootFieldsOf } from './root-fields.ts';

type WithExchange = { readonly exchange: Exchange };

interface RunningOperation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly contextValue: WithExchange;
}

/** Holds API keys to their scopes: once an operation, before it runs, on every transport. For everybody else it costs one comparison. */
export function useScopes(): Plugin<WithExchange, WithExchange> {
  const check = ({ args: { document, operationName, contextValue } }: { readonly args: RunningOperation }): void => {
    const { viewer } = contextValue.exchange.origin;
    if (viewer === null || !('apiKeyId' in viewer)) return;
    const operation = getOperationAST(document, operationName);
    if (operation == null) return;
    for (const field of rootFieldsOf(document, operation)) requireScope(viewer, field);
  };
  return { onExecute: check, onSubscribe: check };
}
