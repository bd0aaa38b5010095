import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDeferred, type Deferred } from './async.ts';

/** What a child process is sent: one task after the other. */
interface NumberedTask<Task> {
  readonly id: number;
  readonly task: Task;
}

/** What a child process sends: that it is ready for its first task, and how each went. */
type ChildMessage<Reply> = { readonly kind: 'ready' } | { readonly kind: 'reply'; readonly id: number; readonly reply: Reply };

/** Why a task has no reply. */
export interface TaskFailures {
  /** It took longer than it may; its process was killed. */
  late(): Error;
  /** Its process ended by itself: mostly because it wanted more memory than it may have. */
  ended(): Error;
  /** Too many tasks are waiting. */
  waiting(count: number): Error;
  /** The server stops. */
  stopping(): Error;
}

/** Limits of the operating system. */
export interface ProcessBounds {
  /** Of data, in bytes: V8's own limit counts its objects alone. */
  readonly maxDataBytes: number;
  /** Of computing, in seconds, over all tasks: what never ends does not outlive a server that was killed for longer. */
  readonly maxCpuSeconds: number;
}

/** How a process works. */
export interface TaskProcessOptions {
  /** The program: it calls `serveTasks`. */
  readonly entry: URL;
  /** Flags of Node for it. */
  readonly flags: readonly string[];
  /** After how many milliseconds a task is given up, and the process with it. */
  readonly timeoutMs: number;
  /** How many milliseconds more the first task of a process has, until the process says that it is ready. */
  readonly startTimeoutMs: number;
  /** After how many idle milliseconds the process is let go, with the memory that it holds. */
  readonly idleMs: number;
  /** How many tasks may wait. */
  readonly maxWaiting: number;
  /** After how many tasks the process is replaced; never by default. */
  readonly maxTasks?: number;
  /** What the operating system gives it, where it can limit that; no limit by default. */
  readonly bounds?: ProcessBounds;
  readonly failures: TaskFailures;
}

/** One child process that does one task after the other. */
export interface TaskProcess<Task, Reply> {
  /**
   * Performs a task when those before it are done.
   *
   * @param task what can be cloned to another process
   * @param signal gives up waiting for the reply; a task that is under way goes on to its end
   * @throws what `failures` makes of it; the reason of the signal
   */
  perform(task: Task, signal?: AbortSignal): Promise<Reply>;
  /** Ends the process; what is under way fails. */
  close(): Promise<void>;
}

interface Job<Task, Reply> {
  readonly task: Task;
  readonly outcome: Deferred<Reply>;
  readonly signal: AbortSignal | undefined;
}

/** Nothing of the server is in the environment of a child. */
const surroundings = { env: {}, serialization: 'advanced' } as const;

function startProcess({ entry, flags, bounds }: TaskProcessOptions): ChildProcess {
  const program = fileURLToPath(entry);
  const stdio: ('ignore' | 'ipc')[] = ['ignore', 'ignore', 'ignore', 'ipc'];
  if (bounds === undefined || process.platform !== 'linux') return fork(program, { ...surroundings, stdio, execArgv: [...flags] });
  const limits = `ulimit -c 0; ulimit -d ${Math.floor(bounds.maxDataBytes / 1024)}; ulimit -t ${bounds.maxCpuSeconds}; exec "$0" "$@"`;
  return spawn('/bin/sh', ['-c', limits, process.execPath, ...flags, program], { ...surroundings, stdio });
}

/**
 * A process that starts with its first task, and again after it had to be ended. It is a process and no thread because a thread that
 * allocates fast enough ends the whole server, whatever its resource limits say.
 */
export function createTaskProcess<Task, Reply>(options: TaskProcessOptions): TaskProcess<Task, Reply> {
  const { failures } = options;
  const waiting: Job<Task, Reply>[] = [];
  const leaving = new Set<ChildProcess>();
  let child: ChildProcess | null = null;
  let isReady = false;
  let taskCount = 0;
  let active: { readonly id: number; readonly job: Job<Task, Reply>; timer: NodeJS.Timeout } | null = null;
  let idleTimer: NodeJS.Timeout | undefined;
  let lastId = 0;
  let isClosed = false;

  function settle(apply: (job: Job<Task, Reply>) => void): void {
    if (active === null) return;
    clearTimeout(active.timer);
    const { job } = active;
    active = null;
    // An idle process does not keep the server alive; one at work does.
    child?.unref();
    child?.channel?.unref();
    if (child !== null && taskCount >= (options.maxTasks ?? Infinity)) discard(child);
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
    const started = startProcess(options);
    const onEnd = (): void => {
      if (child !== started) return;
      discard(started);
      settle((job) => job.outcome.reject(failures.ended()));
    };
    started.on('message', (message: ChildMessage<Reply>) => {
      if (message.kind === 'ready') {
        isReady = true;
        if (active === null) return;
        clearTimeout(active.timer);
        active.timer = startTimer(started, options.timeoutMs);
      } else if (message.id === active?.id) settle((job) => job.outcome.resolve(message.reply));
    });
    started.on('error', onEnd);
    started.on('exit', onEnd);
    child = started;
    isReady = false;
    taskCount = 0;
    return started;
  }

  /** Gives up the task that is under way, and the process with it. */
  function startTimer(current: ChildProcess, limitMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      discard(current);
      settle((job) => job.outcome.reject(failures.late()));
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
    // The preparation of a process is not held against its first task on a busy machine.
    const timer = startTimer(current, isReady ? options.timeoutMs : options.timeoutMs + options.startTimeoutMs);
    lastId += 1;
    taskCount += 1;
    active = { id: lastId, job, timer };
    current.ref();
    current.channel?.ref();
    const numbered: NumberedTask<Task> = { id: lastId, task: job.task };
    try {
      current.send(numbered);
    } catch (error) {
      // What cannot be sent, or a process that is gone, must not stop those that wait.
      settle((unsent) => unsent.outcome.reject(error));
    }
  }

  return {
    async perform(task, signal) {
      signal?.throwIfAborted();
      if (isClosed) throw failures.stopping();
      if (waiting.length >= options.maxWaiting) throw failures.waiting(waiting.length);
      const job: Job<Task, Reply> = { task, outcome: createDeferred<Reply>(), signal };
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
      for (const job of waiting.splice(0)) job.outcome.reject(failures.stopping());
      settle((job) => job.outcome.reject(failures.stopping()));
      if (child !== null) discard(child);
      await Promise.all([...leaving].map((gone) => once(gone, 'exit')));
    },
  };
}

/**
 * The other end: performs the tasks that this process is sent, and ends with its parent.
 *
 * @param perform never throws: what goes wrong is a reply
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it says what the parent sends
export function serveTasks<Task, Reply>(perform: (task: Task) => Promise<Reply>): void {
  const tell = (message: ChildMessage<Reply>): void => {
    process.send?.(message);
  };
  process.on('message', ({ id, task }: NumberedTask<Task>) => {
    void perform(task).then((reply) => tell({ kind: 'reply', id, reply }));
  });
  process.on('disconnect', () => process.exit());
  tell({ kind: 'ready' });
}
