import { messageOf } from '../../base/errors.ts';
import type { ChildMessage, Job } from '../protocol.ts';
import type { WriteResult } from '../table-job.ts';
import { ChildFailure, failureOf } from './failure.ts';
import { explainQuery } from './explain.ts';
import { ingestFile } from './ingest.ts';
import { readPage } from './page.ts';
import { createWorkbench, interruptWith, openWorkbench, type Workbench } from './workbench.ts';
import { runQuery } from './run-query.ts';
import { writeResult } from './write-result.ts';

/** What a child does with its jobs, one after another. */
export interface Workshop {
  /** Opens the database of the next job ahead of time. */
  warmUp(): Promise<void>;
  /**
   * Runs a job. Never throws.
   *
   * @param tell is called from time to time with how much of it is done, of 0 to 1, where that is known
   */
  run(id: number, job: Job, tell: (fraction: number) => void): Promise<ChildMessage>;
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

  const freshBench = (): Promise<Workbench> => {
    const opening = prepareNext();
    next = null;
    return opening;
  };

  const perform = async (id: number, job: Job, signal: AbortSignal, tell: (fraction: number) => void): Promise<ChildMessage> => {
    if (job.kind === 'ingest') {
      const openBench = (settings: { readonly keepsOrder: boolean }): Promise<Workbench> =>
        createWorkbench({ ...options, isSpilling: true, ...settings }, signal);
      const result = await ingestFile(job, openBench, options.folder, signal, tell);
      return { kind: 'ingested', id, result };
    }
    if (job.kind === 'writeAll') {
      const results: WriteResult[] = [];
      for (const write of job.writes) {
        const workbench = await freshBench();
        try {
          interruptWith(signal, workbench);
          signal.throwIfAborted();
          results.push(await writeResult(workbench, write));
        } finally {
          workbench.close();
        }
      }
      return { kind: 'allWritten', id, results };
    }
    const workbench = await freshBench();
    try {
      interruptWith(signal, workbench);
      switch (job.kind) {
        case 'query':
          return { kind: 'queried', id, data: await runQuery(workbench, job, signal) };
        case 'page':
          return { kind: 'paged', id, page: await readPage(workbench, job) };
        case 'explain':
          return { kind: 'explained', id, explanation: await explainQuery(workbench, job) };
        case 'write':
          return { kind: 'written', id, result: await writeResult(workbench, job) };
      }
    } finally {
      workbench.close();
    }
  };

  return {
    async warmUp() {
      await prepareNext();
    },
    async run(id, job, tell) {
      const controller = new AbortController();
      current = { id, controller };
      try {
        return await perform(id, job, controller.signal, tell);
      } catch (error) {
        const failure = error instanceof ChildFailure ? error : failureOf(messageOf(error));
        const code = controller.signal.aborted ? 'INTERRUPTED' : failure.code;
        return { kind: 'failed', id, code, message: failure.message, place: failure.place };
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
