import { ConfigError, parseConfig, readEnvironment, type Config } from './base/config.ts';
import { AppError, messageOf } from './base/errors.ts';
import { createLogger } from './base/logger.ts';

/** Ends the process with a message for the operator instead of a stack trace. */
function giveUp(error: unknown): never {
  const isExpected = error instanceof ConfigError || error instanceof AppError;
  console.error(isExpected ? messageOf(error) : error);
  process.exit(1);
}

function readConfig(): Config {
  try {
    return parseConfig(readEnvironment());
  } catch (error) {
    return giveUp(error);
  }
}

/** Reads the configuration, starts the server, and stops it in order when the system asks for it. */
export async function runServer(): Promise<void> {
  const config = readConfig();
  const logger = createLogger({ level: config.logLevel });
  // Only now: most of the start is loading the product, and a configuration that cannot be used is to be said at once.
  const { startApp } = await import('./app.ts');
  const app = await startApp(config, logger).catch(giveUp);

  logger.info({ url: app.url }, `Colloquy serves at ${app.url}/graphql`);
  if (app.setupToken !== null) {
    // To standard error and not to the log, which may be shipped elsewhere.
    console.error(`There is no administrator yet. Whoever registers with this one-time set-up token becomes one: ${app.setupToken}`);
  }

  let isStopping = false;
  async function stop(exitCode: number): Promise<void> {
    // A second signal means: now.
    if (isStopping) process.exit(1);
    isStopping = true;
    const limit = setTimeout(() => process.exit(1), config.limits.shutdownTimeoutMs + 10_000);
    limit.unref();
    await app.stop().catch((error: unknown) => {
      logger.error({ err: error }, 'the stop was not clean');
      exitCode = 1;
    });
    process.exit(exitCode);
  }

  process.once('SIGTERM', () => void stop(0));
  process.on('SIGINT', () => void stop(0));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an error was not caught; stopping');
    void stop(1);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'a rejection was not handled; stopping');
    void stop(1);
  });
}
