import type { ListedProviderKey } from '../services/provider-key/keep-keys.ts';
import { builder } from './builder.ts';
import { paginate } from './pagination.ts';
import { Workspace, workspaceOf } from './workspace.ts';

/** A person's own access to a model provider, or a workspace's. */
export const ProviderKey = builder.objectRef<ListedProviderKey>('ProviderKey');

const ProviderKeyEdge = builder.edgeObject({ type: ProviderKey, name: 'ProviderKeyEdge', description: 'A key in a page.' });

/** A page of keys. */
export const ProviderKeyConnection = builder.connectionObject(
  { type: ProviderKey, name: 'ProviderKeyConnection', description: 'A page of keys of providers.' },
  ProviderKeyEdge,
);

const ProviderKind = builder.enumType('ProviderKind', {
  description: 'What an endpoint of models speaks.',
  values: {
    OPENAI: { value: 'openai', description: 'OpenAI.' },
    ANTHROPIC: { value: 'anthropic', description: 'Anthropic.' },
    GEMINI: { value: 'gemini', description: 'Google’s Gemini.' },
    OLLAMA: { value: 'ollama', description: 'An Ollama server, with or without a key.' },
    OPENAI_COMPATIBLE: {
      value: 'openai-compatible',
      description: 'Any server that speaks OpenAI’s chat completions: vLLM, LM Studio, llama.cpp, Groq, Together ... With or without a key.',
    },
  } as const,
});

builder.node(ProviderKey, {
  description:
    'Your own access to a model provider, which answers you in place of the installation’s, and nobody else; or that of a workspace of yours, which answers its members. The key itself is never shown again.',
  id: { resolve: (key) => key.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.providerKey.load(id),
  fields: (t) => ({
    workspace: t.field({
      type: Workspace,
      nullable: true,
      description: 'The workspace whose key it is; null for your own.',
      resolve: workspaceOf,
    }),
    provider: t.exposeString('provider', {
      description: 'What stands before the colon of `provider:model` for you; of a key of a workspace after its handle, as in `acme/openai:gpt-5`.',
    }),
    kind: t.field({
      type: ProviderKind,
      description: 'What the endpoint speaks.',
      resolve: (key, _arguments, context) => context.services.providerKeys.kindOf(key),
    }),
    lastFour: t.exposeString('lastFour', {
      description: 'The last four characters of the key, by which to recognise it; empty without a key, and for one of less than 12.',
    }),
    baseUrl: t.exposeString('baseUrl', { nullable: true, description: 'The address of the endpoint; null for the provider’s own.' }),
    models: t.exposeStringList('models', { description: 'The models that you named, the default first; empty for those that the provider lists.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was saved first.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was saved last.' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'When it was used last, to the minute; null for never.' }),
  }),
});

builder.queryField('providerKeys', (t) =>
  t.connection(
    {
      type: ProviderKey,
      description: 'Your own keys of model providers, newest first. An API key reads them only when its scopes name `Query.providerKeys`.',
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.providerKeys.list(context.viewer, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    ProviderKeyConnection,
  ),
);

/** What is given to save a key, whoever it is for. */
export const keyInputFields = (t: PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, 'InputObject'>) => ({
  provider: t.string({
    description:
      'What shall stand before the colon of `provider:model`: lower-case letters, digits, `.`, `_`, `-`, for example `my-groq`. The name of the kind when absent. The name of a provider that is there already takes its place for you.',
  }),
  kind: t.field({ type: ProviderKind, required: true, description: 'What the endpoint speaks.' }),
  apiKey: t.string({
    description:
      'The key. When absent, the one that was saved stays, unless the kind or the address changes: a key is never sent to another address than it was given for. Null removes it.',
  }),
  baseUrl: t.string({
    description:
      'The address of the endpoint, for example `https://api.groq.com/openai/v1`; when absent, the provider’s own. It must begin with `https://` and lead to the internet, unless an operator allows the host.',
  }),
  models: t.stringList({ description: 'The models that can be asked there, the default first; those that the provider lists when absent.' }),
});

builder.relayMutationField(
  'saveProviderKey',
  {
    description: 'Your access to a model provider.',
    inputFields: (t) => keyInputFields(t),
  },
  {
    description:
      'Saves your own key for a model provider, in place of the one that you had. It is kept encrypted, is never shown again, and answers you alone. `CONFLICT` when you have as many as are allowed.',
    resolve: async (_root, { input }, context) => ({ providerKey: await context.services.providerKeys.save(context.viewer, input, context.device) }),
  },
  {
    description: 'What was saved.',
    outputFields: (t) => ({ providerKey: t.expose('providerKey', { type: ProviderKey, description: 'The key as it stands in your list.' }) }),
  },
);

builder.relayMutationField(
  'deleteProviderKey',
  {
    description: 'Which key to remove.',
    inputFields: (t) => ({ id: t.globalID({ for: ProviderKey, required: true, description: 'The key.' }) }),
  },
  {
    description: 'Removes a key of yours. From then on the installation’s answers you, where it has one for the provider.',
    resolve: async (_root, { input }, context) => ({ id: await context.services.providerKeys.delete(context.viewer, input.id.id, context.device) }),
  },
  {
    description: 'What was removed.',
    outputFields: (t) => ({
      deletedProviderKeyId: t.globalID({ description: 'The id of the key, which is gone.', resolve: ({ id }) => ({ id, type: ProviderKey }) }),
    }),
  },
);
