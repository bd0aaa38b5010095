import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/base/config.ts';

const page = readFileSync('docs/media.md', 'utf8');

/** The value that a sample of the page gives a variable. */
function sampleOf(name: string): string {
  const value = new RegExp(`^${name}='([^']*)'`, 'm').exec(page)?.[1];
  if (value === undefined) throw new Error(`docs/media.md has no sample of ${name}`);
  return value.replaceAll(/<[^>]*>/g, 'sample');
}

describe('the configuration of media', () => {
  it('takes the samples of the documentation', () => {
    const { engines, jobs } = parseConfig({ OPENAI_COMPATIBLE: sampleOf('OPENAI_COMPATIBLE'), JOB_SERVERS: sampleOf('JOB_SERVERS') });
    expect(engines.compatible.map(({ id }) => id)).toEqual(['runpod', 'modal']);
    expect(jobs.servers.map(({ kind, id }) => [kind, id])).toEqual([
      ['runpod', 'pod'],
      ['modal', 'batch'],
    ]);
  });

  it.each([
    [{ LIVEKIT_URL: 'wss://live.example.org' }, 'LIVEKIT_API_SECRET: must be set with the other two of LiveKit'],
    [{ LIVEKIT_URL: 'wss://x.example.org', LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: 'short' }, 'LIVEKIT_API_SECRET: must have 32 characters or more'],
    [{ LIVEKIT_URL: 'https://x.example.org' }, 'LIVEKIT_URL: must be a URL'],
    [{ JOB_SERVERS: 'pod' }, 'JOB_SERVERS: must be a JSON list such as'],
    [{ JOB_SERVERS: '[{"kind":"runpod","id":"openai","baseUrl":"https://x.example.org","apiKey":"k","models":["m"]}]' }, 'must not be one of openai'],
    [{ JOB_SERVERS: '[{"kind":"modal","id":"m","submitUrl":"ftp://x","resultUrl":"https://x.example.org","models":["m"]}]' }, 'must be a URL'],
    [{ JOB_SERVERS: '[{"kind":"runpod","id":"a","baseUrl":"https://x.example.org","apiKey":"k","models":[]}]' }, 'names at least one model'],
  ])('refuses %j', (environment, message) => {
    expect(() => parseConfig(environment)).toThrow(message);
  });

  it('never tells a secret', () => {
    expect(() => parseConfig({ LIVEKIT_URL: 'wss://x.example.org', LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: 'hush' })).not.toThrow('hush');
  });
});
