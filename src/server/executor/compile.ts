import {
  getArgumentValues,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isNonNullType,
  Kind,
  typeFromAST,
  visit,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidatedExecutionArgs,
} from 'graphql';
import { completerOf } from './complete.ts';
import type { FieldPlan, ObjectPlan } from './plan.ts';
import type { Run } from './run.ts';

/** What the plan of an operation depends on. */
type Source = Pick<ValidatedExecutionArgs, 'schema' | 'fragmentDefinitions' | 'variableValues' | 'hideSuggestions'>;

type Groups = Map<string, FieldNode[]>;

function isIncluded({ variableValues }: Source, node: SelectionNode): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variableValues);
  if (skip?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.['if'] !== false;
}

function isAbout({ schema }: Source, fragment: FragmentDefinitionNode | InlineFragmentNode, type: GraphQLObjectType): boolean {
  if (fragment.typeCondition === undefined) return true;
  const condition = typeFromAST(schema, fragment.typeCondition);
  return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
}

/** CollectFields of the specification, with its rule that a fragment counts once. */
function collect(source: Source, type: GraphQLObjectType, { selections }: SelectionSetNode, groups: Groups, visited: Set<string>): void {
  for (const selection of selections) {
    if (!isIncluded(source, selection)) continue;
    if (selection.kind === Kind.FIELD) {
      const name = selection.alias?.value ?? selection.name.value;
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [selection]);
      else group.push(selection);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      if (isAbout(source, selection, type)) collect(source, type, selection.selectionSet, groups, visited);
    } else {
      const fragment = source.fragmentDefinitions[selection.name.value];
      if (fragment === undefined || visited.has(selection.name.value) || !isAbout(source, fragment, type)) continue;
      visited.add(selection.name.value);
      collect(source, type, fragment.selectionSet, groups, visited);
    }
  }
}

function hasVariables(node: FieldNode): boolean {
  let found = false;
  for (const argument of node.arguments ?? []) visit(argument, { Variable: () => void (found = true) });
  return found;
}

/** The arguments of a field: worked out once when they are plain values that stand in the document. */
function argumentsOf(source: Source, definition: GraphQLField<unknown, unknown>, node: FieldNode): FieldPlan['argumentsOf'] {
  if (definition.args.length === 0) return () => ({});
  const workOut = ({ args }: Run) => getArgumentValues(definition, node, args.variableValues, undefined, args.hideSuggestions);
  if (hasVariables(node)) return workOut;
  try {
    const values = getArgumentValues(definition, node, source.variableValues, undefined, source.hideSuggestions);
    // A resolver may change what it is given, so nothing deep is shared.
    return Object.values(values).some((value) => typeof value === 'object' && value !== null) ? workOut : () => ({ ...values });
  } catch {
    return workOut;
  }
}

function planFields(source: Source, type: GraphQLObjectType, groups: Groups): ObjectPlan {
  const fields: FieldPlan[] = [];
  for (const [responseName, nodes] of groups) {
    const [first] = nodes;
    const definition = first && source.schema.getField(type, first.name.value);
    if (first === undefined || definition === undefined) continue;
    const complete = completerOf(
      definition.type,
      nodes,
      remember((objectType) => planSubfields(source, objectType, nodes)),
    );
    fields.push({
      responseName,
      parentType: type,
      definition,
      nodes,
      isNonNull: isNonNullType(definition.type),
      argumentsOf: argumentsOf(source, definition, first),
      complete,
    });
  }
  return { type, fields };
}

function planSubfields(source: Source, type: GraphQLObjectType, nodes: readonly FieldNode[]): ObjectPlan {
  const groups: Groups = new Map();
  const visited = new Set<string>();
  for (const { selectionSet } of nodes) if (selectionSet !== undefined) collect(source, type, selectionSet, groups, visited);
  return planFields(source, type, groups);
}

function remember(make: (type: GraphQLObjectType) => ObjectPlan): (type: GraphQLObjectType) => ObjectPlan {
  const made = new Map<GraphQLObjectType, ObjectPlan>();
  return (type) => {
    const known = made.get(type);
    if (known !== undefined) return known;
    const plan = make(type);
    made.set(type, plan);
    return plan;
  };
}

/** The plan for the root fields of an operation, for the values that its `@skip` and `@include` have now. */
export function planOperation(args: ValidatedExecutionArgs, rootType: GraphQLObjectType): ObjectPlan {
  const groups: Groups = new Map();
  collect(args, rootType, args.operation.selectionSet, groups, new Set());
  return planFields(args, rootType, groups);
}

/** What decides whether and in how many variants an operation can be compiled. */
export interface Traits {
  /** The variables that decide about fields. */
  readonly conditions: readonly string[];
}

/**
 * Whether an operation can be compiled: not with directives other than `@skip` and `@include` (`@defer` and `@stream` among them), not with
 * variables of fragments, and not with the one name that objects treat in a way of their own.
 *
 * @returns null when it cannot
 */
export function traitsOf({ operation, fragmentDefinitions }: Pick<ValidatedExecutionArgs, 'operation' | 'fragmentDefinitions'>): Traits | null {
  const conditions = new Set<string>();
  let isPlain = true;
  for (const definition of [operation, ...Object.values(fragmentDefinitions)]) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION && (definition.variableDefinitions ?? []).length > 0) isPlain = false;
    visit(definition, {
      Directive(directive) {
        const value = directive.arguments?.[0]?.value;
        if (directive.name.value !== 'skip' && directive.name.value !== 'include') isPlain = false;
        if (value?.kind === Kind.VARIABLE) conditions.add(value.name.value);
      },
      Field(node) {
        if ((node.alias ?? node.name).value === '__proto__') isPlain = false;
      },
    });
  }
  return isPlain ? { conditions: [...conditions] } : null;
}
