import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { createDeferred, type Deferred } from '../base/async.ts';
import { AppError } from '../base/errors.ts';
import type { PlotReady, PlotReply, PlotTask } from './plot-task.ts';

/** Options of the process that checks and draws plots. */
export interface PlotProcessOptions {
  /** After how many milliseconds a task is given up, and the process with it. */
  readonly timeoutMs: number;
  /** How many milliseconds more the first task of a process has, until the process says that it is ready. */
  readonly startTimeoutMs: number;
  /** The heap of the process, in megabytes. A task that needs more ends the process, not the server. */
  readonly maxHeapMb: number;
  /** After how many idle milliseconds the process is let go, with the memory that it holds. */
  readonly idleMs: number;
  /** How many tasks may wait. */
  readonly maxWaiting: number;
}

/** One child process that does one task after the other. */
export interface PlotProcess {
  /**
   * Performs a task when those before it are done.
   *
   * @param signal gives up waiting for the result
   * @throws AppError PLOT_INVALID when the task takes too long or ends the process; SERVICE_UNAVAILABLE when too many wait
   */
  perform(task: PlotTask, signal?: AbortSignal): Promise<PlotReply>;
  /** Ends the process; what is under way fails. */
  close(): Promise<void>;
}

interface Job {
  readonly task: PlotTask;
  readonly outcome: Deferred<PlotReply>;
  readonly signal: AbortSignal | undefined;
}

/**
 * A process that starts with its first task, and again after it had to be ended. It is a process and no thread because a thread that
 * allocates fast enough ends the whole server, whatever its resource limits say.
 */
export function createPlotProcess(options: PlotProcessOptions): PlotProcess {
  const waiting: Job[] = [];
  const leaving = new Set<ChildProcess>();
  let child: ChildProcess | null = null;
  let isReady = false;
  let active: { readonly id: number; readonly job: Job; timer: NodeJS.Timeout } | null = null;
  let idleTimer: NodeJS.Timeout | undefined;
  let lastId = 0;
  let isClosed = false;

  function settle(apply: (job: Job) => void): void {
    if (active === null) return;
    clearTimeout(active.timer);
    const { job } = active;
    active = null;
    // An idle process does not keep the server alive; one at work does.
    child?.unref();
    child?.channel?.unref();
    apply(job);
    startNext();
  }

  /** Kills a process; what it still says is not heard any more. */
  function discard(gone: ChildProcess): void {
    if (child === gone) child = null;
    gone.removeAllListeners();
    gone.on('error', () => undefined);
    if (gone.exitCode !== null || gone.signalCode !== null) return;
    leaving.add(gone);
    gone.ref();
    gone.once('exit', () => leaving.delete(gone));
    gone.kill('SIGKILL');
  }

  function startChild(): ChildProcess {
    const started = fork(fileURLToPath(new URL('./plot-child.ts', import.meta.url)), {
      // Reads its own program, and may neither write files nor start processes.
      execArgv: [`--max-old-space-size=${options.maxHeapMb}`, '--permission', '--allow-fs-read=*', '--allow-worker'],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const onEnd = (): void => {
      if (child !== started) return;
      discard(started);
      settle((job) =>
        job.outcome.reject(
          new AppError('PLOT_INVALID', 'The plot needs more memory than is allowed, or broke the drawing. Aggregate more in the SQL, and draw fewer marks.'),
        ),
      );
    };
    started.on('message', (reply: PlotReply | PlotReady) => {
      if (reply.kind === 'ready') {
        isReady = true;
        if (active === null) return;
        clearTimeout(active.timer);
        active.timer = startTimer(started, options.timeoutMs);
      } else if (reply.id === active?.id) settle((job) => job.outcome.resolve(reply));
    });
    started.on('error', onEnd);
    started.on('exit', onEnd);
    child = started;
    isReady = false;
    return started;
  }

  /** Gives up the task that is under way, and the process with it. */
  function startTimer(current: ChildProcess, limitMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      discard(current);
      settle((late) =>
        late.outcome.reject(
          new AppError('PLOT_INVALID', `The plot took longer than ${options.timeoutMs} ms to draw. Aggregate more in the SQL, and draw fewer marks.`),
        ),
      );
    }, limitMs);
  }

  function startNext(): void {
    if (active !== null || isClosed) return;
    clearTimeout(idleTimer);
    const job = waiting.shift();
    if (job === undefined) {
      idleTimer = setTimeout(() => child === null || discard(child), options.idleMs).unref();
      return;
    }
    if (job.signal?.aborted === true) return startNext();
    const current = child ?? startChild();
    // The preparation of a process, a second of work, is not held against its first plot on a busy machine.
    const timer = startTimer(current, isReady ? options.timeoutMs : options.timeoutMs + options.startTimeoutMs);
    lastId += 1;
    active = { id: lastId, job, timer };
    current.ref();
    current.channel?.ref();
    try {
      current.send({ id: lastId, task: job.task });
    } catch (error) {
      // What cannot be written as JSON, or a process that is gone, must not stop those that wait.
      settle((unsent) => unsent.outcome.reject(error));
    }
  }

  return {
    async perform(task, signal) {
      signal?.throwIfAborted();
      if (isClosed) throw stopping();
      if (waiting.length >= options.maxWaiting)
        throw new AppError('SERVICE_UNAVAILABLE', `${waiting.length} plots are waiting already; try again in a few seconds.`);
      const job: Job = { task, outcome: createDeferred<PlotReply>(), signal };
      const onAbort = (): void => job.outcome.reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.push(job);
      startNext();
      try {
        return await job.outcome.promise;
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
    async close() {
      isClosed = true;
      clearTimeout(idleTimer);
      for (const job of waiting.splice(0)) job.outcome.reject(stopping());
      settle((job) => job.outcome.reject(stopping()));
      if (child !== null) discard(child);
      await Promise.all([...leaving].map((gone) => once(gone, 'exit')));
    },
  };
}

function stopping(): AppError {
  return new AppError('SERVICE_UNAVAILABLE', 'The server is stopping; plots are no longer drawn.');
}
