import { z } from 'zod';
import type { Part, PrismaClient } from '../../../prisma/generated/client.ts';
import type { EngineMessage, ToolCall } from '../../engines/engine.ts';
import { textOf } from '../message-text.ts';

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

/** How many messages back an engine is shown. */
const longestHistory = 60;

/** One answer with its calls of tools, as the engine wrote it: text, calls, their answers, text ... */
function assistantMessages(parts: readonly Part[]): readonly EngineMessage[] {
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
export async function loadHistory(prisma: PrismaClient, conversationId: string, questionId: string): Promise<readonly EngineMessage[]> {
  const recent = await prisma.message.findMany({
    where: { conversationId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: longestHistory,
    include: { parts: { orderBy: { position: 'asc' } } },
  });
  const byId = new Map(recent.map((message) => [message.id, message]));
  const path: (typeof recent)[number][] = [];
  for (let message = byId.get(questionId); message !== undefined; message = byId.get(message.parentId ?? '')) path.unshift(message);
  return path.flatMap((message): readonly EngineMessage[] => {
    if (message.role === 'USER') return [{ role: 'user', text: textOf(message.parts) }];
    return message.role === 'ASSISTANT' ? assistantMessages(message.parts) : [];
  });
}
