import type { EngineMessage } from '../../engines/engine.ts';
import { estimateTokens } from './estimate.ts';
import type { Piece } from './piece.ts';
import { shortened } from './shorten.ts';

/** Of a message of a person, an answer and a result of a tool, in characters. */
const longest = { user: 6_000, assistant: 6_000, tool: 400 } as const;

function lineOf(message: EngineMessage): string {
  switch (message.role) {
    case 'user':
      return `Person: ${shortened(message.text, longest.user)}`;
    case 'assistant': {
      const calls = message.toolCalls.map((call) => `[calls ${call.name} with ${shortened(call.arguments, longest.tool)}]`);
      return ['Assistant:', ...(message.text === '' ? [] : [shortened(message.text, longest.assistant)]), ...calls].join(' ');
    }
    case 'tool':
      return `Result of ${message.name}: ${shortened(message.content, longest.tool)}`;
    default:
      return message satisfies never;
  }
}

/**
 * What was said, as a text to be summarised: as much of its end as the budget allows, in whole messages.
 *
 * @param budget in tokens
 */
export function transcriptOf(pieces: readonly Piece[], budget: number): string {
  const lines: string[] = [];
  let tokens = 0;
  for (const message of pieces.flatMap((piece) => piece.messages).toReversed()) {
    const line = lineOf(message);
    tokens += estimateTokens(line);
    if (tokens > budget) break;
    lines.push(line);
  }
  return lines.toReversed().join('\n\n');
}
