import type { Protection } from './protection.ts';

const tests = 'tests/schema/workspace.test.ts';
const members = 'src/services/workspace/members.ts';

/** Those of the cases W07 and W08: who comes into workspaces, and who stays. */
export const workspaceMemberProtections: readonly Protection[] = [
  {
    id: 'W07',
    what: 'asking whether somebody may invite into a workspace',
    file: 'src/services/workspace/workspace-door.ts',
    find: "void (await requireWorkspacePermission(database, { workspaceId, userId }, 'INVITE'))",
    replace: 'void [database, workspaceId, userId]',
    test: tests,
    title: 'W07 are invited by OWNERs alone',
  },
  {
    id: 'W07',
    what: 'asking whom an invitation to a workspace is for',
    file: 'src/services/invitation/invitation-row.ts',
    find: '`i.email = (SELECT u.email FROM users u WHERE u.id = $1::uuid) AND ',
    replace: '`',
    test: tests,
    title: 'W07 come by an invitation',
  },
  {
    id: 'W07',
    what: 'revoking the links to a workspace when somebody is removed',
    file: members,
    find: 'AND (i.token_hash IS NOT NULL OR i.email',
    replace: 'AND (i.email',
    test: tests,
    title: 'W07 who are removed',
  },
  {
    id: 'W08',
    what: 'asking for another OWNER before the last one leaves a workspace',
    file: members,
    find: "if ((await requireWorkspacePermission(transaction, place, 'LEAVE')) === 'OWNER') await requireOtherOwner(transaction, place);",
    replace: "await requireWorkspacePermission(transaction, place, 'LEAVE');",
    test: tests,
    title: 'W08 keep an OWNER',
  },
  {
    id: 'W08',
    what: 'asking who changes the members of a workspace',
    file: 'src/services/workspace/permissions.ts',
    find: "MANAGE: { role: 'OWNER',",
    replace: "MANAGE: { role: 'READER',",
    test: tests,
    title: 'W08 are changed and removed',
  },
];
