import { describe, expect, it } from 'vitest';
import { retryAfterMsOf } from '../../src/engines/faults.ts';

const now = new Date('2026-01-01T00:00:00Z');

describe('the wait that headers ask for', () => {
  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, 7_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500],
    [{ 'retry-after-ms': '-5' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('of %j is %s ms', (headers, expected) => {
    expect(retryAfterMsOf(new Headers(headers), now)).toBe(expected);
  });

  it('is not known without headers', () => {
    expect(retryAfterMsOf(undefined, now)).toBeNull();
  });
});
