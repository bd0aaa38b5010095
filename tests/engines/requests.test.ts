import { describe, expect, it } from 'vitest';
import { toMessageCreation } from '../../src/engines/anthropic-request.ts';
import type { EngineMessage } from '../../src/engines/engine.ts';
import { toGenerateContent } from '../../src/engines/gemini-request.ts';
import { toOllamaChat } from '../../src/engines/ollama-request.ts';
import { toChatCompletion } from '../../src/engines/openai-request.ts';
import { exchange, tools } from './exchange.ts';
import { question } from './providers.ts';

describe('a request to OpenAI', () => {
  it('carries system prompt, history and tools', () => {
    expect(toChatCompletion(question({ system: 'Be brief.', messages: exchange, tools }), true)).toEqual({
      model: 'some-model',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'How many?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'run_sql', arguments: '{"sql":"SELECT 1"}' } },
            { id: 'b', type: 'function', function: { name: 'run_sql', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: '[1]' },
        { role: 'tool', tool_call_id: 'b', content: 'not JSON' },
        { role: 'assistant', content: 'One.' },
        { role: 'user', content: 'Sure?' },
      ],
      tools: [{ type: 'function', function: tools[0] }],
    });
  });

  const sampled = question({ temperature: 0.3, topP: 0.9, topK: 5, maxTokens: 50 });

  it.each(['gpt-4.1', 'gpt-4o', 'gpt-5.3-chat-latest'])('tells %s how to sample', (model) => {
    const body = toChatCompletion({ ...sampled, model }, true);
    expect(body).toMatchObject({ temperature: 0.3, top_p: 0.9, max_completion_tokens: 50 });
    expect(body).not.toHaveProperty('top_k');
    expect(body).not.toHaveProperty('max_tokens');
  });

  it.each(['o1', 'o3-mini', 'o4-mini', 'gpt-5', 'gpt-5.4-mini', 'gpt-6.1-sol'])('does not tell %s, which refuses it', (model) => {
    const body = toChatCompletion({ ...sampled, model }, true);
    expect(body).not.toHaveProperty('temperature');
    expect(body).not.toHaveProperty('top_p');
    expect(body.max_completion_tokens).toBe(50);
  });

  it('tells a compatible server everything in its older words', () => {
    const body = toChatCompletion({ ...sampled, model: 'o1-like' }, false);
    expect(body).toMatchObject({ temperature: 0.3, top_p: 0.9, max_tokens: 50 });
    expect(body).not.toHaveProperty('max_completion_tokens');
  });

  it.each([
    ['gpt-5.6-terra', true, 'none'],
    ['gpt-6-luna', true, 'none'],
    ['gpt-6.1-terra', true, 'none'],
    ['gpt-6.1-sol', true, undefined],
    ['gpt-6-astra', true, undefined],
    ['gpt-5.4-mini', true, undefined],
    ['gpt-5', true, undefined],
    ['gpt-5.6-terra', false, undefined],
  ])('gives %s (OpenAI: %s) with tools the reasoning effort %s', (model, isOpenAi, effort) => {
    expect(toChatCompletion(question({ model, tools }), isOpenAi).reasoning_effort).toBe(effort);
    expect(toChatCompletion(question({ model }), isOpenAi)).not.toHaveProperty('reasoning_effort');
  });
});

