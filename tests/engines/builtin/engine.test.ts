import { assert, asyncProperty, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createBuiltinEngine } from '../../../src/engines/builtin/builtin.ts';
import { number, percent, plural, singular, smallPieces } from '../../../src/engines/builtin/words.ts';
import type { EngineMessage, EnginePart, EngineRequest } from '../../../src/engines/engine.ts';

const runSql = { name: 'run_sql', description: '', parameters: {} };
const engine = createBuiltinEngine();

function requestOf(task: EngineRequest['task'], messages: readonly EngineMessage[], hasTools = true): EngineRequest {
  return { model: 'analyst', task, system: null, messages, tools: hasTools ? [runSql] : [], temperature: null, topP: null, topK: null, maxTokens: null };
}

async function partsOf(request: EngineRequest, signal = AbortSignal.timeout(30_000)): Promise<readonly EnginePart[]> {
  return Array.fromAsync(engine.stream(request, signal));
}

const textOf = (parts: readonly EnginePart[]): string => parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
const user = (text: string): EngineMessage => ({ role: 'user', text });

describe('a plain chat', () => {
  it('says that no model is connected, that the question is kept, and how to connect one', async () => {
    const parts = await partsOf(requestOf('CHAT', [user('Write a poem about rain')], false));
    expect(textOf(parts)).toContain('No language model is connected');
    expect(textOf(parts)).toContain('"Write a poem about rain") is kept');
    expect(textOf(parts)).toMatch(/OPENAI_API_KEY[^]*ANTHROPIC_API_KEY[^]*saveProviderKey[^]*in a data session I analyse/);
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'STOP', mode: 'not-connected', confidence: 0 });
  });

  it('streams in pieces of a few words', async () => {
    const texts = (await partsOf(requestOf('CHAT', [user('hello')], false))).filter((part) => part.type === 'text');
    expect(texts.length).toBeGreaterThan(10);
  });
});

describe('a title', () => {
  it.each([
    ['please help me to plan a trip to Rome. We are four.', 'Plan a trip to Rome'],
    ['Hi, can you tell me about the history of Rome?', 'The history of Rome'],
    ['Analyse cars.csv and movies.csv', 'Analyse cars.csv and movies.csv'],
    ['Hello!', 'Hello'],
    ['', 'New conversation'],
    ['   \n\t ', 'New conversation'],
    ['What is the best way to organise a very large number of documents in a small office?', 'What is the best way to organise a very large number of'],
  ])('of "%s" is "%s"', async (text, title) => {
    expect(textOf(await partsOf(requestOf('TITLE', [user(text)], false)))).toBe(title);
  });

  it('is one part of at most 60 characters without punctuation at its end, whatever was written', async () => {
    await assert(
      asyncProperty(string({ maxLength: 300, unit: 'grapheme' }), async (text) => {
        const parts = await partsOf(requestOf('TITLE', [user(text)], false));
        const [first] = parts;
        expect(parts).toHaveLength(2);
        expect(first?.type === 'text' && first.text.length > 0 && first.text.length <= 60 && !/[\s.,;:!?]$/.test(first.text)).toBe(true);
      }),
    );
  });
});

describe('a turn with tools', () => {
  const described = JSON.stringify({ tables: [] });

  it('begins with describe_data and asks for the results', async () => {
    const parts = await partsOf(requestOf('AUTO_ANALYZE', [user('go')]));
    expect(parts).toMatchObject([
      { type: 'toolCall', call: { name: 'describe_data', arguments: '{}' } },
      { type: 'finish', reason: 'TOOL_CALLS', mode: 'rules' },
    ]);
  });

  it('gives each call an id of its own', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await partsOf(requestOf('CHAT', [user('go')]))).flatMap((part) => (part.type === 'toolCall' ? [part.call.id] : []))),
    );
    expect(new Set(ids.flat()).size).toBe(2);
  });

  it('goes on after the results, from the conversation alone', async () => {
    const messages: readonly EngineMessage[] = [
      user('go'),
      { role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'describe_data', arguments: '{}' }] },
      { role: 'tool', toolCallId: 'a', name: 'describe_data', content: described, isError: false },
    ];
    const parts = await partsOf(requestOf('AUTO_ANALYZE', messages));
    expect(textOf(parts)).toContain('There is no table in this session yet');
    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'STOP' });
  });

  it('begins anew in the next turn', async () => {
    const messages: readonly EngineMessage[] = [
      user('go'),
      { role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'describe_data', arguments: '{}' }] },
      { role: 'tool', toolCallId: 'a', name: 'describe_data', content: described, isError: false },
      { role: 'assistant', text: 'done', toolCalls: [] },
      user('again'),
    ];
    expect(await partsOf(requestOf('AUTO_ANALYZE', messages))).toMatchObject([{ type: 'toolCall', call: { name: 'describe_data' } }, { type: 'finish' }]);
  });

  it.each([
    ['fails', { content: 'broken', isError: true }],
    ['answers something else', { content: '[1, 2]', isError: false }],
    ['answers no JSON', { content: '<html>', isError: false }],
  ])('says so when describe_data %s', async (_case, outcome) => {
    const messages: readonly EngineMessage[] = [
      user('go'),
      { role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'describe_data', arguments: '{}' }] },
      { role: 'tool', toolCallId: 'a', name: 'describe_data', ...outcome },
    ];
    expect(textOf(await partsOf(requestOf('AUTO_ANALYZE', messages)))).toContain('could not be read just now');
  });

  it('does not continue steps that another version of it began', async () => {
    const messages: readonly EngineMessage[] = [
      user('go'),
      { role: 'assistant', text: '', toolCalls: [{ id: 'a', name: 'run_sql', arguments: '{}' }] },
      { role: 'tool', toolCallId: 'a', name: 'run_sql', content: '{}', isError: false },
    ];
    const parts = await partsOf(requestOf('AUTO_ANALYZE', messages));
    expect(textOf(parts)).toContain('Please ask again');
    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'STOP' });
  });

  it('ends at once when it is aborted', async () => {
    expect(await partsOf(requestOf('AUTO_ANALYZE', [user('go')]), AbortSignal.abort())).toEqual([]);
  });
});

describe('words', () => {
  it.each([
    [0, '0'],
    [1234.56, '1,234.6'],
    [12345.6, '12,346'],
    [123.456, '123.5'],
    [12.3456, '12.35'],
    [0.12345, '0.123'],
    [0.00012345, '0.000123'],
    [-5131438623, '-5,131,438,623'],
    [null, 'nothing'],
  ])('write %s as %s', (value, text) => {
    expect(number(value)).toBe(text);
  });

  it('write shares in percent', () => {
    expect([0, 0.0001, 0.123, 0.9999, 1].map(percent)).toEqual(['0 %', 'under 0.1 %', '12.3 %', 'nearly 100 %', '100 %']);
  });

  it('know plurals', () => {
    expect(['row', 'category', 'box', 'species', 'day'].map(plural)).toEqual(['rows', 'categories', 'boxes', 'species', 'days']);
    expect(['rows', 'categories', 'boxes', 'species', 'days', 'glass'].map(singular)).toEqual(['row', 'category', 'box', 'species', 'day', 'glass']);
  });

  it('cut into pieces that joined are the text again', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(smallPieces(text).join('')).toBe(text);
      }),
    );
  });
});
