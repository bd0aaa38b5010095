import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { QueryLimits } from '../../base/gate-config.ts';
import { tooManyTokens, type DocumentGate } from './query-limits.ts';

/** How graphql says that it stopped to parse. */
const tokenLimitMessage = /^Syntax Error: Document contains more tha[nt] \d+ tokens/;

/**
 * Holds operations to the limits, on every transport: the document when it is parsed, before anything is validated; its variables before
 * anything is executed.
 *
 * @param options.limits null for documents that the operator vouches for: their tokens are not counted
 */
export function useQueryLimits(options: { readonly gate: DocumentGate; readonly limits: QueryLimits | null }): Plugin {
  const { gate, limits } = options;
  const parseOptions = limits === null ? {} : { maxTokens: limits.maxTokens };
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source, given) => {
        try {
          return parseFn(source, { ...given, ...parseOptions });
        } catch (error) {
          if (limits !== null && error instanceof GraphQLError && tokenLimitMessage.test(error.message)) throw tooManyTokens(limits);
          throw error;
        }
      });
      return ({ result }) => {
        if (result !== null && !(result instanceof Error)) gate.checkDocument(result);
      };
    },
    onExecute({ args }) {
      gate.checkVariables(args.document, args.operationName, args.variableValues);
    },
    onSubscribe({ args }) {
      gate.checkVariables(args.document, args.operationName, args.variableValues);
    },
  };
}
