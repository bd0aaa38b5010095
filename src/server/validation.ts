import { NoSchemaIntrospectionCustomRule, validate, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';

// No more are sent.
const mostErrors = 10;

/**
 * Validates documents and values. In production the schema is not told, neither by introspection nor by guessing at what was meant: clients
 * have `schema.graphql`.
 */
export function useValidation({ isProduction }: { readonly isProduction: boolean }): Plugin {
  // There is one schema and one set of rules, so what a document comes to depends on nothing else.
  const results = new WeakMap<DocumentNode, readonly Error[]>();
  const options = { maxErrors: mostErrors, hideSuggestions: isProduction };
  // The executor and graphql itself know the same option.
  const hideSuggestions = ({ args }: { readonly args: object }): void => void Object.assign(args, { hideSuggestions: isProduction });
  return {
    onValidate({ params: { documentAST }, addValidationRule, setValidationFn, setResult }) {
      const known = results.get(documentAST);
      if (known !== undefined) return setResult([...known]);
      if (isProduction) addValidationRule(NoSchemaIntrospectionCustomRule);
      // Called directly: Envelop passes the options at a place where graphql 17 does not look for them.
      setValidationFn((schema, document, rules) => validate(schema, document, rules, options));
      return ({ result }) => void results.set(documentAST, result);
    },
    onExecute: hideSuggestions,
    onSubscribe: hideSuggestions,
  };
}
