import type { ProviderKey } from '../../../prisma/generated/client.ts';

/** A key as it is stored. */
export type ProviderKeyRow = ProviderKey;

/** Whose a key is: a person's or a workspace's. */
export type KeyOwner = { readonly userId: string; readonly workspaceId: null } | { readonly userId: null; readonly workspaceId: string };

/** A key that somebody may use: their own, or that of a workspace that they are in. */
export interface UsableKeyRow extends ProviderKeyRow {
  /** Of its workspace; null for a key of their own. */
  readonly handle: string | null;
  readonly workspaceName: string | null;
}

/** The part before the colon of `provider:model`. The slash cannot be in a name that a person gives, so that nothing of a workspace is taken for something else. */
export const providerIdOf = ({ handle, provider }: Pick<UsableKeyRow, 'handle' | 'provider'>): string => (handle === null ? provider : `${handle}/${provider}`);

/** Whether `provider:model` or a provider names one of a workspace. Names of models may have slashes of their own. */
export const namesWorkspace = (name: string): boolean => /^[^:]*\//.test(name);

/** How messages call a key, and what to do about one that cannot be used. */
export function wordsOf({ provider, workspaceName }: Pick<UsableKeyRow, 'provider' | 'workspaceName'>) {
  if (workspaceName === null) {
    return {
      key: `Your own key for "${provider}"`,
      endpoint: `Your own endpoint "${provider}"`,
      again: 'Save it again with "saveProviderKey".',
      remedy: 'Check it and what it may use, and save it again with "saveProviderKey", or remove it with "deleteProviderKey".',
    };
  }
  const again = 'An OWNER of the workspace can save it again with "saveWorkspaceProviderKey".';
  return {
    key: `The key of the workspace "${workspaceName}" for "${provider}"`,
    endpoint: `The endpoint "${provider}" of the workspace "${workspaceName}"`,
    again,
    remedy: again,
  };
}

/** The columns of a key `k` in SQL, named as Prisma names them. */
export const providerKeyColumns = `k.id, k.user_id AS "userId", k.workspace_id AS "workspaceId", k.provider, k.kind, k.sealed_key AS "sealedKey", k.last_four AS "lastFour", k.base_url AS "baseUrl",
  k.models, k.created_at AS "createdAt", k.updated_at AS "updatedAt", k.last_used_at AS "lastUsedAt"`;

/** Where a sealed key belongs: a row of another person, workspace or provider does not open it. */
export function placeOf({ userId, workspaceId, provider }: Pick<ProviderKeyRow, 'userId' | 'workspaceId' | 'provider'>): readonly string[] {
  return userId === null ? ['workspace-provider-key', workspaceId ?? '', provider] : ['provider-key', userId, provider];
}
