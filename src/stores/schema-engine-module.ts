// Prisma's schema engine, compiled to WebAssembly. Its glue code keeps one instance in a variable of its own, so there can be only
// one in a process: the module that makes it is that one place. Nothing imports this file statically; it costs 30 ms and 20 MB.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg';
import { z } from 'zod';

// The engine looks for this object when it panics, and otherwise ends with a message about that instead of its own.
Object.assign(globalThis, {
  PRISMA_WASM_PANIC_REGISTRY: {
    set_message: (message: string) => {
      throw new Error(message);
    },
  },
});

// Importing the package itself does the same, with an ExperimentalWarning on every start.
const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
const bytes = await readFile(join(dirname(entry), 'schema_engine_bg.wasm'));
const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': { ...engine, ...patientTimers() } });
// Whoever came first in this process stays: a second instance under the same glue code would spoil the first one's memory.
if (!isLoaded()) {
  engine.__wbg_set_wasm(instance.exports);
  z.object({ __wbindgen_start: z.custom<() => void>((value) => typeof value === 'function') })
    .parse(instance.exports)
    .__wbindgen_start();
}

/**
 * The engine sets a timer of 10 s beside its lock and never clears it. It must not keep a process from ending, so timers are made
 * without that power. The names of such functions carry a hash.
 */
function patientTimers(): Readonly<Record<string, (callback: () => void, delayMs: number) => unknown>> {
  const names = Object.keys(engine).filter((name) => name.startsWith('__wbg_setTimeout_'));
  return Object.fromEntries(names.map((name) => [name, (callback: () => void, delayMs: number) => setTimeout(callback, delayMs >>> 0).unref()]));
}

function isLoaded(): boolean {
  try {
    return engine.version() !== '';
  } catch {
    return false;
  }
}

/** The engine, ready to be made with `SchemaEngine.new`. */
export const SchemaEngine: typeof engine.SchemaEngine = engine.SchemaEngine;
