import { describe, expect, it } from 'vitest';
import { patienceMs } from '../kit/patience.ts';
import { providers, question, read, secretKey } from './providers.ts';
import { startWireServer, stream, trickle } from './wire-server.ts';

describe.each(providers)('the engine $id', ({ create, fixture, id, name, contentType, keyHeader, lineEnds, canFilter }) => {
  const wire = (name: string, then: 'end' | 'hold' = 'end') => stream(fixture(name), then, contentType);

  it('streams text, counts tokens, and finishes last', async () => {
    await using server = await startWireServer(wire('plain'));
    const { parts, text, last } = await read(create(server.url));
    expect(text).toBe('Grüße from 東京 🙂.');
    expect(parts.filter((part) => part.type === 'text')).toHaveLength(3);
    expect(parts.findLast((part) => part.type === 'usage')).toEqual({
      type: 'usage',
      usage: { inputTokens: 12, cachedInputTokens: id === 'anthropic' ? 3 : 0, outputTokens: 5, reasoningTokens: 0 },
    });
    expect(last).toEqual({ type: 'finish', reason: 'STOP' });
  });

  it('puts events together that come byte by byte', async () => {
    await using server = await startWireServer(trickle(fixture('plain'), contentType));
    const { text, last } = await read(create(server.url));
    expect(text).toBe('Grüße from 東京 🙂.');
    expect(last).toEqual({ type: 'finish', reason: 'STOP' });
  });

  it.each(lineEnds)('reads lines that end with %j', async (lineEnd) => {
    await using server = await startWireServer(stream(fixture('plain').replaceAll('\n', lineEnd), 'end', contentType));
    expect((await read(create(server.url))).text).toBe('Grüße from 東京 🙂.');
  });

  it('keeps reasoning apart from text', async () => {
    await using server = await startWireServer(wire('reasoning'));
    const { reasoning, text, last } = await read(create(server.url));
    expect({ reasoning, text }).toEqual({ reasoning: 'Let me think.', text: 'Done.' });
    expect(last).toEqual({ type: 'finish', reason: 'STOP' });
  });

  it('assembles parallel tool calls from their fragments', async () => {
    await using server = await startWireServer(wire('tools'));
    const { parts, text, last } = await read(create(server.url));
    expect(text).toBe('Looking.');
    const calls = parts.flatMap((part) => (part.type === 'toolCall' ? part.call : []));
    expect(calls).toMatchObject([
      { name: 'run_sql', arguments: '{"sql":"SELECT 1"}' },
      { name: 'describe_data', arguments: '{}' },
    ]);
    // Some providers give calls no ids.
    const ids = calls.map((call) => call.id);
    if (id === 'openai' || id === 'anthropic') expect(ids).toEqual(['call_a', 'call_b']);
    else expect(new Set(ids.filter((each) => each.startsWith('call_'))).size).toBe(2);
    expect(calls[0]?.signature).toBe(id === 'gemini' ? 'c2lnbmF0dXJl' : undefined);
    expect(last).toEqual({ type: 'finish', reason: 'TOOL_CALLS' });
  });

  it('hands out no tool call of an answer that was cut off', async () => {
    await using server = await startWireServer(wire('length'));
    const { parts, text, last } = await read(create(server.url));
    expect(text).toBe('Cut o');
    expect(parts.filter((part) => part.type === 'toolCall')).toEqual([]);
    expect(last).toEqual({ type: 'finish', reason: 'LENGTH' });
  });

  const filtering = it.each(canFilter ? [{ fixture: 'filtered' }] : []);
  filtering('shows what a refusal says, and finishes with CONTENT_FILTER', async () => {
    await using server = await startWireServer(wire('filtered'));
    const { text, last } = await read(create(server.url));
    expect(text).toBe('I cannot help with that.');
    expect(last).toEqual({ type: 'finish', reason: 'CONTENT_FILTER' });
  });

  it('finishes at the terminal marker, although the connection stays open', async () => {
    await using server = await startWireServer(wire('plain', 'hold'));
    const startedAt = performance.now();
    expect((await read(create(server.url))).last).toEqual({ type: 'finish', reason: 'STOP' });
    expect(performance.now() - startedAt).toBeLessThan(2_000 + patienceMs);
    // The connection is let go of soon after, so that nothing is left open.
    await server.requests[0]?.closed;
  });

  it('R03 closes the request upstream within a second when it is aborted in the middle', async () => {
    await using server = await startWireServer(wire('partial', 'hold'));
    const abort = new AbortController();
    const parts: string[] = [];
    let abortedAt = 0;
    for await (const part of create(server.url).stream(question(), abort.signal)) {
      parts.push(part.type);
      if (parts.filter((type) => type === 'text').length < 2 || abort.signal.aborted) continue;
      abortedAt = performance.now();
      abort.abort();
    }
    const closedAt = (await server.requests[0]?.closed) ?? Infinity;
    expect(closedAt - abortedAt).toBeLessThan(1_000 + patienceMs);
    expect(parts).not.toContain('finish');
    expect(server.requests).toHaveLength(1);
  });

  it('closes the request upstream when its reader leaves', async () => {
    await using server = await startWireServer(wire('partial', 'hold'));
    const parts = create(server.url).stream(question(), new AbortController().signal)[Symbol.asyncIterator]();
    for (let texts = 0; texts < 2;) if ((await parts.next()).value?.type === 'text') texts += 1;
    const waiting = parts.next();
    const leftAt = performance.now();
    await parts.return?.();
    expect((await waiting).done).toBe(true);
    expect(((await server.requests[0]?.closed) ?? Infinity) - leftAt).toBeLessThan(1_000 + patienceMs);
  });

  it('asks nobody when it is aborted before it begins', async () => {
    await using server = await startWireServer(wire('plain'));
    expect((await read(create(server.url), question(), AbortSignal.abort())).parts).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it('sends the key in one header and nowhere else', async () => {
    await using server = await startWireServer(wire('plain'));
    await read(create(server.url));
    const headers = server.requests[0]?.headers ?? {};
    const carriers = Object.entries(headers).filter(([, value]) => String(value).includes(secretKey));
    expect(carriers.map(([header]) => header)).toEqual([keyHeader]);
    expect(JSON.stringify(server.requests[0]?.body)).not.toContain(secretKey);
  });

  it('has a name, and a default model that it lists', async () => {
    await using server = await startWireServer((response) => void response.writeHead(500).end());
    const engine = create(server.url);
    expect(engine).toMatchObject({ id, name });
    expect((await engine.listModels()).map((model) => model.id)).toContain(engine.defaultModel);
  });
});
