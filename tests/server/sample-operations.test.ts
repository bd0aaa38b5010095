import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { sampleTabs } from '../../src/server/sample-operations.ts';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

test.each(sampleTabs)('the sample fits the schema: $query', ({ query, variables }) => {
  expect(validate(schema, parse(query)).map((error) => error.message)).toEqual([]);
  expect(() => JSON.parse(variables ?? '{}')).not.toThrow();
});
