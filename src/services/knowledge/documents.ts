import { createHash } from 'node:crypto';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { isUuid, type IdSource } from '../../base/id.ts';
import type { KnowledgeConfig } from '../../base/knowledge-config.ts';
import type { Page } from '../../base/page.ts';
import type { Reader } from '../../base/takeable.ts';
import type { RowChanges } from '../../events/row-changes.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { Statements } from '../../stores/statements.ts';
import { isForeignKeyViolation, isUniqueViolation } from '../../stores/violations.ts';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { keysetSql } from '../keyset.ts';
import { labelOf } from '../upload/file-name.ts';
import { createUploadSlots } from '../upload/upload-slots.ts';
import type { DocumentJobs } from './document-jobs.ts';
import { holdShared, requireShared, type SharedPlace } from '../workspace/shared-thing.ts';
import { documentColumns, isDocumentOver, isReadable, type DocumentRow } from './knowledge-row.ts';
import type { KnowledgeRecords } from './knowledge-records.ts';
import { pageAddress } from './web-page.ts';

/** A document that was received, or the same one that was there already. */
export interface ReceivedDocument {
  readonly document: DocumentRow;
  /** Whether the base had it already, to the byte: nothing was added. */
  readonly isDuplicate: boolean;
}

/** The documents of knowledge bases, as people see them. */
export type KnowledgeDocuments = ReturnType<typeof createKnowledgeDocuments>;

/** What the service stands on. */
export interface KnowledgeDocumentDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly fileStore: FileStore;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly changes: RowChanges;
  readonly records: KnowledgeRecords;
  readonly jobs: Pick<DocumentJobs, 'start'>;
  /** Stops what is done for documents, and removes what lies on the disk of them. */
  readonly forget: (documentIds: readonly string[]) => Promise<void>;
  readonly limits: KnowledgeConfig;
}

/** How many documents of one person may be on their way to a node. */
const mostTransfers = 4;

