import type { GoalDocument } from '../../export-archive/planning-formats.ts';
import { longestBody, longestTitle } from '../../goal/goal-input.ts';
import { deepestGoal } from '../../goal/goal-tree.ts';
import { mostGoals } from '../../goal/write-goals.ts';
import { databaseDate } from '../../planner/calendar.ts';
import { cleanBody, cleanCompletion, cleanMoments, fitting, idOf, idsHere, missing, named, type Writing } from './writing.ts';

/** At which level a goal stands, the highest at 1; more than may be where it cannot be told. */
function levelOf(parents: ReadonlyMap<string, string | null>, id: string | null): number {
  let level = 0;
  for (let at = id; at !== null && level <= deepestGoal; at = parents.get(at) ?? null) level += 1;
  return level;
}

/**
 * Writes goals that are not here yet. One whose larger goal is not here stands alone, as one does that would stand too deep.
 *
 * @returns how many are new
 */
export async function writeGoals(writing: Writing, documents: readonly GoalDocument[]): Promise<number> {
  const { transaction, planner, cleaner, tell } = writing;
  const ownerId = planner.userId;
  const here = await idsHere(
    writing,
    'goal',
    named(documents, ({ id, parentId }) => [id, parentId]),
  );
  const all = await transaction.goal.findMany({ where: { ownerId }, select: { id: true, parentId: true } });
  const parents = new Map(all.map(({ id, parentId }) => [id, parentId]));

  const parentOf = (document: GoalDocument): string | null => {
    if (document.parentId === null) return null;
    const parentId = here.get(document.parentId) ?? null;
    if (parentId === null) tell('A goal whose larger goal is not in the archive before it stands alone.');
    else if (levelOf(parents, parentId) < deepestGoal) return parentId;
    else tell(`Goals have at most ${deepestGoal} levels; one that would stand deeper stands alone.`);
    return null;
  };

  const rows = fitting(writing, missing(documents, here), mostGoals - all.length, 'goals', mostGoals).flatMap((document) => {
    const { horizon, status, priority, version, targetDate } = document;
    const title = cleaner.label(document.title, longestTitle);
    if (title === null) {
      tell('A goal without a title was left out.');
      return [];
    }
    const id = idOf(writing, here, 'goal', document.id);
    const parentId = parentOf(document);
    here.set(document.id, id);
    parents.set(id, parentId);
    const moments = cleanMoments(writing, document);
    return {
      id,
      ownerId,
      parentId,
      title,
      horizon,
      status,
      priority,
      version,
      ...moments,
      description: cleanBody(writing, document.description, longestBody),
      targetDate: targetDate === null ? null : databaseDate(targetDate),
      completedAt: cleanCompletion(writing, status === 'COMPLETED', document.completedAt, moments.updatedAt),
    };
  });
  return (await transaction.goal.createMany({ data: rows })).count;
}
