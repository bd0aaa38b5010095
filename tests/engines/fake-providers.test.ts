import { describe, expect, it } from 'vitest';
import { createAnthropicEngine } from '../../src/engines/anthropic.ts';
import { createGeminiEngine } from '../../src/engines/gemini.ts';
import { createOllamaEngine } from '../../src/engines/ollama.ts';
import { startFakeAnthropic } from '../kit/fake-anthropic.ts';
import { startFakeGemini } from '../kit/fake-gemini.ts';
import { startFakeOllama } from '../kit/fake-ollama.ts';
import { patientTimers, question, read } from './providers.ts';

const settings = { apiKey: 'any', fetch: globalThis.fetch, timers: patientTimers };

// Only what a provider tells can be counted.
describe.each([
  { provider: 'Anthropic', start: startFakeAnthropic, create: (baseUrl: string) => createAnthropicEngine({ ...settings, baseUrl }), untold: {} },
  { provider: 'Gemini', start: startFakeGemini, create: (baseUrl: string) => createGeminiEngine({ ...settings, baseUrl }), untold: {} },
  {
    provider: 'Ollama',
    start: startFakeOllama,
    create: (baseUrl: string) => createOllamaEngine({ ...settings, baseUrl }),
    untold: { cachedInputTokens: 0, reasoningTokens: 0 },
  },
])('the fake $provider', ({ start, create, untold }) => {
  it('bills what the engine counts, to the token', async () => {
    await using fake = await start();
    const text = JSON.stringify({ tokens: 7, thoughts: 3, cached: 5 });
    const answer = await read(create(fake.url), question({ system: 'Be brief.', messages: [{ role: 'user', text }] }));
    const bill = fake.requests[0]?.bill();
    expect(bill).toMatchObject({ cachedInputTokens: 5, outputTokens: 10, reasoningTokens: 3 });
    expect(answer.parts.findLast((part) => part.type === 'usage')).toEqual({ type: 'usage', usage: { ...bill, ...untold } });
    expect({ reasoning: answer.reasoning, last: answer.last }).toEqual({ reasoning: 'thought1 thought2 thought3 ', last: { type: 'finish', reason: 'STOP' } });
  });

  it('lists a model, and names conversations at once', async () => {
    await using fake = await start();
    const engine = create(fake.url);
    expect(await engine.listModels()).toMatchObject([{ id: expect.stringContaining('fake') }]);
    const { text } = await read(engine, question({ system: 'Give this conversation a title.', messages: [{ role: 'user', text: '{"delayMs":60000}' }] }));
    expect(text).toBe('A fake title');
  });
});
