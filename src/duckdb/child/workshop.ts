import { messageOf } from '../../base/errors.ts';
import type { ChildMessage, Job } from '../protocol.ts';
import { ChildFailure, failureOf } from './failure.ts';
import { ingestFile } from './ingest.ts';
import { createWorkbench, openWorkbench, type Workbench } from './workbench.ts';
import { runQuery } from './run-query.ts';

/** What a child does with its jobs, one after another. */
export interface Workshop {
  /** Opens the database of the next job ahead of time. */
  warmUp(): Promise<void>;
  /** Runs a job. Never throws. */
  run(id: number, job: Job): Promise<ChildMessage>;
  /** Asks DuckDB to stop the job; without effect when another job runs. */
  interrupt(id: number): void;
}

/** Makes the workshop of a child process. */
export function createWorkshop(options: { readonly folder: string; readonly memoryBytes: number; readonly threads: number }): Workshop {
  let next: Promise<Workbench> | null = null;
  let current: { readonly id: number; readonly controller: AbortController } | null = null;

  // One database a job, never two tenants in one. The next one is opened while nobody waits for it.
  const prepareNext = (): Promise<Workbench> => {
    next ??= openWorkbench({ ...options, isSpilling: false });
    next.catch(() => undefined);
    return next;
  };

  const perform = async (id: number, job: Job, signal: AbortSignal): Promise<ChildMessage> => {
    if (job.kind === 'ingest') {
      const result = await ingestFile(job, (settings) => createWorkbench({ ...options, isSpilling: true, ...settings }, signal), options.folder, signal);
      return { kind: 'ingested', id, result };
    }
    const opening = prepareNext();
    next = null;
    const workbench = await opening;
    try {
      return { kind: 'queried', id, data: await runQuery(workbench, job, signal) };
    } finally {
      workbench.close();
    }
  };

  return {
    async warmUp() {
      await prepareNext();
    },
    async run(id, job) {
      const controller = new AbortController();
      current = { id, controller };
      try {
        return await perform(id, job, controller.signal);
      } catch (error) {
        const failure = error instanceof ChildFailure ? error : failureOf(messageOf(error));
        const code = controller.signal.aborted ? 'INTERRUPTED' : failure.code;
        return { kind: 'failed', id, code, message: failure.message };
      } finally {
        current = null;
        setImmediate(() => void prepareNext().catch(() => undefined));
      }
    },
    interrupt(id) {
      if (current?.id === id) current.controller.abort();
    },
  };
}
