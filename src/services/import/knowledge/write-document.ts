import { createHash } from 'node:crypto';
import { AppError, messageOf } from '../../../base/errors.ts';
import type { Prisma } from '../../../../prisma/generated/client.ts';
import type { DocumentFacts } from '../../export-archive/knowledge-formats.ts';
import { removeFromDisk } from '../../file/files.ts';
import { storedError } from '../../knowledge/knowledge-row.ts';
import { labelOf } from '../../upload/file-name.ts';
import { bounded } from '../bounded.ts';
import { createCleaner } from '../clean.ts';
import type { ImportJob } from '../import-job.ts';
import { ImportEnded } from '../import-records.ts';
import type { Tell } from '../sources/source-conversation.ts';

/** Where a document belongs, and what is in it. */
export interface DocumentPlace {
  /** The base here. */
  readonly baseId: string;
  /** The base in the archive. */
  readonly sourceBaseId: string;
  /** Null where the archive has none. */
  readonly bytes: () => AsyncIterable<Buffer> | null;
}

const longestUrl = 2_000;
const neverFetched = 'The page had not been fetched yet where it was exported. Have it fetched with "reindexDocument".';

const isWebAddress = (text: string): boolean => text.length <= longestUrl && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/**
 * Adds a document to a base, unless it is there already, and has it read in the background. A web page is read as it was, and fetched again when its
 * owner says so: an import asks nobody for anything.
 */
export async function writeDocument(job: ImportJob, facts: DocumentFacts, { baseId, sourceBaseId, bytes }: DocumentPlace, tell: Tell): Promise<void> {
  const { ids, userId, prisma, fileStore, partialFiles, clock, logger, report, knowledge } = job;
  const limits = job.limits.knowledge;
  const id = ids.of('document', sourceBaseId, facts.id);
  if ((await prisma.document.count({ where: { id } })) > 0) return;
  const now = clock.now();
  const cleaner = createCleaner(now, tell);
  const { source, url } = facts;
  if (source === 'URL' && (url === null || !isWebAddress(url))) return tell('It was left out: it has no address of a page.');
  // A page that is called by its address gets the name of its title.
  const name = (facts.name === url ? url : labelOf(facts.name)) || 'document';
  const createdAt = cleaner.past(facts.createdAt, now);
  const row = { id, ownerId: userId, knowledgeBaseId: baseId, name, source, url: source === 'URL' ? url : null, createdAt, updatedAt: now } as const;

  async function requireRoom(more: number): Promise<void> {
    const { _sum } = await prisma.document.aggregate({ where: { ownerId: userId }, _sum: { byteSize: true } });
    if (Number(_sum.byteSize ?? 0) + more > limits.maxBytesPerUser)
      throw new AppError('PAYLOAD_TOO_LARGE', `Your documents would have more than the ${limits.maxBytesPerUser} bytes that are allowed.`);
    if ((await prisma.document.count({ where: { knowledgeBaseId: baseId } })) >= limits.maxDocumentsPerBase)
      throw new AppError('CONFLICT', `A knowledge base has at most ${limits.maxDocumentsPerBase} documents.`);
  }

  /** Receives the bytes under the id, and says what they are. */
  async function receive(content: AsyncIterable<Buffer>): Promise<{ readonly byteSize: bigint; readonly hash: string }> {
    // What a process left that died in the middle of it has no row.
    await fileStore.discard(id);
    await fileStore.remove(id);
    await partialFiles.create(id);
    const digest = createHash('sha256');
    let byteSize = 0;
    const hashed = (async function* summed() {
      for await (const chunk of bounded(content, limits.maxDocumentBytes, name)) {
        digest.update(chunk);
        yield chunk;
      }
    })();
    await partialFiles.write(id, 0, hashed, (count) => (byteSize = count));
    if (byteSize === 0) throw new AppError('UNSUPPORTED_FILE', 'It is empty.');
    const hash = digest.digest('hex');
    await requireRoom(byteSize);
    if ((await prisma.document.count({ where: { knowledgeBaseId: baseId, hash } })) > 0)
      throw new AppError('CONFLICT', 'Another document of the knowledge base is the same, to the byte.');
    await fileStore.keep(id);
    return { byteSize: BigInt(byteSize), hash };
  }

  const insert = (data: Omit<Prisma.DocumentUncheckedCreateInput, keyof typeof row>): Promise<void> =>
    prisma.$transaction(async (transaction) => {
      // The base before its documents, as everywhere.
      const bases = await transaction.$queryRaw<unknown[]>`SELECT id FROM knowledge_bases WHERE id = ${baseId}::uuid FOR KEY SHARE`;
      if (bases.length === 0) throw new AppError('NOT_FOUND', 'Its knowledge base was deleted meanwhile.');
      await transaction.document.create({ data: { ...row, ...data }, select: { id: true } });
      report.add('documents');
      await job.note(transaction);
    });

  const content = bytes();
  try {
    if (content !== null) {
      await insert({ ...(await receive(content)), status: 'QUEUED', readsStored: source === 'URL' });
      await knowledge.begin(id, baseId);
    } else if (source === 'URL') {
      await requireRoom(0);
      const { code, message } = storedError(facts.errorCode, facts.errorMessage) ?? { code: 'INTERRUPTED', message: neverFetched };
      await insert({ status: 'FAILED', errorCode: code, errorMessage: cleaner.text(message, 1_000) });
    } else tell('The document itself is not in the archive.');
  } catch (error) {
    await fileStore.discard(id);
    const isOfDocument = error instanceof AppError && error.code !== 'SERVICE_UNAVAILABLE' && error.code !== 'INTERNAL_SERVER_ERROR';
    // After a lost connection the row may be there: the file then stays, and the sweep removes it if it has none.
    if (isOfDocument || error instanceof ImportEnded) await removeFromDisk(fileStore, logger, [id]);
    if (!isOfDocument) throw error;
    tell(`It was left out: ${messageOf(error)}`);
  }
}
