import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine.ts';
import { createOpenAiEngine, type OpenAiEngineOptions } from '../../src/engines/openai.ts';
import { giveUpMs } from '../kit/patience.ts';
import { patientTimers, providers, quickRetry, read, secretKey } from './providers.ts';
import { silence, startWireServer, status, stream } from './wire-server.ts';

const fixture = providers[0]?.fixture ?? (() => '');

function createEngine(url: string, options: Partial<OpenAiEngineOptions> = {}): Engine {
  return createOpenAiEngine({ apiKey: secretKey, baseUrl: `${url}/v1`, fetch: globalThis.fetch, timers: patientTimers, retry: quickRetry, ...options });
}

describe('a server that is compatible with OpenAI', () => {
  it('has an id, a name and a default model of its own', async () => {
    await using server = await startWireServer(status(401, { error: { message: 'no' } }));
    const engine = createEngine(server.url, { id: 'local', name: 'My server', defaultModel: 'llama' });
    expect(engine).toMatchObject({ id: 'local', name: 'My server', defaultModel: 'llama' });
    expect((await read(engine)).last).toMatchObject({ failure: { message: expect.stringContaining('My server') } });
    expect(server.requests[0]?.path).toBe('/v1/chat/completions');
  });

  it('may end its stream without [DONE] once it gave a reason', async () => {
    await using server = await startWireServer(stream(fixture('no-done')));
    const { text, last } = await read(createEngine(server.url));
    expect({ text, last }).toEqual({ text: 'Whole.', last: { type: 'finish', reason: 'STOP' } });
  });

  it('may count every parallel call as the first, and say "stop" after them', async () => {
    await using server = await startWireServer(stream(fixture('same-index')));
    const { parts, last } = await read(createEngine(server.url));
    expect(parts.flatMap((part) => (part.type === 'toolCall' ? part.call.id : []))).toEqual(['call_a', 'call_b']);
    expect(last).toEqual({ type: 'finish', reason: 'TOOL_CALLS' });
  });

  it('may send calls without ids and arguments', async () => {
    const chunk = { choices: [{ delta: { tool_calls: [{ function: { name: 'describe_data' } }] }, finish_reason: 'tool_calls' }] };
    await using server = await startWireServer(stream(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`));
    const { parts } = await read(createEngine(server.url, { newId: () => 'made' }));
    expect(parts[0]).toEqual({ type: 'toolCall', call: { id: 'call_made', name: 'describe_data', arguments: '{}' } });
  });

  it('may be slower to its headers than a connection takes', async () => {
    await using server = await startWireServer((response, incoming) => void setTimeout(() => stream(fixture('plain'))(response, incoming), 120));
    const { last } = await read(createEngine(server.url, { timers: { ...patientTimers, connectTimeoutMs: 20 } }));
    expect(last).toEqual({ type: 'finish', reason: 'STOP' });
  });

  it('has the time of the first token for its headers, and is asked once', async () => {
    await using server = await startWireServer(silence);
    const { last } = await read(createEngine(server.url, { timers: { ...patientTimers, firstTokenTimeoutMs: 600 } }));
    expect(last).toMatchObject({ type: 'error', failure: { code: 'ENGINE_TIMEOUT', message: expect.stringContaining('first token within 600 ms') } });
    expect(server.requests).toHaveLength(1);
  });

  it('may put the status of a late failure into its code', async () => {
    await using server = await startWireServer(stream('data: {"error":{"message":"slow down","code":429}}\n\n'));
    const { last } = await read(createEngine(server.url));
    expect(last).toMatchObject({ type: 'error', failure: { code: 'ENGINE_RATE_LIMITED' } });
    expect(server.requests).toHaveLength(3);
  });
});

describe('Gemini', () => {
  it('tells of a prompt that it refuses as of content that is refused', async () => {
    await using server = await startWireServer(stream(providers[2]?.fixture('blocked') ?? ''));
    const { parts, last } = await read(providers[2]?.create(server.url) ?? createEngine(server.url));
    expect(last).toMatchObject({ type: 'error', failure: { code: 'ENGINE_REFUSED', isRetryable: false } });
    expect(parts).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it('limits the rate with words about a quota, and is asked again when it says when', async () => {
    const message = 'You exceeded your current quota, please check your plan and billing details. Please retry in 0.02s.';
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.02s' }];
    await using server = await startWireServer(status(429, { error: { code: 429, message, status: 'RESOURCE_EXHAUSTED', details } }));
    const { last } = await read(providers[2]?.create(server.url) ?? createEngine(server.url));
    expect(last).toMatchObject({ failure: { code: 'ENGINE_RATE_LIMITED', isRetryable: true, retryAfterMs: 20 } });
    expect(server.requests).toHaveLength(3);
  });

  it('names the wait that it asks for in its details', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3600.5s' }];
    await using server = await startWireServer(status(429, { error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED', details } }));
    const { last } = await read(providers[2]?.create(server.url) ?? createEngine(server.url));
    expect(last).toMatchObject({ failure: { code: 'ENGINE_RATE_LIMITED', retryAfterMs: 3_600_500 } });
  });

  it('tells of a failure in a list of one', async () => {
    await using server = await startWireServer(status(400, [{ error: { code: 400, message: 'Only this.', status: 'INVALID_ARGUMENT' } }]));
    const { last } = await read(providers[2]?.create(server.url) ?? createEngine(server.url));
    expect(last).toMatchObject({ failure: { code: 'ENGINE_BAD_REQUEST', message: expect.stringMatching(/It said: "Only this\."$/) } });
  });

  it('tells of a failure without end, of which the beginning is read', async () => {
    await using server = await startWireServer((response) => void response.writeHead(500).write('x'.repeat(100_000)));
    const { last } = await read(providers[2]?.create(server.url, { timers: { firstTokenTimeoutMs: giveUpMs } }) ?? createEngine(server.url));
    expect(last).toMatchObject({ failure: { code: 'ENGINE_OVERLOADED' } });
    await Promise.all(server.requests.map((request) => request.closed));
  });

  it('says with 400 that a key is wrong', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    await using server = await startWireServer(status(400, { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details } }));
    const { last } = await read(providers[2]?.create(server.url) ?? createEngine(server.url));
    expect(last).toMatchObject({ failure: { code: 'ENGINE_BAD_KEY', isRetryable: false } });
  });
});

describe('the models of a provider', () => {
  const page = (...data: readonly unknown[]) => status(200, { object: 'list', data, has_more: false });

  it('are those that a compatible server lists, with what it says of them', async () => {
    await using server = await startWireServer(page({ id: 'zephyr', max_model_len: 4_096 }, { id: 'llama', context_window: 8_192 }));
    const models = await createEngine(server.url).listModels();
    expect(models.map(({ id, contextWindow }) => ({ id, contextWindow }))).toEqual([
      { id: 'llama', contextWindow: 8_192 },
      { id: 'zephyr', contextWindow: 4_096 },
    ]);
  });

  it('are for OpenAI those that chat, the known ones first', async () => {
    const ids = ['whisper-1', 'gpt-4o', 'text-embedding-3-large', 'gpt-5.4-mini', 'gpt-4o-2024-08-06', 'gpt-audio-mini', 'gpt-5.5', 'o3'];
    await using server = await startWireServer(page(...ids.map((id) => ({ id }))));
    expect((await providers[0]?.create(server.url).listModels())?.map((model) => model.id)).toEqual(['gpt-5.5', 'gpt-5.4-mini', 'gpt-4o', 'o3']);
  });

  it('carry for Anthropic how much they can read', async () => {
    await using server = await startWireServer(
      page(
        { id: 'claude-new', display_name: 'Claude New', max_input_tokens: 9 },
        { id: 'claude-old', lifecycle: 'retired' },
        { id: 'claude-haiku-4-5', max_input_tokens: 5 },
      ),
    );
    const models = (await providers[1]?.create(server.url).listModels()) ?? [];
    expect(models.map(({ id, contextWindow }) => ({ id, contextWindow }))).toEqual([
      { id: 'claude-haiku-4-5', contextWindow: 5 },
      { id: 'claude-new', contextWindow: 9 },
    ]);
  });

  it('are for Gemini those that generate text, with their window', async () => {
    const models = [
      { name: 'models/gemini-9', displayName: 'Gemini 9', inputTokenLimit: 7, supportedGenerationMethods: ['generateContent'] },
      { name: 'models/gemini-embedding-001', supportedGenerationMethods: ['embedContent'] },
      { name: 'models/gemini-3.5-flash-lite', displayName: 'Lite', inputTokenLimit: 1_048_576, supportedGenerationMethods: ['generateContent'] },
    ];
    await using server = await startWireServer(status(200, { models }));
    const listed = (await providers[2]?.create(server.url).listModels()) ?? [];
    expect(listed.map(({ id, contextWindow, inputPrice }) => ({ id, contextWindow, inputPrice }))).toEqual([
      { id: 'gemini-3.5-flash-lite', contextWindow: 1_048_576, inputPrice: 300_000 },
      { id: 'gemini-9', contextWindow: 7, inputPrice: null },
    ]);
  });

  it('are for Ollama those that it has', async () => {
    await using server = await startWireServer(
      status(200, {
        models: [
          { name: 'llama3.2:latest', size: 1 },
          { name: 'llava:7b', size: 1 },
        ],
      }),
    );
    const listed = (await providers[3]?.create(server.url).listModels()) ?? [];
    expect(listed.map(({ id, hasVision }) => ({ id, hasVision }))).toEqual([
      { id: 'llama3.2:latest', hasVision: false },
      { id: 'llava:7b', hasVision: true },
    ]);
    expect(server.requests[0]?.path).toBe('/api/tags');
  });

  it('are asked for once a day, and again after a failure', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    await using server = await startWireServer(status(500), page({ id: 'one' }), page({ id: 'two' }));
    const engine = createEngine(server.url, { clock: { now: () => now }, defaultModel: 'mine' });
    const ids = async (): Promise<readonly string[]> => (await engine.listModels()).map((model) => model.id);
    expect(await ids()).toEqual(['mine']);
    expect(await Promise.all([ids(), ids()])).toEqual([['one'], ['one']]);
    expect(server.requests).toHaveLength(2);
    now = new Date('2026-01-02T00:00:00Z');
    expect(await ids()).toEqual(['two']);
  });

  it('come from the table when the provider does not answer in time', async () => {
    await using server = await startWireServer(silence);
    const models = await providers[1]?.create(server.url, { timers: { connectTimeoutMs: 100 } }).listModels();
    expect(models?.map((model) => model.id)).toContain('claude-sonnet-5-5');
    await server.requests[0]?.closed;
  });
});
