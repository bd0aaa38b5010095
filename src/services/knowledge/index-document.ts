import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { embedAll, type EmbeddedSoFar } from '../../base/embedder.ts';
import { AppError } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { Clock } from '../../base/clock.ts';
import type { ReadDocument } from '../../documents/document.ts';
import type { Documents } from '../../documents/documents.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PartialFiles } from '../../stores/partial-files.ts';
import type { VectorStore } from '../../stores/vectors/vector-store.ts';
import { isUniqueViolation } from '../../stores/violations.ts';
import type { Document, KnowledgeBase, PrismaClient } from '../../../prisma/generated/client.ts';
import { labelOf } from '../upload/file-name.ts';
import type { Embedders } from './embedders.ts';
import type { KnowledgeRecords } from './knowledge-records.ts';
import { byOwner } from './metered-embedder.ts';
import { countEmbedded, embeddedText, replacePassages, shareOf } from './save-passages.ts';
import { fetchPage, type PageFetching } from './web-page.ts';

/** What it stands on. */
export interface IndexingDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly partialFiles: PartialFiles;
  readonly documents: Documents;
  readonly embedders: Embedders;
  readonly vectors: VectorStore;
  readonly records: KnowledgeRecords;
  readonly pages: PageFetching;
  readonly clock: Clock;
  readonly newId: IdSource;
}

/** A document that is worked at, with its base. */
export type WorkedDocument = Document & { readonly knowledgeBase: KnowledgeBase };

/** Which share of the work reading is; the rest is embedding. */
const readShare = 0.3;

const noVectors: EmbeddedSoFar = { vectors: [], failure: null };

/** What a document is called: a page that nobody has named by its title. */
function nameOf({ source, name, url }: WorkedDocument, { title }: ReadDocument): string {
  return source === 'UPLOAD' || name !== url ? name : labelOf(title ?? '') || name;
}

/** What a quota did not allow is found by its words until it is embedded later. Every other failure is one of the document. */
function lackOf({ failure }: EmbeddedSoFar): AppError | null {
  if (failure === null) return null;
  if (failure instanceof AppError && failure.code === 'QUOTA_EXCEEDED') return failure;
  throw failure;
}

/** The document is gone, or its base is: whoever works at it stops. */
export class DocumentGone extends Error {
  override readonly name = 'DocumentGone';
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  // The store gives the memory of what it has written back, and these bytes are still to be read.
  yield Uint8Array.from(bytes);
}

