import type { ApiKey as ApiKeyRow } from '../services/api-key/api-keys.ts';
import { builder } from './builder.ts';
import { paginate } from './pagination.ts';
import { rootFieldsOf } from './root-fields.ts';

/** By which a program speaks for a person. */
export const ApiKey = builder.objectRef<ApiKeyRow>('ApiKey');

const ApiKeyEdge = builder.edgeObject({ type: ApiKey, name: 'ApiKeyEdge', description: 'An API key in a page.' });

const ApiKeyConnection = builder.connectionObject({ type: ApiKey, name: 'ApiKeyConnection', description: 'A page of API keys.' }, ApiKeyEdge);

const scopesDescription =
  'What the key may be used for: root fields such as `Query.conversations` or `Mutation.sendMessage`; `read` for all queries and subscriptions; ' +
  '`write` for all mutations, uploads and imports; `uploads` for `POST /uploads` alone, `imports` for `POST /imports` alone; `*` for `read` and `write`; ' +
  '`planning:read` and `planning:write` for what is about goals, plans and items alone. Fields about the account itself, ' +
  'such as `Mutation.createApiKey`, must be named. With any of these short forms the key of an administrator acts as a member.';

builder.node(ApiKey, {
  description: 'By which a program speaks for you, instead of a login. The key itself is shown once, when it is made.',
  id: { resolve: (key) => key.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.apiKey.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is for, in your words.' }),
    lastFour: t.exposeString('lastFour', { description: 'The last four characters of the key, by which to recognise it.' }),
    scopes: t.field({ type: ['String'], description: scopesDescription, resolve: (key) => [...key.scopes] }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'When it was used last, to the minute; null for never.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true, description: 'From when it is not good any more; null for never.' }),
  }),
});

builder.queryField('apiKeys', (t) =>
  t.connection(
    {
      type: ApiKey,
      description: 'Your API keys, newest first. An expired one stays in the list for a month.',
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.apiKeys.list(context.viewer, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    ApiKeyConnection,
  ),
);

builder.relayMutationField(
  'createApiKey',
  {
    description: 'What the key is like.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'What it is for, at most 100 characters, for example `nightly report`.' }),
      scopes: t.stringList({ required: true, description: scopesDescription }),
      expiresAt: t.field({ type: 'DateTime', required: false, description: 'From when it is not good any more; without it, it never expires.' }),
    }),
  },
  {
    description:
      'Makes an API key, to be sent as `Authorization: Bearer clq_k_...`, or as `token` in connectionParams. `CONFLICT` when you have as many as are allowed. A key can make another only when its scopes name `Mutation.createApiKey`, and none that can do more than itself.',
    resolve: (_root, { input }, context, info) => context.services.apiKeys.create(context.viewer, input, rootFieldsOf(info.schema), context.device),
  },
  {
    description: 'The new key.',
    outputFields: (t) => ({
      apiKey: t.expose('apiKey', { type: ApiKey, description: 'The key as it stands in your list.' }),
      token: t.exposeString('token', { description: 'The key itself. It is shown here and never again; only a hash of it is stored.' }),
    }),
  },
);

builder.relayMutationField(
  'revokeApiKey',
  {
    description: 'Which key to end.',
    inputFields: (t) => ({ id: t.globalID({ for: ApiKey, required: true, description: 'The key.' }) }),
  },
  {
    description: 'Ends an API key: dead within a second, and open streams that it opened close within seconds.',
    resolve: async (_root, { input }, context) => ({
      id: await context.services.apiKeys.revoke(context.viewer, input.id.id, context.device),
    }),
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      revokedApiKeyId: t.globalID({ description: 'The id of the key, which is not in your list any more.', resolve: ({ id }) => ({ id, type: ApiKey }) }),
    }),
  },
);
