import {
  GraphQLError,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type ResponsePath,
} from 'graphql';
import { inspect } from 'node:util';
import { executeFields, isThenable } from './fields.ts';
import type { Completer, ObjectPlan } from './plan.ts';
import { abandon, failPosition, throwIfAborted, type Run } from './run.ts';

/** Gives the plan for the objects of a type at one position of the document. */
export type PlanOf = (type: GraphQLObjectType) => ObjectPlan;

const nothing = (value: unknown): value is null | undefined => value === null || value === undefined;

/** graphql-js refuses an error that is returned in place of a value at every level. */
function throwIfError(value: unknown): void {
  if (value instanceof Error) throw value;
}

function nonNullCompleter(complete: Completer): Completer {
  return (run, value, path, info) => {
    const completed = complete(run, value, path, info);
    if (completed === null) throw new Error(`Cannot return null for non-nullable field ${info.parentType.name}.${info.fieldName}.`);
    return completed;
  };
}

function leafCompleter(type: GraphQLLeafType): Completer {
  return (_run, value) => {
    throwIfError(value);
    if (nothing(value)) return null;
    const coerced: unknown = type.coerceOutputValue(value);
    if (nothing(coerced)) {
      throw new Error(`Expected \`${type.name}.coerceOutputValue(${inspect(value)})\` to return non-nullable value, returned: ${inspect(coerced)}`);
    }
    return coerced;
  };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** How one item of a list is completed. */
interface Items {
  readonly complete: Completer;
  readonly isNonNull: boolean;
  readonly nodes: readonly FieldNode[];
}

async function completeItemLater(run: Run, items: Items, value: PromiseLike<unknown>, path: ResponsePath, info: GraphQLResolveInfo): Promise<unknown> {
  try {
    const resolved = await value;
    throwIfAborted(run);
    return await items.complete(run, resolved, path, info);
  } catch (error) {
    return failPosition(run, error, items.isNonNull, items.nodes, path);
  }
}

function completeItem(run: Run, items: Items, value: unknown, path: ResponsePath, info: GraphQLResolveInfo): unknown {
  if (isThenable(value)) return completeItemLater(run, items, value, path, info);
  try {
    const completed = items.complete(run, value, path, info);
    if (!(completed instanceof Promise)) return completed;
    return completed.catch((error: unknown) => failPosition(run, error, items.isNonNull, items.nodes, path));
  } catch (error) {
    return failPosition(run, error, items.isNonNull, items.nodes, path);
  }
}

function listCompleter(items: Items): Completer {
  const completeAll = (run: Run, values: Iterable<unknown>, path: ResponsePath, info: GraphQLResolveInfo): unknown => {
    const results: unknown[] = [];
    let isWaiting = false;
    try {
      for (const value of values) {
        const completed = completeItem(run, items, value, { prev: path, key: results.length, typename: undefined }, info);
        isWaiting ||= completed instanceof Promise;
        results.push(completed);
      }
    } catch (error) {
      abandon(results);
      // The promises of the items that were not reached fail for nobody either.
      abandon(values);
      throw error;
    }
    return isWaiting ? Promise.all(results) : results;
  };
  return (run, value, path, info) => {
    throwIfError(value);
    if (nothing(value)) return null;
    if (isAsyncIterable(value)) return Array.fromAsync(value).then((values) => completeAll(run, values, path, info));
    if (isIterable(value)) return completeAll(run, value, path, info);
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${info.parentType.name}.${info.fieldName}".`);
  };
}

function objectCompleter(planOf: PlanOf, type: GraphQLObjectType, nodes: readonly FieldNode[]): Completer {
  const plan = planOf(type);
  // graphql-js shows the value too, which is not the client's to see.
  const refuse = (): never => {
    throw new GraphQLError(`Expected value of type "${type.name}".`, { nodes });
  };
  return (run, value, path, info) => {
    throwIfError(value);
    if (nothing(value)) return null;
    const isOfType = type.isTypeOf?.(value, run.args.contextValue, info) ?? true;
    if (!isThenable(isOfType)) return isOfType ? executeFields(run, plan, value, path) : refuse();
    return Promise.resolve(isOfType).then((resolved) => {
      throwIfAborted(run);
      return resolved ? executeFields(run, plan, value, path) : refuse();
    });
  };
}

function runtimeTypeOf(run: Run, type: GraphQLAbstractType, name: unknown, nodes: readonly FieldNode[], info: GraphQLResolveInfo) {
  const { schema } = run.args;
  const field = `${info.parentType.name}.${info.fieldName}`;
  if (nothing(name)) {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${field}". Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    );
  }
  if (typeof name !== 'string') {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${field}" received a ${typeof name}, which is not a valid Object type name.`,
    );
  }
  const runtimeType = schema.getType(name);
  if (runtimeType === undefined) {
    throw new GraphQLError(`Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`, { nodes });
  }
  if (!isObjectType(runtimeType)) throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`, { nodes });
  if (!schema.isSubType(type, runtimeType)) {
    throw new GraphQLError(`Runtime Object type "${runtimeType.name}" is not a possible type for "${type.name}".`, { nodes });
  }
  return runtimeType;
}

function abstractCompleter(planOf: PlanOf, type: GraphQLAbstractType, nodes: readonly FieldNode[]): Completer {
  const completers = new Map<GraphQLObjectType, Completer>();
  const completerFor = (runtimeType: GraphQLObjectType): Completer => {
    const known = completers.get(runtimeType);
    if (known !== undefined) return known;
    const made = objectCompleter(planOf, runtimeType, nodes);
    completers.set(runtimeType, made);
    return made;
  };
  return (run, value, path, info) => {
    throwIfError(value);
    if (nothing(value)) return null;
    const complete = (name: unknown): unknown => completerFor(runtimeTypeOf(run, type, name, nodes, info))(run, value, path, info);
    const name = (type.resolveType ?? run.args.typeResolver)(value, run.args.contextValue, info, type);
    if (!isThenable(name)) return complete(name);
    return Promise.resolve(name).then((resolved) => {
      throwIfAborted(run);
      return complete(resolved);
    });
  };
}

/**
 * How values of a type are completed (https://spec.graphql.org/October2021/#sec-Value-Completion), with the words of graphql-js.
 *
 * @param nodes the places of the document that ask for it
 * @param planOf gives the plan of an object there, once it is needed
 */
export function completerOf(type: GraphQLOutputType, nodes: readonly FieldNode[], planOf: PlanOf): Completer {
  if (isNonNullType(type)) return nonNullCompleter(completerOf(type.ofType, nodes, planOf));
  if (isListType(type)) return listCompleter({ complete: completerOf(type.ofType, nodes, planOf), isNonNull: isNonNullType(type.ofType), nodes });
  if (isLeafType(type)) return leafCompleter(type);
  if (isAbstractType(type)) return abstractCompleter(planOf, type, nodes);
  return objectCompleter(planOf, type, nodes);
}
