import { flushCompileCache } from 'node:module';
import { keepCompiledCode } from '../../base/compile-cache.ts';

// Before anything else is loaded, which is nearly all of the work of a start.
keepCompiledCode();
await import('./serve.ts');
flushCompileCache();
