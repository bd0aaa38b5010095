import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import type { AccessOperation } from './operation.ts';
import { accessOperations } from './operations.ts';
import { roomRoles, type ForParticipant } from './room-roles.ts';
import { openWorld, type Belongings, type World } from './world.ts';

const roles = ['EDITOR', 'READER'] as const;
type Role = (typeof roles)[number];

let world: World;
let people: Readonly<Record<Role, TestPerson>>;

beforeAll(async () => {
  world = await openWorld();
  const [editor, reader] = [await world.app.person(), await world.app.person()];
  people = { EDITOR: editor, READER: reader };
  // Of every conversation of the owner: that of the session, that about the goal, and the fork.
  for (const role of roles) {
    const userId = Buffer.from(people[role].userId, 'base64').toString().split(':')[1];
    await runSql(
      world.app.connectionString,
      `INSERT INTO participants (conversation_id, user_id, role, joined_at) SELECT id, '${userId}', '${role}', now() FROM conversations`,
    );
  }
});
afterAll(() => world.app[Symbol.asyncDispose]());

/** The kinds of the ids that an operation takes. */
function kindsOf(operation: AccessOperation): readonly string[] {
  const asked = JSON.stringify(operation.variables(new Proxy({} as Belongings, { get: (_target, kind) => `<${String(kind)}>` })));
  return [...asked.matchAll(/<(\w+)>/g)].map(([, kind = '']) => kind);
}

function expectedOf(operation: AccessOperation, role: Role): ForParticipant {
  const [named] = kindsOf(operation).filter((kind) => roomRoles[`${operation.field} ${kind}`] !== undefined);
  const entry = roomRoles[named === undefined ? operation.field : `${operation.field} ${named}`];
  return entry?.[role] ?? 'AS_STRANGER';
}

async function answer({ document, field, variables }: AccessOperation, ids: Belongings, { token }: TestPerson): Promise<any> {
  const clean = (value: unknown): any => JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'requestId' ? undefined : inner)));
  if (!field.startsWith('Subscription')) return clean((await createGraphqlClient(world.app.url, { token }).ask(document, variables(ids))).body);
  const subscription = await subscribeSse(world.app.url, { query: document, variables: variables(ids), token });
  const event = await subscription.nextEvent();
  subscription.close();
  return clean(event.kind === 'next' ? event.result : event);
}

const cases = accessOperations
  .filter(({ forStranger }) => forStranger !== 'FORBIDDEN')
  .flatMap((operation) =>
    roles.map((role) => ({ operation, role, expected: expectedOf(operation, role), title: `${operation.field} ${kindsOf(operation).join(' ')}` })),
  );

describe('K01 what takes part in a conversation', () => {
  it('is decided for each field of the table, and for none that there is not', () => {
    const known = new Set(accessOperations.flatMap((operation) => [operation.field, ...kindsOf(operation).map((kind) => `${operation.field} ${kind}`)]));
    expect(Object.keys(roomRoles).filter((name) => !known.has(name))).toEqual([]);
  });

  // A READER may do no more than an EDITOR.
  it.each(cases.filter(({ expected, role }) => expected === 'AS_STRANGER' && role === 'EDITOR'))(
    'gets of $title what a stranger gets, as $role',
    async ({ operation, role }) => {
      const given = await answer(operation, world.belongings, people[role]);
      expect(JSON.stringify(given)).toBe(JSON.stringify(await answer(operation, world.nothing, people[role])));
    },
  );

  it.each(cases.filter(({ expected }) => expected === 'FORBIDDEN'))('is refused $title, with the role that it takes, as $role', async ({ operation, role }) => {
    const given = await answer(operation, world.belongings, people[role]);
    expect(given.errors?.[0].extensions.code).toBe('FORBIDDEN');
    expect(given.errors[0].message).toMatch(/OWNER|EDITOR|only its author/);
  });

  it.each(cases.filter(({ expected }) => expected === 'ALLOWED'))('gets $title, as $role', async ({ operation, role }) => {
    const given = await answer(operation, world.belongings, people[role]);
    expect(given.errors).toBeUndefined();
    expect(JSON.stringify(given.data)).not.toContain('null');
  });

  it.each(roles)('shows a %s the messages and their parts, and nothing of the session, the goal, the plans and the invitations behind them', async (role) => {
    const { belongings } = world;
    const fields = `viewerRole context { __typename } contextPreview { text } invitations { edges { node { id } } }
      messages { edges { node { id parts { __typename ... on PlanProposalPart { summary proposal { id } } } } } }`;
    const seen = await people[role].client.request(
      `query ($one: ID!, $other: ID!) { one: conversation(id: $one) { ${fields} } other: conversation(id: $other) { ${fields} } }`,
      {
        one: belongings.Conversation,
        other: belongings.PlanningConversation,
      },
    );
    for (const conversation of [seen.one, seen.other]) {
      expect(conversation).toMatchObject({ viewerRole: role, context: null, contextPreview: null, invitations: { edges: [] } });
      expect(conversation.messages.edges.length).toBeGreaterThan(1);
    }
    const parts = seen.other.messages.edges.flatMap(({ node }: any) => node.parts);
    expect(parts).toContainEqual({ __typename: 'PlanProposalPart', summary: 'Read a book', proposal: null });
  });
});
