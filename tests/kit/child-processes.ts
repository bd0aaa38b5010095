import { readFileSync } from 'node:fs';

/** A file of a process in /proc; empty for one that has ended, also while it is read, and where there is no such file. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The processes that a process has started and that live; none where the system does not tell. (proc(5), children.) */
export function childrenOf(pid: number): readonly number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** What a process was started with; empty for one that has ended. (proc(5), cmdline.) */
export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}
