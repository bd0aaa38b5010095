import { readFileSync } from 'node:fs';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/base/config.ts';
import { createDocumentGate } from '../../src/server/query-limits/query-limits.ts';
import { sampleTabs } from '../../src/server/samples/samples.ts';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

const gate = createDocumentGate({ schema, limits: parseConfig({}).gate.query, defaultPageSize: 20, trustsDocuments: false });

test.each(sampleTabs)('the sample fits the schema and the limits: $query', ({ query, variables }) => {
  const document = parse(query);
  expect(validate(schema, document).map((error) => error.message)).toEqual([]);
  expect(() => JSON.parse(variables ?? '{}')).not.toThrow();
  expect(() => gate.checkDocument(document)).not.toThrow();
  expect(() => gate.checkVariables(document, null, JSON.parse(variables ?? '{}'))).not.toThrow();
});

/** What people come for, by the field that stands for it. */
const features = [
  'models',
  'saveProviderKey',
  'updatePreferences',
  'sendMessage',
  'runEvents',
  'conversationEvents',
  'editMessage',
  'regenerate',
  'switchBranch',
  'forkConversation',
  'deleteMessage',
  'search',
  'conversations',
  'updateConversation',
  'conversationTags',
  'markRead',
  'createConversation',
  'keepConversation',
  'shareConversation',
  'sharedConversation',
  'revokeShareLink',
  'exportConversation',
  'giveFeedback',
  'sentimentMethods',
  'usage',
];

test('every feature of talking has a sample', () => {
  const shown = sampleTabs
    .flatMap(({ query }) => parse(query).definitions)
    .flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : []))
    .flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : []));
  expect(features.filter((feature) => !shown.includes(feature))).toEqual([]);
});
