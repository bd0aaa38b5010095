import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { patienceMs } from '../kit/patience.ts';
import { createEngine, type EngineAccess } from '../../src/engines/create-engine.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { patientTimers, providers, question, read } from './providers.ts';
import { silence, startWireServer, status, stream, type WireReply } from './wire-server.ts';

const [openai, , , ollama] = providers;
const plain: WireReply = stream(openai?.fixture('plain') ?? '');
const plainLines: WireReply = stream(ollama?.fixture('plain') ?? '', 'end', 'application/x-ndjson');
const listed = status(200, {
  object: 'list',
  data: [
    { id: 'zephyr', max_model_len: 4_096 },
    { id: 'gpt-5.5', context_length: 2_048 },
  ],
});
const tags = status(200, { models: [{ name: 'qwen3:4b' }, { name: 'llama3.2:latest' }] });

function engineOf(access: Partial<EngineAccess>): Promise<Engine> {
  return createEngine(
    { kind: 'openai-compatible', id: 'lab', name: 'Lab', apiKey: null, baseUrl: null, models: [], ...access },
    { fetch: globalThis.fetch, timers: patientTimers },
  );
}

describe("a server of one's own", () => {
  it('answers with the model that it lists first where nobody named one', async () => {
    await using server = await startWireServer(listed, plain);
    const engine = await engineOf({ baseUrl: `${server.url}/v1` });
    expect((await read(engine, question({ model: engine.defaultModel }))).last).toEqual({ type: 'finish', reason: 'STOP' });
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/models', '/v1/chat/completions']);
    expect(server.requests[1]?.body).toMatchObject({ model: 'gpt-5.5' });
  });

  it('answers with the first of the models that were named, without being asked for a list', async () => {
    await using server = await startWireServer(plain);
    const engine = await engineOf({ baseUrl: `${server.url}/v1`, models: ['one', 'two'] });
    await read(engine, question({ model: engine.defaultModel }));
    expect(server.requests.map(({ body }) => body)).toMatchObject([{ model: 'one' }]);
  });

  it('says by itself that there is no model, where it lists none', async () => {
    await using server = await startWireServer(status(500), status(404, { error: { message: 'no model "default"' } }));
    const engine = await engineOf({ baseUrl: `${server.url}/v1` });
    expect((await read(engine, question({ model: engine.defaultModel }))).last).toMatchObject({ failure: { code: 'ENGINE_BAD_REQUEST' } });
  });

  it('is let go of at once while its list is waited for', async () => {
    await using server = await startWireServer(silence);
    const engine = await engineOf({ baseUrl: `${server.url}/v1` });
    const abort = new AbortController();
    const answer = read(engine, question({ model: engine.defaultModel }), abort.signal);
    await eventually(() => expect(server.requests).toHaveLength(1));
    const abortedAt = performance.now();
    abort.abort();
    expect((await answer).parts).toEqual([]);
    expect(performance.now() - abortedAt).toBeLessThan(1_000 + patienceMs);
    const parts = engine.stream(question({ model: engine.defaultModel }), new AbortController().signal)[Symbol.asyncIterator]();
    void parts.next();
    expect(await parts.return?.()).toEqual({ done: true, value: undefined });
  });

  it('is not asked by a reader that has left before it began', async () => {
    await using server = await startWireServer(listed, plain);
    const engine = await engineOf({ baseUrl: `${server.url}/v1` });
    const parts = engine.stream(question({ model: engine.defaultModel }), new AbortController().signal)[Symbol.asyncIterator]();
    await parts.return?.();
    expect(await parts.next()).toEqual({ done: true, value: undefined });
    expect(server.requests).toEqual([]);
  });

  it('is sent no key where it has none, and its words are shown whole', async () => {
    await using server = await startWireServer(status(400, { error: { message: 'none of that' } }));
    const { last } = await read(await engineOf({ baseUrl: `${server.url}/v1`, models: ['one'] }));
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(last).toMatchObject({ failure: { message: expect.stringContaining('none of that') } });
  });

  it('has models at no price that is known, also where OpenAI has one of that name', async () => {
    await using server = await startWireServer(listed);
    const models = await (await engineOf({ baseUrl: `${server.url}/v1` })).listModels();
    expect(models).toMatchObject([
      { id: 'gpt-5.5', contextWindow: 2_048, inputPrice: null },
      { id: 'zephyr', contextWindow: 4_096, inputPrice: null },
    ]);
  });

  it('has those models that were named, in that order, with the windows that it tells', async () => {
    await using server = await startWireServer(listed);
    const models = await (await engineOf({ baseUrl: `${server.url}/v1`, models: ['zephyr', 'hidden'] })).listModels();
    expect(models).toMatchObject([
      { id: 'zephyr', contextWindow: 4_096 },
      { id: 'hidden', contextWindow: null },
    ]);
  });
});

describe('an Ollama', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('answers with the model that it lists first where nobody named one, at no price', async () => {
    await using server = await startWireServer(tags, plainLines);
    const engine = await engineOf({ kind: 'ollama', baseUrl: server.url });
    expect((await read(engine, question({ model: engine.defaultModel }))).last).toEqual({ type: 'finish', reason: 'STOP' });
    expect(server.requests[1]?.body).toMatchObject({ model: 'qwen3:4b' });
    expect((await engine.listModels())[0]).toMatchObject({ inputPrice: 0, outputPrice: 0 });
  });

  it.each([
    ['no key', null, null, 0],
    ['its key', 'key-of-somebody', 'Bearer key-of-somebody', null],
  ])('that has an address at ollama.com is sent %s, whatever the environment holds', async (_case, apiKey, sent, price) => {
    vi.stubEnv('OLLAMA_API_KEY', 'key-of-the-server');
    await using server = await startWireServer(tags);
    const headers: (string | null)[] = [];
    const engine = await createEngine(
      { kind: 'ollama', id: 'ollama', name: 'Ollama', apiKey, baseUrl: 'https://ollama.com', models: [] },
      {
        fetch: (_input, init) => {
          headers.push(new Headers(init?.headers).get('authorization'));
          return globalThis.fetch(`${server.url}/api/tags`);
        },
        timers: patientTimers,
      },
    );
    expect((await engine.listModels())[0]).toMatchObject({ id: 'qwen3:4b', inputPrice: price });
    expect(headers).toEqual([sent]);
  });
});
