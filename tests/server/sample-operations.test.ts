import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/base/config.ts';
import { createDocumentGate } from '../../src/server/query-limits/query-limits.ts';
import { sampleTabs } from '../../src/server/sample-operations.ts';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

const gate = createDocumentGate({ schema, limits: parseConfig({}).gate.query, defaultPageSize: 20, trustsDocuments: false });

test.each(sampleTabs)('the sample fits the schema and the limits: $query', ({ query, variables }) => {
  const document = parse(query);
  expect(validate(schema, document).map((error) => error.message)).toEqual([]);
  expect(() => JSON.parse(variables ?? '{}')).not.toThrow();
  expect(() => gate.checkDocument(document)).not.toThrow();
  expect(() => gate.checkVariables(document, null, JSON.parse(variables ?? '{}'))).not.toThrow();
});
