import { describe, expect, it } from 'vitest';
import { createRequestWindow } from '../../src/limits/request-window.ts';

function open(options: { readonly limit?: number; readonly maxKeys?: number } = {}) {
  let time = 1_000;
  const window = createRequestWindow({ limit: 3, windowMs: 60_000, now: () => time, ...options });
  return { ...window, advance: (milliseconds: number) => void (time += milliseconds) };
}

describe('a request window', () => {
  it('allows as many as its limit, then says how long to wait', () => {
    const window = open();
    expect([window.consume('a'), window.consume('a'), window.consume('a')]).toEqual([0, 0, 0]);
    window.advance(10_000);
    expect(window.consume('a')).toBe(50_000);
    expect(window.consume('b'), 'others are not concerned').toBe(0);
  });

  it('begins anew when it is over, and is not made longer by what is refused', () => {
    const window = open({ limit: 1 });
    window.consume('a');
    window.advance(59_999);
    expect(window.consume('a')).toBe(1);
    window.advance(1);
    expect(window.consume('a')).toBe(0);
    expect(window.consume('a')).toBe(60_000);
  });

  it('forgets the oldest key beyond its most, and no other', () => {
    const window = open({ limit: 1, maxKeys: 2 });
    window.consume('a');
    window.consume('b');
    window.consume('c');
    expect(window.consume('b')).toBeGreaterThan(0);
    expect(window.consume('c')).toBeGreaterThan(0);
    expect(window.consume('a')).toBe(0);
  });
});
