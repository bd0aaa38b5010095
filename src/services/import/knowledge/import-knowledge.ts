import { z } from 'zod';
import { documentFacts, knowledgeDocument, type DocumentFacts, type KnowledgeDocument } from '../../export-archive/knowledge-formats.ts';
import { languageOf } from '../../knowledge/languages.ts';
import { createCleaner } from '../clean.ts';
import type { ImportJob } from '../import-job.ts';
import { addOwn } from '../own-thing.ts';
import type { Tell } from '../sources/source-conversation.ts';
import type { OpenEntry, Units } from '../units.ts';
import { writeDocument } from './write-document.ts';

const longestName = 200;
const longestDescription = 2_000;

/** An archive, as far as knowledge is concerned. */
export interface KnowledgeArchive {
  /** The names of its entries about knowledge bases, in their order. */
  readonly names: readonly string[];
  readonly open: OpenEntry;
  /** A small document, in its shape; null, and tells why, when it is none. */
  readonly read: <Shape extends z.ZodType>(name: string, shape: Shape, tell: Tell) => Promise<z.output<Shape> | null>;
}

type BaseFacts = KnowledgeDocument['knowledgeBase'];

/** The model that makes its vectors; null for one that is not here. Nobody is asked for a vector. */
async function modelOf({ userId, knowledge }: ImportJob, { embeddingModel }: BaseFacts, tell: Tell): Promise<string | null> {
  if (embeddingModel === null || (await knowledge.hasModel(userId, embeddingModel))) return embeddingModel;
  tell(`The embedding model "${embeddingModel}" is not known here; it is searched by words alone. Choose another one with "updateKnowledgeBase".`);
  return null;
}

/** Adds a base, unless it is here already; gives its id here. */
async function writeBase(job: ImportJob, base: BaseFacts, tell: Tell): Promise<string | null> {
  const { userId, clock, limits } = job;
  const now = clock.now();
  const cleaner = createCleaner(now, tell);
  const name = cleaner.label(base.name, longestName);
  if (name === null) {
    tell('A knowledge base without a name was left out.');
    return null;
  }
  const embeddingModel = await modelOf(job, base, tell);
  const most = limits.knowledge.maxBasesPerUser;
  const thing = { kind: 'knowledgeBase', sourceId: base.id, what: 'knowledge bases', counts: 'knowledgeBases', most } as const;
  return addOwn(job, { ...thing, count: (transaction) => transaction.knowledgeBase.count({ where: { ownerId: userId } }) }, tell, async (transaction, id) => {
    const description = base.description === null ? '' : cleaner.text(base.description.trim(), longestDescription);
    const createdAt = cleaner.past(base.createdAt, now);
    await transaction.knowledgeBase.create({
      data: {
        id,
        ownerId: userId,
        name,
        description: description === '' ? null : description,
        language: languageOf(base.language),
        embeddingModel,
        vectorModel: embeddingModel,
        createdAt,
        updatedAt: cleaner.past(base.updatedAt, createdAt),
      },
      select: { id: true },
    });
    return true;
  });
}

/**
 * Takes over knowledge bases that are not here yet, and the documents that they lack. Documents are read anew in the background, by the same jobs as
 * those that people send: no passage and no vector is believed that came from outside. They come before the conversations that draw on them.
 */
export async function importKnowledge(job: ImportJob, units: Units, { names, open, read }: KnowledgeArchive): Promise<void> {
  const { report, prisma, userId, limits } = job;

  async function importDocuments(documents: readonly unknown[], base: BaseFacts, baseId: string, tell: Tell): Promise<void> {
    const most = limits.knowledge.maxDocumentsPerBase;
    if (documents.length > most) tell(`A knowledge base has at most ${most} documents; those beyond were left out.`, documents.length - most);
    for (const value of documents.slice(0, most)) {
      const parsed = documentFacts.safeParse(value);
      if (!parsed.success) {
        tell(`A document of it cannot be read: ${z.prettifyError(parsed.error).split('\n').slice(0, 2).join(' ')}`);
        continue;
      }
      const facts: DocumentFacts = parsed.data;
      const place = { baseId, sourceBaseId: base.id, bytes: () => open(`documents/${facts.id}`) };
      await units.part(facts.name, () => writeDocument(job, facts, place, (reason, count) => report.tell(facts.name, reason, count)));
    }
  }

  async function importBase(entry: string): Promise<void> {
    const document = await read(entry, knowledgeDocument, (reason, count) => report.tell(entry, reason, count));
    const base = document?.knowledgeBase ?? null;
    // One that never left this account stays as it is.
    const isOwn = base !== null && (await prisma.knowledgeBase.count({ where: { id: base.id, ownerId: userId } })) > 0;
    if (document !== null && base !== null && !isOwn) {
      const tell: Tell = (reason, count) => report.tell(base.name, reason, count);
      const baseId = await writeBase(job, base, tell);
      if (baseId !== null) await importDocuments(document.documents, base, baseId, tell);
    }
    await units.noteDone();
  }

  for (const name of names) await units.next(name, () => importBase(name));
}
