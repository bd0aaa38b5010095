import type { Prisma, Run } from '../../../prisma/generated/client.ts';
import type { RunEvent } from '../../events/run-event.ts';
import { inTransaction, onPool, type RunDependencies, type RunSql } from './deps.ts';
import { writeEnd, type RunEnd } from './end-statement.ts';
import { holdConversation } from './hold-conversation.ts';

type EndingRun = Pick<Run, 'id'>;

/** Ends a run with one statement on a connection; null when the run was not ours any more. */
async function endWith(
  deps: RunDependencies,
  runSql: RunSql,
  run: EndingRun,
  owned: { readonly status: 'QUEUED' | 'RUNNING' | 'AWAITING_INPUT'; readonly leaseOwner: string | null },
  end: RunEnd,
): Promise<RunEvent | null> {
  const now = deps.clock.now();
  const channels = { run: deps.runLog.channel, conversation: deps.conversationLog.channel };
  const isWritten = await writeEnd(runSql, { run, owned, end, now, nodeId: deps.settings.nodeId, channels });
  return isWritten ? { runId: run.id, seq: end.seq, createdAt: now, data: end.data } : null;
}

/**
 * Ends a run that waits.
 *
 * @returns the last event, or null when it did not wait any more
 */
export async function finishWaitingRun(deps: RunDependencies, run: Pick<Run, 'id' | 'conversationId'>, end: RunEnd): Promise<RunEvent | null> {
  const last = await deps.prisma.$transaction(async (transaction) => {
    await holdConversation(transaction, run);
    return endWith(deps, inTransaction(transaction), run, { status: 'QUEUED', leaseOwner: null }, end);
  });
  if (last !== null) deps.runLog.wake(run.id);
  return last;
}

/**
 * Ends a run that waits for a person.
 *
 * @param endIn gives the end; called inside the transaction, when the run is locked
 * @returns the last event, or null when it did not wait any more
 */
export async function finishPausedRun(
  deps: RunDependencies,
  run: Pick<Run, 'id' | 'conversationId'>,
  endIn: (transaction: Prisma.TransactionClient) => Promise<RunEnd>,
): Promise<RunEvent | null> {
  const last = await deps.prisma.$transaction(async (transaction) => {
    await holdConversation(transaction, run);
    const { count } = await transaction.run.updateMany({ where: { id: run.id, status: 'AWAITING_INPUT' }, data: { runningIn: null } });
    if (count === 0) return null;
    await transaction.runPause.deleteMany({ where: { runId: run.id } });
    return endWith(deps, inTransaction(transaction), run, { status: 'AWAITING_INPUT', leaseOwner: null }, await endIn(transaction));
  });
  if (last !== null) deps.runLog.wake(run.id);
  return last;
}

/**
 * Ends a run of this node: its status, its last event, the rest of its message, and the conversation's event, all or nothing.
 *
 * @param owned what must still hold of the run's row; else nothing is changed
 * @returns the last event, or null when the run was not ours any more
 */
export async function finishRun(
  deps: RunDependencies,
  run: EndingRun,
  owned: { readonly status: 'RUNNING'; readonly leaseOwner: string },
  end: RunEnd,
): Promise<RunEvent | null> {
  const last = await endWith(deps, onPool(deps.pool, 'end-run'), run, owned, end);
  if (last !== null) deps.runLog.wake(run.id);
  return last;
}

/**
 * Ends a run of a node that is gone, with an end that is found by looking at what it left behind.
 *
 * @param run as it was found; when it has changed since, nothing is changed
 * @param endIn gives the end; called inside the transaction, when the row is locked
 * @returns the last event, or null when somebody else was faster
 */
export async function finishLostRun(
  deps: RunDependencies,
  run: Pick<Run, 'id' | 'conversationId' | 'leaseOwner' | 'leaseExpiresAt'>,
  endIn: (transaction: Prisma.TransactionClient) => Promise<RunEnd>,
): Promise<RunEvent | null> {
  const { leaseOwner, leaseExpiresAt } = run;
  const last = await deps.prisma.$transaction(async (transaction) => {
    await holdConversation(transaction, run);
    // The row is locked before it is looked at, so whoever also wants to end this run waits and then finds it ended.
    const { count } = await transaction.run.updateMany({ where: { id: run.id, status: 'RUNNING', leaseOwner, leaseExpiresAt }, data: { runningIn: null } });
    if (count === 0) return null;
    return endWith(deps, inTransaction(transaction), run, { status: 'RUNNING', leaseOwner }, await endIn(transaction));
  });
  if (last !== null) deps.runLog.wake(run.id);
  return last;
}
