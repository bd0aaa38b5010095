import { later } from '../../base/clock.ts';
import type { RunDependencies } from './deps.ts';

const batchSize = 200;

/**
 * Removes the events of runs that ended long ago; a replay is made from the stored message from then on.
 *
 * @param retentionMs how long events are kept after the end of their run
 * @returns how many runs were trimmed
 */
export async function trimRunEvents({ prisma, clock }: Pick<RunDependencies, 'prisma' | 'clock'>, retentionMs: number): Promise<number> {
  let trimmed = 0;
  for (;;) {
    const old = await prisma.run.findMany({
      where: { trimmedAt: null, finishedAt: { lt: later(clock.now(), -retentionMs) } },
      select: { id: true },
      take: batchSize,
    });
    if (old.length === 0) return trimmed;
    const ids = old.map((run) => run.id);
    // Marked first: whoever begins to read from now on is answered from the message. A reader in the middle of the log ends early and, when it
    // comes back, gets the end.
    await prisma.run.updateMany({ where: { id: { in: ids } }, data: { trimmedAt: clock.now() } });
    await prisma.runEvent.deleteMany({ where: { runId: { in: ids } } });
    trimmed += ids.length;
  }
}
