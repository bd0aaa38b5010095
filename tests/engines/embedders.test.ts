import { describe, expect, it } from 'vitest';
import { embedAll, type Embedder } from '../../src/base/embedder.ts';
import type { EngineAccess } from '../../src/engines/create-engine.ts';
import { createEmbedder } from '../../src/engines/embedding/create-embedder.ts';
import { embeddingPriceOf } from '../../src/engines/embedding/prices.ts';
import { createDirectFetch } from '../../src/engines/guarded-fetch.ts';
import { patientTimers } from './providers.ts';
import { silence, startWireServer, status, stream, type WireReply, type WireServer } from './wire-server.ts';

const retry = { maxAttempts: 3, firstWaitMs: 1, longestWaitMs: 2, longestRetryAfterMs: 50 };
const signal = new AbortController().signal;

/** How each provider answers, and what it must have been sent. */
const vendors: readonly {
  readonly kind: EngineAccess['kind'];
  readonly path: string;
  readonly answer: (vectors: readonly (readonly number[])[]) => unknown;
  readonly sent: unknown;
  readonly key: readonly [string, string];
  readonly fault: unknown;
}[] = [
  {
    kind: 'openai',
    path: '/v1/embeddings',
    answer: (vectors) => ({
      object: 'list',
      model: 'small',
      data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })).toReversed(),
      usage: { prompt_tokens: 7, total_tokens: 7 },
    }),
    sent: { model: 'small', input: ['one', 'two'], encoding_format: 'float' },
    key: ['authorization', 'Bearer keyOfTheTests'],
    fault: { error: { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' } },
  },
  {
    kind: 'openai-compatible',
    path: '/v1/embeddings',
    answer: (vectors) => ({ data: vectors.map((embedding, index) => ({ index, embedding })), usage: { prompt_tokens: 7 } }),
    sent: { model: 'small', input: ['one', 'two'], encoding_format: 'float' },
    key: ['authorization', 'Bearer keyOfTheTests'],
    fault: { error: { message: 'no', type: 'authentication_error', code: null } },
  },
  {
    kind: 'gemini',
    path: '/v1beta/models/small:batchEmbedContents',
    answer: (vectors) => ({ embeddings: vectors.map((values) => ({ values })) }),
    sent: { requests: [{ model: 'models/small', taskType: 'RETRIEVAL_DOCUMENT' }, { model: 'models/small' }] },
    key: ['x-goog-api-key', 'keyOfTheTests'],
    fault: { error: { code: 401, message: 'API key not valid', status: 'UNAUTHENTICATED' } },
  },
  {
    kind: 'ollama',
    path: '/api/embed',
    answer: (vectors) => ({ model: 'small', embeddings: vectors, prompt_eval_count: 7 }),
    sent: { model: 'small', input: ['one', 'two'], truncate: true },
    key: ['authorization', 'Bearer keyOfTheTests'],
    fault: { error: 'unauthorized' },
  },
];

const baseOf = (kind: EngineAccess['kind'], { url }: WireServer): string => (kind.startsWith('openai') ? `${url}/v1` : url);

async function open(kind: EngineAccess['kind'], server: WireServer, timers = patientTimers): Promise<Embedder> {
  const access = { kind, id: 'mine', name: 'Mine', apiKey: 'keyOfTheTests', baseUrl: baseOf(kind, server), models: [] };
  return createEmbedder(access, 'small', { fetch: createDirectFetch(fetch), timers, retry });
}

