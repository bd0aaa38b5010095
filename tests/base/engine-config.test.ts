import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/base/config.ts';

const compatible = (servers: unknown) => () =>
  parseConfig({ OPENAI_COMPATIBLE: typeof servers === 'string' ? servers : JSON.stringify(servers) }).engines.compatible;

describe('OPENAI_COMPATIBLE', () => {
  it('names any number of servers', () => {
    const servers = [
      { id: 'groq', name: 'Groq', baseUrl: 'https://api.groq.com/openai/v1', apiKey: 'a-key', models: ['llama-3.3-70b-versatile'] },
      { id: 'lab', baseUrl: 'http://127.0.0.1:8000/v1' },
    ];
    expect(compatible(servers)()).toEqual([servers[0], { id: 'lab', name: 'lab', baseUrl: 'http://127.0.0.1:8000/v1', apiKey: null, models: [] }]);
    expect(parseConfig({}).engines.compatible).toEqual([]);
  });

  it.each([
    ['no JSON', 'https://api.groq.com', 'OPENAI_COMPATIBLE: must be a JSON list such as [{"id": "groq"'],
    ['no list', { id: 'groq' }, 'OPENAI_COMPATIBLE: must be a JSON list such as'],
    ['an id that is taken', [{ id: 'openai', baseUrl: 'http://127.0.0.1/v1' }], 'an "id" must not be one of openai, anthropic'],
    ['an id with a colon', [{ id: 'a:b', baseUrl: 'http://127.0.0.1/v1' }], 'an "id" is of up to 40 lower-case letters'],
    [
      'one id twice',
      [
        { id: 'a', baseUrl: 'http://127.0.0.1/v1' },
        { id: 'a', baseUrl: 'http://127.0.0.1/v2' },
      ],
      'names one "id" twice',
    ],
    ['no address', [{ id: 'a', baseUrl: 'localhost' }], 'must be a URL'],
    ['a word that nobody knows', [{ id: 'a', baseUrl: 'http://127.0.0.1/v1', key: 'x' }], 'key'],
  ])('is refused with %s', (_case, servers, message) => {
    expect(compatible(servers)).toThrow(message);
  });
});
