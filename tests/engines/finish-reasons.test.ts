import { describe, expect, it } from 'vitest';
import type { EngineFinishReason } from '../../src/engines/engine.ts';
import { providers, read, type Provider } from './providers.ts';
import { startWireServer, stream } from './wire-server.ts';

/** A whole answer with a text and a call, which ends for a reason in the provider's own word. */
const answers: Readonly<Record<string, (reason: string, event: Provider['event']) => string>> = {
  openai: (reason, event) =>
    event({ choices: [{ delta: { content: 'a', tool_calls: [{ index: 0, id: 'call_a', function: { name: 'run_sql', arguments: '{}' } }] } }] }) +
    event({ choices: [{ delta: {}, finish_reason: reason }] }) +
    'data: [DONE]\n\n',
  anthropic: (reason, event) =>
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'a' } }) +
    event({ type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'toolu_a', name: 'run_sql', input: {} } }) +
    event({ type: 'content_block_stop', index: 1 }) +
    event({ type: 'message_delta', delta: { stop_reason: reason } }) +
    event({ type: 'message_stop' }),
  gemini: (reason, event) =>
    event({ candidates: [{ content: { parts: [{ text: 'a' }, { functionCall: { name: 'run_sql', args: {} } }] } }] }) +
    event({ candidates: [{ finishReason: reason }] }),
  ollama: (reason, event) =>
    event({ message: { content: 'a', tool_calls: [{ function: { name: 'run_sql', arguments: {} } }] } }) + event({ done: true, done_reason: reason }),
};

// The words of the types of the SDKs, and of servers that are known to have their own.
const table: readonly (readonly [string, EngineFinishReason, readonly string[]])[] = [
  ['openai', 'TOOL_CALLS', ['tool_calls', 'function_call', 'stop', 'eos']],
  ['openai', 'LENGTH', ['length']],
  ['openai', 'CONTENT_FILTER', ['content_filter']],
  ['anthropic', 'TOOL_CALLS', ['tool_use']],
  ['anthropic', 'STOP', ['end_turn', 'stop_sequence', 'pause_turn']],
  ['anthropic', 'LENGTH', ['max_tokens', 'model_context_window_exceeded']],
  ['anthropic', 'CONTENT_FILTER', ['refusal']],
  ['gemini', 'TOOL_CALLS', ['STOP', 'OTHER', 'FINISH_REASON_UNSPECIFIED']],
  ['gemini', 'LENGTH', ['MAX_TOKENS']],
  ['gemini', 'CONTENT_FILTER', ['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY', 'IMAGE_RECITATION']],
  ['ollama', 'TOOL_CALLS', ['stop']],
  ['ollama', 'LENGTH', ['length']],
];
const cases = table.flatMap(([id, finish, reasons]) => reasons.map((reason) => ({ id, reason, finish })));

async function answerOf(id: string, reason: string): ReturnType<typeof read> {
  const provider = providers.find((each) => each.id === id);
  const answer = answers[id];
  if (provider === undefined || answer === undefined) throw new Error(`there is no provider "${id}"`);
  await using server = await startWireServer(stream(answer(reason, provider.event), 'end', provider.contentType));
  return await read(provider.create(server.url));
}

describe('the end of an answer', () => {
  it.each(cases)('of $id with "$reason" is $finish, and a call is only one when it was meant to end with it', async ({ id, reason, finish }) => {
    const { parts, text, last } = await answerOf(id, reason);
    expect({ text, last }).toEqual({ text: 'a', last: { type: 'finish', reason: finish } });
    expect(parts.filter((part) => part.type === 'toolCall')).toHaveLength(finish === 'TOOL_CALLS' ? 1 : 0);
  });

  it.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS'])(
    'of Gemini with "%s" is a failure that keeps the text',
    async (reason) => {
      const { parts, text, last } = await answerOf('gemini', reason);
      expect({ text, last }).toMatchObject({
        text: 'a',
        last: { failure: { code: 'ENGINE_PROTOCOL', message: expect.stringContaining(reason), isRetryable: true } },
      });
      expect(parts.filter((part) => part.type === 'toolCall')).toEqual([]);
    },
  );
});
