import { afterAll, beforeAll, describe } from 'vitest';
import { runSql } from '../kit/database.ts';
import { testRoles, type PeopleByRole } from './by-role.ts';
import { openWorld, type World } from './world.ts';
import { workspaceRoles } from './workspace-roles.ts';
import { rowId } from '../kit/ids.ts';

let world: World;
let people: PeopleByRole;

beforeAll(async () => {
  world = await openWorld();
  people = { EDITOR: await world.app.person(), READER: await world.app.person() };
  for (const [role, { userId }] of Object.entries(people)) {
    await runSql(
      world.app.connectionString,
      `INSERT INTO workspace_members (workspace_id, user_id, role, joined_at) VALUES ('${rowId(world.belongings.Workspace)}', '${rowId(userId)}', '${role}', now())`,
    );
  }
});
afterAll(() => world.app[Symbol.asyncDispose]());

describe('W01 W02 a member of a workspace', () => {
  testRoles(workspaceRoles, () => ({ world, people }));
});
