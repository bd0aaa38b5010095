import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import { isForeignKeyViolation, isUniqueViolation } from '../../stores/violations.ts';
import type { Planner } from '../planner/planner-row.ts';
import type { ChangedRecords, Decided } from './apply.ts';
import { recordInWords, versionKeyOf, type Operation } from './operation.ts';
import type { OpenProposal } from './proposal-row.ts';
import { removeMadePlans, restore } from './restore.ts';
import { keysOf } from './snapshot.ts';
import type { UndoLog, UndoStep } from './undo-log.ts';
import { readVersions } from './versions.ts';

type Transaction = Prisma.TransactionClient;

/** The conversations that were about goals which come back. */
export function conversationsToRelink({ undo }: OpenProposal): readonly string[] {
  return undo.steps.flatMap(({ links }) => links?.conversations ?? []);
}

/** Makes sure that everything is as the proposal has left it. @throws AppError CONFLICT that names what is not */
async function checkUntouched(transaction: Transaction, planner: Planner, { operations, versions, undo }: OpenProposal): Promise<void> {
  const applied = operations.filter(({ status }) => status === 'APPLIED');
  const besides = undo.steps.flatMap(({ index, id }) => (index === -1 ? [`item ${id}`] : []));
  const now = await readVersions(transaction, planner, [...keysOf(applied), ...besides]);
  const problems = new Map<string, string>();
  const differs = (key: string | null): key is string => key !== null && now[key] !== versions[key];
  for (const operation of applied) {
    const key = versionKeyOf(operation);
    const record = operation.after ?? operation.before;
    if (record !== null && differs(key)) problems.set(key, `${recordInWords(record)} was ${now[key] === 0 ? 'deleted' : 'changed'}`);
  }
  if (besides.some(differs)) problems.set('besides', 'an item that came of it was changed');
  if (problems.size > 0)
    throw new AppError('CONFLICT', `Since this was applied ${[...problems.values()].join(', ')}. Nothing was undone; change back by hand what you want.`);
}

function changedBy(steps: readonly UndoStep[], removed: UndoLog['madePlans']): ChangedRecords {
  const removedIn = (table: UndoStep['table']): string[] => removed.flatMap((plan) => (plan.table === table ? [plan.id] : []));
  const idsIn = (table: UndoStep['table']): string[] => [...new Set(steps.flatMap((step) => (step.table === table ? [step.id] : [])))];
  const linked = (kind: 'goals' | 'plan_items'): string[] => steps.flatMap(({ links }) => links?.[kind] ?? []);
  return {
    goalIds: [...new Set([...idsIn('goals'), ...linked('goals')])],
    itemIds: [...new Set([...idsIn('plan_items'), ...linked('plan_items')])],
    weeklyPlanIds: [...new Set([...idsIn('weekly_plans'), ...removedIn('weekly_plans')])],
    dailyPlanIds: [...new Set([...idsIn('daily_plans'), ...removedIn('daily_plans')])],
  };
}

/**
 * Undoes all that was applied of a proposal: everything is as it was before, with versions that go on.
 *
 * @throws AppError CONFLICT when something of it was changed since
 */
export async function undoIn(transaction: Transaction, planner: Planner, proposal: OpenProposal): Promise<Decided> {
  await checkUntouched(transaction, planner, proposal);
  const { steps, madePlans } = proposal.undo;
  let removed: UndoLog['madePlans'];
  try {
    for (const step of steps.toReversed()) await restore(transaction, planner, step);
    removed = await removeMadePlans(transaction, planner, madePlans);
  } catch (error) {
    if (!isUniqueViolation(error) && !isForeignKeyViolation(error)) throw error;
    throw new AppError('CONFLICT', 'Since this was applied a plan, a goal or a recurrence that belongs to it was deleted or changed. Nothing was undone.', {
      cause: error,
    });
  }
  const undone = (operation: Operation): Operation => (operation.status === 'APPLIED' ? { ...operation, status: 'UNDONE' } : operation);
  return {
    proposal: {
      ...proposal,
      operations: proposal.operations.map(undone),
      status: 'UNDONE',
      versions: {},
      undo: { steps: [], madePlans: [] },
      version: proposal.version + 1,
      decidedAt: planner.now,
    },
    changed: changedBy(steps, removed),
  };
}
