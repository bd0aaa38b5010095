import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/base/config.ts';

const goodSecret = 'kJ8f2LmQ9xVb4TzR7wYc1NsD6hGp3AeU';

function messageFor(environment: Readonly<Record<string, string>>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('the configuration', () => {
  it('is safe on a laptop without any variable', () => {
    const config = parseConfig({});
    expect(config).toMatchObject({ host: '127.0.0.1', port: 4_000, isProduction: false, secret: null, database: null, allowedOrigins: [] });
    expect(config.engines).toMatchObject({ openai: null, anthropic: null, defaultModel: null, defaultTemperature: 0.7, defaultMaxTokens: 1_024 });
  });

  it('takes an empty variable for an unset one', () => {
    expect(parseConfig({ SECRET: '', DATABASE_URL: '', PORT: '' })).toEqual(parseConfig({}));
  });

  it('reports every problem together, each with its variable', () => {
    const message = messageFor({
      NODE_ENV: 'production',
      PORT: 'x',
      DATABASE_URL: 'mysql://a/b',
      ALLOWED_ORIGINS: 'nonsense',
      BCRYPT_COST: '99',
      LOG_LEVEL: 'loud',
    });
    for (const name of ['PORT', 'DATABASE_URL', 'ALLOWED_ORIGINS', 'BCRYPT_COST', 'LOG_LEVEL', 'SECRET']) expect(message).toContain(`${name}: `);
  });

  it.each([
    ['missing', {}, 'is required in production'],
    ['short', { SECRET: 'kJ8f2LmQ9xVb4Tz' }, 'must have at least 32 characters'],
    ['well-known', { SECRET: 'changeme-changeme-changeme-changeme' }, 'well-known'],
    ['well-known in other words', { SECRET: 'your-secret-key-goes-here-please-now' }, 'well-known'],
    ['too regular', { SECRET: 'abababababababababababababababababab' }, 'too regular'],
  ])('refuses a %s secret in production, and never repeats it', (_kind, environment, problem) => {
    const message = messageFor({ NODE_ENV: 'production', ...environment });
    expect(message).toContain('SECRET: ');
    expect(message).toContain(problem);
    expect(message).toContain('openssl rand -base64 48');
    if ('SECRET' in environment) expect(message).not.toContain(environment.SECRET);
  });

  it('accepts a random secret in production', () => {
    expect(parseConfig({ NODE_ENV: 'production', SECRET: goodSecret })).toMatchObject({ isProduction: true, secret: goodSecret });
  });

  it('uses the database URL past the pooler for migrations, or the same', () => {
    expect(parseConfig({ DATABASE_URL: 'postgres://a/b' }).database).toEqual({ url: 'postgres://a/b', directUrl: 'postgres://a/b' });
    expect(parseConfig({ DATABASE_URL: 'postgres://a/b', DIRECT_DATABASE_URL: 'postgres://c/d' }).database?.directUrl).toBe('postgres://c/d');
  });
});
