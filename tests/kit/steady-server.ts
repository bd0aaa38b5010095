// The whole product with the steady engine, as a process of its own that a test can kill. Prints its address as a line of JSON.
import { flushCompileCache } from 'node:module';
import { keepCompiledCode } from '../../src/base/compile-cache.ts';

// As main.ts does; this one is mostly killed, so it writes what it has compiled at once.
keepCompiledCode();
const { startApp } = await import('../../src/app.ts');
const { parseConfig } = await import('../../src/base/config.ts');
const { createLogger } = await import('../../src/base/logger.ts');
const { createSteadyEngine } = await import('./steady-engine.ts');
flushCompileCache();

const config = parseConfig(process.env);
const app = await startApp(config, createLogger({ level: config.logLevel }), { engines: [createSteadyEngine()] });
process.once('SIGTERM', () => {
  void app.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
// Only now: whoever reads it may ask for the end at once.
process.stdout.write(`${JSON.stringify({ url: app.url })}\n`);
// A test that is killed, or gives up half way, leaves no server behind.
if (process.argv.includes('--ends-with-parent')) process.stdin.resume().once('end', () => process.exit(1));
