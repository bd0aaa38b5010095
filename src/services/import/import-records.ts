import { later, type Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { RowChanges } from '../../events/row-changes.ts';
import type { ImportStatus, Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { storableJson } from '../file/file-row.ts';
import { tellableError } from '../upload/upload-row.ts';
import type { ImportReport } from './import-report.ts';
import { importSelection, type ImportRow, type ImportSource } from './import-row.ts';

/** The rows of imports: who watches one is told of each change. An import that is over does not change any more. */
export interface ImportRecords {
  /**
   * A new one, which waits for its turn.
   *
   * @throws AppError RATE_LIMITED when too many of the person's are not over yet
   */
  create(row: { readonly id: string; readonly ownerId: string; readonly name: string; readonly byteSize: number }): Promise<ImportRow>;
  /** Says how far it is, or where it comes from. False when it is over. */
  advance(id: string, change: { readonly progress?: number; readonly source?: ImportSource }): Promise<boolean>;
  /**
   * Writes the report down, in the transaction of what it tells of.
   *
   * @throws ImportEnded when it is over, so that the transaction is undone
   */
  note(transaction: Prisma.TransactionClient, id: string, report: ImportReport): Promise<void>;
  /** Ends it. False when it was over. */
  end(id: string, status: 'COMPLETED' | 'FAILED', report: ImportReport, error?: unknown): Promise<boolean>;
  /** Gives it up. False when it was over. */
  cancel(id: string): Promise<boolean>;
}

/** An import that was given up, or whose owner is gone: whoever works at it stops. */
export class ImportEnded extends Error {
  override readonly name = 'ImportEnded';

  constructor() {
    super('the import is over');
  }
}

/** What `createImportRecords` stands on. */
export interface ImportRecordsDependencies {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly changes: RowChanges;
  readonly maxOpenPerUser: number;
  /** How long the report of one that is over is kept. */
  readonly keptMs: number;
}

const open: ImportStatus[] = ['QUEUED', 'RUNNING'];

/** Makes the records. */
export function createImportRecords({ prisma, clock, changes, maxOpenPerUser, keptMs }: ImportRecordsDependencies): ImportRecords {
  async function update(client: Prisma.TransactionClient, id: string, data: Prisma.ImportUpdateManyMutationInput): Promise<boolean> {
    const { count } = await client.import.updateMany({ where: { id, status: { in: open } }, data: { ...data, updatedAt: clock.now() } });
    if (count > 0) await changes.tell(client, id);
    return count > 0;
  }

  const reported = (report: ImportReport) => {
    const { position, counts, problems, problemCount } = report.stored();
    return { position, problemCount, counts: storableJson(counts), problems: storableJson(problems) };
  };

  return {
    async create({ byteSize, ...row }) {
      return prisma.$transaction(async (transaction) => {
        // Two at once of the same person wait for one another, so that both are counted.
        await transaction.$queryRaw`SELECT id FROM users WHERE id = ${row.ownerId}::uuid FOR NO KEY UPDATE`;
        const waiting = await transaction.import.count({ where: { ownerId: row.ownerId, status: { in: open } } });
        if (waiting >= maxOpenPerUser) {
          throw new AppError(
            'RATE_LIMITED',
            `${waiting} imports of yours are not over yet, and no more are allowed. Wait for one, or give it up with "cancelImport".`,
            {
              retryAfterMs: 10_000,
            },
          );
        }
        const now = clock.now();
        const data = { ...row, byteSize: BigInt(byteSize), status: 'QUEUED', createdAt: now, updatedAt: now, expiresAt: later(now, keptMs) } as const;
        return transaction.import.create({ data, select: importSelection });
      });
    },
    advance: (id, change) => update(prisma, id, change),
    async note(transaction, id, report) {
      if (!(await update(transaction, id, reported(report)))) throw new ImportEnded();
    },
    async end(id, status, report, error) {
      const { code, message } = error === undefined ? { code: null, message: null } : tellableError(error);
      const now = clock.now();
      const ended = { status, errorCode: code, errorMessage: message, finishedAt: now, expiresAt: later(now, keptMs) };
      return update(prisma, id, { ...reported(report), ...ended, ...(status === 'COMPLETED' ? { progress: 1 } : {}) });
    },
    cancel: (id) => update(prisma, id, { status: 'CANCELLED', finishedAt: clock.now() }),
  };
}
