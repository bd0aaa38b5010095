// Processes that are measured: how they are started, and what they cost.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const greeting = z.object({ url: z.string() }).loose();

/** A program that serves. */
export interface Served {
  readonly url: string;
  readonly pid: number;
  /** Everything that it said when it was ready. */
  readonly greeting: Readonly<Record<string, unknown>>;
  /** From the start of its process to its greeting. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** What a process and its descendants (PostgreSQL, DuckDB) have used so far, in seconds of a core; null where there is no /proc. */
export interface CpuTimes {
  readonly own: number;
  readonly descendants: number;
}

// The unit of /proc/<pid>/stat on every Linux that Node runs on.
const ticksPerSecond = 100;

function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}

const ticksOf = (fields: readonly string[], ...places: readonly number[]): number => places.reduce((sum, place) => sum + Number(fields[place] ?? 0), 0);

/** What a process has used. A descendant that has ended is counted as soon as its parent has noticed it. */
export function cpuTimes(pid: number): CpuTimes {
  const processes = globSync('/proc/[0-9]*').map((folder) => {
    const id = Number(folder.slice('/proc/'.length));
    return { id, fields: statOf(id) };
  });
  const children = Map.groupBy(processes, ({ fields }) => Number(fields[1]));
  // Fields 13 to 16 of proc(5), counted after the name: utime, stime, and those of waited-for children.
  const whole = (id: number): number => (children.get(id) ?? []).reduce((sum, child) => sum + ticksOf(child.fields, 11, 12, 13, 14) + whole(child.id), 0);
  const fields = statOf(pid);
  return { own: ticksOf(fields, 11, 12) / ticksPerSecond, descendants: (ticksOf(fields, 13, 14) + whole(pid)) / ticksPerSecond };
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/**
 * Starts a program with this Node, and waits until it prints a line of JSON with its `url`. SERVER_NODE_OPTIONS=--cpu-prof profiles it.
 *
 * @param program the path of the file
 * @param environment in addition to that of this process
 * @throws Error with what it wrote, when it ends before
 */
export async function serve(program: string, environment: Readonly<Record<string, string>> = {}, nodeArguments: readonly string[] = []): Promise<Served> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...nodeArguments, program], {
    env: { ...process.env, NODE_OPTIONS: process.env['SERVER_NODE_OPTIONS'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  child.stderr.on('data', (chunk: Buffer) => (written = (written + chunk.toString()).slice(-5_000)));
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown> & { url: string }>();
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const parsed = greeting.safeParse(line.startsWith('{') ? JSON.parse(line) : null);
    if (!parsed.success) {
      written = `${written}${line}\n`.slice(-5_000);
      return;
    }
    resolve(parsed.data);
    // The log that follows is not read, at no cost for whoever measures, and does not fill the pipe.
    lines.close();
    child.stdout.resume();
  });
  child.once('exit', () => reject(new Error(`${program} ended before it served:\n${written}`)));
  const said = await promise;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended(child);
    clearTimeout(timer);
  };
  return { url: said.url, pid: child.pid ?? 0, greeting: said, startMs: performance.now() - startedAt, stop };
}
