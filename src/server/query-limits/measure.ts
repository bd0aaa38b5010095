import { Kind, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/** How much an operation asks for, as if every fragment stood where it is spread. */
export interface Measures {
  /** Fields within fields; what describes the schema is measured apart. */
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  readonly fields: number;
  /** How often the field that is repeated most is written in one selection set, fragments aside. */
  readonly repetitions: number;
}

/** The measures of a selection set; `rootFields` are the fields on its own level. */
type Mutable = { -readonly [measure in keyof Measures]: Measures[measure] };

const nothing = (): Mutable => ({ depth: 0, introspectionDepth: 0, aliases: 0, rootFields: 0, directives: 0, fields: 0, repetitions: 0 });

/** Adds what stands beside: counts add up, depths do not. */
function addSibling(sum: Mutable, other: Measures): void {
  sum.depth = Math.max(sum.depth, other.depth);
  sum.introspectionDepth = Math.max(sum.introspectionDepth, other.introspectionDepth);
  sum.aliases += other.aliases;
  sum.rootFields += other.rootFields;
  sum.directives += other.directives;
  sum.fields += other.fields;
  sum.repetitions = Math.max(sum.repetitions, other.repetitions);
}

/** The fields that describe the schema; their queries are deep by nature, as `ofType` is followed nine times. */
function isIntrospection(name: string): boolean {
  return name === '__schema' || name === '__type';
}

/** The measures of the operations of a document. */
export interface MeasuredDocument {
  readonly operations: ReadonlyMap<OperationDefinitionNode, Measures>;
  /** All fragments, also those that no operation spreads: validation reads them all the same. */
  readonly fragments: readonly Measures[];
  /** Whether a fragment spreads itself, also by way of others. Then the measures are those of one time around. */
  readonly hasCycle: boolean;
}

/**
 * Measures every operation of a document. Each fragment is measured once, so the time is linear in the document however often fragments
 * are spread in one another; counts then grow beyond all bounds, and may be `Infinity`. To refuse a cycle is
 * the task of validation.
 */
export function measureDocument(document: DocumentNode): MeasuredDocument {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measured = new Map<string, Measures>();
  const unfinished = new Set<string>();
  let hasCycle = false;

  function measureFragment(name: string): Measures {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    if (unfinished.has(name)) hasCycle = true;
    if (fragment === undefined || unfinished.has(name)) return nothing();
    unfinished.add(name);
    const measures = measureSelections(fragment.selectionSet);
    measures.directives += fragment.directives?.length ?? 0;
    unfinished.delete(name);
    measured.set(name, measures);
    return measures;
  }

  function measureSelections(set: SelectionSetNode, written = new Map<string, number>()): Mutable {
    const sum = nothing();
    for (const selection of set.selections) {
      sum.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FRAGMENT_SPREAD) addSibling(sum, measureFragment(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) addSibling(sum, measureSelections(selection.selectionSet, written));
      else {
        const inner = selection.selectionSet === undefined ? nothing() : measureSelections(selection.selectionSet);
        const responseName = (selection.alias ?? selection.name).value;
        const repetitions = (written.get(responseName) ?? 0) + 1;
        written.set(responseName, repetitions);
        const describes = isIntrospection(selection.name.value);
        addSibling(sum, {
          depth: describes ? 1 : inner.depth + 1,
          introspectionDepth: describes ? inner.depth + 1 : inner.introspectionDepth,
          aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
          rootFields: 1,
          directives: inner.directives,
          fields: inner.fields + 1,
          repetitions: Math.max(inner.repetitions, repetitions),
        });
      }
    }
    return sum;
  }

  const operations = new Map<OperationDefinitionNode, Measures>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const sum = measureSelections(definition.selectionSet);
    sum.directives += definition.directives?.length ?? 0;
    for (const variable of definition.variableDefinitions ?? []) sum.directives += variable.directives?.length ?? 0;
    operations.set(definition, sum);
  }
  return { operations, fragments: [...fragments.keys()].map(measureFragment), hasCycle };
}
