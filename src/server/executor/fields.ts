import type { GraphQLResolveInfo, ResponsePath } from 'graphql';
import type { FieldPlan, ObjectPlan } from './plan.ts';
import { abandon, failPosition, throwIfAborted, type Run } from './run.ts';

/** The fields of an object, by their names in the answer. */
export type Fields = Record<string, unknown>;

/** Whether a value has to be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function infoOf(run: Run, { definition, nodes, parentType }: FieldPlan, path: ResponsePath): GraphQLResolveInfo {
  const { schema, fragmentDefinitions, rootValue, operation, variableValues } = run.args;
  return {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
    path,
    schema,
    fragments: fragmentDefinitions,
    rootValue,
    operation,
    variableValues,
    getAbortSignal: run.getAbortSignal,
    getAsyncHelpers: run.getAsyncHelpers,
  };
}

async function completeLater(run: Run, field: FieldPlan, value: PromiseLike<unknown>, path: ResponsePath, info: GraphQLResolveInfo): Promise<unknown> {
  try {
    const resolved = await value;
    throwIfAborted(run);
    const completed = field.complete(run, resolved, path, info);
    return completed instanceof Promise ? await completed : completed;
  } catch (error) {
    return failPosition(run, error, field.isNonNull, field.nodes, path);
  }
}

function executeField(run: Run, field: FieldPlan, source: unknown, parent: ResponsePath | undefined): unknown {
  const path: ResponsePath = { prev: parent, key: field.responseName, typename: field.parentType.name };
  try {
    const info = infoOf(run, field, path);
    const resolve = field.definition.resolve ?? run.args.fieldResolver;
    const value: unknown = resolve(source, field.argumentsOf(run), run.args.contextValue, info);
    if (isThenable(value)) return completeLater(run, field, value, path, info);
    const completed = field.complete(run, value, path, info);
    if (!(completed instanceof Promise)) return completed;
    return completed.catch((error: unknown) => failPosition(run, error, field.isNonNull, field.nodes, path));
  } catch (error) {
    return failPosition(run, error, field.isNonNull, field.nodes, path);
  }
}

async function whenAllAreThere(fields: Fields, names: readonly string[]): Promise<Fields> {
  const values = await Promise.all(names.map((name) => fields[name]));
  names.forEach((name, index) => (fields[name] = values[index]));
  return fields;
}

/**
 * The fields of an object, all begun at once; at once where none has to wait.
 *
 * @param path where the object stands, undefined for the whole answer
 * @throws GraphQLError of a field that cannot be null
 */
export function executeFields(run: Run, plan: ObjectPlan, source: unknown, path: ResponsePath | undefined): Fields | Promise<Fields> {
  const fields: Fields = {};
  let waiting: string[] | null = null;
  try {
    for (const field of plan.fields) {
      const value = executeField(run, field, source, path);
      fields[field.responseName] = value;
      if (value instanceof Promise) (waiting ??= []).push(field.responseName);
    }
  } catch (error) {
    abandon(Object.values(fields));
    throw error;
  }
  return waiting === null ? fields : whenAllAreThere(fields, waiting);
}

/** The fields of a mutation, one after the other (https://spec.graphql.org/October2021/#sec-Mutation). */
export async function executeFieldsInTurn(run: Run, plan: ObjectPlan, source: unknown): Promise<Fields> {
  const fields: Fields = {};
  for (const field of plan.fields) {
    throwIfAborted(run);
    fields[field.responseName] = await executeField(run, field, source, undefined);
  }
  return fields;
}
