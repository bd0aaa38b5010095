import { expect, test } from 'vitest';
import { estimateTokens as estimateForWindow } from '../../../src/services/context/estimate.ts';
import { estimateTokens as estimateForBill } from '../../../src/services/usage/estimate.ts';

test.each([
  'The quick brown fox jumps over the lazy dog.',
  'Straße nach Übersee',
  'const x = { a: 1 };',
  '日本語のテキスト',
  ' '.repeat(400),
  '{"rows":[[1,2,3]]}',
])('what %j is reckoned with in a window is never less than on a bill', (text) => {
  expect(estimateForWindow(text)).toBeGreaterThanOrEqual(estimateForBill([text]));
});
