import { describe, expect, it } from 'vitest';
import { toGenerateContent } from '../../src/engines/gemini-request.ts';
import { toOllamaChat } from '../../src/engines/ollama-request.ts';
import { exchange, tools } from './exchange.ts';
import { question } from './providers.ts';

const output = { name: 'mood', schema: { type: 'object', properties: { score: { type: 'number' } } } };

describe('a request to Gemini', () => {
  it('puts all answers of a turn into one message, and gives back the signature of its calls', () => {
    const signed = exchange.map((message) =>
      message.role === 'assistant'
        ? { ...message, toolCalls: message.toolCalls.map((call) => ({ ...call, ...(call.id === 'a' ? { signature: 'abc' } : {}) })) }
        : message,
    );
    expect(toGenerateContent(question({ system: 'Be brief.', messages: signed, tools, temperature: 1, topP: 0.9, topK: 5, maxTokens: 50 }))).toEqual({
      model: 'some-model',
      contents: [
        { role: 'user', parts: [{ text: 'How many?' }] },
        {
          role: 'model',
          parts: [
            { functionCall: { id: 'a', name: 'run_sql', args: { sql: 'SELECT 1' } }, thoughtSignature: 'abc' },
            { functionCall: { id: 'b', name: 'run_sql', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'a', name: 'run_sql', response: { output: '[1]' } } },
            { functionResponse: { id: 'b', name: 'run_sql', response: { error: 'not JSON' } } },
          ],
        },
        { role: 'model', parts: [{ text: 'One.' }] },
        { role: 'user', parts: [{ text: 'Sure?' }] },
      ],
      config: {
        systemInstruction: 'Be brief.',
        tools: [{ functionDeclarations: [{ name: 'run_sql', description: 'Runs SQL.', parametersJsonSchema: tools[0]?.parameters }] }],
        temperature: 1,
        topP: 0.9,
        topK: 5,
        maxOutputTokens: 50,
      },
    });
  });

  it.each([
    ['gemini-3.8-flash', 1],
    ['gemini-flash-latest', 1],
    ['gemini-2.5-flash', 0],
    ['gemma-3-27b-it', 0],
  ])('gives %s %i time(s) what stands for a signature that nobody knows any more', (model, times) => {
    const unsigned = JSON.stringify(toGenerateContent(question({ model, messages: exchange })).contents);
    expect(unsigned.split('skip_thought_signature_validator')).toHaveLength(times + 1);
  });

  it('gives back the ids of calls that the provider made, and not those that were made here', () => {
    const messages = exchange.map((message) =>
      message.role === 'assistant'
        ? { ...message, toolCalls: message.toolCalls.map((call) => ({ ...call, id: `call_${call.id}` })) }
        : message.role === 'tool'
          ? { ...message, toolCallId: `call_${message.toolCallId}` }
          : message,
    );
    expect(JSON.stringify(toGenerateContent(question({ messages })))).not.toContain('"id"');
  });

  it.each([
    ['gemini-2.5-flash', tools, false],
    ['gemini-2.5-flash', [], true],
    ['gemini-3.8-flash', tools, true],
  ])('holds %s with the tools %j to JSON by its schema: %s, else in words', (model, given, isHeld) => {
    const { config } = toGenerateContent(question({ model, system: 'Be brief.', tools: given, output }));
    expect(config?.responseMimeType).toBe(isHeld ? 'application/json' : undefined);
    expect(config?.systemInstruction).toEqual(isHeld ? 'Be brief.' : expect.stringMatching(/^Be brief\.\n\nYour final answer is one JSON object .*"score"/s));
  });

  it.each([
    ['gemini-2.5-flash', { includeThoughts: true }],
    ['gemini-3.8-flash', { includeThoughts: true }],
    ['gemini-flash-latest', { includeThoughts: true }],
    ['gemini-2.0-flash', undefined],
    ['gemma-3-27b-it', undefined],
  ])('asks %s for thoughts: %j', (model, thinkingConfig) => {
    expect(toGenerateContent(question({ model })).config?.thinkingConfig).toEqual(thinkingConfig);
  });
});

describe('a request to Ollama', () => {
  it('carries system prompt, history, tools and options', () => {
    expect(toOllamaChat(question({ system: 'Be brief.', messages: exchange.slice(0, 3), tools, temperature: 0.3, topP: 0.9, topK: 5, maxTokens: 50 }))).toEqual(
      {
        model: 'some-model',
        stream: true,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'How many?' },
          {
            role: 'assistant',
            content: '',
            tool_calls: [{ function: { name: 'run_sql', arguments: { sql: 'SELECT 1' } } }, { function: { name: 'run_sql', arguments: {} } }],
          },
          { role: 'tool', content: '[1]', tool_name: 'run_sql' },
        ],
        tools: [{ type: 'function', function: tools[0] }],
        options: { temperature: 0.3, top_p: 0.9, top_k: 5, num_predict: 50 },
      },
    );
  });

  it('is asked for JSON in words where it has tools, which a format would take away', () => {
    const request = toOllamaChat(question({ tools, output }));
    expect(request).not.toHaveProperty('format');
    expect(request.messages?.[0]).toEqual({ role: 'system', content: expect.stringContaining('"score"') });
  });
});
