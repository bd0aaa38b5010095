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
export type ChildAnswer = Extract<ChildMessage, { kind: 'queried' | 'ingested' | 'failed' }>;

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
  /**
   * Runs a job. Never throws: what goes wrong is the outcome.
   *
   * @param timeoutMs after which it is interrupted, and killed when that does not help
   * @param signal interrupts it likewise
   */
  run(job: Job, timeoutMs: number, signal: AbortSignal): Promise<JobOutcome>;
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
  readonly spawnTimeoutMs: number;
  readonly interruptGraceMs: number;
  /** `ulimit` where the operating system can limit what is reserved; `watchdog` leaves it to the child, which watches what is in use. */
  readonly memoryGuard: 'ulimit' | 'watchdog';
  readonly log: Logger;
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
 * @throws AppError SERVICE_UNAVAILABLE when it does not become ready in time
 */
export async function startChild(options: ChildOptions): Promise<DuckdbChild> {
  // The process id in the name lets the next start find the folders of a server that was killed.
  const folder = await mkdtemp(join(options.tempFolder, `duckdb-${process.pid}-`));
  const child = spawnProcess(folder, options);
  const ready = createDeferred();
  const exited = createDeferred();
  let isRunning = true;
  let jobs = 0;
  let receive: ((outcome: JobOutcome) => void) | null = null;

  const onEnd = (endSignal: NodeJS.Signals | null): void => {
    if (!isRunning) return;
    isRunning = false;
    exited.resolve();
    ready.reject(new AppError('SERVICE_UNAVAILABLE', 'The data service could not start; try again.'));
    // With this signal a child ends that finds its own memory over the limit.
    receive?.({ kind: endSignal === 'SIGUSR2' ? 'memoryExceeded' : 'crashed' });
  };
  ready.promise.catch(() => undefined);
  child.once('exit', (_code, endSignal) => onEnd(endSignal));
  child.once('error', (error) => {
    options.log.error({ error }, 'a DuckDB child could not be started');
    onEnd(null);
  });
  child.on('message', (value: unknown) => {
    const parsed = parseChildMessage(value);
    if (parsed === null) {
      options.log.error('a DuckDB child sent something that is not of the protocol');
      child.kill('SIGKILL');
      return;
    }
    if (parsed.kind === 'ready') ready.resolve();
    else if (parsed.id === jobs) receive?.({ kind: 'answered', answer: parsed });
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
  try {
    await ready.promise;
  } finally {
    clearTimeout(timer);
  }

  return {
    processId: child.pid,
    jobCount: () => jobs,
    isAlive: () => isRunning,
    gone,
    kill,
    async run(job, timeoutMs, signal) {
      if (!isRunning) return { kind: 'crashed' };
      jobs += 1;
      const id = jobs;
      const { promise, resolve } = createDeferred<JobOutcome>();
      receive = resolve;
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
        clearTimeout(deadline);
        clearTimeout(killTimer);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
