import type { Run } from '../../../prisma/generated/client.ts';
import type { RunDependencies } from './deps.ts';
import { outlast } from './outlast.ts';
import type { Changes } from './prepare.ts';

/**
 * Notes the job that a provider works at for a run, before it is asked for: a process that takes the run over must find it, and not pay for
 * another one.
 */
export function createJobNote(
  { prisma }: Pick<RunDependencies, 'prisma'>,
  run: Pick<Run, 'id'>,
  changes: Pick<Changes, 'hasJob'>,
  signal: AbortSignal,
): (jobId: string) => Promise<void> {
  return async (jobId) => {
    await outlast(async () => prisma.run.updateMany({ where: { id: run.id, status: 'RUNNING' }, data: { jobId } }), signal);
    changes.hasJob = true;
  };
}
