import { variablesOf, type SampleTab } from './sample-tab.ts';

/** Teams. */
export const workspaceTabs: readonly SampleTab[] = [
  {
    query: `# 19. A workspace: a team that shares personas, templates,
# knowledge and keys. All else of yours stays yours alone.
mutation Make {
  createWorkspace(input: { name: "Acme Research", handle: "acme" }) {
    workspace { id handle viewerRole }
  }
}

mutation InviteIntoIt($workspaceId: ID!) {
  inviteToWorkspace(input: { workspaceId: $workspaceId, email: "grace@example.org", role: EDITOR }) {
    invitation { id role expiresAt }
  }
}

query Mine {
  workspaces(first: 10) {
    edges {
      node {
        id
        name
        handle
        viewerRole
        members(first: 20) { edges { node { role user { displayName } } } }
      }
    }
  }
}

mutation Leave($workspaceId: ID!) {
  leaveWorkspace(input: { workspaceId: $workspaceId }) { leftWorkspaceId }
}
`,
    variables: variablesOf({ workspaceId: '<id of a workspace>' }),
  },
];
