import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAnthropicEngine } from '../../src/engines/anthropic.ts';
import { createGeminiEngine } from '../../src/engines/gemini.ts';
import { createOllamaEngine } from '../../src/engines/ollama.ts';
import { createOpenAiEngine } from '../../src/engines/openai.ts';
import { patientTimers, question, read } from './providers.ts';

// Somebody else's idea of the protocols, so that ours is not only checked against itself.
const mock = new LLMock({ port: 0 });

beforeAll(async () => {
  mock.onMessage('Say hello', { content: 'Hello from the mock.' });
  mock.onMessage('Count the rows', { toolCalls: [{ name: 'run_sql', arguments: '{"sql":"SELECT count(*) FROM t"}' }] });
  await mock.start();
});
afterAll(() => mock.stop());

const settings = { apiKey: 'mock', fetch: globalThis.fetch, timers: patientTimers };

describe.each([
  { id: 'openai', model: 'gpt-5.4-mini', create: () => createOpenAiEngine({ ...settings, baseUrl: `${mock.url}/v1` }) },
  { id: 'gemini', model: 'gemini-3.8-flash', create: () => createGeminiEngine({ ...settings, baseUrl: mock.url }) },
  { id: 'ollama', model: 'llama3.2', create: () => createOllamaEngine({ ...settings, baseUrl: mock.url }) },
  { id: 'anthropic', model: 'claude-sonnet-5-5', create: () => createAnthropicEngine({ ...settings, baseUrl: mock.url }) },
])('the engine $id against an independent mock', ({ model, create }) => {
  it('streams a text', async () => {
    const { text, last } = await read(create(), question({ model, messages: [{ role: 'user', text: 'Say hello' }] }));
    expect({ text, last }).toEqual({ text: 'Hello from the mock.', last: { type: 'finish', reason: 'STOP' } });
  });

  it('receives a tool call', async () => {
    const tools = [{ name: 'run_sql', description: 'Runs SQL.', parameters: { type: 'object', properties: { sql: { type: 'string' } } } }];
    const { parts, last } = await read(create(), question({ model, tools, messages: [{ role: 'user', text: 'Count the rows' }] }));
    const calls = parts.flatMap((part) => (part.type === 'toolCall' ? part.call : []));
    expect(calls).toEqual([{ id: expect.any(String), name: 'run_sql', arguments: expect.any(String) }]);
    expect(JSON.parse(calls[0]?.arguments ?? '')).toEqual({ sql: 'SELECT count(*) FROM t' });
    expect(last).toEqual({ type: 'finish', reason: 'TOOL_CALLS' });
  });
});
