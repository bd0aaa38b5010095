import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { Page } from '../../base/page.ts';
import type { Reader } from '../../base/takeable.ts';
import { parseInput } from '../../base/validate.ts';
import type { RowChanges } from '../../events/row-changes.ts';
import type { Statements } from '../../stores/statements.ts';
import type { DocumentStatus, Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { keysetSql } from '../keyset.ts';
import type { ModelCalls } from '../model-calls.ts';
import { disposableBy, editableBy, sharingConditions, type SharingFilter } from '../workspace/sharing.ts';
import { changeSharing, requireShared, requireSharing } from '../workspace/shared-thing.ts';
import { takeOutUnusable } from '../workspace/take-out.ts';
import type { Embedders } from './embedders.ts';
import { baseColumns, isReadable, type KnowledgeBaseRow } from './knowledge-row.ts';
import type { KnowledgeRecords } from './knowledge-records.ts';
import { knowledgeLanguages } from './languages.ts';
import { byOwner } from './metered-embedder.ts';

/** How many documents of a base are in each state. */
export type DocumentCounts = Readonly<Record<DocumentStatus, number>>;

/** Knowledge bases: documents that are searched together. Each has one owner, who may share it with a workspace. */
export type KnowledgeBases = ReturnType<typeof createKnowledgeBases>;

/** What the service stands on. */
export interface KnowledgeBaseDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly changes: RowChanges;
  readonly records: KnowledgeRecords;
  readonly embedders: Embedders;
  readonly modelCalls: Pick<ModelCalls, 'nameOf'>;
  /** Begins to embed a base anew. */
  readonly embed: (id: string) => void;
  /** Stops what is done for documents, and removes what lies on the disk of them. */
  readonly forget: (documentIds: readonly string[]) => Promise<void>;
  readonly defaultModel: string | null;
  readonly maxPerUser: number;
}

const clean = (text: string): boolean => !text.includes('\u0000');
const name = z
  .string()
  .trim()
  .min(1, 'a name must not be empty')
  .max(200, 'a name has at most 200 characters')
  .refine(clean, 'a name must not contain the character U+0000');
const description = z
  .string()
  .trim()
  .max(2_000, 'a description has at most 2,000 characters')
  .refine(clean, 'a description must not contain the character U+0000');
const model = z.string().trim().min(1, 'name a model, or give null for none').max(200);

const newBase = z.object({
  name,
  description: description.nullish(),
  language: z.enum(knowledgeLanguages).nullish(),
  embeddingModel: model.nullish(),
  reranker: model.nullish(),
  workspaceId: z.uuid().nullish(),
});

const changedBase = z.object({
  name: name.optional(),
  description: description.nullish(),
  embeddingModel: model.nullish(),
  reranker: model.nullish(),
  workspaceId: z.uuid().nullish(),
});

/** What a new base is like; `embeddingModel` absent is the default, null is none. */
export type NewKnowledgeBase = z.input<typeof newBase>;

/** What to change of a base: what is absent stays, null clears. */
export type KnowledgeBaseChanges = z.input<typeof changedBase> & { readonly id: string };

const noDocuments: DocumentCounts = { QUEUED: 0, PROCESSING: 0, READY: 0, FAILED: 0 };

