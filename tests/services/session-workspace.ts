import { readFile, writeFile } from 'node:fs/promises';
import type { Viewer } from '../../src/auth/viewer.ts';
import { AppError } from '../../src/base/errors.ts';
import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { plainReport } from '../../src/base/reading.ts';
import type { ColumnProfile } from '../../src/base/table.ts';
import { createFiles } from '../../src/services/file/files.ts';
import { createSessionTables } from '../../src/services/session/tables.ts';
import { createSessions } from '../../src/services/session/sessions.ts';
import { createRowChanges } from '../../src/events/row-changes.ts';
import type { Ingester } from '../../src/services/upload/read-file.ts';
import type { UploadedFile } from '../../src/services/upload/store-files.ts';
import { createUploadServices } from '../../src/services/upload/upload-services.ts';
import { createFileChanges } from '../../src/services/file/file-changes.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createFileStore, type FileStoreOptions } from '../../src/stores/file-store.ts';
import { createPartialFiles } from '../../src/stores/partial-files.ts';
import { createTestDatabase } from '../kit/database.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { giveUpMs, patientDatabase } from '../kit/patience.ts';

/** The services of data sessions on a database and a folder of their own. */
export type Workspace = Awaited<ReturnType<typeof createWorkspace>>;

/** Reads the simplest CSV, in place of DuckDB; refuses one that says so in its first line. */
export const simpleIngester: Ingester = {
  ingest: async ({ sourcePath, targetPath }) => {
    const [header = '', ...lines] = (await readFile(sourcePath, 'utf8')).trim().split('\n');
    if (header === 'unreadable') throw new AppError('UNSUPPORTED_FILE', 'it is not a table.');
    await writeFile(targetPath, 'parquet');
    const rows = lines.map((line) => line.split(','));
    return {
      rowCount: rows.length,
      columns: header.split(',').map((name, index) =>
        columnOf(
          name,
          rows.map((row) => row[index] ?? ''),
        ),
      ),
      previewRows: rows.slice(0, 50),
      report: { ...plainReport, delimiter: ',', header: true, encoding: 'utf-8' },
    };
  },
};

/** A plausible profile. */
export function columnOf(name: string, values: readonly string[]): ColumnProfile {
  return {
    name,
    type: 'VARCHAR',
    unit: null,
    meaning: 'CATEGORY',
    nullCount: 0,
    distinctCount: new Set(values).size,
    min: values.toSorted()[0] ?? null,
    max: values.toSorted().at(-1) ?? null,
    mean: null,
    standardDeviation: null,
    quartiles: null,
    quantiles: null,
    histogram: [],
    topValues: values.slice(0, 3).map((value) => ({ value, count: 1 })),
  };
}

async function* once(bytes: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
}

/** Opens a workspace; dispose of it at the end. */
export async function createWorkspace(
  options: { readonly duckdb?: Ingester; readonly maxUploadBytes?: number; readonly store?: Partial<FileStoreOptions> } = {},
) {
  const testDatabase = await createTestDatabase();
  const folder = await createTemporaryFolder();
  const logger = createLogger({ level: 'silent' });
  const database = createDatabase({ connectionString: testDatabase.connectionString, poolSize: 4, ...patientDatabase, logger });
  const { prisma, pool } = database;
  const fileStore = createFileStore({ folder: folder.path, newId: uuidv7, ...options.store });
  const deletedConversations: string[] = [];
  const limits = {
    maxUploadBytes: options.maxUploadBytes ?? 1_000_000,
    maxUploadsPerUser: 2,
    maxFilesPerSession: 5,
    uploadResumeMs: 86_400_000,
    arrivalMs: giveUpMs,
  };
  const common = { prisma, fileStore, clock: systemClock, logger };
  const changes = createRowChanges({ channel: 'upload_changes', pollIntervalMs: 50 });
  const uploadServices = createUploadServices({
    ...common,
    newId: uuidv7,
    partialFiles: createPartialFiles({ folder: folder.path }),
    duckdb: options.duckdb ?? simpleIngester,
    changes,
    limits,
  });
  const { uploads } = uploadServices;
  const sessions = createSessions({
    ...common,
    newId: uuidv7,
    maxFilesPerSession: limits.maxFilesPerSession,
    conversationLog: { appendDeleted: async (_transaction, ids) => void deletedConversations.push(...ids) },
  });
  const never = new AbortController().signal;

  return {
    folder: folder.path,
    connectionString: testDatabase.connectionString,
    prisma,
    pool,
    fileStore,
    ...uploadServices,
    fileChanges: createFileChanges({ prisma, clock: systemClock, maxFilesPerSession: limits.maxFilesPerSession }),
    sessions,
    files: createFiles(common),
    tables: createSessionTables({ prisma, fileStore }),
    logger,
    deletedConversations,
    /** A new person. */
    person: async (): Promise<Viewer> => {
      const id = uuidv7();
      await prisma.user.create({ data: { id, email: `${id}@example.org` } });
      return { userId: id, loginId: uuidv7(), role: 'MEMBER' };
    },
    /** Uploads files by name and content. */
    upload: async (viewer: Viewer, files: Readonly<Record<string, string | Uint8Array>>, sessionId?: string): Promise<readonly UploadedFile[]> => {
      await using upload = uploads.begin(viewer);
      if (sessionId !== undefined) await upload.join(sessionId);
      for (const [name, content] of Object.entries(files)) await upload.add(name, once(content), never);
      return await upload.commit(never);
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await uploadServices.upkeep.close();
      await database.close();
      await testDatabase[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
