import { createHash, createHmac } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAccessTokens } from '../../src/auth/access-tokens.ts';
import { deriveKey } from '../../src/auth/keys.ts';
import { createRefreshTokens } from '../../src/auth/opaque-tokens.ts';
import { later, type Clock } from '../../src/base/clock.ts';

const secret = 'a long enough secret for the tests of tokens';
const userId = '019a9f5e-0000-7000-8000-000000000001';
const loginId = '019a9f5e-0000-7000-8000-000000000002';
const start = new Date('2026-11-20T09:00:00.400Z');
const seconds = (date: Date): number => Math.floor(date.getTime() / 1_000);

function createMovableClock(): Clock & { set(to: Date): void } {
  let now = start;
  return { now: () => now, set: (to) => void (now = to) };
}

const key = deriveKey(secret, 'access-token');
const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);

interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: Uint8Array;
}

/** A token like ours but for what a test changes; `undefined` leaves a claim out. */
async function forge({ header = {}, claims = {}, key: signingKey = key }: Forgery = {}): Promise<string> {
  const ours = { sub: userId, lid: loginId, iss: 'colloquy', aud: 'colloquy', iat: seconds(start), exp: seconds(start) + 900 };
  return new SignJWT({ ...ours, ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keyId, ...header }).sign(signingKey);
}

function setUp() {
  const clock = createMovableClock();
  return { clock, tokens: createAccessTokens({ secret, lifetimeSeconds: 900, clock }) };
}

describe('an access token', () => {
  it('speaks for the user and login that it was signed for', async () => {
    const { tokens } = setUp();
    expect(await tokens.verify(await tokens.sign({ userId, loginId }))).toEqual({ userId, loginId });
    expect(await tokens.verify(await forge()), 'the forgeries below differ from a good token in one thing each').toEqual({ userId, loginId });
    expect(await tokens.verify(await handMade({ alg: 'HS256', typ: 'at+jwt', kid: keyId }, 'sha256'))).toEqual({ userId, loginId });
  });

  it('carries algorithm, type, key id, issuer, audience and expiry, and no role', async () => {
    const { tokens } = setUp();
    const token = await tokens.sign({ userId, loginId });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: keyId });
    expect(decodeJwt(token)).toEqual({ sub: userId, lid: loginId, iss: 'colloquy', aud: 'colloquy', iat: seconds(start), exp: seconds(start) + 900 });
  });

  it('is good until the second in which it expires', async () => {
    const { tokens, clock } = setUp();
    const token = await tokens.sign({ userId, loginId });
    clock.set(later(start, 899_000));
    expect(await tokens.verify(token)).toEqual({ userId, loginId });
    clock.set(later(start, 900_000));
    await expect(tokens.verify(token)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'The access token has expired; exchange the refresh token for a new one with "refreshAuth".',
    });
  });

  it('is verified once and remembered, until the second in which it expires', async () => {
    const { tokens, clock } = setUp();
    const token = await tokens.sign({ userId, loginId });
    const claims = await tokens.verify(token);
    expect(await tokens.verify(token), 'the very same object').toBe(claims);
    clock.set(later(start, 899_000));
    expect(await tokens.verify(token)).toBe(claims);
    clock.set(later(start, 900_000));
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('has expired') });
  });

  it('is not signed with the secret itself', async () => {
    const { tokens } = setUp();
    await expect(tokens.verify(await forge({ key: new TextEncoder().encode(secret) }))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(deriveKey(secret, 'another-purpose')).not.toEqual(key);
  });
});

