import pLimit from 'p-limit';
import { later, type Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { DocumentStatus, PrismaClient } from '../../../prisma/generated/client.ts';
import { createReadings } from '../upload/readings.ts';
import { createUploadTracker, signOfLifeMs } from '../upload/upload-tracker.ts';
import { DocumentGone, type WorkedDocument } from './index-document.ts';
import type { KnowledgeRecords } from './knowledge-records.ts';

/** Works at documents, in the background: each is a row that any node may take up. */
export interface DocumentJobs {
  /** Begins one that waits, when it is its turn on this node. */
  start(id: string): void;
  /** Stops what this node does for one, and waits until it has ended. */
  stop(id: string): Promise<void>;
  /** Takes up what other processes left; those that look under way are taken once they gave no sign of life for so long. */
  recover(quietMs: number): Promise<void>;
  /** Stops all, and takes no more. What was under way begins again after the next start. */
  close(): Promise<void>;
}

/** What it stands on. */
export interface DocumentJobDependencies {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: KnowledgeRecords;
  readonly index: (document: WorkedDocument, signal: AbortSignal, advance: (progress: number) => void) => Promise<void>;
  /** How many this node works at. */
  readonly maxRunning: number;
  readonly timeoutMs: number;
}

const mostRecovered = 500;

/** Makes them. */
export function createDocumentJobs({ prisma, clock, logger, records, index, maxRunning, timeoutMs }: DocumentJobDependencies): DocumentJobs {
  const jobs = createReadings();
  const inTurn = pLimit(maxRunning);

  /** @param isTakenOver whether it is known that nobody else works at it any more */
  async function work(id: string, isTakenOver: boolean, stopping: AbortSignal): Promise<void> {
    if (stopping.aborted) return;
    const open: DocumentStatus[] = isTakenOver ? ['QUEUED', 'PROCESSING'] : ['QUEUED'];
    const { count } = await prisma.document.updateMany({
      where: { id, status: { in: open } },
      data: { status: 'PROCESSING', progress: 0, updatedAt: clock.now() },
    });
    const document = count === 0 ? null : await prisma.document.findUnique({ where: { id }, include: { knowledgeBase: true } });
    // It is gone, or another node was faster.
    if (document === null) return;
    const ended = new AbortController();
    const signal = AbortSignal.any([stopping, ended.signal, AbortSignal.timeout(timeoutMs)]);
    await using tracker = createUploadTracker(async ({ progress }) => {
      if (!(await records.advance(id, progress))) ended.abort(new DocumentGone());
    }, logger);
    try {
      await index(document, signal, (progress) => tracker.advance({ progress }));
    } catch (error) {
      await tracker[Symbol.asyncDispose]();
      // A server that stops, or whose database is away, leaves it as it is: it is done after the next start.
      if (stopping.aborted || (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE')) return;
      if (error instanceof DocumentGone || ended.signal.aborted) return;
      const late = new AppError(
        'DOCUMENT_UNREADABLE',
        `The work at the document took longer than ${timeoutMs / 60_000} minutes. Split it, or choose a faster embedding model.`,
      );
      if (!signal.aborted && !(error instanceof AppError)) logger.error({ err: error, documentId: id }, 'a document failed unexpectedly');
      await records.fail(id, document.knowledgeBaseId, signal.aborted ? late : error);
    }
  }

  const start = (id: string, isTakenOver = false): void =>
    jobs.start(id, (signal) =>
      inTurn(() => work(id, isTakenOver, signal)).catch((error: unknown) =>
        logger.warn({ err: error, documentId: id }, 'a document was left; it is done later'),
      ),
    );

  return {
    start: (id) => start(id),
    stop: (id) => jobs.stop(id),
    /** Any number of nodes may do it at once: whoever moves the time first has it. */
    async recover(quietMs) {
      const found = await prisma.document.findMany({
        where: { updatedAt: { lte: later(clock.now(), -quietMs) }, status: { in: ['QUEUED', 'PROCESSING'] } },
        select: { id: true, status: true, updatedAt: true },
        orderBy: { updatedAt: 'asc' },
        take: mostRecovered,
      });
      for (const { id, status, updatedAt } of found) {
        const { count } = await prisma.document.updateMany({ where: { id, status, updatedAt }, data: { updatedAt: clock.now() } });
        if (count > 0) start(id, status === 'PROCESSING');
      }
    },
    close: () => jobs.close(),
  };
}

/** After how long without a sign of life a document belongs to a process that died. */
export const quietForMs = 6 * signOfLifeMs;
