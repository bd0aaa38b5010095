import { z } from 'zod';
import { delay } from '../../src/base/async.ts';
import type { Engine, EnginePart, EngineRequest } from '../../src/engines/engine.ts';

/** What a message to the steady engine may ask for, as JSON. */
const order = z.object({
  tokens: z.number().default(20),
  tokensPerSecond: z.number().default(50),
  isAlternating: z.boolean().default(false),
  sql: z.string().nullable().default(null),
  question: z.string().nullable().default(null),
});

/** The text of the n-th token; each carries the moment at which the engine made it, for measurements. */
export function tokenText(index: number, at: number): string {
  return `${index}@${at.toFixed(1)} `;
}

async function* answer(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart> {
  const orders = request.messages.flatMap((message) => (message.role === 'user' && message.text.startsWith('{') ? [message.text] : []));
  const last = orders.at(-1) ?? '{}';
  if (request.task === 'TITLE') {
    yield { type: 'text', text: 'Steady' };
    yield { type: 'finish', reason: 'STOP' };
    return;
  }
  const { tokens, tokensPerSecond, isAlternating, sql, question } = order.parse(JSON.parse(last.slice(0, last.lastIndexOf('}') + 1)));
  if (sql !== null && request.messages.at(-1)?.role === 'user') {
    yield { type: 'toolCall', call: { id: 'call-1', name: 'run_sql', arguments: JSON.stringify({ sql }) } };
    yield { type: 'finish', reason: 'TOOL_CALLS' };
    return;
  }
  if (question !== null && request.messages.at(-1)?.role === 'user') {
    yield { type: 'toolCall', call: { id: 'call-1', name: 'ask_person', arguments: JSON.stringify({ question }) } };
    yield { type: 'finish', reason: 'TOOL_CALLS' };
    return;
  }
  const startedAt = performance.now();
  for (let index = 1; index <= tokens; index += 1) {
    // Against the clock and not from token to token, so that the rate holds under load.
    const wait = startedAt + (index * 1_000) / tokensPerSecond - performance.now();
    if (wait > 0) await delay(wait, signal);
    const text = tokenText(index, performance.timeOrigin + performance.now());
    yield isAlternating && index % 2 === 0 ? { type: 'reasoning', text } : { type: 'text', text };
  }
  yield { type: 'usage', usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: tokens, reasoningTokens: 0 } };
  yield { type: 'finish', reason: 'STOP' };
}

/**
 * An engine that writes at a steady rate: `{"tokens":200,"tokensPerSecond":50}` as the message says how much and how fast. With
 * `"isAlternating":true` words and thoughts take turns, so that each token is an event of its own. In a data session `"sql":"SELECT ..."` has that run first;
 * `"question":"..."` asks the person first, where it may.
 */
export function createSteadyEngine(): Engine {
  return {
    id: 'steady',
    name: 'Steady',
    defaultModel: 'one',
    listModels: () =>
      Promise.resolve([
        {
          id: 'one',
          name: 'One',
          description: 'Writes at a steady rate.',
          hasTools: false,
          hasVision: false,
          hasJson: false,
          contextWindow: null,
          inputPrice: null,
          outputPrice: null,
          cachedInputPrice: null,
        },
      ]),
    stream: answer,
  };
}
