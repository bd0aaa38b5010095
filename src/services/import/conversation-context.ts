import type { Prisma } from '../../../prisma/generated/client.ts';
import type { ConversationHead } from '../export-archive/formats.ts';
import type { DerivedIds } from './derived-ids.ts';
import type { Tell } from './sources/source-conversation.ts';

/** What of a person's planning a conversation is about: at most one of them. */
export interface PlanningContext {
  readonly goalId: string | null;
  readonly weeklyPlanId: string | null;
  readonly dailyPlanId: string | null;
}

/** About nothing that is planned. */
export const noContext: PlanningContext = { goalId: null, weeklyPlanId: null, dailyPlanId: null };

// Locked, so that it is still there when the conversation is written. A goal that never left this account comes before the one that came of it.
const goalSql = 'SELECT id FROM goals WHERE owner_id = $1::uuid AND id = ANY($2::uuid[]) ORDER BY id = $3::uuid DESC LIMIT 1 FOR KEY SHARE';
const weekSql = 'SELECT id FROM weekly_plans WHERE owner_id = $1::uuid AND week_start = $2::date FOR KEY SHARE';
const daySql = 'SELECT id FROM daily_plans WHERE owner_id = $1::uuid AND date = $2::date FOR KEY SHARE';

/** What a conversation is about here, among what is planned; what is not here is told of. */
export async function planningContextOf(
  transaction: Pick<Prisma.TransactionClient, '$queryRawUnsafe'>,
  userId: string,
  { goalId, weekStart, date }: ConversationHead,
  ids: DerivedIds,
  tell: Tell,
): Promise<PlanningContext> {
  const find = async (text: string, ...values: readonly unknown[]): Promise<string | null> => {
    const [found] = await transaction.$queryRawUnsafe<{ id: string }[]>(text, userId, ...values);
    if (found === undefined) tell('The goal or plan that it is about is not here; it stands alone.');
    return found?.id ?? null;
  };
  if (goalId !== null) return { ...noContext, goalId: await find(goalSql, [goalId, ids.of('goal', goalId)], goalId) };
  if (weekStart !== null) return { ...noContext, weeklyPlanId: await find(weekSql, weekStart) };
  if (date !== null) return { ...noContext, dailyPlanId: await find(daySql, date) };
  return noContext;
}
