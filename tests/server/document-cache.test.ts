import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { createDocumentCache } from '../../src/server/document-cache.ts';

const document = parse('{ hello }');

test('a document is found by its text', () => {
  const { documentCache } = createDocumentCache();
  documentCache.set('{ hello }', document);
  expect([documentCache.get('{ hello }'), documentCache.get('{ other }')]).toEqual([document, undefined]);
});

test.each([
  [10, 1_000],
  [10_000, 49],
])('of 2,000 documents of %i characters the last %i are kept', (length, kept) => {
  const { documentCache } = createDocumentCache();
  const texts = Array.from({ length: 2_000 }, (_, index) => `${index}`.padEnd(length, ' '));
  for (const text of texts) documentCache.set(text, document);
  const found = texts.flatMap((text, index) => (documentCache.get(text) === undefined ? [] : [index]));
  expect([found.length, found[0]]).toEqual([kept, texts.length - kept]);
});

test('a very long document is not kept, and neither is what failed', () => {
  const { documentCache, errorCache } = createDocumentCache();
  const long = ' '.repeat(50_001);
  documentCache.set(long, document);
  errorCache.set('{', new Error('failed'));
  expect([documentCache.get(long), errorCache.get('{')]).toEqual([undefined, undefined]);
});
