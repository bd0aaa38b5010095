import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTransports, transportNames } from '../kit/transports.ts';
import { startServer, type TestServer } from './test-server.ts';

let production: TestServer;
let development: TestServer;
beforeAll(async () => {
  production = await startServer({}, { isProduction: true });
  development = await startServer();
});
afterAll(() => Promise.all([production.stop(), development.stop()]));

describe.each(transportNames)('G06 over %s', (name) => {
  const ask = (server: TestServer, query: string, variables = {}) => createTransports(server.url)[name](query, variables);

  test.each([
    '{ __schema { queryType { name } } }',
    '{ __type(name: "Query") { name } }',
    '{ ...F } fragment F on Query { s: __schema { types { name } } }',
    'query ($on: Boolean = false) { __schema @include(if: $on) { types { name } } }',
    'mutation { __schema { types { name } } }',
    getIntrospectionQuery(),
  ])('introspection is refused in production: %s', async (query) => {
    const answer = await ask(production, query);
    expect(answer.errors[0]).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    expect('data' in answer).toBe(false);
  });

  test('the names of types may be asked for in production', async () => {
    expect(await ask(production, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
  });

  test.each([
    ['a field', '{ helo }', {}],
    ['a field of a type', '{ thing { nam } }', {}],
    ['an argument', '{ paint(colour: AZURE) }', {}],
    ['a value of an enum', '{ paint(color: AZUR) }', {}],
    ['a field of an input', '{ paint(input: { colour: AZURE }) }', {}],
    ['a type', 'query ($color: Colour) { paint(color: $color) }', {}],
    ['a directive argument', '{ hello @include(iff: true) }', {}],
    ['a value of an enum in a variable', 'query ($color: Color) { paint(color: $color) }', { color: 'AZUR' }],
    ['a field of an input in a variable', 'query ($input: PaintInput) { paint(input: $input) }', { input: { colour: 'AZURE' } }],
    ['a value within an input in a variable', 'query ($input: PaintInput) { paint(input: $input) }', { input: { color: 'AZUR' } }],
  ])('%s that is misspelt is guessed in development and not in production', async (_title, query, variables) => {
    const answer = JSON.stringify(await ask(production, query, variables));
    expect(answer).toContain('"code"');
    expect(answer).not.toMatch(/did you mean|"hello"|"name"|"color"|AZURE"|CRIMSON/i);
    expect(JSON.stringify(await ask(development, query, variables))).toContain('Did you mean');
  });

  test('an answer carries neither traces nor stacks, in production and in development', async () => {
    for (const server of [production, development]) {
      expect(Object.keys(await ask(server, '{ hello }'))).toEqual(['data']);
      const answer = await ask(server, '{ secret }');
      expect(Object.keys(answer).toSorted()).toEqual(['data', 'errors']);
      expect(JSON.stringify(answer)).not.toMatch(/stack|\.ts:|node_modules|tracing|secret of/);
    }
  });
});

test('G06 no header tells what runs here', async () => {
  const response = await fetch(`${production.url}/graphql?query=%7Bhello%7D`);
  for (const name of ['server', 'x-powered-by', 'server-timing', 'traceparent']) expect(response.headers.get(name)).toBe(null);
});
