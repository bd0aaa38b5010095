import type { Prisma, Run, RunEvent } from '../../../prisma/generated/client.ts';
import { runEventData, type RunEndData } from '../../events/run-event.ts';
import { closeLostCall, findLostCalls, sumOfRun, type LostCall } from '../usage/lost-calls.ts';
import { inTransaction, type RunDependencies } from './deps.ts';
import type { WrittenPart } from './end-statement.ts';
import { finishLostRun } from './finish.ts';
import { takeOver } from './resume.ts';
import type { ResumedRun } from './resumed-run.ts';

/**
 * How long after its lease a run is taken for dead. Should its node still live and store one more frame, that frame stands behind the last
 * event, where no reader looks, and the node learns from it that the run is lost.
 */
const reapGraceMs = 2_000;

/** The parts in words that a dead node had streamed and not stored, made from its deltas, and the number that follows its last event. */
async function leftBehind(transaction: Prisma.TransactionClient, { newId }: RunDependencies, run: Run) {
  const events = await transaction.runEvent.findMany({ where: { runId: run.id }, orderBy: { seq: 'asc' } });
  const stored = await transaction.part.findMany({ where: { messageId: run.answerId ?? run.id }, select: { position: true } });
  const positions = new Set(stored.map((part) => part.position));
  const parts = new Map<number, WrittenPart>();
  for (const event of events) {
    const data = runEventData.parse(event.data);
    if ((data.type !== 'TextDelta' && data.type !== 'ReasoningDelta') || data.position === undefined || positions.has(data.position)) continue;
    const { position, text } = data;
    const begun = parts.get(position) ?? { id: newId(), position, kind: data.type === 'TextDelta' ? 'TEXT' : 'REASONING', text: '' };
    parts.set(position, { ...begun, text: begun.text + text });
  }
  return { events, seq: (events.at(-1)?.seq ?? 0) + 1, parts: [...parts.values()] };
}

/** What an engine has said since a moment. Calls of a run come one after the other, so all of it is of the last one. */
function saidSince(events: readonly RunEvent[], moment: Date): readonly string[] {
  return events.flatMap((event) => {
    const data = runEventData.parse(event.data);
    return event.createdAt >= moment && (data.type === 'TextDelta' || data.type === 'ReasoningDelta') ? [data.text] : [];
  });
}

/** Counts what a dead node had called for and not counted, and gives all that the run used. */
async function settle(transaction: Prisma.TransactionClient, run: Run, lost: readonly LostCall[], events: readonly RunEvent[]) {
  const runSql = inTransaction(transaction);
  for (const call of lost) await closeLostCall(runSql, call, call.begun.call.purpose === 'ANSWER' ? saidSince(events, call.begun.createdAt) : []);
  return sumOfRun(runSql, run.id);
}

/** Ends a run whose node is gone: the partial text is kept, and what was used is counted. */
async function interrupt(deps: RunDependencies, run: Run): Promise<boolean> {
  const data: RunEndData =
    run.stopRequestedAt !== null
      ? { type: 'RunFinished', reason: 'STOPPED', dataUpdated: run.dataUpdated }
      : {
          type: 'RunFailed',
          code: 'INTERRUPTED',
          message: 'The server that ran this stopped; what was written until then is kept. Try again.',
          retryable: true,
          retryAfterMs: null,
        };
  // Asks providers for prices, which is not for a transaction.
  const lost = await findLostCalls(deps.pool, deps.modelCalls, run.id);
  const last = await finishLostRun(deps, run, async (transaction) => {
    const { events, ...left } = await leftBehind(transaction, deps, run);
    return { ...left, data, usage: await settle(transaction, run, lost, events), mode: null, confidence: null };
  });
  return last !== null;
}

/**
 * Ends the runs whose lease ran out, by the clock of the database: those of other nodes, and those of this one that it does not perform, because
 * it never heard that their start, or that their end, was stored.
 *
 * @param isAlone whether no other process can be running anything on this database, so that every run that is not ours is dead
 * @param performed the runs that this node performs
 * @param goOn performs one whose provider still works for it; null, the default, where nothing may begin any more
 */
export async function reapRuns(
  deps: RunDependencies,
  isAlone: boolean,
  performed: readonly string[],
  goOn: ((run: Run, from: ResumedRun) => void) | null = null,
): Promise<void> {
  const { prisma, pool, settings, logger } = deps;
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM runs WHERE status = 'RUNNING' AND NOT id = ANY($4::uuid[])
       AND ((lease_owner <> $1 AND $2) OR lease_expires_at < now() - $3 * interval '1 millisecond') LIMIT 100`,
    [settings.nodeId, isAlone, reapGraceMs, performed],
  );
  if (rows.length === 0) return;
  const dead = await prisma.run.findMany({ where: { id: { in: rows.map((row) => row.id) }, status: 'RUNNING' } });
  for (const run of dead) {
    const taken = goOn === null ? null : await takeOver(deps, run);
    if (taken !== null) {
      logger.warn({ runId: run.id }, 'goes on with a run whose process is gone: its provider still works for it');
      goOn?.(taken.run, taken.from);
      continue;
    }
    if (await interrupt(deps, run)) logger.warn({ runId: run.id }, 'ended a run whose process is gone');
  }
}
