import { AppError } from '../base/errors.ts';
import { createTaskProcess, type TaskProcess } from '../base/task-process.ts';
import type { ReadDocument, ReadingLimits, ReadReply, ReadTask } from './document.ts';

/** Reads documents, in processes of their own so that the server goes on whatever they are. */
export interface Documents {
  /**
   * Reads a document and cuts it into passages: the same bytes always into the same ones.
   *
   * @param bytes the whole document
   * @param about.name a label, which decides between kinds of text alone
   * @param about.charset what its server said of its text; null where nobody did
   * @param signal gives up waiting
   * @throws AppError UNSUPPORTED_FILE for what cannot be read, PAYLOAD_TOO_LARGE for what is more than the limits, DOCUMENT_UNREADABLE when it
   *   takes too much time or memory, SERVICE_UNAVAILABLE when too many wait
   */
  read(bytes: Uint8Array, about: { readonly name: string; readonly charset: string | null }, signal?: AbortSignal): Promise<ReadDocument>;
  /** Ends the processes. */
  close(): Promise<void>;
}

/** How documents are read. */
export interface DocumentsOptions {
  readonly limits: ReadingLimits;
  /** How long one may take, in milliseconds. */
  readonly timeoutMs: number;
  /** What reading one may take beside what Node itself needs. */
  readonly memoryBytes: number;
  /** How many are read at once. */
  readonly processes: number;
  /** How long a process may be idle before it is let go; 30 s by default. */
  readonly idleMs?: number;
}

const startTimeoutMs = 10_000;
/** What Node reserves before it has done anything, as `ulimit -d` counts it. */
const nodeBytes = 640 * 1024 * 1024;
/** A fresh process now and then, so that nothing of the libraries adds up. */
const maxTasks = 500;

function createProcess({ timeoutMs, memoryBytes, idleMs = 30_000 }: DocumentsOptions): TaskProcess<ReadTask, ReadReply> {
  const failed = (message: string): AppError => new AppError('DOCUMENT_UNREADABLE', message);
  return createTaskProcess<ReadTask, ReadReply>({
    entry: new URL('./child/main.ts', import.meta.url),
    // Reads its own program, and may neither write files nor start processes or threads. The document comes by the channel.
    flags: [`--max-old-space-size=${Math.ceil(memoryBytes / 1024 / 1024)}`, '--permission', '--allow-fs-read=*', '--no-warnings'],
    timeoutMs,
    startTimeoutMs,
    idleMs,
    maxWaiting: 1_000,
    maxTasks,
    bounds: { maxDataBytes: nodeBytes + memoryBytes, maxCpuSeconds: Math.ceil(timeoutMs / 1_000) * 10 },
    failures: {
      late: () => failed(`The document took longer than ${timeoutMs} ms to read. Split it, or save it anew without what makes it complicated.`),
      ended: () => failed('The document needs more memory to read than is allowed, or broke its reader. Split it, or save it anew in another format.'),
      waiting: (count) => new AppError('SERVICE_UNAVAILABLE', `${count} documents are waiting already; try again in a few seconds.`),
      stopping: () => new AppError('SERVICE_UNAVAILABLE', 'The server is stopping; documents are no longer read.'),
    },
  });
}

/** Makes the reader; no process starts before the first document. */
export function createDocuments(options: DocumentsOptions): Documents {
  const processes = Array.from({ length: options.processes }, () => ({ process: createProcess(options), taskCount: 0 }));

  return {
    async read(bytes, { name, charset }, signal) {
      const free = processes.reduce((least, candidate) => (candidate.taskCount < least.taskCount ? candidate : least));
      free.taskCount += 1;
      try {
        const reply = await free.process.perform({ bytes, name, charset, limits: options.limits }, signal);
        if (reply.kind === 'failed') throw new AppError(reply.code, reply.message);
        return reply.document;
      } finally {
        free.taskCount -= 1;
      }
    },
    close: async () => {
      await Promise.all(processes.map(({ process }) => process.close()));
    },
  };
}
