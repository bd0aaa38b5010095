import fc from 'fast-check';
import { Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql';
import { expect, test } from 'vitest';
import { measureDocument } from '../../src/server/query-limits/measure.ts';
import { patienceMs } from '../kit/patience.ts';

type Counts = { depth: number; aliases: number; rootFields: number; directives: number; fields: number };

/** The measures by walking through every spread as often as it stands there. */
function countByWalking(document: DocumentNode): Counts {
  const setOf = (name: string): SelectionSetNode => {
    const found = document.definitions.find((definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name);
    if (found === undefined || !('selectionSet' in found)) throw new Error(`There is no fragment ${name}.`);
    return found.selectionSet;
  };
  const counts: Counts = { depth: 0, aliases: 0, rootFields: 0, directives: 0, fields: 0 };
  const walk = (set: SelectionSetNode, level: number): void => {
    for (const selection of set.selections) {
      counts.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FRAGMENT_SPREAD) walk(setOf(selection.name.value), level);
      else if (selection.kind === Kind.INLINE_FRAGMENT) walk(selection.selectionSet, level);
      else {
        counts.fields += 1;
        if (level === 1) counts.rootFields += 1;
        if (selection.alias !== undefined) counts.aliases += 1;
        counts.depth = Math.max(counts.depth, level);
        if (selection.selectionSet !== undefined) walk(selection.selectionSet, level + 1);
      }
    }
  };
  const [operation] = document.definitions;
  if (operation?.kind === Kind.OPERATION_DEFINITION) walk(operation.selectionSet, 1);
  return counts;
}

/** Selections that spread only fragments of a higher number, so that there is no cycle. */
function selections(lowest: number, highest: number): fc.Arbitrary<string> {
  const { selection } = fc.letrec<{ selection: string; set: string }>((tie) => ({
    selection: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom('a', 'x: a', 'a @include(if: true)'),
      ...(lowest <= highest ? [fc.integer({ min: lowest, max: highest }).map((number) => `...F${number}`)] : []),
      tie('set').map((set) => `b ${set}`),
      tie('set').map((set) => `... @skip(if: false) ${set}`),
    ),
    set: fc.array(tie('selection'), { minLength: 1, maxLength: 3 }).map((parts) => `{ ${parts.join(' ')} }`),
  }));
  return fc.array(selection, { minLength: 1, maxLength: 4 }).map((parts) => `{ ${parts.join(' ')} }`);
}

const last = 4;
const documents = fc
  .tuple(selections(0, last), ...Array.from({ length: last + 1 }, (_, number) => selections(number + 1, last)))
  .map(([query, ...fragments]) => [`query ${query}`, ...fragments.map((set, number) => `fragment F${number} on T ${set}`)].join('\n'));

test('one pass over each fragment counts what walking through every spread counts', () => {
  fc.assert(
    fc.property(documents, (text) => {
      const document = parse(text);
      const { operations, hasCycle } = measureDocument(document);
      expect(hasCycle).toBe(false);
      expect([...operations.values()][0]).toMatchObject(countByWalking(document));
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['{ ...A } fragment A on T { ...B } fragment B on T { ...A }', true],
  ['{ a } fragment A on T { b { ...A } }', true],
  ['{ ...A ...B } fragment A on T { ...B } fragment B on T { a }', false],
  ['{ ...Missing }', false],
])('a cycle in "%s": %s', (text, hasCycle) => {
  expect(measureDocument(parse(text)).hasCycle).toBe(hasCycle);
});

test('150 fragments that spread the next one ten times take no time', () => {
  const chain = Array.from({ length: 150 }, (_, number) => `fragment F${number} on T { ${`...F${number + 1} `.repeat(10)} }`);
  const document = parse(['{ ...F0 }', ...chain, 'fragment F150 on T { a }'].join(' '));
  const beganAtMs = performance.now();
  const { operations } = measureDocument(document);
  // Walked through, they would take for ever.
  expect(performance.now() - beganAtMs).toBeLessThan(patienceMs);
  expect([...operations.values()][0]?.fields).toBeGreaterThan(1e149);
});
