import { describe, expect, it } from 'vitest';
import { createSignedLinks } from '../../src/auth/signed-links.ts';

const secret = 'a secret of forty characters for the tests';
const older = 'the secret before it, of forty characters!';
const target = { userId: '01890000-0000-7000-8000-000000000001', kind: 'file', id: '01890000-0000-7000-8000-000000000002', detail: 'parquet' };

let now = new Date('2026-01-01T00:00:00.400Z');
const linksOf = (options: { readonly secret: string; readonly previousSecrets?: readonly string[] }) =>
  createSignedLinks({ ...options, lifetimeMs: 60_000, clock: { now: () => now } });
const failureOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return Object(error).code;
  }
};

describe('A21 signed links', () => {
  const links = linksOf({ secret });

  it('carry what they lead to, in characters that fit into a path', () => {
    const { token, expiresAt } = links.sign(target);
    expect(token).toMatch(/^[\w.-]+$/);
    expect(expiresAt.toISOString()).toBe('2026-01-01T00:01:01.000Z');
    expect(links.verify(token)).toEqual(target);
  });

  it('are refused when a single character is another one', () => {
    const { token } = links.sign(target);
    for (let place = 0; place < token.length; place += 1) {
      const other = token[place] === 'A' ? 'B' : 'A';
      expect(failureOf(() => links.verify(token.slice(0, place) + other + token.slice(place + 1)))).toBe('FORBIDDEN');
    }
  });

  it.each([
    ['nothing', () => ''],
    ['no signature', (token: string) => token.split('.')[0] ?? ''],
    ['an empty signature', (token: string) => `${token.split('.')[0]}.`],
    ['more than a signature', (token: string) => `${token}.x`],
    ['a signature of another payload', (token: string) => `${Buffer.from('["x"]').toString('base64url')}.${token.split('.')[1]}`],
    ['padding that spells the same bytes', (token: string) => `${token}=`],
    ['a megabyte', () => 'a'.repeat(1_000_000)],
  ])('are refused with %s', (_what, change) => {
    expect(failureOf(() => links.verify(change(links.sign(target).token)))).toBe('FORBIDDEN');
  });

  it('end when their time is over', () => {
    const { token, expiresAt } = links.sign(target);
    now = new Date(expiresAt.getTime() - 1);
    expect(links.verify(token)).toEqual(target);
    now = expiresAt;
    expect(failureOf(() => links.verify(token))).toBe('LINK_EXPIRED');
  });

  it('of a secret of before are read while it is configured', () => {
    const { token } = linksOf({ secret: older }).sign(target);
    expect(linksOf({ secret, previousSecrets: [older] }).verify(token)).toEqual(target);
    expect(failureOf(() => links.verify(token))).toBe('FORBIDDEN');
  });
});
