import type { Prisma } from '../../../prisma/generated/client.ts';

/** The tables of things that archives name by their ids. */
const tables = {
  goal: 'goals',
  weeklyPlan: 'weekly_plans',
  dailyPlan: 'daily_plans',
  recurrence: 'recurrences',
  planItem: 'plan_items',
  itemCarry: 'item_carries',
  template: 'prompt_templates',
  mcpServer: 'mcp_servers',
  persona: 'personas',
  knowledgeBase: 'knowledge_bases',
} as const;

/** What archives name by its id. */
export type NamedKind = keyof typeof tables;

/**
 * Which of some things of a person are here already: those that never left this account by their own ids, others by the ids that are made of them.
 *
 * @param derived the ids that are made of those in the archive, by these
 * @returns the ids here, by those in the archive; what is not here has none
 */
export async function findHere(
  transaction: Pick<Prisma.TransactionClient, '$queryRawUnsafe'>,
  ownerId: string,
  kind: NamedKind,
  derived: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const here = new Map<string, string>();
  if (derived.size === 0) return here;
  const rows = await transaction.$queryRawUnsafe<{ id: string }[]>(
    `SELECT id FROM ${tables[kind]} WHERE owner_id = $1::uuid AND id = ANY($2::uuid[])`,
    ownerId,
    [...derived.keys(), ...derived.values()],
  );
  const found = new Set(rows.map(({ id }) => id));
  for (const [sourceId, derivedId] of derived) {
    const id = found.has(sourceId) ? sourceId : derivedId;
    if (found.has(id)) here.set(sourceId, id);
  }
  return here;
}
