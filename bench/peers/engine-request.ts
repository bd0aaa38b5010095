import type { EngineRequest } from '../../src/engines/engine.ts';

/** What a run asks the steady engine. */
export function requestOf(order: string): EngineRequest {
  return {
    model: 'one',
    task: 'CHAT',
    system: '',
    messages: [{ role: 'user', text: order }],
    tools: [],
    temperature: null,
    topP: null,
    topK: null,
    maxTokens: null,
  };
}