describe('a request to Anthropic', () => {
  it('puts all results of a turn, and what follows, into one message of the user', () => {
    expect(toMessageCreation(question({ system: 'Be brief.', messages: exchange.toSpliced(4, 1), tools }))).toEqual({
      model: 'some-model',
      max_tokens: 1_024,
      stream: true,
      system: 'Be brief.',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'How many?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'a', name: 'run_sql', input: { sql: 'SELECT 1' } },
            { type: 'tool_use', id: 'b', name: 'run_sql', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: '[1]', is_error: false },
            { type: 'tool_result', tool_use_id: 'b', content: 'not JSON', is_error: true },
            { type: 'text', text: 'Sure?' },
          ],
        },
      ],
      tools: [{ name: 'run_sql', description: 'Runs SQL.', input_schema: tools[0]?.parameters }],
    });
  });

  it.each([
    { given: { temperature: 1.7, topK: 5, maxTokens: 50 }, sent: { temperature: 1, top_k: 5, max_tokens: 50 } },
    { given: { temperature: 0.7, topP: 0.9 }, sent: { temperature: undefined, top_p: 0.9 } },
  ])('tells Claude 4.6 $sent for $given', ({ given, sent }) => {
    const body = toMessageCreation(question({ model: 'claude-sonnet-4-6', ...given }));
    expect({ temperature: undefined, ...body }).toMatchObject(sent);
  });

  it.each(['claude-opus-4-7', 'claude-opus-4-8', 'claude-sonnet-5', 'claude-fable-5-2'])('does not tell %s how to sample, which refuses it', (model) => {
    const body = toMessageCreation(question({ model, temperature: 0.7, topP: 0.9, topK: 5 }));
    for (const name of ['temperature', 'top_p', 'top_k']) expect(body).not.toHaveProperty(name);
  });

  it.each([
    ['claude-sonnet-5-5', { type: 'adaptive', display: 'summarized' }, 26_024],
    ['claude-opus-5', { type: 'adaptive', display: 'summarized' }, 26_024],
    ['claude-opus-4-8', undefined, 1_024],
    ['claude-haiku-4-5-20251001', undefined, 1_024],
    ['claude-3-5-sonnet-20241022', undefined, 1_024],
  ])('asks %s to show its thoughts as %j, within %i tokens where nothing is said', (model, thinking, maxTokens) => {
    const { thinking: asked, max_tokens: limit } = toMessageCreation(question({ model }));
    expect({ asked, limit }).toEqual({ asked: thinking, limit: maxTokens });
  });

  it('puts into words what it cannot hold an answer to', () => {
    const schema = { type: 'object', properties: { score: { type: 'number', minimum: -1, maximum: 1 } }, required: ['score'], additionalProperties: false };
    expect(toMessageCreation(question({ output: { name: 'mood', schema } })).output_config?.format?.schema).toEqual({
      ...schema,
      properties: { score: { type: 'number', description: expect.stringContaining('maximum: 1') } },
    });
  });

  it('leaves out texts that are empty, which the API refuses', () => {
    const messages: readonly EngineMessage[] = [
      { role: 'user', text: 'Hello' },
      { role: 'assistant', text: '', toolCalls: [] },
      { role: 'user', text: 'Are you there?' },
    ];
    expect(toMessageCreation(question({ messages })).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hello' },
          { type: 'text', text: 'Are you there?' },
        ],
      },
    ]);
  });
});

const shown: readonly EngineMessage[] = [{ role: 'user', text: 'What is this?', images: [{ mediaType: 'image/png', bytes: Uint8Array.of(1, 2, 3) }] }];
const output = { name: 'mood', schema: { type: 'object', properties: { score: { type: 'number' } }, required: ['score'], additionalProperties: false } };

describe('pictures', () => {
  it('are sent to every provider in its own way, before the words', () => {
    const request = question({ messages: shown });
    expect(toChatCompletion(request, true).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
          { type: 'text', text: 'What is this?' },
        ],
      },
    ]);
    expect(toMessageCreation(request).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AQID' } },
          { type: 'text', text: 'What is this?' },
        ],
      },
    ]);
    expect(toGenerateContent(request).contents).toEqual([
      { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AQID' } }, { text: 'What is this?' }] },
    ]);
    expect(toOllamaChat(request).messages).toEqual([{ role: 'user', content: 'What is this?', images: ['AQID'] }]);
  });
});

describe('an answer in JSON', () => {
  it('is asked of every provider by its schema', () => {
    const request = question({ output });
    expect(toChatCompletion(request, true).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'mood', strict: true, schema: output.schema },
    });
    expect(toMessageCreation(request).output_config).toEqual({ format: { type: 'json_schema', schema: output.schema } });
    expect(toGenerateContent(request).config).toMatchObject({ responseMimeType: 'application/json', responseJsonSchema: output.schema });
    expect(toOllamaChat(request).format).toEqual(output.schema);
  });
});
