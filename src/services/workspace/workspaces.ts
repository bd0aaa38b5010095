import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { Page } from '../../base/page.ts';
import type { WorkspaceConfig } from '../../base/workspace-config.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Statements } from '../../stores/statements.ts';
import { isUniqueViolation } from '../../stores/violations.ts';
import type { Audit } from '../audit.ts';
import { keysetSql } from '../keyset.ts';
import { dissolveWorkspace, lockWorkspace } from './end-membership.ts';
import { lockMembers } from './members.ts';
import { requireWorkspacePermission } from './permissions.ts';
import { parseNewWorkspace, parseWorkspaceChanges, type NewWorkspaceInput, type WorkspaceChangesInput } from './workspace-input.ts';
import { workspaceColumns, workspaceSource, type WorkspaceRow } from './workspace-row.ts';

/** Teams. Whoever is no member of one does not learn that there is one. */
export type Workspaces = ReturnType<typeof createWorkspaces>;

/** What the service stands on. */
export interface WorkspaceDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly audit: Pick<Audit, 'record'>;
  readonly conversationLog: Pick<ConversationLog, 'append'>;
  readonly config: Pick<WorkspaceConfig, 'maxPerOwner'>;
}

/** Creates the service. */
export function createWorkspaces({ prisma, statements, clock, newId, audit, conversationLog, config }: WorkspaceDependencies) {
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, WorkspaceRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<WorkspaceRow>(`SELECT ${workspaceColumns} FROM ${workspaceSource('$2::uuid')} WHERE o.id = ANY($1::uuid[])`, [
      ids,
      userId,
    ]);
    return new Map(rows.map((row) => [row.id, row]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<WorkspaceRow> => {
    const found = (await byIds(viewer, [id])).get(id);
    if (found === undefined) throw notFound('Workspace');
    return found;
  };

  return {
    byIds,

    /** The workspaces of the viewer, those that they came to last first. */
    list: async (viewer: Viewer | null, page: Page): Promise<readonly WorkspaceRow[]> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'm.joined_at', 'o.id', 2);
      const { rows } = await statements.query<WorkspaceRow>(
        `SELECT ${workspaceColumns} FROM ${workspaceSource('$1::uuid')} WHERE true${keyset.where} ${keyset.limit}`,
        [userId, ...keyset.values],
      );
      return rows;
    },

    /**
     * Makes a workspace, whose OWNER the viewer is.
     *
     * @throws AppError BAD_USER_INPUT; CONFLICT for a handle that is taken, and for somebody who is OWNER of as many as are allowed
     */
    create: async (viewer: Viewer | null, input: NewWorkspaceInput, device: DeviceFacts): Promise<WorkspaceRow> => {
      const { userId } = requireViewer(viewer);
      const wanted = parseNewWorkspace(input);
      const id = newId();
      await prisma
        .$transaction(async (transaction) => {
          // Two at once would both find the last place free.
          await transaction.$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
          if ((await transaction.workspaceMember.count({ where: { userId, role: 'OWNER' } })) >= config.maxPerOwner) {
            throw new AppError(
              'CONFLICT',
              `You are OWNER of ${config.maxPerOwner} workspaces, as many as are allowed; delete one with "deleteWorkspace", or leave one with "leaveWorkspace".`,
            );
          }
          const now = clock.now();
          const member = { userId, role: 'OWNER', joinedAt: now } as const;
          await transaction.workspace.create({ data: { id, ...wanted, createdAt: now, updatedAt: now, members: { create: member } }, select: { id: true } });
          await audit.record(transaction, { kind: 'WORKSPACE_CREATED', actorId: userId, device, data: { workspaceId: id } });
        })
        .catch((error: unknown) => {
          throw isUniqueViolation(error)
            ? new AppError('CONFLICT', `There is a workspace with the handle "${wanted.handle}" already; choose another one.`)
            : error;
        });
      return get(viewer, id);
    },

    /**
     * Changes name and description.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs; BAD_USER_INPUT
     */
    update: async (viewer: Viewer | null, id: string, input: WorkspaceChangesInput): Promise<WorkspaceRow> => {
      const { userId } = requireViewer(viewer);
      await requireWorkspacePermission(prisma, { workspaceId: id, userId }, 'UPDATE');
      const changes = parseWorkspaceChanges(input);
      await prisma.$transaction(async (transaction) => {
        await lockMembers(transaction, id);
        await requireWorkspacePermission(transaction, { workspaceId: id, userId }, 'UPDATE');
        await transaction.workspace.update({ where: { id }, data: { ...changes, updatedAt: clock.now() }, select: { id: true } });
      });
      return get(viewer, id);
    },

    /**
     * Deletes a workspace, with its keys and quotas. What was shared with it goes back to its owners alone.
     *
     * @returns its id
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs
     */
    delete: async (viewer: Viewer | null, id: string, device: DeviceFacts): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const place = { workspaceId: id, userId };
      await requireWorkspacePermission(prisma, place, 'DELETE');
      await prisma.$transaction(async (transaction) => {
        const locked = await lockWorkspace(transaction, id, null);
        await requireWorkspacePermission(transaction, place, 'DELETE');
        await dissolveWorkspace(transaction, conversationLog, locked);
        await audit.record(transaction, { kind: 'WORKSPACE_DELETED', actorId: userId, device, data: { workspaceId: id } });
      });
      return id;
    },
  };
}
