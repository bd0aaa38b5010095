import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * Lowers the priority of this process and all its threads. It cannot be raised again: that takes privileges.
 *
 * @param niceness up to 19, the lowest priority
 */
export function lowerPriority(niceness: number): void {
  setPriority(niceness);
  if (process.platform !== 'linux') return;
  // Linux keeps a priority for every thread, and DuckDB works on others than the first. New threads take that of the one which starts them.
  for (const thread of threadIds()) {
    try {
      setPriority(thread, niceness);
    } catch {
      // It has just ended.
    }
  }
}

function threadIds(): readonly number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    // A container may hide /proc; then the first thread alone must do.
    return [];
  }
}
