import type { Prisma } from '../../../prisma/generated/client.ts';
import { mostAttached } from '../knowledge/attached-knowledge.ts';
import type { ConversationHead } from '../export-archive/formats.ts';
import type { Cleaner } from './clean.ts';
import { findHere } from './ids-here.ts';
import type { ImportJob } from './import-job.ts';
import type { Tell } from './sources/source-conversation.ts';

/** What taking members over stands on. */
export interface MemberWriting {
  readonly job: Pick<ImportJob, 'ids' | 'userId' | 'limits'>;
  readonly cleaner: Cleaner;
  readonly tell: Tell;
  readonly now: Date;
}

/** Which personas of a conversation answer, as far as it can be so here. */
export function turnTakingOf({ turnPolicy, maxTurns, moderatorModel }: ConversationHead, { personas }: ImportJob['limits'], tell: Tell) {
  const isPossible = maxTurns === null || (maxTurns >= 1 && maxTurns <= personas.maxTurns);
  if (!isPossible) tell(`A message leads to 1 to ${personas.maxTurns} turns; what was chosen there was left out.`);
  const isModel = moderatorModel === null || (moderatorModel.length >= 1 && moderatorModel.length <= 200 && !moderatorModel.includes('\u0000'));
  if (!isModel) tell('The model that picks who speaks cannot be one, and was left out.');
  return { turnPolicy, maxTurns: isPossible ? maxTurns : null, moderatorModel: isModel ? moderatorModel : null };
}

/** Has the personas take part in a new conversation that took part there, and has it draw on the same knowledge bases: those that are the person's own here. */
export async function insertMembers(
  transaction: Prisma.TransactionClient,
  conversationId: string,
  head: ConversationHead,
  { job, cleaner, tell, now }: MemberWriting,
): Promise<void> {
  const { ids, userId, limits } = job;

  async function present(kind: 'persona' | 'knowledgeBase', members: ConversationHead['personas'], what: string, most: number) {
    const here = await findHere(transaction, userId, kind, new Map(members.map(({ id }) => [id, ids.of(kind, id)])));
    const found = new Map(members.flatMap(({ id, addedAt }) => (here.has(id) ? [[here.get(id) ?? '', cleaner.past(addedAt, now)] as const] : [])));
    if (here.size < new Set(members.map(({ id }) => id)).size) tell(`${what} of it is not here.`, members.length - here.size);
    if (found.size > most) tell(`A conversation has at most ${most} of such: ${what} was left out.`, found.size - most);
    return [...found].slice(0, most);
  }

  const personas = await present('persona', head.personas, 'A persona', limits.personas.maxPerConversation);
  await transaction.conversationPersona.createMany({ data: personas.map(([personaId, addedAt]) => ({ conversationId, personaId, addedAt })) });
  const bases = await present('knowledgeBase', head.knowledge, 'A knowledge base', mostAttached);
  await transaction.conversationKnowledge.createMany({ data: bases.map(([knowledgeBaseId, createdAt]) => ({ conversationId, knowledgeBaseId, createdAt })) });
}
