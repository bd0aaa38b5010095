import type { Identity as IdentityRow } from '../services/identity/identities.ts';
import { builder } from './builder.ts';
import { paginate } from './pagination.ts';

/** An account at another identity provider. */
export const Identity = builder.objectRef<IdentityRow>('Identity');

const IdentityEdge = builder.edgeObject({ type: Identity, name: 'IdentityEdge', description: 'An identity in a page.' });

const IdentityConnection = builder.connectionObject({ type: Identity, name: 'IdentityConnection', description: 'A page of identities.' }, IdentityEdge);

builder.node(Identity, {
  description: 'Your account at another identity provider, whose tokens sign you in here.',
  id: { resolve: (identity) => identity.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.identity.load(id),
  fields: (t) => ({
    issuer: t.exposeString('issuer', { description: 'The provider, as it stands in `iss` of its tokens.' }),
    subject: t.exposeString('subject', { description: 'Who you are there, as it stands in `sub` of its tokens.' }),
    email: t.exposeString('email', {
      nullable: true,
      description: 'The address that the provider gave when it was linked, if it had checked it. A label only.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was linked.' }),
  }),
});

builder.queryField('identities', (t) =>
  t.connection(
    {
      type: Identity,
      description: 'Your accounts at other identity providers that sign you in here, newest first.',
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.identities.list(context.viewer, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    IdentityConnection,
  ),
);

builder.relayMutationField(
  'linkIdentity',
  {
    description: 'The proof that an identity is yours.',
    inputFields: (t) => ({
      token: t.string({ required: true, description: 'A token of an identity provider that is trusted here: an ID token or an access token.' }),
    }),
  },
  {
    description: 'Links an identity with your account, so that its tokens sign you in. `CONFLICT` when it is linked with somebody else.',
    resolve: async (_root, { input }, context) => ({
      identity: await context.services.identities.link(context.viewer, input.token, context.device),
    }),
  },
  {
    description: 'The linked identity.',
    outputFields: (t) => ({ identity: t.expose('identity', { type: Identity, description: 'The linked identity.' }) }),
  },
);

builder.relayMutationField(
  'unlinkIdentity',
  {
    description: 'Which identity to take off.',
    inputFields: (t) => ({ id: t.globalID({ for: Identity, required: true, description: 'The identity.' }) }),
  },
  {
    description: 'Takes an identity off your account; its tokens sign you in no more. `CONFLICT` when it is the only way in.',
    resolve: async (_root, { input }, context) => ({
      id: await context.services.identities.unlink(context.viewer, input.id.id, context.device),
    }),
  },
  {
    description: 'What was taken off.',
    outputFields: (t) => ({
      unlinkedIdentityId: t.globalID({ description: 'The id of the identity, which is gone.', resolve: ({ id }) => ({ id, type: Identity }) }),
    }),
  },
);
