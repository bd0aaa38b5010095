import { later, type Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { StartReading } from './resumable-reading.ts';
import type { UploadRecords } from './upload-records.ts';

/** What `recoverUploads` stands on. */
export interface RecoveryDependencies {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly records: UploadRecords;
  readonly startReading: StartReading;
}

const most = 100;

/**
 * Looks after the uploads of processes that died: a resumable one whose bytes are all here is read, all others are ended, and a file that
 * was being read anew keeps its table. Resumable ones that still miss bytes are let be. Any number of nodes may do it at once.
 *
 * @param quietMs how long an upload must have given no sign of life; 0 when no other process can be at work
 */
export async function recoverUploads({ prisma, clock, records, startReading }: RecoveryDependencies, quietMs: number): Promise<number> {
  const before = later(clock.now(), -quietMs);
  const quiet = await prisma.upload.findMany({
    where: { updatedAt: { lte: before }, OR: [{ status: 'READING' }, { status: 'RECEIVING', isResumable: false }] },
    select: { id: true, status: true, isResumable: true, fileIds: true, updatedAt: true },
    take: most,
  });
  let count = 0;
  for (const { id, status, isResumable, fileIds, updatedAt } of quiet) {
    // Whoever moves the time first has it.
    const claimed = await prisma.upload.updateMany({ where: { id, status, updatedAt }, data: { updatedAt: clock.now() } });
    if (claimed.count === 0) continue;
    count += 1;
    if (isResumable) startReading(id);
    else {
      await prisma.file.updateMany({ where: { id: { in: fileIds }, status: 'INGESTING' }, data: { status: 'READY' } });
      await records.fail(id, new AppError('INTERRUPTED', 'The server stopped in the middle of it. Send the file again.'));
    }
  }
  return count;
}

/** Forgets the uploads whose time is over. What was received of them is swept from the disk. */
export async function forgetUploads({ prisma, clock }: Pick<RecoveryDependencies, 'prisma' | 'clock'>): Promise<number> {
  const { count } = await prisma.upload.deleteMany({ where: { expiresAt: { lte: clock.now() } } });
  return count;
}
