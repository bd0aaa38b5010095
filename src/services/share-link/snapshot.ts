import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import { plotData } from '../plot/plot-data.ts';

const sharedTable = z.object({
  type: z.literal('TABLE'),
  title: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.json())),
  truncated: z.boolean(),
});

/** What is shared of a part of a message: what people see of it, without ids, SQL and the names of files. */
const sharedPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('TEXT'), text: z.string() }),
  sharedTable,
  z.object({ type: z.literal('PLOT'), plot: plotData }),
  z.object({ type: z.literal('ATTACHMENT'), isImage: z.boolean() }),
]);

const sharedMessage = z.object({
  role: z.enum(['USER', 'ASSISTANT']),
  model: z.string().nullable(),
  createdAt: z.iso.datetime(),
  parts: z.array(sharedPart),
});

/** `share_links.snapshot`. */
export const shareSnapshot = z.object({ messages: z.array(sharedMessage) });

/** A part of a message as it was shared. */
export type SharedPart = z.infer<typeof sharedPart>;
/** A message as it was shared. */
export type SharedMessage = z.infer<typeof sharedMessage>;
/** A conversation as it was shared. */
export type ShareSnapshot = z.infer<typeof shareSnapshot>;

const mostMessages = 2_000;
const mostCharacters = 8_000_000;

interface Row {
  readonly role: 'USER' | 'ASSISTANT';
  readonly model: string | null;
  readonly createdAt: Date;
  readonly parts: readonly { readonly kind: string; readonly text: string | null; readonly data: unknown }[];
}

/** The branch that people see, without what they do not see of it: thoughts, calls of tools, and who is who. */
const statement = `
  SELECT m.role, m.model, m.created_at AS "createdAt", coalesce((
    SELECT json_agg(json_build_object('kind', p.kind, 'text', p.text, 'data', p.data) ORDER BY p.position) FROM parts p
    WHERE p.message_id = m.id AND p.kind IN ('TEXT', 'QUERY_RESULT', 'PLOT', 'IMAGE', 'FILE', 'AUDIO')
  ), '[]') AS parts
  FROM messages m WHERE m.conversation_id = $1::uuid AND m.is_active AND m.role IN ('USER', 'ASSISTANT') ORDER BY m.depth LIMIT ${mostMessages + 1}`;

function partOf({ kind, text, data }: Row['parts'][number]): SharedPart {
  switch (kind) {
    case 'QUERY_RESULT':
      return sharedTable.parse({ ...z.record(z.string(), z.unknown()).parse(data), type: 'TABLE' });
    case 'PLOT':
      return { type: 'PLOT', plot: { ...plotData.parse(data), sql: '' } };
    case 'IMAGE':
    case 'FILE':
    case 'AUDIO':
      return { type: 'ATTACHMENT', isImage: kind === 'IMAGE' };
    default:
      return { type: 'TEXT', text: text ?? '' };
  }
}

/**
 * What a conversation shows at this moment. An answer that is being written is shown as far as it is stored.
 *
 * @throws AppError CONFLICT when nothing was said yet, or too much to be shared at once
 */
export async function takeSnapshot(transaction: Prisma.TransactionClient, conversationId: string): Promise<ShareSnapshot> {
  const rows = await transaction.$queryRawUnsafe<Row[]>(statement, conversationId);
  if (rows.length > mostMessages) {
    throw new AppError(
      'CONFLICT',
      `This conversation has more than ${mostMessages} messages, which is more than can be shared at once. Share a shorter fork of it.`,
    );
  }
  const messages = rows
    .filter(({ parts }) => parts.length > 0)
    .map(({ role, model, createdAt, parts }): SharedMessage => ({
      role,
      // What stands before the colon may be a name that a person gave.
      model: model === null ? null : model.slice(model.indexOf(':') + 1),
      createdAt: createdAt.toISOString(),
      parts: parts.map(partOf),
    }));
  if (messages.length === 0) throw new AppError('CONFLICT', 'Nothing was said in this conversation yet, so there is nothing to share.');
  if (JSON.stringify(messages).length > mostCharacters) {
    throw new AppError('CONFLICT', 'The tables and plots of this conversation are larger than what can be shared at once. Share a shorter fork of it.');
  }
  return { messages };
}
