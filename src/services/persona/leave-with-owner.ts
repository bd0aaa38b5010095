import type { Prisma } from '../../../prisma/generated/client.ts';

const statement = `
  DELETE FROM conversation_personas t USING personas p
  WHERE p.id = t.persona_id AND p.owner_id = $1::uuid AND t.conversation_id = ANY($2::uuid[]) RETURNING t.conversation_id AS "conversationId"`;

/**
 * Takes the personas of somebody out of conversations that they leave: how they are told to answer is their owner's alone.
 *
 * @returns the conversations that have lost one
 */
export async function takeOutPersonas(
  transaction: Pick<Prisma.TransactionClient, '$queryRawUnsafe'>,
  ownerId: string,
  conversationIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await transaction.$queryRawUnsafe<{ readonly conversationId: string }[]>(statement, ownerId, conversationIds);
  return new Set(rows.map(({ conversationId }) => conversationId));
}
