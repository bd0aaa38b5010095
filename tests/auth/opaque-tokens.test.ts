import { describe, expect, it } from 'vitest';
import { createRefreshTokens, createSetupTokens } from '../../src/auth/opaque-tokens.ts';

describe('opaque tokens', () => {
  it('are 256 random bits behind a prefix that tells their kind', () => {
    expect(createRefreshTokens().make().token).toMatch(/^clq_r_[A-Za-z0-9_-]{43}$/);
    expect(createSetupTokens().make().token).toMatch(/^clq_setup_[A-Za-z0-9_-]{43}$/);
    const askedFor: number[] = [];
    createRefreshTokens((byteCount) => (askedFor.push(byteCount), new Uint8Array(byteCount))).make();
    expect(askedFor).toEqual([32]);
  });

  it('are different every time', () => {
    const tokens = createRefreshTokens();
    expect(new Set(Array.from({ length: 1_000 }, () => tokens.make().token)).size).toBe(1_000);
  });

  it('are found again by their hash, which does not contain them', () => {
    const tokens = createRefreshTokens();
    const { token, hash } = tokens.make();
    expect(tokens.hashOf(token)).toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(tokens.hashOf(`${token}x`)).not.toBe(hash);
  });
});
