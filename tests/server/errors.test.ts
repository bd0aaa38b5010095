import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTransports, transportNames } from '../kit/transports.ts';
import { startServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const cases = [
  { query: '{ deliberate }', code: 'FORBIDDEN', message: 'said on purpose' },
  { query: '{ plain }', code: 'BAD_USER_INPUT', message: 'said without a code' },
  {
    query: '{ badInput }',
    code: 'BAD_USER_INPUT',
    message: '"x" is not an e-mail address.',
    issues: [{ path: ['input', 'email'], message: '"x" is not an e-mail address.' }],
  },
  { query: '{ limited }', code: 'RATE_LIMITED', message: 'Wait.', retryAfterMs: 1_500 },
  { query: '{ hello', code: 'GRAPHQL_PARSE_FAILED', message: expect.stringContaining('Syntax Error') },
  { query: '{ helo }', code: 'GRAPHQL_VALIDATION_FAILED', message: expect.stringContaining('Did you mean "hello"?') },
  { query: 'query ($number: Even) { even(number: $number) }', variables: { number: 3 }, code: 'BAD_USER_INPUT', message: expect.stringContaining('it is odd') },
  { query: 'query ($count: Int!) { slow(milliseconds: $count) }', code: 'BAD_USER_INPUT', message: expect.stringContaining('$count') },
  { query: '{ even(number: 3) }', code: 'GRAPHQL_VALIDATION_FAILED', message: expect.stringContaining('it is odd') },
  { query: 'query A { hello } query B { hello }', code: 'OPERATION_RESOLUTION_FAILURE', message: expect.any(String) },
  { query: 'subscription { refused }', code: 'NOT_FOUND', message: 'No Run with this id exists.' },
];

describe.each(transportNames)('over %s', (name) => {
  const ask = (query: string, variables = {}) => createTransports(server.url)[name](query, variables);

  test.each(cases)('$query fails with $code', async ({ query, variables, code, message, issues, retryAfterMs }) => {
    const { errors } = await ask(query, variables);
    expect(errors[0]).toMatchObject({
      message,
      extensions: { code, requestId: expect.stringMatching(/^[\w-]{36}$/), ...(issues && { issues }), ...(retryAfterMs && { retryAfterMs }) },
    });
    expect(new Set(Object.keys(errors[0].extensions))).toEqual(
      new Set(['code', 'requestId', ...(issues ? ['issues'] : []), ...(retryAfterMs ? ['retryAfterMs'] : [])]),
    );
  });

  test.each(['{ secret }', 'subscription { failing }', ...(name === 'http' ? [] : ['subscription { count(failsAt: 1) }'])])(
    'G10 %s is masked, and logged once with the request id and the stack',
    async (query) => {
      const before = server.log.length;
      const answer = await ask(query);
      expect(JSON.stringify(answer)).not.toContain('secret of');
      expect(answer.errors[0]).toMatchObject({
        message: expect.stringMatching(/^Something unexpected failed\./),
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      });
      const lines = server.log.slice(before).filter((line) => JSON.stringify(line).includes('secret of'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ requestId: answer.errors[0].extensions.requestId, err: { stack: expect.stringContaining('test-server.ts') } });
    },
  );
});

test('at most ten errors are sent', async () => {
  const { errors } = await createTransports(server.url).http(`{ ${Array.from({ length: 20 }, (_, index) => `unknown${index}`).join(' ')} }`);
  expect(errors).toHaveLength(10);
});

test.each([
  ['{ hello', 400],
  ['{ helo }', 400],
  ['{ secret }', 200],
])('a client that asks for application/graphql-response+json gets for "%s" the status %i', async (query, status) => {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  expect((await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).status).toBe(status);
});
