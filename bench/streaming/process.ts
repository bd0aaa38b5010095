import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server under measurement, in a process of its own. */
export interface ServerUnderTest {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a program that prints its address as a line of JSON.
 *
 * @param program relative to this folder
 * @param options.nodeOptions for example `--cpu-prof`
 */
export async function startProgram(
  program: string,
  options: { readonly environment?: Readonly<Record<string, string>>; readonly nodeOptions?: readonly string[] } = {},
): Promise<ServerUnderTest> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), path], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const greeting: any = line.startsWith('{"url"') ? JSON.parse(line) : null;
    // Whoever starts it may watch its log; it must not fill the pipe.
    if (greeting !== null) return running(child, greeting.url);
  }
  throw new Error(`${program} ended before it served.`);
}

function running(child: ChildProcess, url: string): ServerUnderTest {
  child.stdout?.resume();
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

const ticksPerSecond = 100;

/** The fields of `/proc/<pid>/stat` from the third on; null when the process is gone. */
function statOf(pid: number): readonly string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? null;
  } catch {
    return null;
  }
}

/** User and system time of a process with all its threads, in milliseconds. */
export function cpuMs(pid: number): number {
  const fields = statOf(pid) ?? [];
  return ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1_000) / ticksPerSecond;
}

/** User and system time of all processes below one, those that have ended included; for a server with a database of its own. */
export function cpuMsOfDescendants(pid: number): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => statOf(candidate)?.[1] === String(pid));
  const ended = statOf(pid) ?? [];
  const endedMs = ((Number(ended[13] ?? 0) + Number(ended[14] ?? 0)) * 1_000) / ticksPerSecond;
  return children.reduce((sum, child) => sum + cpuMs(child) + cpuMsOfDescendants(child), endedMs);
}

/** Resident memory of a process in kilobytes. */
export function residentKilobytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}
