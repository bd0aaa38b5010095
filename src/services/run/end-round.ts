import type { Prisma } from '../../../prisma/generated/client.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { ConversationEventData } from '../../events/conversation-event.ts';
import type { RunDependencies } from './deps.ts';
import { holdConversation } from './hold-conversation.ts';

type Enders = Pick<RunDependencies, 'prisma' | 'clock' | 'conversationLog'>;
type Reason = Extract<ConversationEventData, { type: 'RoundEnded' }>['reason'];

async function endIn(
  transaction: Prisma.TransactionClient,
  { clock, conversationLog }: Enders,
  conversationId: string,
  ids: readonly string[],
  end: { readonly reason: Reason; readonly code: ErrorCode | null },
): Promise<void> {
  for (const id of ids) {
    const { count } = await transaction.round.updateMany({ where: { id, endedAt: null }, data: { endedAt: clock.now(), leaseExpiresAt: null } });
    if (count === 0) continue;
    const round = await transaction.round.findUniqueOrThrow({ where: { id }, select: { turn: true } });
    await conversationLog.append(transaction, conversationId, { type: 'RoundEnded', turns: round.turn, ...end });
  }
}

/**
 * Ends a round: no other turn begins. The one that is under way is left alone. One that has ended stays as it is.
 *
 * @param code what refused the next turn; null for none
 */
export async function endRound(deps: Enders, roundId: string, reason: Reason, code: ErrorCode | null = null): Promise<void> {
  const round = await deps.prisma.round.findUnique({ where: { id: roundId }, select: { conversationId: true, endedAt: true } });
  if (round === null || round.endedAt !== null) return;
  await deps.prisma.$transaction(async (transaction) => {
    if (await holdConversation(transaction, round)) await endIn(transaction, deps, round.conversationId, [roundId], { reason, code });
  });
}

/** Ends all rounds of a conversation, because a person wants to say something else. */
export async function endRoundsIn(deps: Enders, conversationId: string): Promise<void> {
  const open = await deps.prisma.round.findMany({ where: { conversationId, endedAt: null }, select: { id: true } });
  if (open.length === 0) return;
  await deps.prisma.$transaction(async (transaction) => {
    if (!(await holdConversation(transaction, { conversationId }))) return;
    const ids = open.map(({ id }) => id);
    await endIn(transaction, deps, conversationId, ids, { reason: 'STOPPED', code: null });
  });
}
