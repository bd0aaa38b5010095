import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import { requireRole, requireWorkspacePermission, type WorkspaceRole } from './permissions.ts';
import { isUsable } from './sharing.ts';
import { lockConversationsWith } from './take-out.ts';

/** What can be shared with a workspace, and its table. */
const tables = { Persona: 'personas', PromptTemplate: 'prompt_templates', KnowledgeBase: 'knowledge_bases' } as const;

/** What can be shared with a workspace. */
export type SharedKind = keyof typeof tables;

/** A thing that can be shared, and somebody who wants to do something with it. */
export interface SharedPlace {
  readonly kind: SharedKind;
  readonly id: string;
  readonly userId: string;
}

/** What is known of whose it is. */
export interface SharedThing {
  readonly ownerId: string;
  readonly workspaceId: string | null;
  readonly isOwn: boolean;
}

type Database = Pick<PrismaClient, '$queryRawUnsafe'>;

/**
 * Makes sure that somebody may change a thing, or delete it and say whom it is shared with, now.
 *
 * @throws AppError NOT_FOUND for a stranger, also for one who meets it in a conversation; FORBIDDEN for a member, with the role that it takes
 */
export async function requireShared(
  database: Database,
  { kind, id, userId }: SharedPlace,
  action: 'EDIT_SHARED' | 'TAKE_BACK' = 'EDIT_SHARED',
): Promise<SharedThing> {
  if (!isUuid(id)) throw notFound(kind);
  const [found] = await database.$queryRawUnsafe<{ ownerId: string; workspaceId: string | null; role: WorkspaceRole | null }[]>(
    `SELECT s.owner_id AS "ownerId", s.workspace_id AS "workspaceId", m.role::text AS role FROM ${tables[kind]} s
     LEFT JOIN workspace_members m ON m.workspace_id = s.workspace_id AND m.user_id = $2::uuid WHERE s.id = $1::uuid`,
    id,
    userId,
  );
  if (found === undefined) throw notFound(kind);
  const { ownerId, workspaceId, role } = found;
  const isOwn = ownerId === userId;
  if (!isOwn) requireRole(role ?? undefined, action, kind);
  return { ownerId, workspaceId, isOwn };
}

/** Holds workspaces, so that nobody comes or goes, in the order in which all hold them. Conversations are locked before. */
export async function holdWorkspaces(database: Database, ids: readonly (string | null | undefined)[]): Promise<void> {
  const wanted = ids.filter((id) => id != null);
  if (wanted.length > 0) await database.$queryRawUnsafe('SELECT id FROM workspaces WHERE id = ANY($1::uuid[]) ORDER BY id FOR SHARE', wanted);
}

/**
 * Makes sure that somebody may share something of theirs with a workspace, which is held from here on.
 *
 * @throws AppError NOT_FOUND for a stranger to the workspace; FORBIDDEN for a READER
 */
export async function requireSharing(database: Database, workspaceId: string | null | undefined, userId: string): Promise<void> {
  if (workspaceId == null) return;
  await holdWorkspaces(database, [workspaceId]);
  await requireWorkspacePermission(database, { workspaceId, userId }, 'SHARE');
}

/**
 * Holds things and their workspaces, so that whoever may use them may until the transaction ends. Conversations are locked before.
 *
 * @throws AppError NOT_FOUND when there is one among them that the person may not use
 */
export async function holdUsable(database: Database, kind: SharedKind, ids: readonly string[], userId: string): Promise<void> {
  if (!ids.every(isUuid)) throw notFound(kind);
  const table = tables[kind];
  await database.$queryRawUnsafe(
    `SELECT w.id FROM workspaces w WHERE w.id IN (SELECT s.workspace_id FROM ${table} s WHERE s.id = ANY($1::uuid[])) ORDER BY w.id FOR SHARE`,
    ids,
  );
  const found = await database.$queryRawUnsafe<unknown[]>(
    `SELECT s.id FROM ${table} s WHERE s.id = ANY($1::uuid[]) AND ${isUsable('s', '$2::uuid')} ORDER BY s.id FOR SHARE`,
    ids,
    userId,
  );
  if (found.length < new Set(ids).size) throw notFound(kind);
}

/**
 * The same as `requireShared`, and nobody comes or goes until the transaction ends: whose it is stays.
 *
 * @throws AppError NOT_FOUND, FORBIDDEN
 */
export async function holdShared(transaction: Prisma.TransactionClient, place: SharedPlace): Promise<SharedThing> {
  const thing = await requireShared(transaction, place);
  if (thing.workspaceId === null) return thing;
  await holdWorkspaces(transaction, [thing.workspaceId]);
  return requireShared(transaction, place);
}

/**
 * Says whom a thing is shared with from here on: its owner any workspace in which they may share, an OWNER of the one that it is shared with nobody.
 *
 * @param transaction has locked nothing yet
 * @param wanted undefined leaves it as it is
 * @returns the conversations that have it, when it is taken from those that could use it: see `takeOutUnusable`; null when it is not
 * @throws AppError NOT_FOUND, FORBIDDEN; CONFLICT when somebody else has said it at the same time
 */
export async function changeSharing(
  transaction: Prisma.TransactionClient,
  place: SharedPlace,
  wanted: string | null | undefined,
): Promise<readonly string[] | null> {
  const { kind, id, userId } = place;
  const { isOwn, ownerId, workspaceId } = await requireShared(transaction, place);
  if (wanted === undefined || wanted === workspaceId) return null;
  if (!isOwn && wanted !== null) throw new AppError('FORBIDDEN', 'Only its owner shares it with a workspace.');
  if (!isOwn) await requireShared(transaction, place, 'TAKE_BACK');
  const conversationIds = await lockConversationsWith(transaction, id, async () => {
    await holdWorkspaces(transaction, [workspaceId, wanted]);
    await transaction.$queryRawUnsafe(`SELECT id FROM ${tables[kind]} WHERE id = $1::uuid FOR UPDATE`, id);
  });
  await requireSharing(transaction, wanted, userId);
  const count = await transaction.$executeRawUnsafe(
    `UPDATE ${tables[kind]} SET workspace_id = $2::uuid WHERE id = $1::uuid AND owner_id = $3::uuid AND workspace_id IS NOT DISTINCT FROM $4::uuid`,
    id,
    wanted,
    ownerId,
    workspaceId,
  );
  if (count === 0) throw new AppError('CONFLICT', 'Somebody else has just said whom it is shared with. Look at it again.');
  return workspaceId === null ? null : conversationIds;
}