describe.each(vendors)('an embedder of the kind $kind', ({ kind, path, answer, sent, key, fault }) => {
  const good = status(
    200,
    answer([
      [3, 4],
      [0, 2],
    ]),
  );
  const failure = async (reply: WireReply, timers = patientTimers) => {
    await using server = await startWireServer(reply);
    const error = await (await open(kind, server, timers)).embed(['one', 'two'], 'PASSAGE', signal).then(
      () => null,
      (thrown: any) => thrown,
    );
    return { code: error?.code, message: error?.message, attempts: server.requests.length };
  };

  it('sends what its provider wants, and gives vectors of length 1 in the order of the texts', async () => {
    await using server = await startWireServer(good);
    const embedder = await open(kind, server);
    const { vectors, inputTokens } = await embedder.embed(['one', 'two'], 'PASSAGE', signal);
    expect(embedder.name).toBe('mine:small');
    expect(vectors.map((vector) => [...vector].map((value) => Number(value.toFixed(3))))).toEqual([
      [0.6, 0.8],
      [0, 1],
    ]);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ path: expect.stringContaining(path), body: sent });
    expect(server.requests[0]?.headers[key[0]]).toBe(key[1]);
    expect(inputTokens).toBe(kind === 'gemini' ? null : 7);
    expect(await embedder.embed([], 'QUERY', signal)).toEqual({ vectors: [], inputTokens: null });
  });

  it('asks again where that may help, and in the end says what was wrong', async () => {
    await using server = await startWireServer(status(503, 'busy'), status(429, { error: { message: 'slow', status: 'RESOURCE_EXHAUSTED' } }), good);
    expect((await (await open(kind, server)).embed(['one', 'two'], 'PASSAGE', signal)).vectors).toHaveLength(2);
    expect(await failure(status(503, 'busy'))).toMatchObject({ code: 'ENGINE_OVERLOADED', attempts: 3 });
    expect(await failure(status(401, fault))).toMatchObject({ code: 'ENGINE_BAD_KEY', attempts: 1 });
    expect((await failure(status(401, { error: { message: 'keyOfTheTests' } }))).message).not.toContain('keyOfTheTests');
    expect(await failure(status(400, { error: { message: 'no such model', code: 400, status: 'INVALID_ARGUMENT' } }))).toMatchObject({
      code: 'ENGINE_BAD_REQUEST',
      attempts: 1,
    });
    expect(await failure(status(429, { error: { message: 'slow' } }, { 'retry-after': '3600' }))).toMatchObject({ code: 'ENGINE_RATE_LIMITED', attempts: 1 });
    expect(await failure(stream('', 'reset'))).toMatchObject({ code: 'ENGINE_NETWORK', attempts: 3 });
    expect(await failure(silence, { ...patientTimers, firstTokenTimeoutMs: 500 })).toMatchObject({ code: 'ENGINE_TIMEOUT' });
  });

  it('takes nothing for vectors that is none', async () => {
    for (const body of [
      '<html>',
      {},
      answer([[1, 0]]),
      answer([[1, 0], [1]]),
      answer([
        [1, 0],
        [0, 0],
      ]),
    ])
      expect(await failure(status(200, body))).toMatchObject({ code: 'ENGINE_PROTOCOL', attempts: 1 });
    expect(await failure(status(302, '', { location: 'http://127.0.0.1:1/' }))).toMatchObject({ message: expect.stringContaining('redirect') });
  });

  it('ends the request when it is aborted', async () => {
    await using server = await startWireServer(silence);
    const stop = new AbortController();
    const embedding = (await open(kind, server)).embed(['one'], 'QUERY', stop.signal);
    await expect.poll(() => server.requests.length).toBe(1);
    stop.abort(new Error('left'));
    await expect(embedding).rejects.toThrow('left');
    await server.requests[0]?.closed;
  });
});

describe('embedders', () => {
  it('are none of Anthropic, which makes no vectors', async () => {
    await using server = await startWireServer(silence);
    await expect(open('anthropic', server)).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN', message: expect.stringContaining('embedded:english') });
  });

  it('are given their texts in batches, and tell how many are done', async () => {
    const batches: number[] = [];
    const done: number[] = [];
    const embed: Embedder['embed'] = async (texts) => {
      if (texts.includes('bad')) throw new Error('refused');
      batches.push(texts.length);
      return { vectors: texts.map(() => Float32Array.of(1)), inputTokens: null };
    };
    const embedder: Embedder = { name: 'a:b', batchSize: 2, inputPrice: null, embed };
    const { vectors, failure } = await embedAll(embedder, ['1', '2', '3', '4', '5'], 'PASSAGE', signal, (count) => void done.push(count));
    expect([vectors.length, failure]).toEqual([5, null]);
    expect([batches, done]).toEqual([
      [2, 2, 1],
      [2, 4, 5],
    ]);
    expect(await embedAll(embedder, ['1', '2', 'bad', '4', '5'], 'PASSAGE', signal)).toMatchObject({ vectors: { length: 2 }, failure: { message: 'refused' } });
  });

  it('cost what the list of their provider says, where it is known who stands behind their address', () => {
    const price = (kind: EngineAccess['kind'], model: string, apiKey: string | null = 'k') => embeddingPriceOf({ kind, apiKey }, model);
    expect(price('openai', 'text-embedding-3-small')).toBe(20_000);
    expect(price('gemini', 'gemini-embedding-001')).toBe(150_000);
    expect(price('openai', 'text-embedding-9')).toBeNull();
    expect(price('openai-compatible', 'text-embedding-3-small')).toBeNull();
    expect([price('ollama', 'nomic-embed-text', null), price('ollama', 'nomic-embed-text')]).toEqual([0, null]);
  });
});
