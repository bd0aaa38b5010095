import { describe, expect, it } from 'vitest';
import { retryAfterMsOf } from '../../src/engines/faults.ts';
import { createOpenAiEngine } from '../../src/engines/openai.ts';
import { patientTimers, providers, question, quickRetry, read } from './providers.ts';
import { startWireServer, stream } from './wire-server.ts';

const largestInt = 2 ** 31 - 1;

/** A whole answer that says to have read so many tokens. */
function answer(id: string, inputTokens: unknown): string {
  const send = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
  if (id === 'openai') {
    const usage = { prompt_tokens: inputTokens, completion_tokens: 2 };
    return `${send({ choices: [{ delta: { content: 'a' }, finish_reason: 'stop' }], usage })}data: [DONE]\n\n`;
  }
  if (id === 'gemini') {
    const usageMetadata = { promptTokenCount: inputTokens, cachedContentTokenCount: inputTokens, candidatesTokenCount: 2, thoughtsTokenCount: inputTokens };
    return send({ candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }], usageMetadata });
  }
  if (id === 'ollama') {
    return `${JSON.stringify({ message: { content: 'a' }, done: true, done_reason: 'stop', prompt_eval_count: inputTokens, eval_count: 2 })}\n`;
  }
  return (
    send({ type: 'message_start', message: { usage: { input_tokens: inputTokens, cache_read_input_tokens: inputTokens, output_tokens: 2 } } }) +
    send({ type: 'message_stop' })
  );
}

describe.each(providers)('the engine $id', ({ id, create, contentType }) => {
  // GraphQL's Int and the column of the run hold 32 bits: a count that does not fit would keep the end of the run from being stored.
  it.each([1.5, -1, 1e12, largestInt, 'many', null])('tells no count of tokens that is not a 32-bit integer, for %j', async (told) => {
    await using server = await startWireServer(stream(answer(id, told), 'end', contentType));
    const { parts, last } = await read(create(server.url));
    expect(last).toEqual({ type: 'finish', reason: 'STOP' });
    for (const part of parts) {
      if (part.type !== 'usage') continue;
      for (const tokens of Object.values(part.usage)) expect(Number.isInteger(tokens) && tokens >= 0 && tokens <= largestInt).toBe(true);
    }
  });
});

describe('the wait that headers ask for', () => {
  it.each([
    { 'retry-after': '3600000' },
    { 'retry-after': '9'.repeat(400) },
    { 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' },
    { 'retry-after-ms': '99999999999999' },
  ])('is at most a 32-bit integer, for %j', (headers) => {
    expect(retryAfterMsOf(new Headers(headers), new Date('2026-01-01T00:00:00Z'))).toBe(largestInt);
  });
});

describe('an address of OpenAI', () => {
  it.each([
    ['https://api.openai.com/v1', 'max_completion_tokens'],
    ['https://eu.api.openai.com/v1', 'max_completion_tokens'],
    ['https://notapi.openai.com.example.org/v1', 'max_tokens'],
    ['https://fakeapi.openai.com/v1', 'max_tokens'],
  ])('%s is sent %s', async (baseUrl, field) => {
    const bodies: string[] = [];
    const fetch: typeof globalThis.fetch = (_input, init) => {
      bodies.push(String(init?.body));
      return Promise.resolve(new Response('{}', { status: 401, headers: { 'content-type': 'application/json' } }));
    };
    await read(createOpenAiEngine({ apiKey: 'any', baseUrl, fetch, timers: patientTimers, retry: quickRetry }), question({ model: 'gpt-4.1', maxTokens: 9 }));
    expect(bodies.map((body) => JSON.parse(body))).toEqual([expect.objectContaining({ [field]: 9 })]);
  });
});
