import type { Prisma } from '../../../prisma/generated/client.ts';
import { isUsable } from '../workspace/sharing.ts';

const policy = `
  UPDATE conversations SET turn_policy = o.turn_policy, max_turns = o.max_turns, moderator_model = o.moderator_model
  FROM conversations o WHERE conversations.id = $2::uuid AND o.id = $1::uuid`;

const members = `
  INSERT INTO conversation_personas (conversation_id, persona_id, added_at)
  SELECT $2::uuid, t.persona_id, t.added_at FROM conversation_personas t JOIN personas p ON p.id = t.persona_id AND ${isUsable('p', '$3::uuid')}
  WHERE t.conversation_id = $1::uuid ON CONFLICT DO NOTHING`;

/**
 * Lets the personas of a conversation take part in a copy of it, and take turns in the same way. Those that the person may not use stay behind: they
 * could not bring them into a conversation.
 *
 * @param target.userId who copies
 */
export async function copyPersonas(
  transaction: Pick<Prisma.TransactionClient, '$executeRawUnsafe'>,
  target: { readonly from: string; readonly to: string; readonly userId: string },
): Promise<void> {
  await transaction.$executeRawUnsafe(policy, target.from, target.to);
  await transaction.$executeRawUnsafe(members, target.from, target.to, target.userId);
}