/** Does all work at one document. */
export function createIndexing(dependencies: IndexingDependencies) {
  const { prisma, fileStore, partialFiles, documents, embedders, vectors, records, pages, clock, newId } = dependencies;

  /** Fetches a page, keeps it as it came, and says what it is called. @throws AppError CONFLICT when another document of the base says the same */
  async function fetch(document: WorkedDocument, signal: AbortSignal): Promise<{ readonly bytes: Uint8Array; readonly charset: string | null }> {
    const page = await fetchPage(document.url ?? '', pages, signal);
    const hash = createHash('sha256').update(page.bytes).digest('hex');
    try {
      await prisma.document.update({ where: { id: document.id }, data: { hash, byteSize: BigInt(page.bytes.length) }, select: { id: true } });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('CONFLICT', 'The page is to the byte another document of this knowledge base.', { cause: error });
    }
    // The new one takes the place of the one that was fetched before; should the server stop in between, it is fetched again.
    await fileStore.discard(document.id);
    await partialFiles.create(document.id);
    await partialFiles.write(document.id, 0, once(page.bytes), () => undefined);
    await fileStore.remove(document.id);
    await fileStore.keep(document.id);
    return page;
  }

  async function load(document: WorkedDocument, signal: AbortSignal) {
    if (document.source === 'URL' && !document.readsStored) return fetch(document, signal);
    const bytes = await readFile(fileStore.pathsOf(document.id).original).catch((error: unknown) => {
      throw new AppError('INTERRUPTED', 'The file is not on the disk any more. Delete the document, and send it again.', { cause: error });
    });
    return { bytes, charset: null };
  }

  /** Stores what was read, if the base still wants vectors of this model. False when it wants others by now. */
  async function store(document: WorkedDocument, read: ReadDocument, model: string | null, made: EmbeddedSoFar): Promise<boolean> {
    const { id, knowledgeBaseId } = document;
    const { passages } = read;
    const name = nameOf(document, read);
    const lack = lackOf(made);
    const [first] = made.vectors;
    if (first !== undefined) await vectors.prepare(first.length);
    const chunkIds = passages.map(() => newId());
    return prisma.$transaction(
      async (transaction) => {
        // The base before its documents, as everywhere: two transactions that lock in opposite orders would deadlock.
        const [base] = await transaction.$queryRaw<{ model: string | null }[]>`
          SELECT embedding_model AS model FROM knowledge_bases WHERE id = ${knowledgeBaseId}::uuid FOR NO KEY UPDATE`;
        if (base === undefined) throw new DocumentGone();
        if (base.model !== model) return false;
        const now = clock.now();
        const data = {
          status: 'READY',
          readsStored: false,
          progress: 1,
          name,
          mediaType: read.mediaType,
          pageCount: read.pageCount,
          chunkCount: passages.length,
          errorCode: lack?.code ?? null,
          errorMessage:
            lack === null ? null : `It is found by its words alone until it is embedded, which begins by itself once there is room. ${lack.message}`,
          revision: { increment: 1 },
          indexedAt: now,
          updatedAt: now,
        } as const;
        const { count } = await transaction.document.updateMany({ where: { id, status: 'PROCESSING' }, data });
        if (count === 0) throw new DocumentGone();
        await replacePassages(transaction, { documentId: id, knowledgeBaseId, language: document.knowledgeBase.language, name }, chunkIds, passages);
        if (model !== null && first !== undefined) {
          const embedded = chunkIds.slice(0, made.vectors.length);
          await vectors.save(transaction, { knowledgeBaseId, documentId: id, model, chunkIds: embedded, vectors: made.vectors });
        }
        const lacking =
          lack === null || model === null
            ? {}
            : {
                lacksVectors: true,
                embeddingProgress: shareOf(await countEmbedded(transaction, knowledgeBaseId, model)),
                embeddingErrorCode: lack.code,
                embeddingErrorMessage: lack.message,
              };
        await transaction.knowledgeBase.update({
          where: { id: knowledgeBaseId },
          data: { version: { increment: 1 }, ...lacking },
          select: { id: true },
        });
        await records.tell(transaction, id, knowledgeBaseId);
        return true;
      },
      { timeout: 60_000 },
    );
  }

  /**
   * Fetches, reads, embeds and stores a document, in the place of what was stored of it before. What a quota does not let be embedded is stored without
   * vectors, and embedded in the background later.
   *
   * @param advance hears how much is done, 0 to 1
   * @throws AppError what keeps it from being done; DocumentGone
   */
  return async (document: WorkedDocument, signal: AbortSignal, advance: (progress: number) => void): Promise<void> => {
    const { bytes, charset } = await load(document, signal);
    const read = await documents.read(bytes, { name: document.url ?? document.name, charset }, signal);
    advance(readShare);
    const name = nameOf(document, read);
    const texts = read.passages.map((passage) => embeddedText(name, passage));
    for (;;) {
      const base = await prisma.knowledgeBase.findUnique({ where: { id: document.knowledgeBaseId }, select: { embeddingModel: true, ownerId: true } });
      if (base === null) throw new DocumentGone();
      const { embeddingModel, ownerId } = base;
      const done = (count: number): void => advance(readShare + (1 - readShare) * (count / texts.length));
      const embedder = embeddingModel === null ? null : await embedders.of(byOwner(ownerId), embeddingModel);
      const made = embedder === null ? noVectors : await embedAll(embedder, texts, 'PASSAGE', signal, done);
      if (await store(document, read, embeddingModel, made)) return;
    }
  };
}
