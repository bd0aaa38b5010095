import { vi } from 'vitest';
import { giveUpMs } from './patience.ts';

/**
 * Waits until a check passes, for as long as a machine with much else to do may need. For what the product promises no time for; where it
 * does, say that time and `patienceMs` to `vi.waitFor`.
 *
 * @param check throws as long as it is not so
 * @returns what the check returns
 * @throws what the check throws at last, after 30 s
 */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: giveUpMs, interval: 20 });