describe('after the secret was changed', () => {
  const withSecrets = (current: string, ...previousSecrets: readonly string[]) =>
    createAccessTokens({ secret: current, previousSecrets, lifetimeSeconds: 900, clock: createMovableClock() });
  const newSecret = 'another secret, just as long, of the tests of tokens';

  it('tokens of the previous one are read, and new ones are signed with the new one', async () => {
    const old = await withSecrets(secret).sign({ userId, loginId });
    const rotated = withSecrets(newSecret, secret);
    expect(await rotated.verify(old)).toEqual({ userId, loginId });
    const made = await rotated.sign({ userId, loginId });
    expect(decodeProtectedHeader(made).kid).not.toBe(decodeProtectedHeader(old).kid);
    expect(await withSecrets(newSecret).verify(made)).toEqual({ userId, loginId });
  });

  it('a node that knows the new one only as a previous one reads its tokens already, for a change without interruption', async () => {
    const made = await withSecrets(newSecret, secret).sign({ userId, loginId });
    expect(await withSecrets(secret, newSecret).verify(made)).toEqual({ userId, loginId });
  });

  it('tokens of one that is not listed any more are refused', async () => {
    const old = await withSecrets(secret).sign({ userId, loginId });
    await expect(withSecrets(newSecret).verify(old)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('another key') });
  });

  it('a key is chosen by its id and no other is tried', async () => {
    const rotated = withSecrets(newSecret, secret);
    const signedByTheOther = await forge({ key: deriveKey(newSecret, 'access-token') });
    await expect(rotated.verify(signedByTheOther)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

/** A token with a header that jose would not sign, and a right signature. */
async function handMade(header: Record<string, unknown>, digest: string): Promise<string> {
  const [, payload] = (await forge()).split('.');
  const signed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}`;
  return `${signed}.${createHmac(digest, key).update(signed).digest('base64url')}`;
}

const tampered = async (): Promise<string> => {
  const [header, payload, signature] = (await forge()).split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...Object(claims), sub: loginId })).toString('base64url');
  return [header, changed, signature].join('.');
};

const refused: readonly (readonly [string, () => string | Promise<string>])[] = [
  [
    'algorithm none',
    () =>
      new UnsecuredJWT({ sub: userId, lid: loginId })
        .setIssuer('colloquy')
        .setAudience('colloquy')
        .setIssuedAt(start)
        .setExpirationTime(seconds(start) + 900)
        .encode(),
  ],
  [
    'algorithm none and our signature',
    async () => {
      const [, payload, signature] = (await forge()).split('.');
      return [Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: keyId })).toString('base64url'), payload, signature].join('.');
    },
  ],
  ['another algorithm with the right key', () => handMade({ alg: 'HS384', typ: 'at+jwt', kid: keyId }, 'sha384')],
  ['a longer algorithm with the right key', () => handMade({ alg: 'HS512', typ: 'at+jwt', kid: keyId }, 'sha512')],
  ['another issuer', () => forge({ claims: { iss: 'someone-else' } })],
  ['no issuer', () => forge({ claims: { iss: undefined } })],
  ['another audience', () => forge({ claims: { aud: 'another-service' } })],
  ['no audience', () => forge({ claims: { aud: undefined } })],
  ['another type', () => forge({ header: { typ: 'JWT' } })],
  ['no type', () => forge({ header: { typ: undefined } })],
  ['an expiry in the past', () => forge({ claims: { exp: seconds(start) - 1 } })],
  ['no expiry', () => forge({ claims: { exp: undefined } })],
  ['an expiry that is text', () => forge({ claims: { exp: 'never' } })],
  ['a time before which it is not valid', () => forge({ claims: { nbf: seconds(start) + 60 } })],
  ['another key id', () => forge({ header: { kid: 'deadbeef' } })],
  ['no key id', () => forge({ header: { kid: undefined } })],
  ['another key', () => forge({ key: deriveKey('some other long secret of another server', 'access-token') })],
  ['a changed subject', tampered],
  ['no subject', () => forge({ claims: { sub: undefined } })],
  ['a subject that is no user id', () => forge({ claims: { sub: 'admin' } })],
  ['no login', () => forge({ claims: { lid: undefined } })],
  ['a critical header that nobody knows', () => handMade({ alg: 'HS256', typ: 'at+jwt', kid: keyId, crit: ['x'], x: 1 }, 'sha256')],
  ['a refresh token in its place', () => createRefreshTokens().make().token],
  ['nothing', () => ''],
  ['two dots', () => '..'],
  ['a very long text', () => 'a.'.repeat(50_000)],
];

describe('A11: no access is given for', () => {
  it.each(refused)('%s', async (_, make) => {
    const { tokens } = setUp();
    await expect(tokens.verify(await make())).rejects.toMatchObject({ name: 'AppError', code: 'UNAUTHENTICATED' });
  });
});
