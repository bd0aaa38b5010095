import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { badInput } from '../../base/errors.ts';

/** The values of variables as they came, not yet checked against their types. */
export type RawVariables = Readonly<Record<string, unknown>> | null | undefined;

/** A field that loads many rows, with those that stand in each of its rows. */
export interface PagedField {
  /** How many rows it asks for. @throws AppError BAD_USER_INPUT when that is more than a page may have, or less than one */
  readonly rows: (variables: RawVariables) => number;
  readonly inner: readonly PagedField[];
}

/** The arguments that say how many rows a field loads. */
const sizeArguments = ['first', 'last'] as const;
const idsArgument = 'ids';

function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | null {
  return isObjectType(type) || isInterfaceType(type) ? (type.getFields()[name] ?? null) : null;
}

/** Whether a field of the schema is a connection, that is, returns one by pages. Others may have a `first` with bounds of their own. */
export function isConnectionField(field: GraphQLField<unknown, unknown>): boolean {
  return getNamedType(field.type).name.endsWith('Connection') && field.args.some(({ name }) => name === 'first' || name === 'last');
}

/** What a page size is, once its variables are known; null where none is given, or what is given is no number. */
function readSize(value: ValueNode, variables: RawVariables, defaults: ReadonlyMap<string, ValueNode>): number | null {
  if (value.kind === Kind.INT) return Number(value.value);
  if (value.kind !== Kind.VARIABLE) return null;
  const name = value.name.value;
  const given = variables?.[name];
  if (given === undefined) {
    const fallback = defaults.get(name);
    return fallback === undefined ? null : readSize(fallback, null, new Map());
  }
  return typeof given === 'number' ? given : null;
}

function countIds(value: ValueNode, variables: RawVariables): number {
  if (value.kind === Kind.LIST) return value.values.length;
  const given = value.kind === Kind.VARIABLE ? variables?.[value.name.value] : null;
  return Array.isArray(given) ? given.length : 1;
}

/**
 * Finds the fields of operations that load many rows: connections, and lists by `ids`.
 *
 * @param options.defaultPageSize of a connection that says no size
 * @param options.maxPageSize of every page
 * @returns the way to look into one operation of a document that has no cycle and no more fields than can be visited one by one
 */
export function createPageFinder(options: { readonly schema: GraphQLSchema; readonly defaultPageSize: number; readonly maxPageSize: number }) {
  const { schema, defaultPageSize, maxPageSize } = options;

  function checked(name: string, size: number, what: string): number {
    if (size >= 1 && size <= maxPageSize) return size;
    throw badInput([name], `"${name}" ${what}; it must be from 1 to ${maxPageSize}.`);
  }

  function rowsOf(node: FieldNode, field: GraphQLField<unknown, unknown>, defaults: ReadonlyMap<string, ValueNode>): PagedField['rows'] | null {
    const given = (name: string): ValueNode | undefined => node.arguments?.find((argument) => argument.name.value === name)?.value;
    const ids = field.args.some(({ name }) => name === idsArgument) ? given(idsArgument) : undefined;
    if (ids !== undefined) {
      return (variables) => {
        const count = countIds(ids, variables);
        return count === 0 ? 0 : checked(idsArgument, count, `has ${count} entries`);
      };
    }
    if (!isConnectionField(field)) return null;
    return (variables) => {
      let rows: number | null = null;
      for (const name of sizeArguments) {
        const value = given(name);
        const size = value === undefined ? null : readSize(value, variables, defaults);
        if (size !== null) rows = Math.max(rows ?? 0, checked(name, size, `is ${size}`));
      }
      return rows ?? defaultPageSize;
    };
  }

  return (operation: OperationDefinitionNode, document: DocumentNode): readonly PagedField[] => {
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    const defaults = new Map<string, ValueNode>();
    for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
      if (defaultValue !== undefined) defaults.set(variable.name.value, defaultValue);

    const conditioned = (type: GraphQLCompositeType, name: string | undefined): GraphQLCompositeType => {
      const condition = name === undefined ? undefined : schema.getType(name);
      return isCompositeType(condition) ? condition : type;
    };

    function find(set: SelectionSetNode, type: GraphQLCompositeType): readonly PagedField[] {
      return set.selections.flatMap((selection): readonly PagedField[] => {
        if (selection.kind === Kind.INLINE_FRAGMENT) return find(selection.selectionSet, conditioned(type, selection.typeCondition?.name.value));
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          const fragment = fragments.get(selection.name.value);
          return fragment === undefined ? [] : find(fragment.selectionSet, conditioned(type, fragment.typeCondition.name.value));
        }
        const field = fieldOf(type, selection.name.value);
        if (field === null) return [];
        const target = getNamedType(field.type);
        const inner = selection.selectionSet === undefined || !isCompositeType(target) ? [] : find(selection.selectionSet, target);
        const rows = rowsOf(selection, field, defaults);
        return rows === null ? inner : [{ rows, inner }];
      });
    }

    const root = schema.getRootType(operation.operation);
    return root === undefined || root === null ? [] : find(operation.selectionSet, root);
  };
}

/**
 * The rows that paged fields load if every page is full.
 *
 * @throws AppError BAD_USER_INPUT for a page size that is not allowed
 */
export function countRows(fields: readonly PagedField[], variables: RawVariables): number {
  let sum = 0;
  for (const { rows, inner } of fields) {
    const count = rows(variables);
    // The inside is looked at also of an empty list: its page sizes must be right all the same.
    sum += count * (1 + countRows(inner, variables));
  }
  return sum;
}
