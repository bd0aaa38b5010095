// A server process that uses a data folder: says where its database is, and stops it on SIGTERM.
import { createLogger } from '../../../src/base/logger.ts';
import { messageOf } from '../../../src/base/errors.ts';
import { startEmbeddedPostgres } from '../../../src/stores/embedded-postgres.ts';

const [dataFolder = ''] = process.argv.slice(2);
try {
  const postgres = await startEmbeddedPostgres({ dataFolder, logger: createLogger({ level: 'silent' }), settings: { fsync: 'off' }, lockTimeLimitMs: 300 });
  process.stdout.write(`${JSON.stringify({ connectionString: postgres.connectionString, adopted: postgres.adopted })}\n`);
  const staying = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => {
    void postgres.stop().then(() => clearInterval(staying));
  });
} catch (error) {
  process.stdout.write(`${JSON.stringify({ failure: messageOf(error) })}\n`);
}
