// A server with the upload route in a process of its own, for the tests that kill it or measure its memory.
// Arguments: connection string, folder, user id. Says its port, and on every message the peak of its memory in bytes since the last one.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createDuckdb } from '../../src/duckdb/duckdb.ts';
import { createUploadHandler } from '../../src/server/uploads.ts';
import { createRowChanges } from '../../src/events/row-changes.ts';
import { createUploadServices } from '../../src/services/upload/upload-services.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createFileStore } from '../../src/stores/file-store.ts';
import { createPartialFiles } from '../../src/stores/partial-files.ts';
import { patientDatabase } from '../kit/patience.ts';

const [connectionString = '', folder = '', userId = ''] = process.argv.slice(2);
const logger = createLogger({ level: 'silent' });
const { prisma } = createDatabase({
  connectionString,
  poolSize: 2,
  ...patientDatabase,
  logger,
});
const fileStore = createFileStore({ folder, newId: uuidv7 });
const duckdb = await createDuckdb({ tempFolder: join(folder, 'duckdb'), log: logger });
const limits = { maxUploadBytes: 2_000_000_000, maxUploadsPerUser: 2, uploadResumeMs: 86_400_000 };
const { uploads } = createUploadServices({
  prisma,
  fileStore,
  duckdb,
  clock: systemClock,
  newId: uuidv7,
  logger,
  limits,
  partialFiles: createPartialFiles({ folder }),
  changes: createRowChanges({ channel: 'upload_changes', pollIntervalMs: 1_000 }),
});
const handle = createUploadHandler({ uploads, limits, logger });
const server = createServer((request, response) => void handle(request, response, { userId, loginId: userId, role: 'MEMBER' }, 'request-1'));

// The peak of the operating system is that of the whole life, and the start needs more than what follows: looked at here, it is that since the
// last message.
let peakBytes = 0;
setInterval(() => (peakBytes = Math.max(peakBytes, process.memoryUsage.rss())), 5).unref();
process.on('message', () => {
  globalThis.gc?.();
  process.send?.({ peakBytes: Math.max(peakBytes, process.memoryUsage.rss()) });
  peakBytes = 0;
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: Object(server.address()).port }));
