import type { Prisma } from '../../../prisma/generated/client.ts';

const policy = `
  UPDATE conversations SET turn_policy = o.turn_policy, max_turns = o.max_turns, moderator_model = o.moderator_model
  FROM conversations o WHERE conversations.id = $2::uuid AND o.id = $1::uuid`;

const members = `
  INSERT INTO conversation_personas (conversation_id, persona_id, added_at)
  SELECT $2::uuid, t.persona_id, t.added_at FROM conversation_personas t JOIN personas p ON p.id = t.persona_id AND p.owner_id = $3::uuid
  WHERE t.conversation_id = $1::uuid ON CONFLICT DO NOTHING`;

/**
 * Lets the personas of a conversation take part in a copy of it, and take turns in the same way. Those of others stay behind: nobody may bring
 * them into a conversation but their owners.
 *
 * @param target.userId whose personas come along
 */
export async function copyPersonas(
  transaction: Pick<Prisma.TransactionClient, '$executeRawUnsafe'>,
  target: { readonly from: string; readonly to: string; readonly userId: string },
): Promise<void> {
  await transaction.$executeRawUnsafe(policy, target.from, target.to);
  await transaction.$executeRawUnsafe(members, target.from, target.to, target.userId);
}
