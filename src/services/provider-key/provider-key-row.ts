import type { ProviderKey } from '../../../prisma/generated/client.ts';

/** A key as it is stored. */
export type ProviderKeyRow = ProviderKey;

/** The columns of a key `k` in SQL, named as Prisma names them. */
export const providerKeyColumns = `k.id, k.user_id AS "userId", k.workspace_id AS "workspaceId", k.provider, k.kind, k.sealed_key AS "sealedKey", k.last_four AS "lastFour", k.base_url AS "baseUrl",
  k.models, k.created_at AS "createdAt", k.updated_at AS "updatedAt", k.last_used_at AS "lastUsedAt"`;

/** Where a sealed key belongs: a row of another person, workspace or provider does not open it. */
export function placeOf({ userId, workspaceId, provider }: Pick<ProviderKeyRow, 'userId' | 'workspaceId' | 'provider'>): readonly string[] {
  return userId === null ? ['workspace-provider-key', workspaceId ?? '', provider] : ['provider-key', userId, provider];
}
