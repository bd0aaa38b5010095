import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDeferred } from '../base/async.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { processLimitBytes } from './limits.ts';
import { parseChildMessage, type ChildMessage, type Job, type ParentMessage } from './protocol.ts';

/** The answer of a child to a job. */
export type ChildAnswer = Extract<ChildMessage, { kind: 'queried' | 'ingested' | 'paged' | 'explained' | 'written' | 'allWritten' | 'failed' }>;

/** How a job ended, as the parent sees it. */
export type JobOutcome =
  | { readonly kind: 'answered'; readonly answer: ChildAnswer }
  /** The process ended by itself, or sent something that is not of the protocol. */
  | { readonly kind: 'crashed' }
  | { readonly kind: 'memoryExceeded' }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'aborted' };

/** A child process that runs one job at a time. */
export interface DuckdbChild {
  readonly processId: number | undefined;
  /** How many jobs it was given. */
  jobCount(): number;
  isAlive(): boolean;
  /** Whether it should get no other job. */
  isWorn(): boolean;
  /**
   * Runs a job. Never throws: what goes wrong is the outcome.
   *
   * @param timeoutMs after which it is interrupted, and killed when that does not help
   * @param signal interrupts it likewise
   * @param onProgress is called with how much is done, of 0 to 1, by jobs that tell it
   */
  run(job: Job, timeoutMs: number, signal: AbortSignal, onProgress?: (fraction: number) => void): Promise<JobOutcome>;
  /** Ends the process at once. */
  kill(): void;
  /** Resolves when the process is gone and its folder is wiped. */
  readonly gone: Promise<void>;
}

/** What a child is started with. */
export interface ChildOptions {
  /** Where the child's private folder is made. */
  readonly tempFolder: string;
  readonly memoryBytes: number;
  readonly spareBytes: number;
  readonly residentSpareBytes: number;
  readonly threads: number;
  /** How long a job may run before the process gets the lowest priority. */
  readonly longAfterMs: number;
  /** How much more than at its start the process may hold before it counts as worn. */
  readonly leftoverBytes: number;
  readonly spawnTimeoutMs: number;
  readonly interruptGraceMs: number;
  /** `ulimit` where the operating system can limit what is reserved; `watchdog` leaves it to the child, which watches what is in use. */
  readonly memoryGuard: 'ulimit' | 'watchdog';
  readonly log: Logger;
  /** Runs when the process has told that it is worn, which may be in the middle of a job. */
  readonly onWorn: () => void;
  /** Ends a process that is still starting. */
  readonly signal: AbortSignal;
}

const entry = fileURLToPath(new URL('./child/main.ts', import.meta.url));
// V8's heap is small, so that nearly all of the memory of the child is DuckDB's.
const nodeFlags = ['--max-old-space-size=192', '--no-warnings'];

function spawnProcess(folder: string, options: ChildOptions): ChildProcess {
  const command = [
    process.execPath,
    ...nodeFlags,
    entry,
    folder,
    String(options.memoryBytes),
    String(options.threads),
    String(options.memoryBytes + options.residentSpareBytes),
    String(options.longAfterMs),
    String(options.leftoverBytes),
  ];
  // The environment is empty: secrets of the server must not be where hostile SQL could find them. Node adds the channel's number.
  const settings = { cwd: folder, env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] satisfies ('ignore' | 'ipc')[] };
  if (options.memoryGuard === 'watchdog') return spawn(process.execPath, command.slice(1), settings);
  const kilobytes = Math.floor(processLimitBytes(options) / 1024);
  return spawn('/bin/sh', ['-c', `ulimit -c 0; ulimit -d ${kilobytes}; exec "$0" "$@"`, ...command], settings);
}

/**
 * Starts a child and waits until it is ready.
 *
 * @throws AppError SERVICE_UNAVAILABLE when it does not become ready in time, or is ended before; its folder is gone then
 */
export async function startChild(options: ChildOptions): Promise<DuckdbChild> {
  // The process id in the name lets the next start find the folders of a server that was killed.
  const folder = await mkdtemp(join(options.tempFolder, `duckdb-${process.pid}-`));
  const child = spawnProcess(folder, options);
  const ready = createDeferred();
  const exited = createDeferred();
  let isRunning = true;
  let isWorn = false;
  let isOverMemory = false;
  let jobs = 0;
  let receive: ((outcome: JobOutcome) => void) | null = null;
  let tell: ((fraction: number) => void) | null = null;

  const onEnd = (): void => {
    if (!isRunning) return;
    isRunning = false;
    exited.resolve();
    ready.reject(new AppError('SERVICE_UNAVAILABLE', 'The data service could not start; try again.'));
    receive?.({ kind: isOverMemory ? 'memoryExceeded' : 'crashed' });
  };
  ready.promise.catch(() => undefined);
  child.once('exit', onEnd);
  child.once('error', (error) => {
    options.log.error({ error }, 'a DuckDB child could not be started');
    onEnd();
  });
  child.on('message', (value: unknown) => {
    const parsed = parseChildMessage(value);
    if (parsed === null) {
      options.log.error('a DuckDB child sent something that is not of the protocol');
      child.kill('SIGKILL');
      return;
    }
    switch (parsed.kind) {
      case 'ready':
        return ready.resolve();
      case 'worn':
        isWorn = true;
        return options.onWorn();
      case 'memoryExceeded':
        isOverMemory = true;
        return;
      case 'progress':
        if (parsed.id === jobs) tell?.(parsed.fraction);
        return;
      case 'queried':
      case 'ingested':
      case 'paged':
      case 'explained':
      case 'written':
      case 'allWritten':
      case 'failed':
        if (parsed.id === jobs) receive?.({ kind: 'answered', answer: parsed });
    }
  });

  const gone = exited.promise.then(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  gone.catch((error: unknown) => options.log.warn({ error }, 'the folder of a DuckDB child could not be removed'));

  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const send = (message: ParentMessage): void => {
    // A child that has just died refuses the message; its exit is what the job hears.
    child.send(message, () => undefined);
  };

  const timer = setTimeout(kill, options.spawnTimeoutMs);
  options.signal.addEventListener('abort', kill, { once: true });
  if (options.signal.aborted) kill();
  try {
    await ready.promise;
  } catch (error) {
    await Promise.allSettled([gone]);
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', kill);
  }

  return {
    processId: child.pid,
    jobCount: () => jobs,
    isAlive: () => isRunning,
    isWorn: () => isWorn,
    gone,
    kill,
    async run(job, timeoutMs, signal, onProgress) {
      if (!isRunning) return { kind: 'crashed' };
      jobs += 1;
      const id = jobs;
      const { promise, resolve } = createDeferred<JobOutcome>();
      receive = resolve;
      tell = onProgress ?? null;
      let stopped: 'timedOut' | 'aborted' | null = null;
      let killTimer: NodeJS.Timeout | undefined;
      const stop = (reason: 'timedOut' | 'aborted'): void => {
        if (stopped !== null) return;
        stopped = reason;
        send({ kind: 'interrupt', id });
        // Some functions never look at the interrupt: only SIGKILL is a real deadline.
        killTimer = setTimeout(kill, options.interruptGraceMs);
      };
      const onAbort = (): void => stop('aborted');
      const deadline = setTimeout(() => stop('timedOut'), timeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        send({ kind: 'job', id, job });
        if (signal.aborted) stop('aborted');
        const outcome = await promise;
        return stopped === null ? outcome : { kind: stopped };
      } finally {
        receive = null;
        tell = null;
        clearTimeout(deadline);
        clearTimeout(killTimer);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
