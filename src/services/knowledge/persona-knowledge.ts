import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { badInput, notFound } from '../../base/errors.ts';
import type { Statements } from '../../stores/statements.ts';
import type { Prisma } from '../../../prisma/generated/client.ts';
import { usableBy } from '../workspace/sharing.ts';
import { baseColumns, isReadable, type KnowledgeBaseRow } from './knowledge-row.ts';

/** How many a persona draws on. */
export const mostBases = 10;

/**
 * Gives a persona the bases that it draws on, in place of those that it had. It is the consent of its owner that whoever talks to it gets answers and
 * cited passages out of them.
 *
 * @param wanted.baseIds those alone that its owner may read
 * @throws AppError NOT_FOUND; BAD_USER_INPUT for too many
 */
export async function giveBases(
  transaction: Prisma.TransactionClient,
  wanted: { readonly personaId: string; readonly ownerId: string; readonly baseIds: readonly string[]; readonly at: Date },
): Promise<void> {
  const { personaId, ownerId, at } = wanted;
  const baseIds = [...new Set(wanted.baseIds)];
  if (baseIds.length > mostBases) throw badInput(['input', 'knowledgeBaseIds'], `a persona has at most ${mostBases} knowledge bases`);
  if (baseIds.length > 0) {
    // Locked, so that none is deleted before it is given.
    await transaction.$queryRaw`SELECT id FROM knowledge_bases WHERE id = ANY(${baseIds}::uuid[]) ORDER BY id FOR KEY SHARE`;
    if ((await transaction.knowledgeBase.count({ where: { id: { in: baseIds }, ...usableBy(ownerId) } })) < baseIds.length) throw notFound('KnowledgeBase');
  }
  await transaction.personaKnowledge.deleteMany({ where: { personaId } });
  await transaction.personaKnowledge.createMany({ data: baseIds.map((knowledgeBaseId) => ({ personaId, knowledgeBaseId, createdAt: at })) });
}

/** The bases of each persona of the viewer's, by their names, in one statement; of others' personas none. */
export async function basesOfPersonas(
  statements: Statements,
  viewer: Viewer | null,
  personaIds: readonly string[],
): Promise<ReadonlyMap<string, readonly KnowledgeBaseRow[]>> {
  const { userId } = requireViewer(viewer);
  const { rows } = await statements.query<KnowledgeBaseRow & { readonly personaId: string }>(
    `SELECT b.persona_id AS "personaId", ${baseColumns} FROM persona_knowledge b JOIN personas p ON p.id = b.persona_id AND p.owner_id = $2::uuid
     JOIN knowledge_bases k ON k.id = b.knowledge_base_id WHERE b.persona_id = ANY($1::uuid[]) AND ${isReadable('$2::uuid')} ORDER BY k.name, k.id`,
    [personaIds, userId],
  );
  return Map.groupBy(rows, ({ personaId }) => personaId);
}