/** Creates the service. */
export function createKnowledgeBases(dependencies: KnowledgeBaseDependencies) {
  const { prisma, statements, clock, newId, changes, records, embedders, modelCalls, embed, forget, defaultModel, maxPerUser } = dependencies;

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, KnowledgeBaseRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<KnowledgeBaseRow>(
      `SELECT ${baseColumns} FROM knowledge_bases k WHERE k.id = ANY($1::uuid[]) AND ${isReadable('$2::uuid')}`,
      [ids, userId],
    );
    return new Map(rows.map((row) => [row.id, row]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<KnowledgeBaseRow> => {
    const found = (await byIds(viewer, [id])).get(id);
    if (found === undefined) throw notFound('KnowledgeBase');
    return found;
  };

  /** A model by its whole name, which must be there now. */
  const named = async (userId: string, name: string | null | undefined): Promise<string | null | undefined> =>
    name == null ? name : modelCalls.nameOf(userId, name);

  return {
    /** Those of some bases that the viewer may see. */
    byIds,

    /** @throws AppError NOT_FOUND */
    get,

    /** A page of the bases that the viewer may read, the newest first. */
    list: async (viewer: Viewer | null, filter: SharingFilter, page: Page): Promise<readonly KnowledgeBaseRow[]> => {
      const { userId } = requireViewer(viewer);
      const values: unknown[] = [userId];
      const conditions = sharingConditions('k', '$1::uuid', filter, (value) => `$${values.push(value)}`);
      const keyset = keysetSql(page, 'DESC', 'k.created_at', 'k.id', values.length + 1);
      const { rows } = await statements.query<KnowledgeBaseRow>(
        `SELECT ${baseColumns} FROM knowledge_bases k WHERE ${conditions.join(' AND ')}${keyset.where} ${keyset.limit}`,
        [...values, ...keyset.values],
      );
      return rows;
    },

    /** How many documents there are in bases, by their states. */
    countsOf: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, DocumentCounts>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string; status: DocumentStatus; count: number }>(
        `SELECT k.id, d.status, count(*)::int AS count FROM knowledge_bases k JOIN documents d ON d.knowledge_base_id = k.id
         WHERE k.id = ANY($1::uuid[]) AND ${isReadable('$2::uuid')} GROUP BY k.id, d.status`,
        [ids, userId],
      );
      const counts = new Map<string, DocumentCounts>();
      for (const { id, status, count } of rows) counts.set(id, { ...(counts.get(id) ?? noDocuments), [status]: count });
      return counts;
    },

    /**
     * Makes a base.
     *
     * @throws AppError BAD_USER_INPUT; NOT_FOUND, FORBIDDEN for a workspace that they may not share with; ENGINE_UNKNOWN for a provider that there is not;
     *   CONFLICT at the limit
     */
    create: async (viewer: Viewer | null, input: NewKnowledgeBase): Promise<KnowledgeBaseRow> => {
      const { userId } = requireViewer(viewer);
      const wanted = parseInput(newBase, input);
      const embeddingModel = wanted.embeddingModel === undefined ? defaultModel : wanted.embeddingModel;
      if (embeddingModel !== null) await embedders.of(byOwner(userId), embeddingModel);
      const reranker = (await named(userId, wanted.reranker)) ?? null;
      const now = clock.now();
      const id = newId();
      await prisma.$transaction(async (transaction) => {
        await requireSharing(transaction, wanted.workspaceId, userId);
        // Two at once of the same person wait for one another, so that both are counted.
        await transaction.$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
        const count = await transaction.knowledgeBase.count({ where: { ownerId: userId } });
        if (count >= maxPerUser)
          throw new AppError('CONFLICT', `You have ${count} knowledge bases, and ${maxPerUser} are the most. Delete one that you no longer need.`);
        const { name: label, description: about = null, language, workspaceId = null } = wanted;
        await transaction.knowledgeBase.create({
          data: {
            id,
            ownerId: userId,
            workspaceId,
            name: label,
            description: about,
            language: language ?? 'english',
            embeddingModel,
            vectorModel: embeddingModel,
            reranker,
            createdAt: now,
            updatedAt: now,
          },
          select: { id: true },
        });
      });
      return get(viewer, id);
    },

    /**
     * Changes a base. With another embedding model its passages are embedded anew in the background, and the old vectors are searched until that
     * is done. One that is shared is changed by the EDITORs of the workspace as well, but for the model, which embeds by the keys of its owner.
     *
     * @throws AppError NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, ENGINE_UNKNOWN
     */
    update: async (viewer: Viewer | null, { id, ...input }: KnowledgeBaseChanges): Promise<KnowledgeBaseRow> => {
      const { userId } = requireViewer(viewer);
      const place = { kind: 'KnowledgeBase', id, userId } as const;
      const { isOwn } = await requireShared(prisma, place);
      const before = await get(viewer, id);
      const wanted = parseInput(changedBase, input);
      const { embeddingModel, workspaceId } = wanted;
      if (embeddingModel !== undefined && !isOwn)
        throw new AppError('FORBIDDEN', 'Only the owner of a knowledge base chooses its model, which is asked with their keys; leave "embeddingModel" out.');
      if (embeddingModel != null) await embedders.of(byOwner(before.ownerId), embeddingModel);
      const reranker = await named(userId, wanted.reranker);
      const isOther = embeddingModel !== undefined && embeddingModel !== before.embeddingModel;
      const change = async (transaction: Prisma.TransactionClient): Promise<void> => {
        const left = await changeSharing(transaction, place, workspaceId);
        const text = {
          ...(wanted.name === undefined ? {} : { name: wanted.name }),
          ...(wanted.description === undefined ? {} : { description: wanted.description }),
          ...(reranker === undefined ? {} : { reranker }),
        };
        const anew = {
          embeddingModel: embeddingModel ?? null,
          embeddingProgress: 0,
          // Also where it is the one that is searched: what was added meanwhile has no vectors of it.
          lacksVectors: embeddingModel != null,
          embeddingErrorCode: null,
          embeddingErrorMessage: null,
          embeddingLeaseUntil: null,
        };
        const data = {
          ...text,
          ...(isOther ? anew : {}),
          ...(isOther && embeddingModel === null ? { vectorModel: null, embeddingProgress: 1 } : {}),
          updatedAt: clock.now(),
        };
        // Whoever takes back what others share may not change it any more after it.
        const where = { id, ...(left === null ? editableBy(userId) : {}) };
        const { count } = await transaction.knowledgeBase.updateMany({ where, data: { ...data, version: { increment: 1 } } });
        if (count === 0) throw notFound('KnowledgeBase');
        if (left !== null) await takeOutUnusable(transaction, left);
        if (isOther && embeddingModel === null)
          await transaction.$executeRaw`DELETE FROM chunk_vectors v USING chunks c WHERE c.id = v.chunk_id AND c.knowledge_base_id = ${id}::uuid`;
        await records.tell(transaction, id);
      };
      await prisma.$transaction(change, { timeout: 60_000 });
      if (isOther && embeddingModel !== null) embed(id);
      // As it was known to whoever took it back, and sees it no more.
      return (await byIds(viewer, [id])).get(id) ?? { ...before, workspaceId: null };
    },

    /**
     * Deletes a base with its documents, and everything that was made of them.
     *
     * @returns its id
     * @throws AppError NOT_FOUND; FORBIDDEN for a member of its workspace who is no OWNER there
     */
    delete: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      await requireShared(prisma, { kind: 'KnowledgeBase', id, userId }, 'TAKE_BACK');
      const documentIds = await prisma.$transaction(
        async (transaction) => {
          await transaction.$queryRaw`SELECT id FROM knowledge_bases WHERE id = ${id}::uuid FOR UPDATE`;
          const rows = await transaction.document.findMany({ where: { knowledgeBaseId: id }, select: { id: true } });
          const { count } = await transaction.knowledgeBase.deleteMany({ where: { id, ...disposableBy(userId) } });
          if (count === 0) throw notFound('KnowledgeBase');
          await records.tell(transaction, id);
          return rows.map((row) => row.id);
        },
        { timeout: 60_000 },
      );
      await forget(documentIds);
      return id;
    },

    /**
     * Follows a base: as it is, then after each change of it or of its documents. It never ends by itself.
     *
     * @throws AppError NOT_FOUND
     */
    follow: async (viewer: Viewer | null, id: string): Promise<Reader<KnowledgeBaseRow>> => {
      await get(viewer, id);
      return changes.follow(id, { load: async () => (await byIds(viewer, [id])).get(id) ?? null, isSame: () => false, isFinal: () => false });
    },
  };
}
