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
        quotas { own { month { tokens { used limit } } } }
        members(first: 20) { edges { node { role user { displayName } } } }
      }
    }
  }
}

# What is shared with it: set "workspaceId" of a persona, a prompt
# template or a knowledge base of yours; null takes it back.
mutation Share($personaId: ID!, $workspaceId: ID!) {
  updatePersona(input: { id: $personaId, workspaceId: $workspaceId }) { persona { name visibility } }
}

query Shared($workspaceId: ID!) {
  personas(filter: { workspaceId: $workspaceId }) { edges { node { name isMine } } }
  promptTemplates(filter: { workspaceId: $workspaceId }) { edges { node { name isMine } } }
  knowledgeBases(filter: { workspaceId: $workspaceId }) { edges { node { name isMine } } }
}

# Its key answers all members, by the handle: "acme/openai:gpt-5".
mutation Key($workspaceId: ID!) {
  saveWorkspaceProviderKey(input: { workspaceId: $workspaceId, kind: OPENAI, apiKey: "sk-..." }) {
    providerKey { id lastFour }
  }
  setWorkspaceQuota(input: { workspaceId: $workspaceId, scope: EACH_MEMBER, period: MONTH, maxCostMicros: 5000000 }) {
    workspaceQuota { maxCostMicros }
  }
}

mutation Leave($workspaceId: ID!) {
  leaveWorkspace(input: { workspaceId: $workspaceId }) { leftWorkspaceId }
}
`,
    variables: variablesOf({ workspaceId: '<id of a workspace>', personaId: '<id of a persona>' }),
  },
];
