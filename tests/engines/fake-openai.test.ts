import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { createOpenAiEngine } from '../../src/engines/openai.ts';
import { fakeToken, startFakeOpenAi } from '../kit/fake-openai.ts';
import { patientTimers, question, read } from './providers.ts';

function createEngine(baseUrl: string) {
  return createOpenAiEngine({ apiKey: 'any', baseUrl, fetch: globalThis.fetch, timers: patientTimers });
}

function ask(pace: object) {
  return question({ messages: [{ role: 'user', text: JSON.stringify(pace) }] });
}

describe('the fake OpenAI', () => {
  it('sends the tokens that the last message asks for, at their rate', async () => {
    const fake = await startFakeOpenAi();
    try {
      const startedAt = performance.now();
      const { text, parts, last } = await read(createEngine(fake.baseUrl), ask({ tokens: 11, rate: 50, delayMs: 100 }));
      const tookMs = performance.now() - startedAt;
      expect(text).toBe(Array.from({ length: 11 }, (_, index) => fakeToken(index + 1)).join(''));
      expect(parts).toContainEqual({ type: 'usage', usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 11, reasoningTokens: 0 } });
      expect(last).toEqual({ type: 'finish', reason: 'STOP' });
      // The first after 100 ms, the other ten 20 ms apart.
      expect(tookMs).toBeGreaterThanOrEqual(295);
      expect(fake.requests).toMatchObject([{ state: 'finished', sentTokens: 11 }]);
    } finally {
      await fake.close();
    }
  });

  it('names conversations at once', async () => {
    const fake = await startFakeOpenAi({ title: 'Seven words', delayMs: 60_000 });
    try {
      const { text } = await read(createEngine(fake.baseUrl), { ...ask({ tokens: 900, rate: 1 }), system: 'Give this conversation a title.' });
      expect(text).toBe('Seven words');
    } finally {
      await fake.close();
    }
  });

  it('knows which answers are open and which were cut off', async () => {
    const fake = await startFakeOpenAi();
    const abort = new AbortController();
    try {
      for await (const part of createEngine(fake.baseUrl).stream(ask({ tokens: 1_000, rate: 100 }), abort.signal)) {
        expect(part.type).toBe('text');
        expect(fake.open()).toBe(1);
        abort.abort();
      }
      await eventually(() => expect({ open: fake.open(), aborted: fake.aborted() }).toEqual({ open: 0, aborted: 1 }));
    } finally {
      await fake.close();
    }
  });

  it('answers whole to who does not stream', async () => {
    const fake = await startFakeOpenAi({ tokens: 2 });
    try {
      const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
      const answer = await fetch(`${fake.baseUrl}/chat/completions`, { method: 'POST', body });
      expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'token1 token2 ' }, finish_reason: 'stop' }] });
    } finally {
      await fake.close();
    }
  });

  it('runs as a program that prints its address', async () => {
    const program = fileURLToPath(new URL('../kit/fake-openai.ts', import.meta.url));
    const child = spawn(process.execPath, [program, '--port', '0', '--tokens', '3', '--rate', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    try {
      const [baseUrl] = await once(createInterface(child.stdout), 'line');
      expect((await read(createEngine(String(baseUrl)))).text).toBe('token1 token2 token3 ');
    } finally {
      child.kill('SIGTERM');
    }
    expect(await exited).toEqual([0, null]);
  });
});
