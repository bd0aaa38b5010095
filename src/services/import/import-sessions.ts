import { rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError, messageOf } from '../../base/errors.ts';
import { readingOptions } from '../../base/reading.ts';
import { columnProfile, type IngestResult } from '../../duckdb/protocol.ts';
import type { FilePaths } from '../../stores/file-store.ts';
import type { SessionDocument, SessionDocumentFile, SessionDocumentTable } from '../export-archive/account-formats.ts';
import { storableJson } from '../file/file-row.ts';
import { removeFromDisk } from '../file/files.ts';
import { storedKind } from '../file/reingest.ts';
import { takenTableNames } from '../session/table-names.ts';
import { labelOf } from '../upload/file-name.ts';
import { readFile } from '../upload/read-file.ts';
import { tableNameOf, uniqueTableName } from '../upload/table-name.ts';
import { createCleaner } from './clean.ts';
import type { ImportJob } from './import-job.ts';
import { ImportEnded } from './import-records.ts';
import type { Tell } from './sources/source-conversation.ts';

/** The bytes of what a document of a data session names; null where the archive has none. */
export type FindBytes = (kind: 'file' | 'table', sourceId: string) => AsyncIterable<Buffer> | null;

/** What is wrong with the server, or with the import as a whole, and not with one file. */
const isFatal = (error: unknown): boolean => !(error instanceof AppError) || error.code === 'SERVICE_UNAVAILABLE' || error.code === 'INTERNAL_SERVER_ERROR';

const parentsShape = z.array(z.object({ id: z.string(), name: z.string(), kind: z.enum(['FILE', 'DERIVED']), revision: z.number().int() })).catch([]);
const columnsShape = z.array(columnProfile);
const longestSql = 1_000_000;
const mostQueries = 100;

/**
 * Takes the files, derived tables and verified queries of a data session over. Every file is read anew: no table is believed that came from
 * outside, and what is in one decides what it is.
 *
 * @param sessionId here; null for files that are in none
 */
