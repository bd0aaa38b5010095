import { builder } from './builder.ts';
import { paginate } from './pagination.ts';
import { Role, User } from './user.ts';

const UserEdge = builder.edgeObject({ type: User, name: 'UserEdge', description: 'A person in a page.' });

const UserConnection = builder.connectionObject({ type: User, name: 'UserConnection', description: 'A page of people.' }, UserEdge);

builder.queryFields((t) => ({
  users: t.connection(
    {
      type: User,
      description: 'Administrators alone: everybody who has an account, the newest first.',
      args: {
        search: t.arg.string({ required: false, description: 'Only those with this in their e-mail address, username or full name, in any case.' }),
      },
      resolve: (_root, { search, ...args }, context) =>
        paginate(
          args,
          (page) => context.services.people.list(context.viewer, search, page),
          (user) => ({ at: user.createdAt, id: user.id }),
        ),
    },
    UserConnection,
  ),
  user: t.field({
    type: User,
    nullable: true,
    description: 'One person: you, somebody who shares a conversation with you, for administrators anybody.',
    args: { id: t.arg.globalID({ for: User, required: true, description: 'The id of the person.' }) },
    resolve: (_root, { id }, context) => context.services.people.get(context.viewer, id.id),
  }),
}));

builder.relayMutationField(
  'setUserRole',
  {
    description: 'Whom to give which role.',
    inputFields: (t) => ({
      id: t.globalID({ for: User, required: true, description: 'The person.' }),
      role: t.field({ type: Role, required: true, description: 'The new role.' }),
    }),
  },
  {
    description: 'Administrators alone: changes what somebody may do, also on devices that are signed in. `CONFLICT` for the last administrator.',
    resolve: async (_root, { input }, context) => ({
      user: await context.services.people.setRole(context.viewer, { id: input.id.id, role: input.role }, context.device),
    }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({ user: t.field({ type: User, description: 'The person with the new role.', resolve: ({ user }) => user }) }),
  },
);

builder.relayMutationField(
  'disableUser',
  {
    description: 'Whom to disable, and why.',
    inputFields: (t) => ({
      id: t.globalID({ for: User, required: true, description: 'The person.' }),
      reason: t.string({ required: true, description: 'Why, for the other administrators; at most 500 characters.' }),
    }),
  },
  {
    description:
      'Administrators alone: signs somebody out everywhere, closes their streams within seconds, and keeps them from signing in until `enableUser`. `CONFLICT` for the last administrator.',
    resolve: async (_root, { input }, context) => ({
      user: await context.services.people.disable(context.viewer, { id: input.id.id, reason: input.reason }, context.device),
    }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({ user: t.field({ type: User, description: 'The person, disabled.', resolve: ({ user }) => user }) }),
  },
);

builder.relayMutationField(
  'enableUser',
  {
    description: 'Whom to enable.',
    inputFields: (t) => ({ id: t.globalID({ for: User, required: true, description: 'The person.' }) }),
  },
  {
    description: 'Administrators alone: lets somebody sign in again.',
    resolve: async (_root, { input }, context) => ({ user: await context.services.people.enable(context.viewer, input.id.id, context.device) }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({ user: t.field({ type: User, description: 'The person, in use again.', resolve: ({ user }) => user }) }),
  },
);

builder.relayMutationField(
  'deleteUser',
  {
    description: 'Whom to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: User, required: true, description: 'The person.' }) }),
  },
  {
    description:
      'Administrators alone: deletes somebody with all their conversations, sessions and files. Cannot be undone. `CONFLICT` for the last administrator.',
    resolve: async (_root, { input }, context) => ({ id: await context.services.people.delete(context.viewer, input.id.id, context.device) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({ deletedUserId: t.globalID({ description: 'The id that was deleted.', resolve: ({ id }) => ({ id, type: User }) }) }),
  },
);

builder.relayMutationField(
  'deleteAccount',
  {
    description: 'The proof that it is you.',
    inputFields: (t) => ({ password: t.string({ required: true, description: 'Your password.' }) }),
  },
  {
    description:
      'Deletes your account with all your conversations, sessions and files; what runs is stopped. Cannot be undone. `CONFLICT` for the last administrator.',
    resolve: async (_root, { input }, context) => {
      const id = await context.services.people.deleteAccount(context.viewer, input.password, context.device);
      context.device.setAuthCookie(null, 0);
      return { id };
    },
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({ deletedUserId: t.globalID({ description: 'The id that was yours.', resolve: ({ id }) => ({ id, type: User }) }) }),
  },
);
