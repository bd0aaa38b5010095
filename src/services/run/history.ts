import { z } from 'zod';
import type { Pool } from 'pg';
import type { Conversation, Message, Part } from '../../../prisma/generated/client.ts';
import type { EngineMessage, ToolCall } from '../../engines/engine.ts';
import { textOf } from '../message-text.ts';

/** How many messages back an engine is shown. */
const longestHistory = 60;

/** A call of a tool and its answer, as a part of kind TOOL_EXCHANGE keeps it. */
export const toolExchange = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.string(),
  content: z.string(),
  isError: z.boolean(),
});

/** A call of a tool and its answer. */
export type ToolExchange = z.infer<typeof toolExchange>;

type StoredPart = Pick<Part, 'kind' | 'text' | 'data'>;

interface StoredMessage extends Pick<Message, 'id' | 'parentId' | 'role'> {
  readonly parts: readonly StoredPart[];
}

/** What a run must know of its conversation. @throws Error when it is gone */
export async function loadRoom(pool: Pool, conversationId: string): Promise<Pick<Conversation, 'sessionId' | 'titleSource'>> {
  const { rows } = await pool.query<Pick<Conversation, 'sessionId' | 'titleSource'>>({
    name: 'room-of-run',
    text: 'SELECT session_id AS "sessionId", title_source AS "titleSource" FROM conversations WHERE id = $1',
    values: [conversationId],
  });
  if (rows[0] === undefined) throw new Error(`the conversation ${conversationId} of a run is gone`);
  return rows[0];
}

const recentMessages = `
  SELECT m.id, m.parent_id AS "parentId", m.role,
    (SELECT COALESCE(json_agg(json_build_object('kind', p.kind, 'text', p.text, 'data', p.data) ORDER BY p.position), '[]') FROM parts p WHERE p.message_id = m.id) AS parts
  FROM messages m WHERE m.conversation_id = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT ${longestHistory}`;

/** One answer with its calls of tools, as the engine wrote it: text, calls, their answers, text ... */
function assistantMessages(parts: readonly StoredPart[]): readonly EngineMessage[] {
  const messages: EngineMessage[] = [];
  let text = '';
  let exchanges: ToolExchange[] = [];
  const close = (): void => {
    if (text === '' && exchanges.length === 0) return;
    const toolCalls: readonly ToolCall[] = exchanges.map(({ id, name, arguments: args }) => ({ id, name, arguments: args }));
    messages.push({ role: 'assistant', text, toolCalls });
    for (const { id, name, content, isError } of exchanges) messages.push({ role: 'tool', toolCallId: id, name, content, isError });
    text = '';
    exchanges = [];
  };
  for (const part of parts) {
    if (part.kind === 'TOOL_EXCHANGE') {
      exchanges.push(toolExchange.parse(part.data));
    } else if (part.kind === 'TEXT') {
      if (exchanges.length > 0) close();
      text += part.text ?? '';
    }
  }
  close();
  return messages;
}

/**
 * The conversation as an engine is shown it, oldest first, up to and with the question.
 *
 * @param questionId the message that is to be answered; its parents are followed upwards
 */
export async function loadHistory(pool: Pool, conversationId: string, questionId: string): Promise<readonly EngineMessage[]> {
  const { rows: recent } = await pool.query<StoredMessage>({ name: 'history-of-run', text: recentMessages, values: [conversationId] });
  const byId = new Map(recent.map((message) => [message.id, message]));
  const path: StoredMessage[] = [];
  for (let message = byId.get(questionId); message !== undefined; message = byId.get(message.parentId ?? '')) path.unshift(message);
  return path.flatMap((message): readonly EngineMessage[] => {
    if (message.role === 'USER') return [{ role: 'user', text: textOf(message.parts) }];
    return message.role === 'ASSISTANT' ? assistantMessages(message.parts) : [];
  });
}
