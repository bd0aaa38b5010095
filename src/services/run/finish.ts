import type { Prisma, Run } from '../../../prisma/generated/client.ts';
import type { EngineUsage } from '../../engines/engine.ts';
import type { RunEndData, RunEvent } from '../../events/run-event.ts';
import type { RunDependencies } from './deps.ts';

/** How a run ended, and what is stored with its end. */
export interface RunEnd {
  /** The number of the last event. */
  readonly seq: number;
  readonly data: RunEndData;
  readonly usage: EngineUsage | null;
  readonly mode: string | null;
  readonly confidence: number | null;
  /** Text parts that are not stored yet. */
  readonly parts: readonly { readonly id: string; readonly position: number; readonly text: string }[];
}

/** The status that an end means. */
export function statusOf(data: RunEndData): 'COMPLETED' | 'STOPPED' | 'FAILED' {
  if (data.type === 'RunFailed') return 'FAILED';
  return data.reason === 'STOPPED' ? 'STOPPED' : 'COMPLETED';
}

/** What must hold of a run's row for its end to be stored. */
export type Ownership =
  | { readonly status: 'QUEUED' }
  | { readonly status: 'RUNNING'; readonly leaseOwner: string | null; readonly leaseExpiresAt?: Date | null };

/**
 * Ends a run: its status, its last event, the rest of its message, and the conversation's event, all or nothing.
 *
 * @param deps what the room shares
 * @param run the run
 * @param owned what must still hold of the run's row; else nothing is changed
 * @param endIn gives the end; called inside the transaction, when the row is locked
 * @returns the last event, or null when the run was not ours any more
 */
export async function finishRun(
  { prisma, clock, runLog, conversationLog, settings }: RunDependencies,
  run: Pick<Run, 'id' | 'conversationId' | 'answerId'>,
  owned: Ownership,
  endIn: (transaction: Prisma.TransactionClient) => Promise<RunEnd>,
): Promise<RunEvent | null> {
  const now = clock.now();
  const last = await prisma.$transaction(async (transaction) => {
    // The row is locked first, so whoever also wants to end this run waits and then finds it ended.
    const { count } = await transaction.run.updateMany({ where: { id: run.id, ...owned }, data: { runningIn: null } });
    if (count === 0) return null;
    const { seq, data, usage, mode, confidence, parts } = await endIn(transaction);
    const status = statusOf(data);
    const outcome =
      data.type === 'RunFailed'
        ? { errorCode: data.code, errorMessage: data.message, isRetryable: data.retryable }
        : { finishReason: data.reason, dataUpdated: data.dataUpdated };
    const messageId = run.answerId;
    await transaction.run.update({
      where: { id: run.id },
      data: { status, leaseOwner: null, leaseExpiresAt: null, finishedAt: now, lastSeq: seq, ...outcome, ...usage },
    });
    await transaction.runEvent.create({ data: { runId: run.id, seq, data, createdAt: now } });
    if (messageId !== null && parts.length > 0)
      await transaction.part.createMany({ data: parts.map((part) => ({ ...part, messageId, kind: 'TEXT' as const })) });
    if (messageId !== null && mode !== null) await transaction.message.update({ where: { id: messageId }, data: { mode, confidence } });
    await transaction.conversation.update({ where: { id: run.conversationId }, data: { updatedAt: now } });
    await conversationLog.append(transaction, run.conversationId, { type: 'RunChanged', runId: run.id, status });
    await transaction.$queryRawUnsafe('SELECT pg_notify($1, $2)::text AS told', runLog.channel, `${settings.nodeId},${run.id}`);
    return { runId: run.id, seq, createdAt: now, data };
  });
  if (last !== null) runLog.wake(run.id);
  return last;
}
