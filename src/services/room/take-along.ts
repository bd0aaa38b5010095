import type { Prisma } from '../../../prisma/generated/client.ts';

const knowledge = `
  DELETE FROM conversation_knowledge a USING knowledge_bases k
  WHERE k.id = a.knowledge_base_id AND k.owner_id = $1::uuid AND a.conversation_id = ANY($2::uuid[])`;

const personas = `
  DELETE FROM conversation_personas t USING personas p
  WHERE p.id = t.persona_id AND p.owner_id = $1::uuid AND t.conversation_id = ANY($2::uuid[]) RETURNING t.conversation_id AS "conversationId"`;

/**
 * Takes the personas and the knowledge bases of somebody out of conversations that they leave: how the ones are told to answer, and what stands in the
 * others, is their owner's alone.
 *
 * @returns the conversations that have lost a persona
 */
export async function takeAlong(
  transaction: Pick<Prisma.TransactionClient, '$queryRawUnsafe' | '$executeRawUnsafe'>,
  ownerId: string,
  conversationIds: readonly string[],
): Promise<ReadonlySet<string>> {
  await transaction.$executeRawUnsafe(knowledge, ownerId, conversationIds);
  const rows = await transaction.$queryRawUnsafe<{ readonly conversationId: string }[]>(personas, ownerId, conversationIds);
  return new Set(rows.map(({ conversationId }) => conversationId));
}
