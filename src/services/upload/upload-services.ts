import type { Clock } from '../../base/clock.ts';
import type { IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { RowChanges } from '../../events/row-changes.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PartialFiles } from '../../stores/partial-files.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { createReingest, type Reingest } from '../file/reingest.ts';
import type { Ingester } from './read-file.ts';
import { createReadings } from './readings.ts';
import { forgetUploads, recoverUploads } from './recover-uploads.ts';
import { createResumableReading } from './resumable-reading.ts';
import { createResumableUploads, type ResumableUploads } from './resumable-uploads.ts';
import { createStoreFiles } from './store-files.ts';
import { createUploadRecords } from './upload-records.ts';
import { createUploadSlots } from './upload-slots.ts';
import { signOfLifeMs } from './upload-tracker.ts';
import { createUploadViews, type UploadViews } from './upload-views.ts';
import { createUploads, type Uploads } from './uploads.ts';

/** What the services of uploads stand on. */
export interface UploadServicesDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly partialFiles: PartialFiles;
  readonly duckdb: Ingester;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly changes: RowChanges;
  readonly limits: {
    readonly maxUploadBytes: number;
    readonly maxUploadsPerUser: number;
    /** How long after its last byte an upload can be resumed. */
    readonly uploadResumeMs: number;
    /** The most files of one session, and of one upload; 50 by default. */
    readonly maxFilesPerSession?: number;
    /** How long an upload that does not exist yet is waited for by whoever follows it; 1 s by default. */
    readonly arrivalMs?: number;
  };
}

/** The services of uploads, and what starts and stops with the server. */
export interface UploadServices {
  readonly uploads: Uploads;
  readonly resumableUploads: ResumableUploads;
  readonly uploadViews: UploadViews;
  readonly reingest: Reingest;
  readonly upkeep: UploadUpkeep;
}

/** What looks after uploads in the background. */
export interface UploadUpkeep {
  /**
   * Takes up what other processes left, now and from then on every minute.
   *
   * @param isAlone whether no other process can be at work on the same data: then what looks under way is not
   */
  start(isAlone: boolean): Promise<void>;
  /** Forgets the uploads whose time is over. */
  forget(): Promise<number>;
  /** Resolves when nothing is being read in the background. */
  settled(): Promise<void>;
  /** Stops what is being read in the background. */
  close(): Promise<void>;
}

/** Makes them. */
export function createUploadServices(dependencies: UploadServicesDependencies): UploadServices {
  const { prisma, clock, logger, changes } = dependencies;
  const limits = { maxFilesPerSession: 50, arrivalMs: 1_000, ...dependencies.limits };
  const records = createUploadRecords({ prisma, clock, logger, changes, keptMs: limits.uploadResumeMs });
  const storeFiles = createStoreFiles({ ...dependencies, records, maxFilesPerSession: limits.maxFilesPerSession });
  const readings = createReadings();
  const startReading = createResumableReading({ ...dependencies, records, storeFiles, readings });
  const slots = createUploadSlots(limits.maxUploadsPerUser);
  const recovery = { prisma, clock, records, startReading };
  let timer: NodeJS.Timeout | null = null;

  const recover = async (quietMs: number): Promise<void> => {
    await recoverUploads(recovery, quietMs).catch((error: unknown) => logger.warn({ error }, 'uploads of dead processes could not be looked after'));
  };

  return {
    uploads: createUploads({ ...dependencies, records, storeFiles, slots, limits }),
    resumableUploads: createResumableUploads({ ...dependencies, records, readings, startReading, slots, limits }),
    uploadViews: createUploadViews({ prisma, changes, clock, arrivalMs: limits.arrivalMs }),
    reingest: createReingest({ ...dependencies, records, readings }),
    upkeep: {
      async start(isAlone) {
        await recover(isAlone ? 0 : 6 * signOfLifeMs);
        timer = setInterval(() => void recover(6 * signOfLifeMs), 6 * signOfLifeMs);
        timer.unref();
      },
      forget: () => forgetUploads({ prisma, clock }),
      settled: () => readings.settled(),
      async close() {
        if (timer !== null) clearInterval(timer);
        await readings.close();
      },
    },
  };
}
