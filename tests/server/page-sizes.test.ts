import { getNamedType, GraphQLNonNull, isObjectType, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSchema } from '../../src/schema/schema.ts';
import { isConnectionField } from '../../src/server/query-limits/pages.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { createTransports, transportNames } from '../kit/transports.ts';

const schema = createSchema();

/** Every connection field of the schema, with a document that reaches it. */
const connections = Object.values(schema.getTypeMap()).flatMap((type) => {
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields())
    .filter(isConnectionField)
    .map((field) => {
      const required = field.args
        .filter((argument) => argument.type instanceof GraphQLNonNull)
        .map((argument) => [argument.name, String(argument.type)] as const);
      const sizes = ['first', 'last'].filter((size) => field.args.some((argument) => argument.name === size));
      return { name: `${type.name}.${field.name}`, sizes, document: (size: string) => documentFor(type, field.name, required, size) };
    });
});

/** What required arguments that are no ids are given. */
const values: Readonly<Record<string, string>> = { 'Query.search query': '"word"' };

function documentFor(type: GraphQLObjectType, field: string, required: readonly (readonly [string, string])[], size: string): string {
  const valueOf = ([name, argumentType]: readonly [string, string]): string => {
    const value = argumentType === 'ID!' ? '$id' : values[`${type.name}.${field} ${name}`];
    if (value === undefined) throw new Error(`Say here what ${type.name}.${field} wants for ${name}.`);
    return `${name}: ${value}`;
  };
  const given = [...required.map(valueOf), size].filter((argument) => argument !== '').join(', ');
  const selection = `${field}${given === '' ? '' : `(${given})`} { edges { cursor } }`;
  if (type === schema.getQueryType()) return `query ($id: ID = "", $size: Int) { ${selection} same: node(id: $id) { id } ...S } ${use}`;
  const same = 'same: node(id: $id) { id }';
  if (type.name === 'SharedConversation')
    return `query ($id: ID = "", $size: Int, $token: String!) { sharedConversation(token: $token) { ${selection} } ${same} ...S } ${use}`;
  if (!type.getInterfaces().some(({ name }) => name === 'Node')) throw new Error(`Say here how ${type.name}.${field} is reached.`);
  return `query ($id: ID = "", $size: Int) { node(id: $id) { ... on ${type.name} { ${selection} } } ...S } ${use}`;
}

// Uses the variable also where it is not the page size that is asked for.
const use = 'fragment S on Query { unused: conversations(first: $size) @include(if: false) { edges { cursor } } }';

let app: TestApp;
let person: TestPerson;
let id: string;
let workspaceId: string;
let token: string;
beforeAll(async () => {
  app = await startTestApp();
  // Some lists are for administrators alone.
  person = await app.person({ setupToken: app.setupToken ?? '' });
  id = (await person.client.request('mutation { createConversation(input: { title: "One" }) { conversation { id } } }')).createConversation.conversation.id;
  const team = 'mutation { createWorkspace(input: { name: "One", handle: "one" }) { workspace { id } } }';
  workspaceId = (await person.client.request(team)).createWorkspace.workspace.id;
  const row = Buffer.from(id, 'base64').toString().slice('Conversation:'.length);
  await runSql(
    app.connectionString,
    `WITH m AS (INSERT INTO messages (id, conversation_id, role, created_at) VALUES (gen_random_uuid(), '${row}', 'USER', now()) RETURNING id)
     INSERT INTO parts (id, message_id, position, kind, text) SELECT gen_random_uuid(), id, 0, 'TEXT', 'Hello' FROM m`,
  );
  const share = 'mutation ($id: ID!) { shareConversation(input: { conversationId: $id }) { token } }';
  token = (await person.client.request(share, { id })).shareConversation.token;
});
afterAll(() => app[Symbol.asyncDispose]());

test('every field that returns a connection is known as one', () => {
  const returning = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields())
          .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
  expect(connections.map(({ name }) => name)).toEqual(returning);
  expect(returning.length).toBeGreaterThanOrEqual(4);
});

describe.each(transportNames)('G07 over %s', (transport) => {
  const ask = (document: string, variables = {}) =>
    createTransports(app.url, person.token)[transport](document, {
      id: document.includes('(workspaceId: $id') ? workspaceId : id,
      ...(document.includes('$token') && { token }),
      ...variables,
    });

  describe.each(connections)('$name', ({ document, sizes }) => {
    test.each([0, 101, -1, 2 ** 31])('a page of %i is refused before anything is loaded', async (size) => {
      for (const name of sizes) {
        const literal = await ask(document(`${name}: ${size}`));
        // What is no Int is found by validation before.
        const isInt = size < 2 ** 31;
        const message = isInt ? `"${name}" is ${size}; it must be from 1 to 100.` : `Int cannot represent non 32-bit signed integer value: ${size}`;
        expect(literal.errors).toMatchObject([{ message, extensions: { code: isInt ? 'BAD_USER_INPUT' : 'GRAPHQL_VALIDATION_FAILED' } }]);
        expect('data' in literal).toBe(false);
      }
      const variable = await ask(document('first: $size'), { size });
      expect(variable.errors).toMatchObject([{ message: `"first" is ${size}; it must be from 1 to 100.`, extensions: { code: 'BAD_USER_INPUT' } }]);
    });

    const fitting = ['', 'first: null', 'first: 1', 'first: 100', 'last: 100', 'first: $size'].filter(
      (size) => size === '' || sizes.includes(size.split(':')[0] ?? ''),
    );
    test.each(fitting)('a page with "%s" is answered', async (size) => {
      expect((await ask(document(size))).errors).toBeUndefined();
    });
  });
});

test('a page without a size has 20 rows', async () => {
  const created = Array.from({ length: 20 }, (_, index) => `a${index}: createConversation(input: { title: "${index}" }) { conversation { id } }`);
  await person.client.request(`mutation { ${created.join(' ')} }`);
  expect((await person.client.request('{ conversations { edges { cursor } pageInfo { hasNextPage } } }')).conversations).toMatchObject({
    edges: { length: 20 },
    pageInfo: { hasNextPage: true },
  });
});
