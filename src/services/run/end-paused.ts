import type { Run } from '../../../prisma/generated/client.ts';
import type { RunEndData } from '../../events/run-event.ts';
import { sumOfRun } from '../usage/lost-calls.ts';
import { inTransaction, type RunDependencies } from './deps.ts';
import { finishPausedRun } from './finish.ts';

/**
 * Ends a run that waits for a person.
 *
 * @returns whether it did; false when it did not wait any more
 */
export async function endPausedRun(deps: RunDependencies, run: Pick<Run, 'id' | 'conversationId'>, data: RunEndData): Promise<boolean> {
  const last = await finishPausedRun(deps, run, async (transaction) => {
    const newest = await transaction.runEvent.findFirst({ where: { runId: run.id }, orderBy: { seq: 'desc' }, select: { seq: true } });
    const usage = await sumOfRun(inTransaction(transaction), run.id);
    return { seq: (newest?.seq ?? 0) + 1, data, usage, mode: null, confidence: null, parts: [] };
  });
  return last !== null;
}

const expired: RunEndData = {
  type: 'RunFailed',
  code: 'INPUT_TIMEOUT',
  message: 'The run waited for an answer, and nobody gave one in time; what was written until then is kept. Ask again.',
  retryable: true,
  retryAfterMs: null,
};

/** Ends the runs that have waited for too long, by the clock of the database. */
export async function endExpiredPauses(deps: RunDependencies): Promise<void> {
  const { rows } = await deps.pool.query<{ readonly id: string; readonly conversationId: string }>({
    name: 'expired-pauses',
    text: `SELECT r.id, r.conversation_id AS "conversationId" FROM run_pauses p JOIN runs r ON r.id = p.run_id WHERE p.expires_at <= now() LIMIT 100`,
  });
  for (const run of rows) await endPausedRun(deps, run, expired);
}
