import pLimit from 'p-limit';
import { later } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { ImportStatus, Prisma } from '../../../prisma/generated/client.ts';
import { createReadings } from '../upload/readings.ts';
import { createUploadTracker, signOfLifeMs } from '../upload/upload-tracker.ts';
import { createDerivedIds } from './derived-ids.ts';
import { importAccount } from './import-account.ts';
import { importDocuments } from './import-documents.ts';
import type { ImportDependencies, ImportJob } from './import-job.ts';
import { ImportEnded, type ImportRecords } from './import-records.ts';
import { createImportReport, type ImportReport } from './import-report.ts';
import { isImportOver } from './import-row.ts';
import { openImport } from './open-import.ts';

/** Works at imports, in the background. */
export interface ImportJobs {
  /** Begins one that waits, when it is its turn on this node. */
  start(id: string): void;
  /** Stops what this node does for one, and waits until it has ended. */
  stop(id: string): Promise<void>;
  /**
   * Takes up what other processes left, now and from then on every minute.
   *
   * @param isAlone whether no other process can be at work on the same data: then what looks under way is not
   */
  startUpkeep(isAlone: boolean): Promise<void>;
  /** Resolves when nothing is under way here. */
  settled(): Promise<void>;
  /** Stops all, and takes no more. What was under way goes on after the next start. */
  close(): Promise<void>;
}

const mostRecovered = 100;
const selection = { id: true, ownerId: true, name: true, byteSize: true, position: true, counts: true, problems: true, problemCount: true } as const;
type FoundImport = Prisma.ImportGetPayload<{ select: typeof selection }>;

/** Makes them. */
export function createImportJobs(dependencies: ImportDependencies & { readonly records: ImportRecords }): ImportJobs {
  const { prisma, partialFiles, fileStore, clock, logger, limits, records } = dependencies;
  const jobs = createReadings();
  const inTurn = pLimit(limits.maxRunning);
  let timer: NodeJS.Timeout | null = null;

  /** All of it, to its end. Throws what ends it. */
  async function perform(row: FoundImport, report: ImportReport, signal: AbortSignal, advance: (progress: number) => void): Promise<void> {
    const found = await partialFiles.find(row.id);
    if (found === null) throw new AppError('INTERRUPTED', 'What was sent is not on the disk any more. Send it again; what was taken over of it stays.');
    using opened = await openImport(found.paths.original, row.name, limits, signal);
    const source = opened.documents[0]?.source;
    // An export in which there is nothing.
    if (source === undefined) return;
    if (!(await records.advance(row.id, { source }))) throw new ImportEnded();
    const isAccount = opened.documents.some(({ kind }) => kind === 'colloquy-manifest');
    const total = isAccount
      ? [...(opened.zip?.entries.values() ?? [])].reduce((sum, { byteSize }) => sum + byteSize, 0)
      : opened.documents.reduce((sum, { byteSize }) => sum + byteSize, 0);
    let readBytes = 0;
    const job: ImportJob = {
      ...dependencies,
      userId: row.ownerId,
      source,
      ids: createDerivedIds(row.ownerId, source),
      report,
      signal,
      note: (transaction) => records.note(transaction, row.id, report),
      advance(byteCount) {
        readBytes += byteCount;
        advance(Math.min(1, readBytes / Math.max(1, total)));
      },
    };
    if (isAccount && opened.zip !== null) await importAccount(job, opened.zip);
    else await importDocuments(job, opened);
  }

  /** @param isTakenOver whether it is known that nobody else works at it any more */
  async function work(id: string, isTakenOver: boolean, stopping: AbortSignal): Promise<void> {
    if (stopping.aborted) return;
    const open: ImportStatus[] = isTakenOver ? ['QUEUED', 'RUNNING'] : ['QUEUED'];
    const { count } = await prisma.import.updateMany({ where: { id, status: { in: open } }, data: { status: 'RUNNING', updatedAt: clock.now() } });
    const row = await prisma.import.findUnique({ where: { id }, select: { ...selection, status: true } });
    if (row === null || isImportOver(row)) return await discard(id);
    // Another node was faster.
    if (count === 0) return;
    const report = createImportReport(row);
    const ended = new AbortController();
    const signal = AbortSignal.any([stopping, ended.signal, AbortSignal.timeout(limits.timeoutMs)]);
    const write = async (change: { readonly progress?: number }): Promise<void> => {
      if (!(await records.advance(id, change))) ended.abort(new ImportEnded());
    };
    await using tracker = createUploadTracker(write, logger);
    try {
      await perform(row, report, signal, (progress) => tracker.advance({ progress }));
      await tracker[Symbol.asyncDispose]();
      await records.end(id, 'COMPLETED', report);
    } catch (error) {
      await tracker[Symbol.asyncDispose]();
      // A server that stops, or whose database is away, leaves it as it is: it goes on where it was.
      if (stopping.aborted || (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE')) return;
      if (error instanceof ImportEnded || ended.signal.aborted) return await discard(id);
      const isLate = signal.aborted;
      if (!isLate && !(error instanceof AppError)) logger.error({ err: error, importId: id }, 'an import failed unexpectedly');
      const late = new AppError(
        'OPERATION_TIMEOUT',
        `It took longer than ${limits.timeoutMs / 60_000} minutes. What was taken over stays; send it again to go on.`,
      );
      await records.end(id, 'FAILED', report, isLate ? late : error);
    }
    await discard(id);
  }

  const discard = (id: string): Promise<void> =>
    fileStore
      .discard(id)
      .catch((error: unknown) => logger.warn({ err: error, importId: id }, 'what was imported could not be removed; the sweep will try again'));

  const start = (id: string, isTakenOver = false): void =>
    jobs.start(id, (signal) =>
      inTurn(() => work(id, isTakenOver, signal)).catch((error: unknown) => logger.warn({ err: error, importId: id }, 'an import was left; it goes on later')),
    );

  /** Any number of nodes may do it at once: whoever moves the time first has it. */
  async function recover(quietMs: number): Promise<void> {
    const quiet = { updatedAt: { lte: later(clock.now(), -quietMs) } };
    const found = await prisma.import.findMany({
      where: { ...quiet, status: { in: ['QUEUED', 'RUNNING'] } },
      select: { id: true, status: true, updatedAt: true },
      orderBy: { updatedAt: 'asc' },
      take: mostRecovered,
    });
    for (const { id, status, updatedAt } of found) {
      const { count } = await prisma.import.updateMany({ where: { id, status, updatedAt }, data: { updatedAt: clock.now() } });
      if (count > 0) start(id, status === 'RUNNING');
    }
  }

  const recoverQuietly = (quietMs: number): Promise<void> =>
    recover(quietMs).catch((error: unknown) => logger.warn({ err: error }, 'imports of dead processes could not be looked after'));

  return {
    start: (id) => start(id),
    stop: (id) => jobs.stop(id),
    async startUpkeep(isAlone) {
      await recoverQuietly(isAlone ? 0 : 6 * signOfLifeMs);
      timer = setInterval(() => void recoverQuietly(6 * signOfLifeMs), 6 * signOfLifeMs);
      timer.unref();
    },
    settled: () => jobs.settled(),
    async close() {
      if (timer !== null) clearInterval(timer);
      await jobs.close();
    },
  };
}
