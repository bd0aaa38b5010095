// The whole product with the steady engine, as a process of its own that a test can kill. Prints its address as a line of JSON.
import { startApp } from '../../src/app.ts';
import { parseConfig } from '../../src/base/config.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createSteadyEngine } from './steady-engine.ts';

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
