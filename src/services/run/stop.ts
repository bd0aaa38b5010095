import type { Run } from '../../../prisma/generated/client.ts';
import type { RunDependencies } from './deps.ts';
import { endPausedRun } from './end-paused.ts';
import type { Executor } from './executor.ts';
import { finishWaitingRun } from './finish.ts';

/** The channel on which nodes are asked to stop a run. */
export const stopChannel = 'run_stops';

/**
 * Asks for the end of a run, wherever it is performed. One that still waits, for its turn or for a person, ends here and now.
 *
 * @returns when the request is stored; the end of a running one follows within a second
 */
export async function requestStop(
  deps: RunDependencies,
  executor: Executor,
  run: Pick<Run, 'id' | 'conversationId' | 'answerId' | 'status' | 'dataUpdated'>,
): Promise<void> {
  const { prisma, clock } = deps;
  if (run.status === 'QUEUED') {
    const data = { type: 'RunFinished', reason: 'STOPPED', dataUpdated: false } as const;
    const stopped = await finishWaitingRun(deps, run, { seq: 1, data, usage: null, mode: null, confidence: null, parts: [] });
    if (stopped !== null) return;
  }
  const { count } = await prisma.$transaction(async (transaction) => {
    const asked = await transaction.run.updateMany({ where: { id: run.id, status: 'RUNNING', stopRequestedAt: null }, data: { stopRequestedAt: clock.now() } });
    await transaction.$queryRawUnsafe('SELECT pg_notify($1, $2)::text AS told', stopChannel, run.id);
    return asked;
  });
  executor.stop(run.id);
  if (count > 0) return;
  // One that waits for a person, perhaps since a moment, has nobody who would hear of it.
  const isEnded = await endPausedRun(deps, run, { type: 'RunFinished', reason: 'STOPPED', dataUpdated: run.dataUpdated });
  if (isEnded) await executor.startNext(run.conversationId);
}
