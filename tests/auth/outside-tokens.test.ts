import { createHmac, createPublicKey, randomBytes } from 'node:crypto';
import { exportSPKI, importJWK, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBoundedFetch } from '../../src/auth/bounded-fetch.ts';
import { createOutsideTokens } from '../../src/auth/outside-tokens.ts';
import { later } from '../../src/base/clock.ts';
import { startIdentityProvider, type IdentityProvider, type TokenChanges } from '../kit/identity-provider.ts';
import { giveUpMs } from '../kit/patience.ts';

const maxResponseBytes = 64 * 1024;

/** Our side, as if just started: nothing is cached. */
function open(
  provider: IdentityProvider,
  changes: { readonly usesDiscovery?: boolean; readonly coolDownMs?: number; readonly trustsEmail?: boolean; readonly timeoutMs?: number } = {},
) {
  const { usesDiscovery = false, coolDownMs = 60_000, trustsEmail = false, timeoutMs = giveUpMs } = changes;
  let now = new Date();
  let steadyMs = 0;
  const issuer = {
    issuer: provider.issuer,
    audiences: [provider.audience, 'another-of-ours'],
    jwksUrl: usesDiscovery ? null : `${provider.issuer}/keys`,
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    trustsEmail,
    emailClaim: 'email',
    nameClaim: 'profile.name',
  };
  const documents = createBoundedFetch({ fetch, limits: { timeoutMs, maxResponseBytes, coolDownMs }, now: () => steadyMs });
  const tokens = createOutsideTokens({ issuers: [issuer], documents, coolDownMs, isProduction: false, clock: { now: () => now } });
  return { ...tokens, advance: (ms: number) => void ((now = later(now, ms)), (steadyMs += ms)) };
}

const unauthenticated = { name: 'AppError', code: 'UNAUTHENTICATED' };
const seconds = () => Math.floor(Date.now() / 1_000);

describe.each(['ES256', 'RS256', 'EdDSA'] as const)('a token that a provider signs with %s', (algorithm) => {
  it('is known by its issuer and subject', async () => {
    await using provider = await startIdentityProvider(algorithm);
    const tokens = open(provider);
    const claims = { email: 'Ada@Example.org', email_verified: true, profile: { name: 'Ada' } };
    const token = await provider.token('ada', { claims });
    expect(tokens.accepts(token)).toBe(true);
    expect(await tokens.verify(token)).toEqual({
      issuer: provider.issuer,
      subject: 'ada',
      expiresAt: expect.any(Date),
      verifiedEmail: 'ada@example.org',
      name: 'Ada',
    });
  });
});

/** Puts a header and claims together and signs them with an HMAC. */
function hmacToken(header: object, payload: object, key: string | Buffer): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

describe('A11: no access is given for an outside token', () => {
  let provider: IdentityProvider;
  let stranger: IdentityProvider;
  beforeAll(async () => {
    provider = await startIdentityProvider('RS256');
    stranger = await startIdentityProvider('RS256');
  });
  afterAll(async () => {
    await provider[Symbol.asyncDispose]();
    await stranger[Symbol.asyncDispose]();
  });

  const payload = () => ({ iss: provider.issuer, aud: provider.audience, sub: 'ada', iat: seconds(), exp: seconds() + 900 });
  const confused = async (keyOf: (pem: string, jwk: JsonWebKey) => string | Buffer): Promise<string> => {
    const [jwk = {}] = await provider.published();
    const key = await importJWK(jwk, 'RS256', { extractable: true });
    if (key instanceof Uint8Array) throw new Error('not a public key');
    return hmacToken({ alg: 'HS256', kid: 'key-1', typ: 'JWT' }, payload(), keyOf(await exportSPKI(key), jwk));
  };
  const changed = (changes: TokenChanges) => () => provider.token('ada', changes);
  const tampered = async (): Promise<string> => {
    const [header, , signature] = (await provider.token('ada')).split('.');
    return [header, Buffer.from(JSON.stringify({ ...payload(), sub: 'grace' })).toString('base64url'), signature].join('.');
  };
  const refused: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['with algorithm none', () => new UnsecuredJWT(payload()).encode()],
    ['with HS256 and the public key (PEM) as the secret', () => confused((pem) => pem)],
    ['with HS256 and the public key (DER) as the secret', () => confused((pem) => createPublicKey(pem).export({ type: 'spki', format: 'der' }))],
    ['with HS256 and the published key (JWK) as the secret', () => confused((_, jwk) => JSON.stringify(jwk))],
    ['of another issuer that is not trusted', () => stranger.token('ada')],
    ['that another issuer signed in the name of ours', () => stranger.token('ada', { claims: { iss: provider.issuer } })],
    ['for another audience', changed({ claims: { aud: 'another-service' } })],
    ['without an audience', changed({ claims: { aud: undefined } })],
    ['of the type of a logout token', changed({ header: { typ: 'logout+jwt' } })],
    ['that logs out, without a type of its own', changed({ claims: { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } } })],
    ['that is a refresh token', changed({ claims: { typ: 'Refresh' } })],
    ['that has expired', changed({ claims: { exp: seconds() - 1 } })],
    ['without an expiry', changed({ claims: { exp: undefined } })],
    ['that is not valid yet', changed({ claims: { nbf: seconds() + 3_600 } })],
    ['without a subject', changed({ claims: { sub: undefined } })],
    ['with an empty subject', changed({ claims: { sub: '' } })],
    ['with a subject of 300 characters', () => provider.token('x'.repeat(300))],
    ['whose subject was changed', tampered],
    ['with an unknown key', changed({ header: { kid: 'another-key' } })],
    ['with random bytes for a signature', async () => `${(await provider.token('ada')).replace(/[^.]+$/, '')}${randomBytes(256).toString('base64url')}`],
    ['that is too long', changed({ claims: { filler: 'x'.repeat(20_000) } })],
    ['that is none', () => 'a.b.c'],
  ];

  it.each(refused)('%s', async (_title, make) => {
    await expect(open(provider).verify(await make())).rejects.toMatchObject(unauthenticated);
  });

  it('that was good a moment ago and has expired since, also where it is remembered', async () => {
    // Made first: the clock of our side stands still from its opening on.
    const token = await provider.token('ada', { claims: { exp: seconds() + 30 } });
    const tokens = open(provider);
    await tokens.verify(token);
    tokens.advance(31_000);
    await expect(tokens.verify(token)).rejects.toMatchObject({ ...unauthenticated, message: expect.stringContaining('has expired') });
  });
});

