import type { AuthResult } from '../services/people/logins.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { User } from './user.ts';

/** The fields of every payload that signs in: `RegisterPayload`, `LoginPayload` and `RefreshAuthPayload` look the same. */
function authFields(t: PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, AuthResult>) {
  return {
    accessToken: t.exposeString('accessToken', {
      description: 'Send it as `Authorization: Bearer <token>`, or over WebSocket as `token` in connectionParams. Never put it into a URL.',
    }),
    refreshToken: t.exposeString('refreshToken', { description: 'Good for one `refreshAuth`; keep it where other pages and programs cannot read it.' }),
    tokenType: t.exposeString('tokenType', { description: 'Always `Bearer`.' }),
    expiresIn: t.exposeInt('expiresIn', { description: 'For how many seconds the access token is valid.' }),
    user: t.field({ type: User, description: 'Who is signed in.', resolve: (result) => result.user }),
  };
}

const setCookieDescription =
  'Whether to set the access token as the httpOnly cookie `auth-token` too, for pages of the same site. It cannot be set over WebSocket; default false.';

/** Passes on what signing in gave, and leaves the access token as a cookie where that was asked for. */
async function withCookie(context: Context, isWanted: boolean | null | undefined, signIn: Promise<AuthResult>): Promise<AuthResult> {
  const result = await signIn;
  if (isWanted === true) context.device.setAuthCookie(result.accessToken, result.expiresIn);
  return result;
}

builder.relayMutationField(
  'register',
  {
    description: 'A new account.',
    inputFields: (t) => ({
      email: t.string({ required: true, description: 'The e-mail address, unique whatever the case, for example `ada@example.org`.' }),
      username: t.string({
        required: false,
        description: 'A second name to log in with: 3 to 32 letters (a to z), digits, `_`, `.` or `-`; unique whatever the case.',
      }),
      fullName: t.string({ required: false, description: 'The name to show, at most 120 characters.' }),
      password: t.string({ required: true, description: 'At least 8 characters, and at most 72 bytes in UTF-8.' }),
      setupToken: t.string({
        required: false,
        description:
          'Makes the account the first administrator: the one-time token that the server prints at start while there is none. With a wrong one no account is made.',
      }),
      setCookie: t.boolean({ required: false, description: setCookieDescription }),
    }),
  },
  {
    description: 'Makes an account and signs it in. `CONFLICT` names what is taken.',
    resolve: (_, { input: { setCookie, ...account } }, context) => withCookie(context, setCookie, context.services.people.register(account, context.device)),
  },
  { description: 'The signed-in device.', outputFields: authFields },
);

builder.relayMutationField(
  'login',
  {
    description: 'Who signs in.',
    inputFields: (t) => ({
      login: t.string({ required: true, description: 'The e-mail address or the username, in any case.' }),
      password: t.string({ required: true, description: 'The password.' }),
      setCookie: t.boolean({ required: false, description: setCookieDescription }),
    }),
  },
  {
    description:
      'Signs a device in. `UNAUTHENTICATED` when name and password do not match, without telling which of them is wrong; `ACCOUNT_DISABLED` when they do, and an administrator has disabled the account; `RATE_LIMITED` after too many attempts, also for the right password.',
    resolve: (_, { input: { setCookie, ...account } }, context) => withCookie(context, setCookie, context.services.people.login(account, context.device)),
  },
  { description: 'The signed-in device.', outputFields: authFields },
);

builder.relayMutationField(
  'refreshAuth',
  {
    description: 'The refresh token to exchange.',
    inputFields: (t) => ({
      refreshToken: t.string({ required: true, description: 'The newest refresh token of this device: `clq_r_...`.' }),
      setCookie: t.boolean({ required: false, description: setCookieDescription }),
    }),
  },
  {
    description:
      'Exchanges a refresh token for a new pair; the old one is used up. It may come again for a few seconds, as when two tabs refresh at once; later that counts as theft and ends the login.',
    resolve: (_, { input }, context) => withCookie(context, input.setCookie, context.services.people.refreshAuth(input.refreshToken, context.device)),
  },
  { description: 'The signed-in device, with new tokens.', outputFields: authFields },
);

builder.relayMutationField(
  'logout',
  {
    description: 'Which login to end.',
    inputFields: (t) => ({
      refreshToken: t.string({
        required: false,
        description: 'Ends the login of this token, also when the access token has expired. Without it your current login ends.',
      }),
    }),
  },
  {
    description: 'Ends a login: its refresh tokens are dead at once, open streams close within seconds. Clears the cookie `auth-token`.',
    resolve: async (_, { input }, context) => {
      // First, for a browser cannot remove an httpOnly cookie by itself, not even one whose login ended long ago.
      context.device.setAuthCookie(null, 0);
      await context.services.people.logout(context.viewer, input.refreshToken ?? null, context.device);
      return { isLoggedOut: true };
    },
  },
  {
    description: 'What happened.',
    outputFields: (t) => ({
      isLoggedOut: t.boolean({ description: 'Always true: the login is ended now, whether it was before or not.', resolve: (payload) => payload.isLoggedOut }),
    }),
  },
);

builder.relayMutationField(
  'changePassword',
  {
    description: 'The old and the new password.',
    inputFields: (t) => ({
      currentPassword: t.string({ required: true, description: 'The password of now.' }),
      newPassword: t.string({ required: true, description: 'At least 8 characters, and at most 72 bytes in UTF-8.' }),
    }),
  },
  {
    description: 'Changes your password and signs out your other devices. `BAD_USER_INPUT` when the current password is wrong.',
    resolve: async (_, { input }, context) => ({ user: await context.services.people.changePassword(context.viewer, input, context.device) }),
  },
  {
    description: 'What changed.',
    outputFields: (t) => ({ user: t.field({ type: User, description: 'You, still signed in on this device.', resolve: (payload) => payload.user }) }),
  },
);
