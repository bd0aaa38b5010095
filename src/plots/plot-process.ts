import { AppError } from '../base/errors.ts';
import { createTaskProcess, type TaskProcess } from '../base/task-process.ts';
import type { PlotReply, PlotTask } from './plot-task.ts';

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

/** Makes the process; `perform` throws AppError PLOT_INVALID when a task takes too long or ends it, SERVICE_UNAVAILABLE when too many wait. */
export function createPlotProcess({ maxHeapMb, ...options }: PlotProcessOptions): TaskProcess<PlotTask, PlotReply> {
  return createTaskProcess<PlotTask, PlotReply>({
    ...options,
    entry: new URL('./plot-child.ts', import.meta.url),
    // Reads its own program, and may neither write files nor start processes.
    flags: [`--max-old-space-size=${maxHeapMb}`, '--permission', '--allow-fs-read=*', '--allow-worker'],
    failures: {
      late: () => new AppError('PLOT_INVALID', `The plot took longer than ${options.timeoutMs} ms to draw. Aggregate more in the SQL, and draw fewer marks.`),
      ended: () =>
        new AppError('PLOT_INVALID', 'The plot needs more memory than is allowed, or broke the drawing. Aggregate more in the SQL, and draw fewer marks.'),
      waiting: (count) => new AppError('SERVICE_UNAVAILABLE', `${count} plots are waiting already; try again in a few seconds.`),
      stopping: () => new AppError('SERVICE_UNAVAILABLE', 'The server is stopping; plots are no longer drawn.'),
    },
  });
}
