import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSql } from '../kit/database.ts';
import { testRoles, type PeopleByRole } from './by-role.ts';
import { roomRoles } from './room-roles.ts';
import { openWorld, type World } from './world.ts';
import { rowId } from '../kit/ids.ts';

const roles = ['EDITOR', 'READER'] as const;

let world: World;
let people: PeopleByRole;

beforeAll(async () => {
  world = await openWorld();
  const [editor, reader] = [await world.app.person(), await world.app.person()];
  people = { EDITOR: editor, READER: reader };
  // Of every conversation of the owner: that of the session, that about the goal, and the fork.
  for (const role of roles) {
    const userId = rowId(people[role].userId);
    await runSql(
      world.app.connectionString,
      `INSERT INTO participants (conversation_id, user_id, role, joined_at) SELECT id, '${userId}', '${role}', now() FROM conversations`,
    );
  }
});
afterAll(() => world.app[Symbol.asyncDispose]());

describe('K01 what takes part in a conversation', () => {
  testRoles(roomRoles, () => ({ world, people }));

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
