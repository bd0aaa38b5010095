import { readFileSync } from 'node:fs';
import type { ChildMessage } from '../protocol.ts';

/** What counts against the limit of the operating system where there is one (proc(5): `VmData`), else what is in use. */
function heldBytes(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  try {
    const kilobytes = /^VmData:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return Number(kilobytes) * 1024;
  } catch {
    // A container may hide /proc.
    return process.memoryUsage.rss();
  }
}

/**
 * Tells when a process should get no other job. DuckDB's allocator gives back to the system little of what a large query took, so that
 * the next query would find less than it may use, whosever it is.
 *
 * @param leftoverBytes how much more than at its start a process may hold when it is given the next job
 * @returns a function that judges the process after a job, by its answer and by what it holds
 */
export function createWearGauge(leftoverBytes: number): (answer: ChildMessage) => boolean {
  const atStart = heldBytes();
  return (answer) => {
    // One whose memory ran out has little of it left, wherever that is held.
    const isBroken = answer.kind === 'failed' && ['QUERY_CRASHED', 'SQL_TOO_LARGE', 'INTERNAL_SERVER_ERROR'].includes(answer.code);
    return isBroken || heldBytes() - atStart > leftoverBytes;
  };
}
