import { z } from 'zod';
import { AppError } from '../../../base/errors.ts';
import { jsonElements } from '../../../base/json-elements.ts';
import { conversationFormat, conversationHead, documentMessage, type ConversationHead, type DocumentMessage } from '../../export-archive/formats.ts';
import { maxJsonDepth, valueOf } from '../json-values.ts';
import type { Tell } from './source-conversation.ts';

/** A conversation of one of our own documents, while it is read. */
export interface OpenDocument extends AsyncDisposable {
  readonly head: ConversationHead;
  /** Each after the one that it follows, read one at a time. */
  messages(tell: Tell): AsyncGenerator<DocumentMessage>;
}

const place = z.object({ id: z.string(), parentId: z.string().nullable() });

const unreadable = (reason: string): AppError => new AppError('UNSUPPORTED_FILE', `The document of a conversation cannot be read: ${reason}`);

/**
 * Opens a document of a conversation, however long it is.
 *
 * @param maxElementBytes of one message
 * @throws AppError UNSUPPORTED_FILE when it is none; JsonDocumentError
 */
export async function openConversationDocument(source: AsyncIterable<Buffer>, maxElementBytes: number): Promise<OpenDocument> {
  const elements = jsonElements(source, { maxElementBytes, maxDepth: maxJsonDepth, lists: ['messages'] });
  const problems: string[] = [];
  let head: ConversationHead | null = null;
  let format: unknown = null;
  let first = await elements.next();
  for (; first.done !== true && first.value.key !== 'messages'; first = await elements.next()) {
    const { key } = first.value;
    if (key === 'format') format = valueOf(first.value, 'Its format', maxElementBytes, (reason) => problems.push(reason));
    if (key !== 'conversation') continue;
    const parsed = conversationHead.safeParse(valueOf(first.value, 'Its head', maxElementBytes, (reason) => problems.push(reason)));
    if (parsed.success) head = parsed.data;
    else problems.push(z.prettifyError(parsed.error).split('\n')[0] ?? '');
  }
  const fail = async (reason: string): Promise<never> => {
    await elements.return(undefined);
    throw unreadable(reason);
  };
  if (format !== conversationFormat) return await fail(`its format is not "${conversationFormat}".`);
  if (head === null) return await fail(problems[0] ?? '"conversation" does not stand before "messages".');
  return {
    head,
    [Symbol.asyncDispose]: async () => void (await elements.return(undefined)),
    async *messages(tell) {
      // What follows a message that cannot be read follows what stands above it.
      const above = new Map<string, string | null>();
      for (let next = first; next.done !== true; next = await elements.next()) {
        if (next.value.key !== 'messages') continue;
        const value = valueOf(next.value, 'A message', maxElementBytes, tell);
        const parsed = documentMessage.safeParse(value);
        if (parsed.success) {
          const { parentId } = parsed.data;
          yield parentId !== null && above.has(parentId) ? { ...parsed.data, parentId: above.get(parentId) ?? null } : parsed.data;
          continue;
        }
        if (value !== undefined) tell(`A message cannot be read: ${z.prettifyError(parsed.error).split('\n')[0] ?? ''}`);
        const known = place.safeParse(value);
        if (known.success) above.set(known.data.id, above.get(known.data.parentId ?? '') ?? known.data.parentId);
      }
    },
  };
}
