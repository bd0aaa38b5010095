import type { Person } from '../services/people/person.ts';
import { Author } from './author.ts';
import { builder } from './builder.ts';

/** What a person may do beyond their own things. */
export const Role = builder.enumType('Role', {
  description: 'What a person may do beyond their own things.',
  values: {
    MEMBER: { description: 'Uses the workspace.' },
    ADMIN: { description: 'Looks after the installation as well. The first one is made with the set-up token that the server prints.' },
  },
});

/** A person with an account. */
export const User = builder.objectRef<Person>('User');

builder.node(User, {
  description: 'A person with an account. Visible are you, and whoever shares a conversation with you; to administrators everybody.',
  interfaces: [Author],
  id: { resolve: (user) => user.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.user.load(id),
  fields: (t) => ({
    email: t.exposeString('email', { nullable: true, description: 'The e-mail address in lower case; null for everybody but yourself and administrators.' }),
    username: t.exposeString('username', { nullable: true, description: 'A second name to log in with, as it was typed; unique whatever the case.' }),
    fullName: t.exposeString('fullName', { nullable: true, description: 'The name of the person, for example `Ada Lovelace`.' }),
    displayName: t.exposeString('displayName', { description: 'What to show: the full name, else the username, else something that says little.' }),
    role: t.field({ type: Role, description: 'What the person may do.', resolve: (user) => user.role }),
    createdAt: t.field({ type: 'DateTime', description: 'When the account was made.', resolve: (user) => user.createdAt }),
    disabledAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when the account is disabled; null for one in use, and for everybody but administrators.',
      resolve: (user) => user.disabledAt,
    }),
    disabledReason: t.exposeString('disabledReason', { nullable: true, description: 'Why it is disabled; null for everybody but administrators.' }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'Who is signed in; null for nobody. With an access token that is not valid the whole request is answered `UNAUTHENTICATED`.',
    resolve: (_, _arguments, context) => context.services.people.viewer(context.viewer),
  }),
);

builder.relayMutationField(
  'claimAdmin',
  {
    description: 'The proof that you run this installation.',
    inputFields: (t) => ({
      setupToken: t.string({
        required: true,
        description: 'The one-time token that the server prints at start while there is no administrator: `clq_setup_...`.',
      }),
    }),
  },
  {
    description: 'Makes you the first administrator. `FORBIDDEN` when the token is not valid, was used, or there is an administrator.',
    resolve: async (_, { input }, context) => ({ user: await context.services.people.claimAdmin(context.viewer, input.setupToken, context.device) }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({ user: t.field({ type: User, description: 'You, now an administrator.', resolve: (payload) => payload.user }) }),
  },
);
