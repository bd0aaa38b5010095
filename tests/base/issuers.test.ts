import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/base/config.ts';

const secret = 'kJ8f2LmQ9xVb4TzR7wYc1NsD6hGp3AeU';
const issuersOf = (list: unknown, environment: Readonly<Record<string, string>> = {}) =>
  parseConfig({ OIDC_ISSUERS: JSON.stringify(list), ...environment }).outside.issuers;

function problemsOf(written: string, environment: Readonly<Record<string, string>> = {}): string {
  try {
    parseConfig({ OIDC_ISSUERS: written, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('OIDC_ISSUERS', () => {
  it('is empty by default', () => expect(parseConfig({}).outside).toMatchObject({ issuers: [], isSignUpOpen: true }));

  it('needs an issuer and an audience; the rest has defaults', () => {
    expect(issuersOf([{ issuer: 'https://id.example.org', audience: 'colloquy' }])).toEqual([
      {
        issuer: 'https://id.example.org',
        audiences: ['colloquy'],
        jwksUrl: null,
        algorithms: ['RS256', 'ES256', 'EdDSA'],
        trustsEmail: false,
        emailClaim: 'email',
        nameClaim: 'name',
      },
    ]);
  });

  it('knows Supabase by the address of the project', () => {
    expect(issuersOf([{ supabase: 'https://abc.supabase.co' }])).toMatchObject([
      {
        issuer: 'https://abc.supabase.co/auth/v1',
        audiences: ['authenticated'],
        jwksUrl: 'https://abc.supabase.co/auth/v1/.well-known/jwks.json',
        nameClaim: 'user_metadata.full_name',
      },
    ]);
  });

  it.each([
    ['text', 'OIDC_ISSUERS: must be JSON'],
    ['{}', 'OIDC_ISSUERS: must be a list in JSON'],
    ['[{ "issuer": "https://id.example.org" }]', 'entry 1, audience: '],
    ['[{ "issuer": "https://id.example.org", "audience": "" }]', 'entry 1, audience: '],
    ['[{ "issuer": "id", "audience": "a" }]', 'entry 1, issuer: must be a URL'],
    ['[{ "issuer": "https://id.example.org", "audience": "a", "algorithms": ["HS256"] }]', 'entry 1, algorithms.0: must be among RS256'],
    ['[{ "issuer": "https://id.example.org", "audience": "a", "algorithms": ["none"] }]', 'entry 1, algorithms.0: must be among RS256'],
    ['[{ "issuer": "https://id.example.org", "audience": "a", "audiance": "b" }]', 'entry 1, as a whole: '],
    ['[{ "supabase": "abc" }]', 'entry 1, supabase: must be a URL'],
    ['[{ "issuer": "https://i.example", "audience": "a" }, { "issuer": "https://i.example", "audience": "b" }]', '"https://i.example" stands there twice'],
    ['[{ "issuer": "http://id.example.org", "audience": "a" }]', '"http://id.example.org" must begin with https://, unless it is on this machine'],
    ['[{ "issuer": "https://id.example.org", "audience": "a", "jwksUrl": "http://keys.example.org" }]', '"http://keys.example.org" must begin with https://'],
  ])('is refused as %s', (written, problem) => expect(problemsOf(written)).toContain(problem));

  it('reports the problems of all entries together, and those of other variables', () => {
    const message = problemsOf('[{ "issuer": "x", "audience": "a" }, { "supabase": "y" }]', { PORT: 'x', OIDC_SIGN_UP: 'perhaps' });
    for (const part of ['entry 1, issuer', 'entry 2, supabase', 'PORT: ', 'OIDC_SIGN_UP: must be true or false']) expect(message).toContain(part);
  });

  it('may be on this machine and without TLS in development alone', () => {
    const list = [{ issuer: 'http://127.0.0.1:9000', audience: 'a' }];
    expect(issuersOf(list)).toHaveLength(1);
    expect(() => issuersOf(list, { NODE_ENV: 'production', SECRET: secret })).toThrow('"http://127.0.0.1:9000" must begin with https://');
    expect(() => issuersOf([{ issuer: 'http://127.0.0.1.evil.example', audience: 'a' }])).toThrow('must begin with https://');
  });
});

describe('PREVIOUS_SECRETS', () => {
  it('are none by default, and several separated by commas', () => {
    expect(parseConfig({}).previousSecrets).toEqual([]);
    expect(parseConfig({ PREVIOUS_SECRETS: `${secret}, ${secret}x` }).previousSecrets).toEqual([secret, `${secret}x`]);
  });
});
