import { z } from 'zod';
import type { ChatgptFeedback } from './chatgpt.ts';
import type { Tell } from './source-conversation.ts';

const entry = z.object({
  message_id: z.string().nullish(),
  id: z.string().nullish(),
  conversation_id: z.string(),
  rating: z.string(),
  content: z.string().nullish().catch(null),
  create_time: z.string().nullish().catch(null),
});

const mostEntries = 200_000;

/** Whether a value of a document is what somebody thought of an answer of ChatGPT. */
export function isChatgptFeedback(value: unknown): boolean {
  return entry.safeParse(value).success;
}

function commentOf(content: string | null | undefined): string | null {
  try {
    const said = z
      .object({ text: z.string() })
      .safeParse(JSON.parse(content ?? ''))
      .data?.text.trim();
    return said === undefined || said === '' ? null : said;
  } catch {
    return null;
  }
}

/** What somebody thought of answers, by the id of the message. */
export function readChatgptFeedback(values: readonly unknown[], tell: Tell): ChatgptFeedback {
  const found = new Map<string, { rating: 'UP' | 'DOWN'; comment: string | null; createdAt: Date; updatedAt: Date }>();
  for (const value of values.slice(0, mostEntries)) {
    const parsed = entry.safeParse(value).data;
    const id = parsed?.message_id ?? parsed?.id;
    const rating = parsed === undefined ? null : /up$/i.test(parsed.rating) ? 'UP' : /down$/i.test(parsed.rating) ? 'DOWN' : null;
    if (parsed === undefined || id == null || rating === null) {
      tell('What was thought of an answer cannot be read.');
      continue;
    }
    const at = new Date(parsed.create_time ?? Number.NaN);
    const createdAt = Number.isNaN(at.getTime()) ? new Date(0) : at;
    found.set(id, { rating, comment: commentOf(parsed.content), createdAt, updatedAt: createdAt });
  }
  return found;
}
