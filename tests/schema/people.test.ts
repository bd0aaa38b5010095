import { graphql, isEnumType, isInputObjectType, isObjectType, validateSchema, type ExecutionResult } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { builder } from '../../src/schema/builder.ts';
import '../../src/schema/scalars.ts';
import '../../src/schema/auth.ts';
import '../../src/schema/profile.ts';
import { openPeople, password, type OpenPeople } from '../services/people-kit.ts';

// The subscription root has no fields in this part of the schema.
builder.subscriptionField('silence', (t) => t.boolean({ description: 'For this test.', subscribe: async function* () {}, resolve: () => true }));
const schema = builder.toSchema();

let kit: OpenPeople;
let cookies: (readonly [string | null, number])[] = [];
beforeAll(async () => void (kit = await openPeople()));
beforeEach(() => void (cookies = []));
afterAll(() => kit.close());

async function run(source: string, input: Record<string, unknown> = {}, viewer: Viewer | null = null): Promise<ExecutionResult> {
  const device = {
    userAgent: 'test device',
    address: '192.0.2.1',
    setAuthCookie: (token: string | null, maxAgeSeconds: number) => void cookies.push([token, maxAgeSeconds]),
  };
  const contextValue = { viewer, requestId: 'test', services: { people: kit.people, profiles: { update: kit.people.updateProfile } }, device, loaders: {} };
  return graphql({ schema, source, contextValue, variableValues: { input } });
}

/** Runs an operation and returns one of its root fields; fails with the whole answer when there are errors. */
async function fieldOf(name: string, source: string, input: Record<string, unknown> = {}, viewer: Viewer | null = null): Promise<Record<string, unknown>> {
  const result = await run(source, input, viewer);
  if (result.errors !== undefined) throw new Error(JSON.stringify({ source, input, result }));
  return Object(result.data?.[name]);
}

const signedIn = '{ accessToken refreshToken tokenType expiresIn user { id email username fullName displayName role createdAt } }';
const register = `mutation ($input: RegisterInput!) { register(input: $input) ${signedIn} }`;
const login = `mutation ($input: LoginInput!) { login(input: $input) ${signedIn} }`;
const refreshAuth = `mutation ($input: RefreshAuthInput!) { refreshAuth(input: $input) ${signedIn} }`;
const logout = 'mutation ($input: LogoutInput!) { logout(input: $input) { isLoggedOut } }';
const viewerQuery = '{ viewer { id email role } }';

let count = 0;
async function join(input: Record<string, unknown> = {}) {
  count += 1;
  const payload = await fieldOf('register', register, { email: `schema${count}@example.org`, password, ...input });
  return { payload, viewer: await kit.people.authenticate(String(payload['accessToken'])) };
}

