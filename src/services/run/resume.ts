import type { Prisma, Run } from '../../../prisma/generated/client.ts';
import { later } from '../../base/clock.ts';
import { runEventData } from '../../events/run-event.ts';
import type { ResumedRun } from './resumed-run.ts';
import type { RunDependencies } from './deps.ts';

/** Lets go of a run of this node, so that the next one takes it over as if its process were gone. */
export async function releaseLease({ pool, settings }: Pick<RunDependencies, 'pool' | 'settings'>, run: Pick<Run, 'id'>): Promise<void> {
  const longAgo = `now() - interval '1 hour'`;
  await pool.query(`UPDATE runs SET lease_expires_at = ${longAgo} WHERE id = $1 AND status = 'RUNNING' AND lease_owner = $2`, [run.id, settings.nodeId]);
}

/**
 * Takes over a run whose process is gone while a provider works for it in a job. One that has said something in words is not gone on with, for the
 * words would come twice; nor one that is older than a run may be.
 *
 * Whoever goes on with the job counts all of it, in the entry that was opened for it: should the other process still live and see its end, too, it is
 * counted once. What else was open is asked for again.
 *
 * @param run as it was found; when it has changed since, nothing is taken
 * @returns the run, leased to this node, or null when it is to be ended
 */
export async function takeOver(deps: RunDependencies, run: Run): Promise<{ readonly run: Run; readonly from: ResumedRun } | null> {
  const { prisma, settings, clock } = deps;
  const { id, leaseOwner, leaseExpiresAt, startedAt } = run;
  if (run.jobId === null || startedAt === null || later(startedAt, settings.runTimeoutMs) < clock.now()) return null;
  const events = await prisma.runEvent.findMany({ where: { runId: id }, orderBy: { seq: 'asc' } });
  const hasWords = events.some(({ data }) => ['TextDelta', 'ReasoningDelta'].includes(runEventData.parse(data).type));
  if (hasWords) return null;
  return prisma.$transaction(async (transaction) => {
    const { count } = await transaction.run.updateMany({ where: { id, status: 'RUNNING', leaseOwner, leaseExpiresAt }, data: { leaseOwner: settings.nodeId } });
    if (count === 0) return null;
    // By the clock of the database, as everywhere.
    await transaction.$executeRaw`UPDATE runs SET lease_expires_at = now() + ${settings.leaseMs} * interval '1 millisecond' WHERE id = ${id}::uuid`;
    // Closed where the other process saw the end of the job, and could not store that of the run.
    const job = { runId: id, purpose: { in: ['ANSWER', 'IMAGE'] } } satisfies Prisma.UsageEntryWhereInput;
    const entry = await transaction.usageEntry.findFirst({ where: job, orderBy: { createdAt: 'desc' }, select: { id: true } });
    await transaction.usageEntry.deleteMany({ where: { runId: id, isOpen: true, ...(entry === null ? {} : { id: { not: entry.id } }) } });
    const last = await transaction.part.findFirst({ where: { messageId: run.answerId ?? id }, orderBy: { position: 'desc' }, select: { position: true } });
    const from = { loop: null, seq: events.at(-1)?.seq ?? 1, position: (last?.position ?? -1) + 1, entryId: entry?.id ?? null };
    return { run: { ...run, leaseOwner: settings.nodeId }, from };
  });
}
