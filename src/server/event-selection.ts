import {
  getDirectiveValues,
  getNamedType,
  getNullableType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isLeafType,
  isNonNullType,
  Kind,
  typeFromAST,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type VariableValues,
} from 'graphql';

/** The selection of a subscription, made into functions that write its results as JSON. */
export interface EventSelection {
  /**
   * The result for an event, byte for byte as an execution would give it; null when this event must be executed, because its part of the
   * selection loads something.
   *
   * @param event what the source of the subscription gave
   */
  write(event: unknown): string | null;
  /** Whether `@skip` or `@include` decided, so that other variables need another selection. */
  readonly isConditional: boolean;
}

/** A subscription that was checked and whose variables were coerced. */
export interface SelectedOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragmentDefinitions: Readonly<Record<string, FragmentDefinitionNode | undefined>>;
  readonly variableValues: VariableValues;
}

/** Writes one event of a known type; throws where only an execution can tell what is right. */
type Writer = (event: unknown) => string;

/** Thrown by writers: this event must be executed after all. */
class NotPlain extends Error {}

const noArguments = Object.freeze({});

/** Collects the fields of a selection in the order in which an execution answers them. */
function createCollector({ schema, fragmentDefinitions, variableValues }: SelectedOperation) {
  let isConditional = false;
  let hasOtherDirectives = false;

  const isIncluded = (node: SelectionSetNode['selections'][number]): boolean => {
    const { directives = [] } = node;
    if (directives.length === 0) return true;
    isConditional = true;
    hasOtherDirectives ||= directives.some(({ name }) => name.value !== GraphQLSkipDirective.name && name.value !== GraphQLIncludeDirective.name);
    if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.['if'] !== false;
  };

  const applies = (fragment: { readonly typeCondition?: FragmentDefinitionNode['typeCondition'] | undefined }, type: GraphQLObjectType): boolean => {
    if (fragment.typeCondition === undefined) return true;
    const condition = typeFromAST(schema, fragment.typeCondition);
    return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
  };

  const collect = (selections: SelectionSetNode, type: GraphQLObjectType, found: Map<string, FieldNode[]>, seen: Set<string>): void => {
    for (const node of selections.selections) {
      if (node.kind === Kind.FRAGMENT_SPREAD && seen.has(node.name.value)) continue;
      if (!isIncluded(node)) continue;
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value;
        const nodes = found.get(key);
        if (nodes === undefined) found.set(key, [node]);
        else nodes.push(node);
        continue;
      }
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragmentDefinitions[node.name.value] : node;
      if (node.kind === Kind.FRAGMENT_SPREAD) seen.add(node.name.value);
      if (fragment !== undefined && applies(fragment, type)) collect(fragment.selectionSet, type, found, seen);
    }
  };

  return {
    fieldsOf: (selections: readonly SelectionSetNode[], type: GraphQLObjectType): ReadonlyMap<string, readonly FieldNode[]> => {
      const found = new Map<string, FieldNode[]>();
      const seen = new Set<string>();
      for (const selection of selections) collect(selection, type, found, seen);
      return found;
    },
    isConditional: () => isConditional,
    hasOtherDirectives: () => hasOtherDirectives,
  };
}

/** Writes the value of a leaf field. */
function leafWriter(field: GraphQLField<unknown, unknown>, type: GraphQLLeafType): Writer {
  const { resolve, name } = field;
  const isRequired = isNonNullType(field.type);
  return (event) => {
    const value: unknown = resolve === undefined ? Reflect.get(Object(event), name) : Reflect.apply(resolve, undefined, [event, noArguments]);
    if (value === null || value === undefined) {
      if (isRequired) throw new NotPlain();
      return 'null';
    }
    const text: string | undefined = JSON.stringify(type.coerceOutputValue(value));
    if (value instanceof Promise || text === undefined || text === 'null') throw new NotPlain();
    return text;
  };
}

/** Writes an event of one type; null when it has a field that is an object, or takes arguments. */
function objectWriter(type: GraphQLObjectType, fields: ReadonlyMap<string, readonly FieldNode[]>): Writer | null {
  if (type.isTypeOf != null) return null;
  const steps: { readonly key: string; readonly write: Writer | null }[] = [];
  for (const [key, [node]] of fields) {
    const start = `${steps.length === 0 ? '' : ','}${JSON.stringify(key)}:`;
    if (node?.name.value === '__typename') {
      steps.push({ key: `${start}${JSON.stringify(type.name)}`, write: null });
      continue;
    }
    const field = node === undefined ? undefined : type.getFields()[node.name.value];
    const leaf = field === undefined ? undefined : getNullableType(field.type);
    if (field === undefined || leaf === undefined || !isLeafType(leaf) || field.args.length > 0) return null;
    steps.push({ key: start, write: leafWriter(field, leaf) });
  }
  return (event) => {
    let text = '{';
    for (const { key, write } of steps) text += write === null ? key : key + write(event);
    return `${text}}`;
  };
}

/**
 * Compiles the selection of a subscription whose field gives events: an interface with the extension `hasPlainLeaves`, which promises
 * that the field resolves to the event itself and that leaf fields depend on the event alone.
 *
 * @returns null when the operation cannot be compiled, so that all of it must be executed
 */
export function compileEventSelection(operation: SelectedOperation): EventSelection | null {
  const { schema } = operation;
  const root = schema.getSubscriptionType();
  if (root == null) return null;
  const collector = createCollector(operation);
  const [[rootKey, rootNodes] = [], ...others] = collector.fieldsOf([operation.operation.selectionSet], root);
  const rootField = root.getFields()[rootNodes?.[0]?.name.value ?? ''];
  if (rootKey === undefined || rootNodes === undefined || rootField === undefined || others.length > 0) return null;
  const eventType = getNamedType(rootField.type);
  if (getNullableType(rootField.type) !== eventType || !isAbstractType(eventType) || eventType.extensions['hasPlainLeaves'] !== true) return null;
  const { resolveType } = eventType;
  if (resolveType == null) return null;
  const selections = rootNodes.flatMap((node) => node.selectionSet ?? []);
  const writers = new Map(schema.getPossibleTypes(eventType).map((type) => [type.name, objectWriter(type, collector.fieldsOf(selections, type))]));
  if (collector.hasOtherDirectives()) return null;
  const start = `{"data":{${JSON.stringify(rootKey)}:`;

  // Readers of the same run are woken one after the other with the same event, so one result is enough to serve all of them.
  let lastEvent: unknown = null;
  let lastText = '';
  return {
    isConditional: collector.isConditional(),
    write(event) {
      if (event === lastEvent) return lastText;
      const typeName: unknown = Reflect.apply(resolveType, undefined, [event]);
      const writer = typeof typeName === 'string' ? writers.get(typeName) : undefined;
      if (writer == null) return null;
      try {
        const text = `${start}${writer(event)}}}`;
        lastEvent = event;
        lastText = text;
        return text;
      } catch {
        // Whatever goes wrong, the execution of this event says it in the right way.
        return null;
      }
    },
  };
}
