import { describe, expect, test } from 'vitest';
import { readAccept } from '../../src/server/accept.ts';

const strict = 'application/graphql-response+json';

describe('what a client can read', () => {
  test.each([
    [undefined, 'application/json', false],
    ['*/*', 'application/json', false],
    ['application/*', 'application/json', false],
    ['application/json', 'application/json', false],
    ['Application/JSON; charset=UTF-8', 'application/json', false],
    [strict, strict, false],
    [`${strict}; charset=utf-8, application/json;q=0.9`, strict, false],
    [`application/json, ${strict}`, 'application/json', false],
    ['text/event-stream', null, true],
    ['text/event-stream, */*', 'application/json', true],
    ['text/html', null, false],
    ['application/json;q=0', null, false],
    ['application/json; charset=utf-16', null, false],
    ['', null, false],
  ] as const)('of "%s" is %s, events: %s', (header, json, namesEvents) => {
    expect(readAccept(header)).toMatchObject({ json, namesEvents });
  });
});
