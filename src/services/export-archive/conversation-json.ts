import { conversationFormat } from './formats.ts';
import type { OpenConversation } from './read-conversation.ts';

/**
 * A conversation as JSON, in pieces: one message a line, each after the one that it follows. The shape is in docs/import-export.md.
 *
 * @param exportedAt the moment of the export
 */
export async function* conversationJson({ head, places, messages }: OpenConversation, exportedAt: Date): AsyncGenerator<string> {
  const intro = { format: conversationFormat, exportedAt, conversation: head };
  yield `${JSON.stringify(intro).slice(0, -1)},"messages":[`;
  let separator = '\n';
  for await (const message of messages(places.map(({ id }) => id))) {
    yield separator + JSON.stringify(message);
    separator = ',\n';
  }
  yield '\n]}\n';
}
