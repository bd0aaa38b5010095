import { builder } from './builder.ts';
import { paginate } from './pagination.ts';
import { keyInputFields, ProviderKey, ProviderKeyConnection } from './provider-key.ts';
import { Workspace } from './workspace.ts';

builder.queryField('workspaceProviderKeys', (t) =>
  t.connection(
    {
      type: ProviderKey,
      description:
        'OWNERs of the workspace alone: its keys of model providers, newest first. Its members use them as `<handle>/<provider>:<model>`. An API key reads them only when its scopes name `Query.workspaceProviderKeys`.',
      args: { workspaceId: t.arg.globalID({ for: Workspace, required: true, description: 'The workspace.' }) },
      resolve: (_root, { workspaceId, ...args }, context) =>
        paginate(
          args,
          (page) => context.services.providerKeys.listOfWorkspace(context.viewer, workspaceId.id, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    ProviderKeyConnection,
  ),
);

builder.objectField(Workspace, 'providerKeys', (t) =>
  t.field({
    type: [ProviderKey],
    nullable: true,
    description:
      'Its keys of model providers, newest first; null for all but its OWNERs, and for an API key whose scopes do not name `Query.workspaceProviderKeys`.',
    resolve: async ({ id }, _arguments, { loaders }) => {
      const keys = await loaders.keysOfWorkspace.load(id);
      return keys === null ? null : [...keys];
    },
  }),
);

builder.relayMutationField(
  'saveWorkspaceProviderKey',
  {
    description: 'The access of a workspace to a model provider.',
    inputFields: (t) => ({ workspaceId: t.globalID({ for: Workspace, required: true, description: 'The workspace.' }), ...keyInputFields(t) }),
  },
  {
    description:
      'OWNERs of the workspace alone: saves a key for a model provider, in place of the one that the workspace had. It is kept encrypted, is never shown again, and answers every member who names it: the provider `openai` of the workspace `acme` is `acme/openai`. `CONFLICT` when there are as many as are allowed.',
    resolve: async (_root, { input: { workspaceId, ...input } }, context) => ({
      providerKey: await context.services.providerKeys.saveForWorkspace(context.viewer, workspaceId.id, input, context.device),
    }),
  },
  {
    description: 'What was saved.',
    outputFields: (t) => ({ providerKey: t.expose('providerKey', { type: ProviderKey, description: 'The key as it stands in the list.' }) }),
  },
);

builder.relayMutationField(
  'deleteWorkspaceProviderKey',
  {
    description: 'Which key to remove.',
    inputFields: (t) => ({ id: t.globalID({ for: ProviderKey, required: true, description: 'The key.' }) }),
  },
  {
    description:
      'OWNERs of the workspace alone: removes a key of it. Within a second it answers nobody any more; what is being answered with it goes on to its end.',
    resolve: async (_root, { input }, context) => ({
      id: await context.services.providerKeys.deleteOfWorkspace(context.viewer, input.id.id, context.device),
    }),
  },
  {
    description: 'What was removed.',
    outputFields: (t) => ({
      deletedProviderKeyId: t.globalID({ description: 'The id of the key, which is gone.', resolve: ({ id }) => ({ id, type: ProviderKey }) }),
    }),
  },
);
