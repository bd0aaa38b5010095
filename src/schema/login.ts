import type { SignedInDevice } from '../services/people/devices.ts';
import { builder } from './builder.ts';
import { paginate } from './pagination.ts';

/** A device that the viewer is signed in on. */
const Login = builder.objectRef<SignedInDevice>('Login');

const LoginEdge = builder.edgeObject({ type: Login, name: 'LoginEdge', description: 'A login in a page.' });

const LoginConnection = builder.connectionObject({ type: Login, name: 'LoginConnection', description: 'A page of logins.' }, LoginEdge);

builder.node(Login, {
  description: 'A device that you are signed in on. Nobody else sees it.',
  id: { resolve: (login) => login.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.login.load(id),
  fields: (t) => ({
    userAgent: t.exposeString('userAgent', { nullable: true, description: 'How the program called itself when it signed in; null when it did not.' }),
    address: t.exposeString('address', { nullable: true, description: 'The IP address from which it signed in; null where none is known.' }),
    createdAt: t.field({ type: 'DateTime', description: 'When it signed in.', resolve: (login) => login.createdAt }),
    lastUsedAt: t.field({
      type: 'DateTime',
      description: 'When it last exchanged its refresh token, which a program does every few minutes while it is used.',
      resolve: (login) => login.lastUsedAt,
    }),
    isCurrent: t.exposeBoolean('isCurrent', { description: 'Whether it is the one that asks.' }),
  }),
});

builder.queryField('logins', (t) =>
  t.connection(
    {
      type: Login,
      description: 'The devices that you are signed in on, the newest login first.',
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.people.logins(context.viewer, page),
          (login) => ({ at: login.createdAt, id: login.id }),
        ),
    },
    LoginConnection,
  ),
);

builder.relayMutationField(
  'revokeLogin',
  {
    description: 'Which login to end.',
    inputFields: (t) => ({ id: t.globalID({ for: Login, required: true, description: 'The login.' }) }),
  },
  {
    description: 'Signs one of your devices out: its refresh tokens are dead at once, its streams close within seconds.',
    resolve: async (_root, { input }, context) => ({ id: await context.services.people.revokeLogin(context.viewer, input.id.id, context.device) }),
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      revokedLoginId: t.globalID({ description: 'The id of the login that was ended.', resolve: ({ id }) => ({ id, type: Login }) }),
    }),
  },
);

builder.relayMutationField(
  'logoutEverywhere',
  {
    description: 'Which logins to end.',
    inputFields: (t) => ({
      keepsCurrent: t.boolean({ required: false, description: 'Whether this device stays signed in; default false.' }),
    }),
  },
  {
    description: 'Signs all your devices out. Clears the cookie `auth-token` unless this device stays signed in.',
    resolve: async (_root, { input }, context) => {
      const keepsCurrent = input.keepsCurrent ?? false;
      const ids = await context.services.people.logoutEverywhere(context.viewer, keepsCurrent, context.device);
      if (!keepsCurrent) context.device.setAuthCookie(null, 0);
      return { ids };
    },
  },
  {
    description: 'What was ended.',
    outputFields: (t) => ({
      revokedLoginIds: t.globalIDList({
        description: 'The ids of the logins that were ended.',
        resolve: ({ ids }) => ids.map((id) => ({ id, type: Login })),
      }),
    }),
  },
);
