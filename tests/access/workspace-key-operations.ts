import { mutation, type AccessOperation } from './operation.ts';

const reading = (field: string, selection: string): AccessOperation => ({
  field: `Query.${field}`,
  document: `query ($id: ID!) { ${field}(workspaceId: $id) { ${selection} } }`,
  variables: (ids) => ({ id: ids.Workspace }),
  forStranger: 'NOT_FOUND',
});

/** The operations about the keys of workspaces, what they are used for, and how much. */
export const workspaceKeyOperations: readonly AccessOperation[] = [
  reading('workspaceProviderKeys', 'edges { node { id provider } }'),
  reading('workspaceQuotas', 'own { day { period tokens { used } } }'),
  reading('workspaceUsage', 'total { calls }'),
  mutation('saveWorkspaceProviderKey', 'providerKey { id }', (ids) => ({ workspaceId: ids.Workspace, kind: 'OPENAI', apiKey: 'keyOfTheTests0123456789' })),
  mutation('setWorkspaceQuota', 'workspaceQuota { scope }', (ids) => ({ workspaceId: ids.Workspace, scope: 'WORKSPACE', period: 'MONTH', maxTokens: 1000000 })),
  mutation('removeWorkspaceQuota', 'removedWorkspaceQuota { scope }', (ids) => ({ workspaceId: ids.Workspace, scope: 'WORKSPACE', period: 'MONTH' })),
  mutation('deleteWorkspaceProviderKey', 'deletedProviderKeyId', (ids) => ({ id: ids.WorkspaceProviderKey })),
];
