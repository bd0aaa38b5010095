import { later, type Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { ReadingOptions } from '../../base/reading.ts';
import type { RowChanges } from '../../events/row-changes.ts';
import type { Prisma, PrismaClient, UploadStatus } from '../../../prisma/generated/client.ts';
import { isUniqueViolation } from '../../stores/violations.ts';
import { tellableError, uploadSelection, type UploadRow } from './upload-row.ts';
import { createUploadTracker, type UploadAdvance, type UploadTracker } from './upload-tracker.ts';

/** What an upload begins with. */
export interface NewUpload {
  readonly id: string;
  readonly ownerId: string;
  readonly sessionId: string | null;
  readonly name: string;
  readonly status: 'RECEIVING' | 'READING';
  readonly byteSize: bigint | null;
  /** 0 by default. */
  readonly receivedBytes?: bigint;
  readonly options: ReadingOptions;
  readonly isResumable: boolean;
  readonly fileIds: readonly string[];
}

/** The rows of uploads: who watches one is told of each change. An upload that is over does not change any more. */
export interface UploadRecords {
  /** @throws AppError CONFLICT when the id is in use, by whomever */
  create(transaction: Prisma.TransactionClient, upload: NewUpload): Promise<UploadRow>;
  /** @returns whether it was still under way */
  change(id: string, change: UploadAdvance & { readonly name?: string; readonly status?: 'READING'; readonly sessionId?: string }): Promise<boolean>;
  /** Says, in the transaction that stores its files, that they can be seen. False when it was ended meanwhile. */
  finish(transaction: Prisma.TransactionClient, id: string, fileIds: readonly string[]): Promise<boolean>;
  /** Ends it with the reason. Failing at that is only logged: an upload without signs of life is ended by house-keeping. */
  fail(id: string, error: unknown): Promise<void>;
  cancel(id: string): Promise<boolean>;
  track(id: string): UploadTracker;
}

/** What `createUploadRecords` stands on. */
export interface UploadRecordsDependencies {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly changes: RowChanges;
  /** How long after its last change it is remembered, and can be resumed. */
  readonly keptMs: number;
}

const underWay: UploadStatus[] = ['RECEIVING', 'READING'];

/** Makes the records. */
export function createUploadRecords({ prisma, clock, logger, changes, keptMs }: UploadRecordsDependencies): UploadRecords {
  const moments = () => {
    const now = clock.now();
    return { updatedAt: now, expiresAt: later(now, keptMs) };
  };

  async function update(
    client: Prisma.TransactionClient,
    id: string,
    data: Prisma.UploadUpdateManyMutationInput & { readonly sessionId?: string },
  ): Promise<boolean> {
    const { count } = await client.upload.updateMany({ where: { id, status: { in: underWay } }, data: { ...data, ...moments() } });
    if (count > 0) await changes.tell(client, id);
    return count > 0;
  }

  return {
    async create(transaction, { options, fileIds, ...upload }) {
      try {
        const row = await transaction.upload.create({
          data: { ...upload, options, fileIds: [...fileIds], createdAt: clock.now(), ...moments() },
          select: uploadSelection,
        });
        await changes.tell(transaction, upload.id);
        return row;
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new AppError('CONFLICT', `The upload id "${upload.id}" is in use. Make a new one for each upload.`);
      }
    },
    change: (id, change) => update(prisma, id, change),
    finish: (transaction, id, fileIds) => update(transaction, id, { status: 'READY', progress: 1, fileIds: [...fileIds] }),
    async fail(id, error) {
      const { code, message } = tellableError(error);
      await update(prisma, id, { status: 'FAILED', errorCode: code, errorMessage: message }).catch((failure: unknown) =>
        logger.warn({ error: failure, uploadId: id }, 'the failure of an upload could not be written; house-keeping will end it'),
      );
    },
    cancel: (id) => update(prisma, id, { status: 'CANCELLED' }),
    track: (id) => createUploadTracker((change) => update(prisma, id, change), logger),
  };
}
