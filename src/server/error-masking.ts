import { GraphQLError, Kind, type GraphQLErrorOptions } from 'graphql';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

/** The operation that errors belong to. */
export interface FailedOperation {
  readonly requestId: string;
  readonly operationName: string | null;
}

/** Makes errors fit to be sent: our own as they are, everything unexpected masked and logged. */
export type ErrorMask = (errors: readonly unknown[], operation: FailedOperation) => readonly GraphQLError[];

// An error quotes the document or a variable: ten of them stay under eight kilobytes.
const mostErrors = 10;
const longestMessage = 400;
const mostPlaces = 4;

/** The error behind the wrappers that the executor puts around what a resolver throws. */
function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? rootOf(error.originalError) : error;
}

/**
 * Whether the error is about a value in the document or the variables. What a scalar threw about the value hangs on it as the cause, so it
 * looks like a wrapped failure; but so does what a subscription throws in mid-stream, which must not get through. The difference is where
 * it points: to the declaration of a variable, or, found while validating, anywhere.
 */
function isAboutTheDocument(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError) || error.path !== undefined) return false;
  const isAboutVariables = error.nodes?.every((node) => node.kind === Kind.VARIABLE_DEFINITION) ?? false;
  return isAboutVariables || error.extensions['code'] === 'GRAPHQL_VALIDATION_FAILED';
}

function codeOf(error: GraphQLError): string {
  const code = error.extensions['code'];
  if (typeof code === 'string') return code;
  return error.path === undefined && error.message.startsWith('Syntax Error') ? 'GRAPHQL_PARSE_FAILED' : 'BAD_USER_INPUT';
}

function placeOf(error: unknown): GraphQLErrorOptions {
  if (!(error instanceof GraphQLError)) return {};
  const { nodes, source, positions, path } = error;
  return { nodes: nodes?.slice(0, mostPlaces), source, positions: positions?.slice(0, mostPlaces), path };
}

/** Without the object or list that graphql-js quotes whole: whoever misspells a field beside a password or a key would find that in their logs. */
function withoutInputs(message: string): string {
  return message.replace(/ Found: [{[].*$/s, '').replace(/(, found)?: [{[].*$/s, '.');
}

function shorten(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}...`;
}

/**
 * The mask for all transports.
 *
 * @param options.logger gets what is masked, once, with its stack and the request id
 * @param options.hidesSuggestions whether "Did you mean ..." is cut from the messages, in production
 */
export function createErrorMask(options: { readonly logger: Logger; readonly hidesSuggestions: boolean }): ErrorMask {
  const { logger, hidesSuggestions } = options;

  function mask(error: unknown, operation: FailedOperation): GraphQLError {
    const { requestId } = operation;
    const root = rootOf(error);
    if (root instanceof AppError) {
      if (root.cause !== undefined) logger.warn({ requestId, operationName: operation.operationName, code: root.code, err: root.cause }, 'an expected failure');
      const { code, issues, retryAfterMs, quota } = root;
      const extensions = { code, ...(issues && { issues }), ...(retryAfterMs !== undefined && { retryAfterMs }), ...(quota && { quota }), requestId };
      return new GraphQLError(root.message, { ...placeOf(error), extensions });
    }
    if (error instanceof GraphQLError && (root instanceof GraphQLError || isAboutTheDocument(error))) {
      const { message: whole } = error;
      const told = isAboutTheDocument(error) ? withoutInputs(whole) : whole;
      const message = hidesSuggestions ? told.replace(/ Did you mean .*\?/s, '') : told;
      const { http: _http, unexpected: _unexpected, ...extensions } = error.extensions;
      return new GraphQLError(shorten(message), { ...placeOf(error), extensions: { ...extensions, code: codeOf(error), requestId } });
    }
    logger.error({ requestId, operationName: operation.operationName, path: placeOf(error).path, err: root }, 'an unexpected failure');
    const message = 'Something unexpected failed. Try again; if it fails again, report the request id.';
    return new GraphQLError(message, { ...placeOf(error), extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } });
  }

  return (errors, operation) => errors.slice(0, mostErrors).map((error) => mask(error, operation));
}
