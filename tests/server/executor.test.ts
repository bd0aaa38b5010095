import fc from 'fast-check';
import { execute, parse, validate, validateSubscriptionArgs, executeSubscriptionEvent, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/server/executor/execute.ts';
import { createTrickySchema } from './executor-schema.ts';
import { randomDocument } from './random-document.ts';

/** What an execution comes to, errors with the kind of what was thrown. */
async function outcomeOf(run: () => unknown): Promise<string> {
  try {
    const result: any = await run();
    const thrown = result.errors?.map((error: any) => [error.originalError?.constructor.name, error.nodes?.length]);
    // graphql-js shows the client a value that is of no type that was expected; we do not.
    return JSON.stringify({ result, thrown }).replaceAll(/ but got: \{ kind: .*? \}/g, '');
  } catch (error) {
    return `throws ${String(error)}`;
  }
}

/**
 * Both outcomes, with the calls that resolvers saw; without them where something failed: how far the neighbours of a failure come before the
 * answer is complete is a matter of single turns of the queue of promises.
 */
async function both(args: Omit<ExecutionArgs, 'schema'>, behaviour: { readonly seed: number; readonly illPercent: number }) {
  const outcomes = [];
  for (const run of [execute, createExecutor().execute]) {
    const seen: string[] = [];
    const schema = createTrickySchema({ ...behaviour, seen });
    const outcome = await outcomeOf(() => run({ schema, ...args }));
    outcomes.push({ outcome, seen: outcome.includes('"errors"') ? [] : seen });
  }
  return outcomes;
}

const calm = { seed: 1, illPercent: 0 };
const documents: readonly { readonly text: string; readonly variableValues?: Record<string, unknown> }[] = [
  { text: '{ tree { id text leaf { text number even color flags matrix } } }' },
  { text: '{ tree { things { __typename ... on Leaf { text } ... on Tree { id: text } } nodes { id ... on Tree { leaf { id } } } } }' },
  { text: '{ tree { ...A ...B ...A } } fragment A on Tree { leaf { id } child { ...B } } fragment B on Node { id ... on Tree { leaf { name text } } }' },
  { text: '{ a: tree { x: id } b: tree { y: id } tree { id } a: tree { z: text } }' },
  {
    text: 'query ($yes: Boolean!, $no: Boolean = false) { tree @skip(if: $no) { id @include(if: $yes) text @skip(if: $yes) ...A @include(if: $no) } } fragment A on Tree { name }',
    variableValues: { yes: true },
  },
  { text: 'query ($yes: Boolean!) { tree @skip(if: true) { id } leaf @include(if: true) @skip(if: $yes) { id } node { id } }', variableValues: { yes: true } },
  { text: '{ echo(filter: { evens: [2, 4], inner: { color: RED } }, ids: ["a", 1]) }' },
  {
    text: 'query ($filter: Filter, $color: Color) { echo(filter: $filter, color: $color) leaf { echo(text: null, color: $color) } }',
    variableValues: { filter: { number: 1 } },
  },
  { text: 'query ($filter: Filter) { echo(filter: $filter) }', variableValues: { filter: { number: 'no' } } },
  { text: 'query ($filter: Filter!) { echo(filter: $filter) }' },
  { text: 'query ($even: Even!) { echo(filter: { evens: [$even] }) }', variableValues: { even: 3 } },
  { text: 'query ($even: Even!) { echo(filter: { evens: [$even] }) }', variableValues: { even: 4 } },
  { text: 'mutation { third first { id } second { id } again: third }' },
  { text: '{ __schema { queryType { name fields { name type { kind ofType { name } } } } } __type(name: "Leaf") { interfaces { name } } }' },
  { text: '{ __typename tree { __typename } }' },
  { text: '{ __proto__: echo }' },
  { text: '{ constructor: echo toString: echo then: echo }' },
];

describe('the compiling executor', () => {
  it.each(documents)('answers $text as graphql-js does', async ({ text, variableValues = {} }) => {
    const document = parse(text);
    expect(validate(createTrickySchema(calm), document)).toEqual([]);
    for (const illPercent of [0, 30]) {
      for (let seed = 1; seed <= 20; seed += 1) {
        const [expected, found] = await both({ document, variableValues }, { seed, illPercent });
        expect(found).toEqual(expected);
      }
    }
  });

  it('answers any document over any resolvers as graphql-js does, to the byte and with the same calls', async () => {
    const schema = createTrickySchema(calm);
    await fc.assert(
      fc.asyncProperty(randomDocument(schema), fc.nat(), fc.constantFrom(0, 5, 20, 60), async (text, seed, illPercent) => {
        const document = parse(text);
        fc.pre(validate(schema, document).length === 0);
        const [expected, found] = await both({ document, variableValues: { yes: seed % 2 === 0 } }, { seed, illPercent });
        expect(found).toEqual(expected);
      }),
      { numRuns: Number(process.env['EXECUTOR_RUNS'] ?? 300) },
    );
  });

  it.each([
    ['{ tree { id } } query Named { leaf { id } }', undefined],
    ['query One { tree { id } } query Two { leaf { id } }', 'Two'],
    ['query One { tree { id } } query Two { leaf { id } }', 'Three'],
    ['fragment A on Tree { id }', undefined],
  ])('says of %s, %s what graphql-js says', async (text, operationName) => {
    const [expected, found] = await both({ document: parse(text), operationName }, calm);
    expect(found).toEqual(expected);
  });

  it('keeps the plans of different conditions apart', async () => {
    const executor = createExecutor();
    const schema = createTrickySchema(calm);
    const document = parse('query ($yes: Boolean!) { tree { id @include(if: $yes) text } }');
    const ask = async (yes: boolean): Promise<any> => (await executor.execute({ schema, document, variableValues: { yes } })).data;
    for (let round = 0; round < 2; round += 1) {
      expect(Object.keys((await ask(true)).tree)).toEqual(['id', 'text']);
      expect(Object.keys((await ask(false)).tree)).toEqual(['text']);
    }
  });

  it('gives resolvers arguments of their own each time', async () => {
    const schema = createTrickySchema(calm);
    Object.assign(schema.getQueryType()?.getFields()['echo'] ?? {}, {
      resolve: (_root: unknown, args: any) => {
        const answer = JSON.stringify(args);
        args.text = 'changed';
        if (args.filter) args.filter.number = 9;
        return answer;
      },
    });
    const executor = createExecutor();
    for (const text of ['{ echo(color: RED) }', '{ echo(filter: { number: 1 }) }']) {
      const document = parse(text);
      const first = JSON.stringify(await executor.execute({ schema, document }));
      expect(JSON.stringify(await executor.execute({ schema, document }))).toBe(first);
    }
  });

  it('executes an event of a subscription as graphql-js does', async () => {
    const schema = createTrickySchema({ seed: 3, illPercent: 10 });
    const checked = validateSubscriptionArgs({ schema, document: parse('subscription { tree { id things { __typename } } }'), rootValue: {} });
    if (!('schema' in checked)) throw checked[0];
    expect(await outcomeOf(() => createExecutor().executeChecked(checked))).toBe(await outcomeOf(() => executeSubscriptionEvent(checked)));
  });
});

/** A schema whose field `later` waits until the test lets it go, and notes whether it was told to stop. */
function waitingSchema(): { readonly schema: GraphQLSchema; readonly letGo: (value: string) => void; readonly signals: AbortSignal[] } {
  const schema = createTrickySchema(calm);
  const { promise, resolve } = Promise.withResolvers<string>();
  const signals: AbortSignal[] = [];
  Object.assign(schema.getQueryType()?.getFields()['later'] ?? {}, {
    resolve: (_root: unknown, _args: unknown, _context: unknown, info: any) => {
      signals.push(info.getAbortSignal());
      return promise;
    },
  });
  return { schema, letGo: resolve, signals };
}

describe('an operation that is aborted', () => {
  it.each(['graphql-js', 'compiled'])('rejects at once with the reason and tells the resolvers that asked (%s)', async (name) => {
    const { schema, signals, letGo } = waitingSchema();
    const controller = new AbortController();
    const run = name === 'compiled' ? createExecutor().execute : execute;
    const outcome = outcomeOf(() => run({ schema, document: parse('{ later }'), abortSignal: controller.signal }));
    controller.abort(new Error('too long'));
    expect(await outcome).toBe('throws AbortedGraphQLExecutionError: too long');
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    letGo('nobody waits');
  });

  it('does not begin when it is aborted already', async () => {
    const seen: string[] = [];
    const schema = createTrickySchema({ ...calm, seen });
    const document = parse('{ leaf { id } }');
    const abortSignal = AbortSignal.abort(new Error('before'));
    const args = { schema, document, abortSignal };
    expect(await outcomeOf(() => createExecutor().execute(args))).toBe(await outcomeOf(() => execute(args)));
    expect(seen).toEqual([]);
  });

  it('starts no resolver any more', async () => {
    const { schema, letGo } = waitingSchema();
    const controller = new AbortController();
    let isCalled = false;
    Object.assign(schema.getQueryType()?.getFields()['leaf'] ?? {}, { resolve: () => ({ kind: 'Leaf' }) });
    const later = schema.getQueryType()?.getFields()['tree'];
    const released = Promise.withResolvers<unknown>();
    Object.assign(later ?? {}, { resolve: () => released.promise });
    for (const field of Object.values((schema.getType('Tree') as any).getFields())) Object.assign(field as object, { resolve: () => (isCalled = true) });
    const outcome = outcomeOf(() => createExecutor().execute({ schema, document: parse('{ tree { id } }'), abortSignal: controller.signal }));
    controller.abort(new Error('over'));
    released.resolve({ kind: 'Tree' });
    expect(await outcome).toContain('over');
    await new Promise(setImmediate);
    expect(isCalled).toBe(false);
    letGo('');
  });

  it('tells resolvers when a finished operation is over, and leaves no listener behind', async () => {
    const { schema, signals, letGo } = waitingSchema();
    const controller = new AbortController();
    const result = createExecutor().execute({ schema, document: parse('{ later }'), abortSignal: controller.signal });
    letGo('done');
    expect(JSON.stringify(await result)).toBe('{"data":{"later":"done"}}');
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });
});
