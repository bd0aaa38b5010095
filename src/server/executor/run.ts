import {
  type GraphQLError,
  locatedError,
  responsePathAsArray,
  type FieldNode,
  type GraphQLResolveInfo,
  type ResponsePath,
  type ValidatedExecutionArgs,
} from 'graphql';

/** One execution of an operation. */
export interface Run {
  readonly args: ValidatedExecutionArgs;
  /** What went wrong so far, in the order in which it did. */
  readonly errors: GraphQLError[];
  /** The positions that are null because of an error; undefined is the whole answer. */
  readonly nulled: Set<ResponsePath | undefined>;
  /** Set when the caller does not wait any more; nothing new is begun then. */
  isAborted: boolean;
  readonly getAbortSignal: GraphQLResolveInfo['getAbortSignal'];
  readonly getAsyncHelpers: GraphQLResolveInfo['getAsyncHelpers'];
  /** Tells resolvers that asked for the signal that the operation is over. */
  readonly close: (reason?: unknown) => void;
}

const ignore = (): void => {};

/** Keeps a promise that nobody waits for any more from ending the process when it fails. */
export function abandon(values: Iterable<unknown>): void {
  for (const value of values) if (value instanceof Promise) value.catch(ignore);
}

/** A run that has not begun. */
export function createRun(args: ValidatedExecutionArgs): Run {
  // Few resolvers ask for the signal, and a controller costs more than a small operation.
  let controller: AbortController | null = null;
  return {
    args,
    errors: [],
    nulled: new Set(),
    isAborted: false,
    getAbortSignal: () => (controller ??= new AbortController()).signal,
    getAsyncHelpers: () => ({ promiseAll: async (values) => await Promise.all(values), track: abandon }),
    close: (reason) => controller?.abort(reason),
  };
}

/** Fails what is resumed after the caller has left, as graphql-js does. */
export function throwIfAborted(run: Run): void {
  if (run.isAborted) throw new Error('Aborted!');
}

/** Notes an error, unless its position lies in one that is null already: the specification forbids to tell it twice. */
export function addError(run: Run, error: GraphQLError, path: ResponsePath | undefined): void {
  if (run.nulled.size > 0) {
    for (let place = path; place !== undefined; place = place.prev) if (run.nulled.has(place)) return;
    if (run.nulled.has(undefined)) return;
  }
  run.nulled.add(path);
  run.errors.push(error);
}

/**
 * What becomes of a position whose value failed.
 *
 * @param isNonNull whether the position cannot be null, so that the failure is that of its parent
 * @returns null, the value of the position
 * @throws GraphQLError with its place, when the position cannot be null
 */
export function failPosition(run: Run, error: unknown, isNonNull: boolean, nodes: readonly FieldNode[], path: ResponsePath): null {
  const located = locatedError(error, nodes, responsePathAsArray(path));
  if (isNonNull) throw located;
  addError(run, located, path);
  return null;
}
