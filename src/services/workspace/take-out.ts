import type { Prisma } from '../../../prisma/generated/client.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import { isUsableIn } from './sharing.ts';

type Transaction = Pick<Prisma.TransactionClient, '$queryRawUnsafe' | '$executeRawUnsafe'>;

const knowledge = `
  DELETE FROM conversation_knowledge a USING knowledge_bases k
  WHERE k.id = a.knowledge_base_id AND a.conversation_id = ANY($1::uuid[]) AND NOT ${isUsableIn('k', 'a.conversation_id')}`;

const personas = `
  DELETE FROM conversation_personas t USING personas p
  WHERE p.id = t.persona_id AND t.conversation_id = ANY($1::uuid[]) AND NOT ${isUsableIn('p', 't.conversation_id')} RETURNING t.conversation_id AS "conversationId"`;

/**
 * Takes the personas and the knowledge bases out of conversations that none of the participants may use any more. After somebody has gone, or what was
 * shared was taken back.
 *
 * @returns the conversations that have lost a persona
 */
export async function takeOutUnusable(transaction: Transaction, conversationIds: readonly string[]): Promise<ReadonlySet<string>> {
  await transaction.$executeRawUnsafe(knowledge, conversationIds);
  const rows = await transaction.$queryRawUnsafe<{ readonly conversationId: string }[]>(personas, conversationIds);
  return new Set(rows.map(({ conversationId }) => conversationId));
}

/** The same, and tells those who watch the conversations that have lost a persona. */
export async function takeOutAndTell(
  transaction: Transaction,
  conversationLog: Pick<ConversationLog, 'append'>,
  conversationIds: readonly string[],
): Promise<void> {
  const changed = await takeOutUnusable(transaction, conversationIds);
  for (const conversationId of [...changed].toSorted()) await conversationLog.append(transaction, conversationId, { type: 'PersonasChanged' });
}

const mostAttempts = 10;

/** Which conversations are meant: a condition on conversations `c`, with its values. */
interface Which {
  readonly where: string;
  readonly values: readonly unknown[];
}

/**
 * Locks conversations, and after them something without which nobody brings a thing into a conversation. When something came into another one just before, all is
 * let go and locked again: whoever locks a conversation last waits for those that wait for it.
 *
 * @param hold locks that
 */
async function lockBefore(transaction: Transaction, { where, values }: Which, hold: () => Promise<unknown>): Promise<readonly string[]> {
  const find = async (more: string): Promise<readonly string[]> => {
    const rows = await transaction.$queryRawUnsafe<{ readonly id: string }[]>(
      `SELECT c.id FROM conversations c WHERE ${where} ORDER BY c.id ${more}`,
      ...values,
    );
    return rows.map(({ id }) => id);
  };
  for (let attempt = 1; ; attempt += 1) {
    await transaction.$executeRawUnsafe('SAVEPOINT before_conversations');
    const locked = await find('FOR UPDATE');
    await hold();
    const found = await find('');
    if (attempt === mostAttempts || found.every((id) => locked.includes(id))) return found;
    await transaction.$executeRawUnsafe('ROLLBACK TO SAVEPOINT before_conversations');
  }
}

/** Locks the conversations that have a persona or a knowledge base, and then what `hold` locks. Before all else that is locked. */
export function lockConversationsWith(transaction: Transaction, id: string, hold: () => Promise<unknown>): Promise<readonly string[]> {
  const where = `c.id IN (SELECT t.conversation_id FROM conversation_personas t WHERE t.persona_id = $1::uuid
    UNION SELECT a.conversation_id FROM conversation_knowledge a WHERE a.knowledge_base_id = $1::uuid)`;
  return lockBefore(transaction, { where, values: [id] }, hold);
}

/**
 * Locks the conversations that have something which is shared with a workspace, and then what `hold` locks. Before all else that is locked.
 *
 * @param userId those alone that this person takes part in; null for all
 */
export function lockConversationsOf(
  transaction: Transaction,
  { workspaceId, userId }: { readonly workspaceId: string; readonly userId: string | null },
  hold: () => Promise<unknown>,
): Promise<readonly string[]> {
  const where = `c.id IN (SELECT t.conversation_id FROM conversation_personas t JOIN personas p ON p.id = t.persona_id AND p.workspace_id = $1::uuid
      UNION SELECT a.conversation_id FROM conversation_knowledge a JOIN knowledge_bases k ON k.id = a.knowledge_base_id AND k.workspace_id = $1::uuid)
    AND ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM participants q WHERE q.conversation_id = c.id AND q.user_id = $2::uuid))`;
  return lockBefore(transaction, { where, values: [workspaceId, userId] }, hold);
}