export async function importSessionContents(job: ImportJob, document: SessionDocument, sessionId: string | null, findBytes: FindBytes): Promise<void> {
  const { ids, userId, prisma, fileStore, partialFiles, clock, logger, limits, report, signal } = job;
  const now = clock.now();

  /** Puts bytes under an id, has them read into their table, and stores their row. */
  async function store(
    id: string,
    bytes: AsyncIterable<Buffer>,
    read: (paths: FilePaths) => Promise<IngestResult>,
    insert: (transaction: Prisma.TransactionClient, result: IngestResult, sizes: { readonly original: number; readonly table: number }) => Promise<void>,
    revision = 1,
  ): Promise<void> {
    // What a process left that died in the middle of it has no row.
    await fileStore.discard(id);
    await fileStore.remove(id);
    try {
      await partialFiles.create(id);
      let byteSize = 0;
      await partialFiles.write(id, 0, bytes, (count) => (byteSize = count));
      const place = await partialFiles.find(id);
      if (place === null || byteSize === 0) throw new AppError('UNSUPPORTED_FILE', 'it is empty.');
      const result = await read(place.paths);
      signal.throwIfAborted();
      await fileStore.keep(id);
      const { size: table } = await stat(fileStore.pathsOf(id, revision).table);
      await prisma.$transaction(async (transaction) => {
        if (sessionId !== null) await lockSession(transaction);
        await insert(transaction, result, { original: byteSize, table });
        await job.note(transaction);
      });
    } catch (error) {
      await fileStore.discard(id);
      // After a lost connection the row may be there: the file then stays, and the sweep removes it if it has none.
      if (!isFatal(error) || error instanceof ImportEnded) await removeFromDisk(fileStore, logger, [id]);
      throw error;
    }
  }

  async function lockSession(transaction: Prisma.TransactionClient): Promise<void> {
    const rows = await transaction.$queryRaw<unknown[]>`SELECT id FROM sessions WHERE id = ${sessionId}::uuid AND owner_id = ${userId}::uuid FOR NO KEY UPDATE`;
    if (rows.length === 0) throw new AppError('NOT_FOUND', 'its data session was deleted meanwhile.');
  }

  async function storeFile(file: SessionDocumentFile, tell: Tell): Promise<void> {
    const id = ids.of('file', file.id);
    // One that never left this account is there under its own id.
    const there = await prisma.file.findFirst({ where: { id: { in: [id, file.id] }, ownerId: userId }, select: { id: true } });
    if (there !== null) return;
    const bytes = findBytes('file', file.id);
    if (bytes === null) return tell('The file itself is not in the archive.');
    const cleaner = createCleaner(now, tell);
    const name = labelOf(file.name) || 'file.csv';
    const options = readingOptions.catch({}).parse(file.options);
    await store(
      id,
      bytes,
      async (paths) => {
        const kind = await storedKind({ name, format: file.format }, paths.original);
        // Tables made of it know it by the number of its reading.
        const table = join(dirname(paths.table), basename(fileStore.pathsOf(id, file.revision).table));
        return readFile(job.duckdb, { kind, paths: { ...paths, table }, options, userId }, signal, () => undefined);
      },
      async (transaction, result, sizes) => {
        const taken = sessionId === null ? { files: [], derived: [] } : await takenTableNames(transaction, sessionId);
        const wanted = tableNameOf(file.tableName) === file.tableName ? file.tableName : tableNameOf(name);
        await transaction.file.create({
          data: {
            id,
            ownerId: userId,
            sessionId,
            name,
            format: file.format,
            byteSize: BigInt(sizes.original),
            tableName: sessionId === null ? wanted : uniqueTableName(wanted, [...taken.files, ...taken.derived]),
            rowCount: BigInt(result.rowCount),
            columnCount: result.columns.length,
            columns: storableJson(result.columns),
            preview: storableJson(result.previewRows),
            ingest: storableJson(result.report),
            revision: file.revision,
            options,
            createdAt: cleaner.past(file.createdAt, now),
            // One that is in no session waits for one for a day from now on.
            removedAt: sessionId === null ? now : null,
          },
          select: { id: true },
        });
        report.add('files');
      },
      file.revision,
    );
  }

  async function storeTable(table: SessionDocumentTable, tell: Tell): Promise<void> {
    const id = ids.of('table', table.id);
    if (sessionId === null || (await prisma.derivedTable.findUnique({ where: { id }, select: { id: true } })) !== null) return;
    const { name, version } = table;
    if (tableNameOf(name) !== name) return tell('Its name cannot be the name of a table.');
    const bytes = findBytes('table', table.id);
    if (bytes === null) return tell('The table itself is not in the archive.');
    const cleaner = createCleaner(now, tell);
    await store(
      id,
      bytes,
      async (paths) => {
        const kind = { name: `${name}.parquet`, format: 'PARQUET', compression: 'none', delimiterHint: null } as const;
        const result = await readFile(job.duckdb, { kind, paths, options: {}, userId }, signal, () => undefined);
        await rm(paths.original);
        return result;
      },
      async (transaction, result, sizes) => {
        const inUse = await transaction.derivedTable.findFirst({
          where: { sessionId, name, OR: [{ version }, ...(table.isCurrent ? [{ isCurrent: true }] : [])] },
        });
        const isFile = (await takenTableNames(transaction, sessionId)).files.includes(name);
        if (inUse !== null || isFile) throw new AppError('CONFLICT', 'its name and version are in use.');
        const told = columnsShape.safeParse(table.columns);
        const isSame = told.success && JSON.stringify(told.data.map(shapeOf)) === JSON.stringify(result.columns.map(shapeOf));
        await transaction.derivedTable.create({
          data: {
            id,
            ownerId: userId,
            sessionId,
            name,
            version,
            isCurrent: table.isCurrent,
            sql: cleaner.text(table.sql, longestSql),
            parents: parentsShape.parse(table.parents).map((parent) => ({ ...parent, id: ids.of(parent.kind === 'FILE' ? 'file' : 'table', parent.id) })),
            runId: table.runId === null ? null : ids.of('run', table.runId),
            rowCount: BigInt(result.rowCount),
            columnCount: result.columns.length,
            byteSize: BigInt(sizes.table),
            // The units of its columns stand in no Parquet.
            columns: storableJson(isSame ? told.data : result.columns),
            preview: storableJson(result.previewRows),
            createdAt: cleaner.past(table.createdAt, now),
          },
          select: { id: true },
        });
        report.add('derivedTables');
      },
    );
  }

  async function storeQueries(): Promise<void> {
    const queries = document.verifiedQueries.slice(0, mostQueries);
    if (sessionId === null || queries.length === 0) return;
    await prisma.$transaction(async (transaction) => {
      await lockSession(transaction);
      const data = queries.map(({ id, question, sql, createdAt }) => {
        const cleaner = createCleaner(now, (reason) => report.tell(question, reason));
        const base = { id: ids.of('query', id), ownerId: userId, sessionId, createdAt: cleaner.past(createdAt, now) };
        return { ...base, question: cleaner.text(question, 500), sql: cleaner.text(sql, 20_000) };
      });
      const { count } = await transaction.verifiedQuery.createMany({ data, skipDuplicates: true });
      report.add('verifiedQueries', count);
      await job.note(transaction);
    });
  }

  const eachOf = async <Thing extends { readonly name: string }>(
    things: readonly Thing[],
    most: number,
    what: string,
    storeOne: (thing: Thing, tell: Tell) => Promise<void>,
  ) => {
    if (things.length > most) report.tell(document.session?.title ?? null, `Of a data session the first ${most} ${what} are taken over.`, things.length - most);
    for (const thing of things.slice(0, most)) {
      signal.throwIfAborted();
      const tell: Tell = (reason, count) => report.tell(thing.name, reason, count);
      await storeOne(thing, tell).catch((error: unknown) => {
        if (isFatal(error)) throw error;
        tell(`It was left out: ${messageOf(error)}`);
      });
    }
  };
  await eachOf(document.files, limits.maxFilesPerSession, 'files', storeFile);
  await eachOf(document.tables, limits.maxTablesPerSession, 'derived tables', storeTable);
  await storeQueries();
}

const shapeOf = ({ name, type }: { readonly name: string; readonly type: string }): readonly string[] => [name, type];
