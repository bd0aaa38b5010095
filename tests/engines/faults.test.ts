import { describe, expect, it } from 'vitest';
import { faults } from './fault-table.ts';
import { providers, read, secretKey } from './providers.ts';
import { silence, startWireServer } from './wire-server.ts';

describe.each(providers)('R04 the engine $id', (provider) => {
  const mine = faults.map((fault) => (provider.hasEarlyHeaders ? fault : { ...fault, ...fault.withLateHeaders }));

  it.each(mine)('answers $fault with $code after $attempts attempts', async ({ reply, settings, code, attempts, text, isRetryable, retryAfterMs = null }) => {
    await using server = await startWireServer(reply(provider));
    const { parts, last, ...answer } = await read(provider.create(server.url, settings));
    expect(last).toEqual({ type: 'error', failure: { code, message: expect.stringContaining(provider.name), isRetryable, retryAfterMs } });
    expect(server.requests).toHaveLength(attempts);
    expect(answer.text).toBe(text);
    // What was told before it broke off counts.
    const told = parts.findLast((part) => part.type === 'usage')?.usage ?? null;
    if (text !== '') expect(told).toEqual(provider.partialUsage);
    expect(parts.filter((part) => part.type === 'finish' || part.type === 'error')).toHaveLength(1);
    const message = last?.type === 'error' ? last.failure.message : '';
    expect(message).toContain('some-model');
    expect(message).not.toMatch(/sk-other|<html|<!doctype/);
    expect(message).not.toContain(secretKey);
    // Nothing of a failed attempt stays open.
    await Promise.all(server.requests.map((request) => request.closed));
  });

  it('says that nobody listens at an address', async () => {
    const server = await startWireServer(silence);
    await server[Symbol.asyncDispose]();
    const { last } = await read(provider.create(server.url));
    expect(last).toMatchObject({ type: 'error', failure: { code: 'ENGINE_NETWORK', message: expect.stringContaining('ECONNREFUSED') } });
  });

  it('says that a key cannot be sent, without showing it', async () => {
    await using server = await startWireServer(silence);
    const fetch = (): Promise<Response> => Promise.reject(new Error(`${secretKey} is not a header`));
    const { last } = await read(provider.create(server.url, { fetch }));
    expect(last?.type === 'error' && last.failure.message).not.toContain(secretKey);
  });
});