describe('the schema of people', () => {
  it('is valid', () => expect(validateSchema(schema)).toEqual([]));

  it('describes every type, field and argument', () => {
    // The fields `node` and `nodes`, and the types Node and Subscription, are described elsewhere.
    const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__') && type.name !== 'Node' && type.name !== 'Subscription');
    const undescribed = types.flatMap((type) => {
      const inputs = isInputObjectType(type) ? Object.values(type.getFields()) : [];
      const outputs = isObjectType(type)
        ? Object.values(type.getFields())
            .filter(({ name }) => !name.startsWith('node'))
            .flatMap((field) => [field, ...field.args])
        : [];
      const values = isEnumType(type) ? type.getValues() : [];
      return [type, ...inputs, ...outputs, ...values].filter(({ description }) => !description).map(({ name }) => `${type.name}: ${name}`);
    });
    expect(undescribed).toEqual([]);
  });

  it('registers, logs in and refreshes with one shape of payload', async () => {
    const { payload } = await join({ username: 'Shape', fullName: 'Shape Shifter' });
    expect(payload).toEqual({
      accessToken: expect.stringMatching(/^ey/),
      refreshToken: expect.stringMatching(/^clq_r_/),
      tokenType: 'Bearer',
      expiresIn: 900,
      user: {
        id: expect.any(String),
        email: expect.stringContaining('@example.org'),
        username: 'Shape',
        fullName: 'Shape Shifter',
        displayName: 'Shape Shifter',
        role: 'MEMBER',
        createdAt: kit.clock.now().toISOString(),
      },
    });
    const loggedIn = await fieldOf('login', login, { login: 'shape', password });
    expect(loggedIn['user']).toEqual(payload['user']);
    const refreshed = await fieldOf('refreshAuth', refreshAuth, { refreshToken: loggedIn['refreshToken'] });
    expect(refreshed['user']).toEqual(payload['user']);
  });

  it('says who is signed in, and null for nobody', async () => {
    expect(await run(viewerQuery)).toEqual({ data: { viewer: null } });
    const { payload, viewer } = await join();
    expect(await fieldOf('viewer', viewerQuery, {}, viewer)).toMatchObject({ id: Object(payload['user']).id, role: 'MEMBER' });
  });

  it('sets the cookie for those who ask for it, and for nobody else', async () => {
    const { payload } = await join();
    await fieldOf('login', login, { login: Object(payload['user']).email, password, setCookie: false });
    await run(login, { login: Object(payload['user']).email, password: 'not the password', setCookie: true });
    expect(cookies).toEqual([]);
    const { accessToken } = await fieldOf('refreshAuth', refreshAuth, { refreshToken: payload['refreshToken'], setCookie: true });
    const second = await join({ setCookie: true });
    const third = await fieldOf('login', login, { login: Object(payload['user']).email, password, setCookie: true });
    expect(cookies).toEqual([accessToken, second.payload['accessToken'], third['accessToken']].map((token) => [token, 900]));
  });

  it('clears the cookie at logout, also when the login has ended already', async () => {
    const { viewer, payload } = await join();
    expect(await fieldOf('logout', logout, {}, viewer)).toEqual({ isLoggedOut: true });
    expect(await fieldOf('logout', logout, { refreshToken: payload['refreshToken'] })).toEqual({ isLoggedOut: true });
    expect((await run(logout)).errors?.[0]?.originalError).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(cookies).toEqual([
      [null, 0],
      [null, 0],
      [null, 0],
    ]);
  });

  it('tells absent from null in a profile', async () => {
    const { viewer } = await join({ username: 'Absent', fullName: 'Ann Absent' });
    const update = 'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { username fullName } } }';
    expect(await fieldOf('updateProfile', update, { fullName: null }, viewer)).toEqual({ user: { username: 'Absent', fullName: null } });
    expect(await fieldOf('updateProfile', update, { username: null, fullName: 'Ann' }, viewer)).toEqual({ user: { username: null, fullName: 'Ann' } });
  });

  it('changes the password and claims the administration for the viewer alone', async () => {
    const { viewer } = await join();
    const change = 'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }';
    const passwords = { currentPassword: password, newPassword: 'another fine password' };
    expect((await run(change, passwords)).errors?.[0]?.originalError).toMatchObject({ code: 'UNAUTHENTICATED' });
    await fieldOf('changePassword', change, passwords, viewer);
    const claim = 'mutation ($input: ClaimAdminInput!) { claimAdmin(input: $input) { user { role } } }';
    const setupToken = await kit.people.prepareSetupToken();
    expect((await run(claim, { setupToken })).errors?.[0]?.originalError).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await fieldOf('claimAdmin', claim, { setupToken }, viewer)).toEqual({ user: { role: 'ADMIN' } });
  });

  it('has no field that gives a password or its hash away', () => {
    const fields = Object.values(schema.getTypeMap()).flatMap((type) => (isObjectType(type) ? Object.keys(type.getFields()) : []));
    expect(fields.filter((name) => /hash|secret|credential|^password/i.test(name))).toEqual([]);
  });
});
