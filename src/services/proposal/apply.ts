import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import { requireRoomForItems } from '../plan-item/room.ts';
import type { Planner } from '../planner/planner-row.ts';
import { recordInWords, versionKeyOf, type Operation } from './operation.ts';
import { performOperation } from './perform.ts';
import type { OpenProposal, ProposalStatus } from './proposal-row.ts';
import { seriesBefore, seriesSteps } from './series.ts';
import { keysOf, madeBesides, snapshotBefore } from './snapshot.ts';
import type { UndoStep } from './undo-log.ts';
import { readVersions, type Versions } from './versions.ts';

type Transaction = Prisma.TransactionClient;

/** Ids of records by their kind. */
export interface ChangedRecords {
  readonly goalIds: readonly string[];
  readonly itemIds: readonly string[];
  readonly weeklyPlanIds: readonly string[];
  readonly dailyPlanIds: readonly string[];
}

/** A proposal after a decision, and what was changed by that. */
export interface Decided {
  readonly proposal: OpenProposal;
  readonly changed: ChangedRecords;
}

/** Which of the goals that operations refer to there are not any more. */
async function missingGoals(transaction: Transaction, planner: Planner, operations: readonly Operation[]): Promise<ReadonlySet<string>> {
  const wanted = operations.flatMap(({ after, goalOf, fields }) => {
    if (goalOf !== null) return [];
    if (after?.type === 'ITEM' && fields.includes('goalId')) return after.goalId ?? [];
    return after?.type === 'GOAL' && fields.includes('parentId') ? (after.parentId ?? []) : [];
  });
  const found = await transaction.goal.findMany({ where: { id: { in: wanted }, ownerId: planner.userId }, select: { id: true } });
  const known = new Set(found.map(({ id }) => id));
  return new Set(wanted.filter((id) => !known.has(id)));
}

/** Makes sure that what operations rest on is as it was when they were proposed. @throws AppError CONFLICT that names what is not */
async function checkUnchanged(transaction: Transaction, planner: Planner, chosen: readonly Operation[], expected: Versions, now: Versions): Promise<void> {
  const problems = new Map<string, string>();
  for (const operation of chosen) {
    const key = versionKeyOf(operation);
    const record = operation.before ?? operation.after;
    if (record === null || key === null || now[key] === expected[key]) continue;
    // By the name that the person knows: that before the first of several operations.
    if (!problems.has(key)) problems.set(key, `${recordInWords(record)} was ${now[key] === 0 ? 'deleted' : 'changed'}`);
  }
  const gone = await missingGoals(transaction, planner, chosen);
  for (const { after } of chosen) {
    if (after?.type === 'ITEM' && gone.has(after.goalId ?? '')) problems.set(`goal of ${after.title}`, `the goal of ${recordInWords(after)} was deleted`);
    if (after?.type === 'GOAL' && gone.has(after.parentId ?? ''))
      problems.set(`parent of ${after.title}`, `the larger goal of ${recordInWords(after)} was deleted`);
  }
  if (problems.size > 0) {
    throw new AppError(
      'CONFLICT',
      `Since this was proposed ${[...problems.values()].join(', ')}. Nothing was applied; ask for a new proposal, or apply the others.`,
    );
  }
}

function statusOf(operations: readonly Operation[]): ProposalStatus {
  return operations.every(({ status }) => status === 'APPLIED') ? 'APPLIED' : 'PARTLY_APPLIED';
}

/** The goal that an operation before has made. @throws AppError CONFLICT when that one is not applied */
function madeGoalOf(operations: readonly Operation[], index: number): string | null {
  const source = operations[index]?.goalOf ?? null;
  if (source === null) return null;
  const maker = operations[source];
  if (maker?.status === 'APPLIED' && maker.recordId !== null) return maker.recordId;
  throw new AppError('CONFLICT', `Operation ${index} belongs to the goal that operation ${source} makes; apply that one as well.`);
}

/** The conversations that must be locked before operations are applied: those about goals that go. */
export function goalsToDelete(operations: readonly Operation[]): readonly string[] {
  return operations.flatMap(({ kind, recordId }) => (kind === 'DELETE_GOAL' && recordId !== null ? [recordId] : []));
}

/**
 * Applies some operations of a proposal, in their order, all or none.
 *
 * @param indexes of operations that wait, in rising order
 * @throws AppError CONFLICT when something was changed since, and at limits
 */
export async function applyIn(transaction: Transaction, planner: Planner, proposal: OpenProposal, indexes: readonly number[]): Promise<Decided> {
  const operations = [...proposal.operations];
  const chosen = indexes.flatMap((index) => operations[index] ?? []);
  const keys = [...new Set([...Object.keys(proposal.versions), ...keysOf(chosen)])];
  const before = await readVersions(transaction, planner, keys);
  await checkUnchanged(transaction, planner, chosen, proposal.versions, before);
  await requireRoomForItems(transaction, planner, chosen.filter(({ kind }) => kind === 'ADD_ITEM').length);

  const mark = planner.newId();
  const steps: UndoStep[] = [];
  const alsoChanged = { goals: new Set<string>(), items: new Set<string>() };
  for (const index of indexes) {
    const operation = operations[index];
    if (operation === undefined) continue;
    const madeGoalId = madeGoalOf(operations, index);
    const snapshot = await snapshotBefore(transaction, planner, index, operation);
    const series = await seriesBefore(transaction, planner, operation);
    const { recordId, deleted } = await performOperation(transaction, planner, index, operation, madeGoalId);
    steps.push({ ...snapshot, id: recordId }, ...(await seriesSteps(transaction, planner, index, series, recordId)));
    for (const id of deleted?.partIds ?? []) alsoChanged.goals.add(id);
    for (const id of deleted?.itemIds ?? []) alsoChanged.items.add(id);
    operations[index] = { ...operation, recordId, status: 'APPLIED' };
  }
  const idsIn = (table: UndoStep['table']): string[] => [...new Set(steps.flatMap((step) => (step.table === table ? [step.id] : [])))];
  const { itemIds, madePlans } = await madeBesides(transaction, planner, mark, idsIn('plan_items'));
  for (const id of itemIds) steps.push({ index: -1, table: 'plan_items', id, before: null, place: null, carries: [], links: null });

  // What somebody else has changed keeps the version that it had, so that what still waits for it is refused.
  const after = await readVersions(transaction, planner, [...keys, ...keysOf(operations), ...idsIn('plan_items').map((id) => `item ${id}`)]);
  const kept = Object.fromEntries(
    keys.flatMap((key) => (key in proposal.versions && before[key] !== proposal.versions[key] ? [[key, proposal.versions[key] ?? 0]] : [])),
  );
  const madeBy = (table: 'weekly_plans' | 'daily_plans'): string[] => madePlans.flatMap((plan) => (plan.table === table ? [plan.id] : []));
  const undo = { steps: [...proposal.undo.steps, ...steps], madePlans: [...proposal.undo.madePlans, ...madePlans] };
  return {
    proposal: {
      ...proposal,
      operations,
      status: statusOf(operations),
      versions: { ...after, ...kept },
      undo,
      version: proposal.version + 1,
      decidedAt: planner.now,
    },
    changed: {
      goalIds: [...new Set([...idsIn('goals'), ...alsoChanged.goals])],
      itemIds: [...new Set([...idsIn('plan_items'), ...alsoChanged.items])],
      weeklyPlanIds: [...new Set([...idsIn('weekly_plans'), ...madeBy('weekly_plans')])],
      dailyPlanIds: [...new Set([...idsIn('daily_plans'), ...madeBy('daily_plans')])],
    },
  };
}