describe('the address in an outside token', () => {
  it('counts only when the provider has checked it, or is trusted with addresses', async () => {
    await using provider = await startIdentityProvider();
    const emailOf = async (claims: object, trustsEmail = false) =>
      (await open(provider, { trustsEmail }).verify(await provider.token('ada', { claims: { email: 'ada@example.org', ...claims } }))).verifiedEmail;
    expect(await emailOf({ email_verified: true })).toBe('ada@example.org');
    expect(await emailOf({})).toBe(null);
    expect(await emailOf({ email_verified: 'true' })).toBe(null);
    expect(await emailOf({ email_verified: false })).toBe(null);
    expect(await emailOf({}, true)).toBe('ada@example.org');
  });
});

describe('the keys of a provider', () => {
  it('are fetched once for many tokens, and where its discovery document says', async () => {
    await using provider = await startIdentityProvider();
    const tokens = open(provider, { usesDiscovery: true });
    const many = await Promise.all(Array.from({ length: 20 }, (_, index) => provider.token(`person-${index}`)));
    await Promise.all(many.map((token) => tokens.verify(token)));
    expect(provider.asked).toEqual({ discovery: 1, keys: 1 });
  });

  it('are looked for again when a token names a new one', async () => {
    await using provider = await startIdentityProvider();
    const tokens = open(provider, { coolDownMs: 0 });
    await tokens.verify(await provider.token('ada'));
    await provider.rotate();
    expect(await tokens.verify(await provider.token('ada'))).toMatchObject({ subject: 'ada' });
    expect(provider.asked.keys).toBe(2);
  });

  it('are not looked for again by every token that names an unknown one', async () => {
    await using provider = await startIdentityProvider();
    const tokens = open(provider);
    for (let index = 0; index < 20; index += 1) {
      const token = await provider.token('ada', { header: { kid: `unknown-${index}` } });
      await expect(tokens.verify(token)).rejects.toMatchObject(unauthenticated);
    }
    expect(provider.asked.keys).toBe(1);
  });

  it('that are withdrawn are not trusted for long, though a token was verified with them', async () => {
    await using provider = await startIdentityProvider();
    const tokens = open(provider, { coolDownMs: 0 });
    const old = await provider.token('ada');
    await tokens.verify(old);
    await provider.rotate();
    await tokens.verify(await provider.token('ada'));
    tokens.advance(60_001);
    await expect(tokens.verify(old)).rejects.toMatchObject(unauthenticated);
  });

  it.each([
    ['hanging', 'no whole answer within 3000 ms'],
    ['huge', 'the answer is larger than 65536 bytes'],
    ['redirecting', 'it answers 302 instead of 200'],
    ['failing', 'it answers 500 instead of 200'],
    ['nonsense', 'its answer is not the document that it should be'],
  ] as const)('cannot be had from a provider that is %s; it is asked again after the cool-down only', async (mood, reason) => {
    await using provider = await startIdentityProvider();
    provider.behave(mood);
    const tokens = open(provider, mood === 'hanging' ? { timeoutMs: 3_000 } : {});
    const token = await provider.token('ada');
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const failure = { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 60_000, message: expect.stringContaining(reason) };
      await expect(tokens.verify(token)).rejects.toMatchObject(failure);
    }
    expect(provider.asked.keys).toBe(1);
    provider.behave('good');
    tokens.advance(60_001);
    expect(await tokens.verify(token)).toMatchObject({ subject: 'ada' });
  });
});
