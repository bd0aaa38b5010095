/** Readings of files that nobody waits for: those of resumable uploads, and those that are done again. */
export interface Readings {
  /** Starts one, unless that of this upload is running here. It must not throw. */
  start(uploadId: string, work: (signal: AbortSignal) => Promise<void>): void;
  /** Stops that of an upload, and waits until it has ended. */
  stop(uploadId: string): Promise<void>;
  /** Resolves when none is running. */
  settled(): Promise<void>;
  /** Stops all, and takes no more. What was being read is read again after the next start. */
  close(): Promise<void>;
}

interface Reading {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** None yet. */
export function createReadings(): Readings {
  const running = new Map<string, Reading>();
  let isClosed = false;

  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done));
  };

  return {
    start(uploadId, work) {
      if (isClosed || running.has(uploadId)) return;
      const controller = new AbortController();
      const done = work(controller.signal).finally(() => running.delete(uploadId));
      running.set(uploadId, { controller, done });
    },
    async stop(uploadId) {
      const reading = running.get(uploadId);
      reading?.controller.abort(new Error('the upload was stopped'));
      await reading?.done;
    },
    settled,
    async close() {
      isClosed = true;
      for (const { controller } of running.values()) controller.abort(new Error('the server stops'));
      await settled();
    },
  };
}
