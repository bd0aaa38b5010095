import { AppError, messageOf } from '../../base/errors.ts';
import { JsonDocumentError } from '../../base/json-elements.ts';
import type { ImportJob } from './import-job.ts';
import { ImportEnded } from './import-records.ts';
import type { ImportDocument } from './open-import.ts';

/** The entry of an archive with this name, as bytes that count as read; null where there is none. */
export type OpenEntry = (name: string) => AsyncIterable<Buffer> | null;

/** The things in a file, one after the other, always in the same order: what a process does that takes an import over begins behind what is done. */
export interface Units {
  /**
   * Does the next one, unless it is done already. One that fails is told of, and spoils nothing else.
   *
   * @param name for the report
   * @param work may move the position of the report on itself, in the transaction that makes it done
   */
  next(name: string, work: () => Promise<void>): Promise<void>;
  /** Does something that is many of them; what breaks in the frame around them ends it, and is told of. */
  whole(name: string, work: () => Promise<void>): Promise<void>;
  /** Does a part of the one that is being done; one that fails is told of, and spoils nothing else of it. */
  part(name: string, work: () => Promise<void>): Promise<void>;
  /** Writes down that the one that is being done is done. */
  noteDone(): Promise<void>;
  /** The bytes of a document, which count as read. */
  counted(document: Pick<ImportDocument, 'open'>): AsyncGenerator<Buffer>;
  /** @throws AppError UNSUPPORTED_FILE when a document broke off: what came before that is taken over, and nobody should take it for all */
  end(): void;
}

/** Whether a failure is of what was sent, and not of the server. */
const isOfDocument = (error: unknown): error is Error =>
  error instanceof JsonDocumentError || (error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE' && error.code !== 'INTERNAL_SERVER_ERROR');

/** Makes them for a job. */
export function createUnits(job: ImportJob): Units {
  const { report, signal, logger, userId, prisma } = job;
  const done = report.position;
  let count = 0;
  let brokenCount = 0;

  /** What nobody foresaw about one thing is told without its words, and looked for in the log. */
  const tellOf = (name: string, error: unknown): void => {
    if (signal.aborted || error instanceof ImportEnded) throw error;
    if (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE') throw error;
    if (isOfDocument(error)) report.tell(name, messageOf(error));
    else {
      logger.error({ err: error, userId }, 'a thing could not be imported');
      report.tell(name, 'It could not be taken over, for a reason that the log of the server has.');
    }
  };

  return {
    async next(name, work) {
      signal.throwIfAborted();
      count += 1;
      if (count <= done) return;
      try {
        await work();
      } catch (error) {
        tellOf(name, error);
        if (error instanceof JsonDocumentError) brokenCount += 1;
      }
      report.position = count;
    },
    async whole(name, work) {
      try {
        await work();
      } catch (error) {
        tellOf(name, error);
        brokenCount += 1;
      }
    },
    async part(name, work) {
      signal.throwIfAborted();
      await work().catch((error: unknown) => tellOf(name, error));
    },
    noteDone: () =>
      prisma.$transaction(async (transaction) => {
        report.position += 1;
        await job.note(transaction);
      }),
    async *counted(document) {
      for await (const chunk of document.open()) {
        signal.throwIfAborted();
        job.advance(chunk.length);
        yield chunk;
      }
    },
    end() {
      if (brokenCount === 0) return;
      throw new AppError(
        'UNSUPPORTED_FILE',
        'The file is damaged or cut off; "problems" says where. What could be read was taken over. Download it again, and send it whole.',
      );
    },
  };
}