/** Creates the service. */
export function createKnowledgeDocuments(dependencies: KnowledgeDocumentDependencies) {
  const { prisma, statements, fileStore, clock, newId, changes, records, jobs, forget, limits } = dependencies;
  const slots = createUploadSlots(mostTransfers);

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, DocumentRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<DocumentRow>(
      `SELECT ${documentColumns} FROM documents d JOIN knowledge_bases k ON k.id = d.knowledge_base_id WHERE d.id = ANY($1::uuid[]) AND ${isReadable('$2::uuid')}`,
      [ids, userId],
    );
    return new Map(rows.map((row) => [row.id, row]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<DocumentRow> => {
    const found = isUuid(id) ? (await byIds(viewer, [id])).get(id) : undefined;
    if (found === undefined) throw notFound('Document');
    return found;
  };

  const placeOf = (userId: string, id: string): SharedPlace => ({ kind: 'KnowledgeBase', id, userId });

  /** @throws AppError NOT_FOUND for a base that the person does not see; FORBIDDEN for one that they may read alone */
  const requireBase = (userId: string, id: string) => requireShared(prisma, placeOf(userId, id));

  /** What a base has counts for its owner, whoever adds to it. @throws AppError CONFLICT, PAYLOAD_TOO_LARGE at the limits */
  async function checkRoom(
    { ownerId, isOwn }: { readonly ownerId: string; readonly isOwn: boolean },
    knowledgeBaseId: string,
    byteSize: number,
  ): Promise<void> {
    const { rows } = await statements.query<{ bytes: number; count: number }>(
      `SELECT COALESCE(sum(d.byte_size), 0)::float8 AS bytes, count(*) FILTER (WHERE d.knowledge_base_id = $2::uuid)::int AS count FROM documents d WHERE d.owner_id = $1::uuid`,
      [ownerId, knowledgeBaseId],
    );
    const { bytes = 0, count = 0 } = rows[0] ?? {};
    if (count >= limits.maxDocumentsPerBase)
      throw new AppError(
        'CONFLICT',
        `The knowledge base has ${count} documents, and ${limits.maxDocumentsPerBase} are the most. Delete some, or make another base.`,
      );
    if (bytes + byteSize > limits.maxBytesPerUser && !isOwn)
      throw new AppError('PAYLOAD_TOO_LARGE', 'The owner of the knowledge base has no room for this document. They can delete others with "deleteDocument".');
    if (bytes + byteSize > limits.maxBytesPerUser)
      throw new AppError('PAYLOAD_TOO_LARGE', `Your documents have ${bytes} bytes; ${limits.maxBytesPerUser} are the most. Delete some with "deleteDocument".`);
  }

  /** Adds a document, of the owner of the base, when the person may still write to that. */
  async function create(
    userId: string,
    data: Pick<Prisma.DocumentUncheckedCreateInput, 'id' | 'knowledgeBaseId' | 'name' | 'source' | 'url' | 'byteSize' | 'hash'>,
  ): Promise<DocumentRow> {
    const now = clock.now();
    const row = await prisma
      .$transaction(async (transaction) => {
        const { ownerId } = await holdShared(transaction, placeOf(userId, data.knowledgeBaseId));
        return transaction.document.create({ data: { ...data, ownerId, status: 'QUEUED', createdAt: now, updatedAt: now } });
      })
      .catch((error: unknown) => {
        // The base was deleted a moment ago.
        throw isForeignKeyViolation(error) ? notFound('KnowledgeBase') : error;
      });
    await records.tell(prisma, data.knowledgeBaseId);
    jobs.start(row.id);
    return row;
  }

  /** The same document of the base; one that failed is tried once more. */
  async function duplicateOf(knowledgeBaseId: string, hash: string): Promise<DocumentRow | null> {
    const found = await prisma.document.findUnique({ where: { knowledgeBaseId_hash: { knowledgeBaseId, hash } } });
    if (found?.status !== 'FAILED') return found;
    for (const id of await records.requeue({ id: found.id })) jobs.start(id);
    return prisma.document.findUnique({ where: { id: found.id } });
  }

  return {
    /** Those of some documents that the viewer may see. */
    byIds,

    /** @throws AppError NOT_FOUND */
    get,

    /** A page of the documents of each base, the newest first. */
    ofBases: async (viewer: Viewer | null, baseIds: readonly string[], page: Page): Promise<ReadonlyMap<string, readonly DocumentRow[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'd.created_at', 'd.id', 3);
      const { rows } = await statements.query<DocumentRow>(
        `SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS b (id, place) JOIN knowledge_bases k ON k.id = b.id AND ${isReadable('$2::uuid')}
         CROSS JOIN LATERAL (SELECT ${documentColumns} FROM documents d WHERE d.knowledge_base_id = k.id${keyset.where} ${keyset.limit}) AS found ORDER BY b.place`,
        [baseIds, userId, ...keyset.values],
      );
      return Map.groupBy(rows, (row) => row.knowledgeBaseId);
    },

    /**
     * Receives a document: when this returns it is on the disk and its row is stored, and the rest is done in the background, whatever happens to
     * this process.
     *
     * @param clientName its name, a label for people
     * @throws AppError NOT_FOUND, FORBIDDEN; UNSUPPORTED_FILE for an empty one; CONFLICT, PAYLOAD_TOO_LARGE, RATE_LIMITED at limits; what `FileStore.receive` throws
     */
    receive: async (
      viewer: Viewer | null,
      baseId: string,
      clientName: string,
      source: AsyncIterable<Uint8Array>,
      signal: AbortSignal,
    ): Promise<ReceivedDocument> => {
      const { userId } = requireViewer(viewer);
      const base = await requireBase(userId, baseId);
      await checkRoom(base, baseId, 0);
      const release = slots.take(userId);
      try {
        const digest = createHash('sha256');
        const counted = (async function* hashed() {
          for await (const chunk of source) {
            digest.update(chunk);
            yield chunk;
          }
        })();
        const { id, byteSize } = await fileStore.receive(counted, { maxBytes: limits.maxDocumentBytes }, signal);
        const hash = digest.digest('hex');
        try {
          if (byteSize === 0) throw new AppError('UNSUPPORTED_FILE', 'The document is empty.');
          await checkRoom(base, baseId, byteSize);
          const known = await duplicateOf(baseId, hash);
          if (known !== null) {
            await fileStore.discard(id);
            return { document: known, isDuplicate: true };
          }
          await fileStore.keep(id);
          const name = labelOf(clientName) || 'document';
          return {
            document: await create(userId, { id, knowledgeBaseId: baseId, name, source: 'UPLOAD', byteSize: BigInt(byteSize), hash }),
            isDuplicate: false,
          };
        } catch (error) {
          // After a lost connection the row may be there: the file then stays, and the sweep removes it if it has none.
          if (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE') throw error;
          await Promise.all([fileStore.discard(id), fileStore.remove(id)]);
          // The same document came at the same time.
          const known = isUniqueViolation(error) ? await duplicateOf(baseId, hash) : null;
          if (known !== null) return { document: known, isDuplicate: true };
          throw error;
        }
      } finally {
        release();
      }
    },

    /**
     * Adds a web page, which is fetched in the background. An address that the base has already adds nothing.
     *
     * @throws AppError NOT_FOUND, FORBIDDEN; BAD_USER_INPUT for what is no address; CONFLICT at the limit
     */
    addWebPage: async (
      viewer: Viewer | null,
      input: { readonly knowledgeBaseId: string; readonly url: string; readonly name?: string | null | undefined },
    ): Promise<ReceivedDocument> => {
      const { userId } = requireViewer(viewer);
      const { knowledgeBaseId } = input;
      const base = await requireBase(userId, knowledgeBaseId);
      const url = pageAddress(input.url).href;
      const known = await prisma.document.findFirst({ where: { knowledgeBaseId, url } });
      if (known !== null) return { document: known, isDuplicate: true };
      await checkRoom(base, knowledgeBaseId, 0);
      const name = labelOf(input.name ?? '') || url;
      return { document: await create(userId, { id: newId(), knowledgeBaseId, name, source: 'URL', url }), isDuplicate: false };
    },

    /**
     * Reads a document anew; a web page is fetched anew. What was stored of it is searched until that is done. One that is being worked at is left
     * to that.
     *
     * @throws AppError NOT_FOUND, FORBIDDEN
     */
    reindex: async (viewer: Viewer | null, id: string): Promise<DocumentRow> => {
      await requireBase(requireViewer(viewer).userId, (await get(viewer, id)).knowledgeBaseId);
      for (const queuedId of await records.requeue({ id })) jobs.start(queuedId);
      return get(viewer, id);
    },

    /**
     * The same for the documents of a base.
     *
     * @param onlyFailed whether to leave those that are READY
     * @returns how many wait now
     * @throws AppError NOT_FOUND, FORBIDDEN
     */
    reindexAll: async (viewer: Viewer | null, knowledgeBaseId: string, onlyFailed: boolean): Promise<number> => {
      const { userId } = requireViewer(viewer);
      await requireBase(userId, knowledgeBaseId);
      const queued = await records.requeue({ knowledgeBaseId, ...(onlyFailed ? { status: 'FAILED' } : {}) });
      for (const id of queued) jobs.start(id);
      return queued.length;
    },

    /**
     * Deletes a document: its row, its passages with their vectors, and what lies on the disk.
     *
     * @returns what it was
     * @throws AppError NOT_FOUND, FORBIDDEN
     */
    delete: async (viewer: Viewer | null, id: string): Promise<DocumentRow> => {
      const row = await get(viewer, id);
      await requireBase(requireViewer(viewer).userId, row.knowledgeBaseId);
      await prisma.$transaction(
        async (transaction) => {
          // The base before its documents, as everywhere.
          await transaction.$executeRaw`UPDATE knowledge_bases SET version = version + 1 WHERE id = ${row.knowledgeBaseId}::uuid`;
          const { count } = await transaction.document.deleteMany({ where: { id } });
          if (count === 0) throw notFound('Document');
          await records.tell(transaction, id, row.knowledgeBaseId);
        },
        { timeout: 60_000 },
      );
      await forget([id]);
      return row;
    },

    /**
     * Follows a document until it is READY or FAILED: as it is, then after each change.
     *
     * @throws AppError NOT_FOUND
     */
    follow: async (viewer: Viewer | null, id: string): Promise<Reader<DocumentRow>> => {
      await get(viewer, id);
      return changes.follow(id, {
        load: async () => (await byIds(viewer, [id])).get(id) ?? null,
        isSame: (one, other) => one.status === other.status && one.progress === other.progress && one.name === other.name,
        isFinal: isDocumentOver,
      });
    },
  };
}
