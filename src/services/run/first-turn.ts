import type { Run } from '../../../prisma/generated/client.ts';
import { firstTurnOf, loadSpeakerFor, loadSpeakers, type FirstTurn } from '../persona/speakers.ts';
import type { RunDependencies } from './deps.ts';
import type { RunPlace } from './request.ts';

/** What somebody asks for. */
export interface Asked {
  readonly userId: string;
  readonly kind: Run['kind'];
  readonly conversationId: string | null;
  readonly text: string | null;
  readonly place: RunPlace;
}

const alone: FirstTurn = { speaker: null, round: null };

/** The message that is to be answered, or answered anew. */
async function placeOf({ prisma }: Pick<RunDependencies, 'prisma'>, conversationId: string, messageId: string) {
  return prisma.message.findFirst({
    where: { id: messageId, conversationId },
    select: { role: true, personaId: true, parts: { where: { kind: 'TEXT' }, orderBy: { position: 'asc' }, select: { text: true } } },
  });
}

/**
 * Who answers first, and whether others follow: by the policy of the conversation. An answer that is made anew is that of the same persona,
 * and nobody follows it.
 */
export async function firstTurn(deps: Pick<RunDependencies, 'prisma' | 'pool' | 'settings'>, asked: Asked): Promise<FirstTurn> {
  const { userId, kind, conversationId, place } = asked;
  if (conversationId === null || kind !== 'CHAT') return alone;
  const message = place.type === 'ANSWER' ? await placeOf(deps, conversationId, place.messageId) : null;
  if (message !== null && message.role !== 'USER') {
    return { speaker: message.personaId === null ? null : await loadSpeakerFor(deps.pool, message.personaId, { conversationId, userId }), round: null };
  }
  const text = asked.text ?? message?.parts.map((part) => part.text ?? '').join('\n\n') ?? '';
  return firstTurnOf(await loadSpeakers(deps.pool, userId, conversationId), text, deps.settings.maxTurns);
}
