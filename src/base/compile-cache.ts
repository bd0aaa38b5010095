import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

/**
 * Has Node keep the compiled code of whatever is loaded from now on, and load it from there the next time. Where the folder cannot be
 * written, Node goes on without. It lies beside the packages whose code it holds, so whoever can change the one can change the other.
 *
 * Node writes when a process exits; one that is ended by a signal calls `flushCompileCache` once it has loaded.
 */
export function keepCompiledCode(): void {
  enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/colloquy'));
}
