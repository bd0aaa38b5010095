import type { EngineMessage } from '../../src/engines/engine.ts';

/** One tool. */
export const tools = [{ name: 'run_sql', description: 'Runs SQL.', parameters: { type: 'object', properties: { sql: { type: 'string' } } } }];

/** A conversation with two calls of it, one of them malformed. */
export const exchange: readonly EngineMessage[] = [
  { role: 'user', text: 'How many?' },
  {
    role: 'assistant',
    text: '',
    toolCalls: [
      { id: 'a', name: 'run_sql', arguments: '{"sql":"SELECT 1"}' },
      { id: 'b', name: 'run_sql', arguments: '{"sql": broken' },
    ],
  },
  { role: 'tool', toolCallId: 'a', name: 'run_sql', content: '[1]', isError: false },
  { role: 'tool', toolCallId: 'b', name: 'run_sql', content: 'not JSON', isError: true },
  { role: 'assistant', text: 'One.', toolCalls: [] },
  { role: 'user', text: 'Sure?' },
];
