// A server with the upload route in a process of its own, for the tests that kill it or measure its memory.
// Arguments: connection string, folder, user id. Says its port, and on every message its memory in bytes.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createDuckdb } from '../../src/duckdb/duckdb.ts';
import { createUploadHandler } from '../../src/server/uploads.ts';
import { createUploads } from '../../src/services/upload/uploads.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createFileStore } from '../../src/stores/file-store.ts';

const [connectionString = '', folder = '', userId = ''] = process.argv.slice(2);
const logger = createLogger({ level: 'silent' });
const { prisma } = createDatabase({ connectionString, poolSize: 2, statementTimeoutMs: 10_000, connectTimeoutMs: 5_000, logger });
const fileStore = createFileStore({ folder, newId: uuidv7 });
const duckdb = await createDuckdb({ tempFolder: join(folder, 'duckdb'), log: logger });
const limits = { maxUploadBytes: 2_000_000_000, maxUploadsPerUser: 2 };
const uploads = createUploads({ prisma, fileStore, duckdb, clock: systemClock, logger, limits });
const handle = createUploadHandler({ uploads, limits, logger });
const server = createServer((request, response) => void handle(request, response, { userId, loginId: userId, role: 'MEMBER' }, 'request-1'));

process.on('message', () => {
  globalThis.gc?.();
  process.send?.({ memoryBytes: process.memoryUsage.rss(), peakBytes: process.resourceUsage().maxRSS * 1024 });
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: Object(server.address()).port }));
