import { covers } from '../../auth/scopes.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { notFound } from '../../base/errors.ts';
import type { Page } from '../../base/page.ts';
import { engineKinds, type EngineKind } from '../../engines/create-engine.ts';
import { keysetSql } from '../keyset.ts';
import { requireWorkspacePermission } from '../workspace/permissions.ts';
import { createKeyKeeping, type KeyKeepingDependencies, type ListedProviderKey } from './keep-keys.ts';
import type { ProviderKeyInput } from './key-input.ts';

/** People's and workspaces' own keys of model providers. */
export type ProviderKeys = ReturnType<typeof createProviderKeys>;

const columns = `k.id, k.workspace_id AS "workspaceId", k.provider, k.kind, k.last_four AS "lastFour", k.base_url AS "baseUrl", k.models,
  k.created_at AS "createdAt", k.updated_at AS "updatedAt", k.last_used_at AS "lastUsedAt"`;
const isOwner = `EXISTS (SELECT 1 FROM workspace_members m WHERE m.workspace_id = k.workspace_id AND m.user_id = $2 AND m.role = 'OWNER')`;

/** Creates the service. */
export function createProviderKeys(dependencies: KeyKeepingDependencies) {
  const { prisma, pool } = dependencies;
  const { save, remove } = createKeyKeeping(dependencies);

  /** An API key whose scopes do not name them must not reach them through `node` or a workspace either. */
  const mayRead = (viewer: Viewer, field: string): boolean => !('apiKeyId' in viewer) || covers(viewer.scopes, field);

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, ListedProviderKey>> => {
    const known = requireViewer(viewer);
    const { rows } = await pool.query<ListedProviderKey>(
      `SELECT ${columns} FROM provider_keys k WHERE k.id = ANY($1::uuid[]) AND ((k.user_id = $2 AND $3) OR (${isOwner} AND $4))`,
      [ids, known.userId, mayRead(known, 'Query.providerKeys'), mayRead(known, 'Query.workspaceProviderKeys')],
    );
    return new Map(rows.map((row) => [row.id, row]));
  };

  return {
    byIds,

    /** What an endpoint speaks. */
    kindOf: ({ kind }: Pick<ListedProviderKey, 'kind'>): EngineKind => engineKinds.find((known) => known === kind) ?? 'openai-compatible',

    /** The viewer's own keys, newest first. */
    async list(viewer: Viewer | null, page: Page): Promise<readonly ListedProviderKey[]> {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'k.created_at', 'k.id', 2);
      const { rows } = await pool.query<ListedProviderKey>(`SELECT ${columns} FROM provider_keys k WHERE k.user_id = $1${keyset.where} ${keyset.limit}`, [
        userId,
        ...keyset.values,
      ]);
      return rows;
    },

    /**
     * The keys of a workspace, newest first.
     *
     * @throws AppError UNAUTHENTICATED; NOT_FOUND for a stranger; FORBIDDEN for a member who is no OWNER
     */
    async listOfWorkspace(viewer: Viewer | null, workspaceId: string, page: Page): Promise<readonly ListedProviderKey[]> {
      const { userId } = requireViewer(viewer);
      await requireWorkspacePermission(prisma, { workspaceId, userId }, 'KEEP_KEYS');
      const keyset = keysetSql(page, 'DESC', 'k.created_at', 'k.id', 2);
      const { rows } = await pool.query<ListedProviderKey>(`SELECT ${columns} FROM provider_keys k WHERE k.workspace_id = $1${keyset.where} ${keyset.limit}`, [
        workspaceId,
        ...keyset.values,
      ]);
      return rows;
    },

    /** All keys of workspaces, newest first, of those that the viewer is an OWNER of; the others are left out. */
    async ofWorkspaces(viewer: Viewer | null, workspaceIds: readonly string[]): Promise<ReadonlyMap<string, readonly ListedProviderKey[]>> {
      const known = requireViewer(viewer);
      if (!mayRead(known, 'Query.workspaceProviderKeys')) return new Map();
      const { rows: owned } = await pool.query<{ id: string }>(
        `SELECT m.workspace_id AS id FROM workspace_members m WHERE m.user_id = $1 AND m.role = 'OWNER' AND m.workspace_id = ANY($2::uuid[])`,
        [known.userId, workspaceIds],
      );
      const { rows } = await pool.query<ListedProviderKey>(
        `SELECT ${columns} FROM provider_keys k WHERE k.workspace_id = ANY($1::uuid[]) ORDER BY k.created_at DESC, k.id DESC`,
        [owned.map(({ id }) => id)],
      );
      return new Map(owned.map(({ id }) => [id, rows.filter((row) => row.workspaceId === id)]));
    },

    /**
     * Saves a key for a provider, in place of the one that there was. Where none is given that one stays, but only for the same address:
     * whoever has somebody's login for a moment must not have their key sent elsewhere.
     *
     * @throws AppError UNAUTHENTICATED; BAD_USER_INPUT, also for an address that people's endpoints may not have; CONFLICT when the viewer
     *   has as many as are allowed
     */
    async save(viewer: Viewer | null, input: ProviderKeyInput, device: DeviceFacts): Promise<ListedProviderKey> {
      const { userId } = requireViewer(viewer);
      return save({ owner: { userId, workspaceId: null }, actorId: userId }, input, device);
    },

    /**
     * Saves a key of a workspace, as of a person.
     *
     * @throws AppError as of `save`; NOT_FOUND for a stranger; FORBIDDEN for a member who is no OWNER
     */
    async saveForWorkspace(viewer: Viewer | null, workspaceId: string, input: ProviderKeyInput, device: DeviceFacts): Promise<ListedProviderKey> {
      const { userId } = requireViewer(viewer);
      // Before the address is looked up: strangers have nothing to ask name servers by it. Once more when the workspace is locked.
      await requireWorkspacePermission(prisma, { workspaceId, userId }, 'KEEP_KEYS');
      return save({ owner: { userId: null, workspaceId }, actorId: userId }, input, device);
    },

    /**
     * Removes a key. Runs that are being answered with it go on to their end.
     *
     * @returns its id
     * @throws AppError UNAUTHENTICATED; NOT_FOUND
     */
    async delete(viewer: Viewer | null, id: string, device: DeviceFacts): Promise<string> {
      const { userId } = requireViewer(viewer);
      return remove({ owner: { userId, workspaceId: null }, actorId: userId }, id, device);
    },

    /**
     * Removes a key of a workspace. Runs that are being answered with it go on to their end.
     *
     * @returns its id
     * @throws AppError UNAUTHENTICATED; NOT_FOUND for a stranger; FORBIDDEN for a member who is no OWNER
     */
    async deleteOfWorkspace(viewer: Viewer | null, id: string, device: DeviceFacts): Promise<string> {
      const { userId } = requireViewer(viewer);
      const found = await prisma.providerKey.findFirst({ where: { id, workspace: { members: { some: { userId } } } }, select: { workspaceId: true } });
      const workspaceId = found?.workspaceId ?? null;
      if (workspaceId === null) throw notFound('ProviderKey');
      return remove({ owner: { userId: null, workspaceId }, actorId: userId }, id, device);
    },
  };
}
