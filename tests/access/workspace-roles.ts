import { both, forEditors, type RoleTable } from './by-role.ts';

const allowed = both('ALLOWED');
const forOwners = both('FORBIDDEN');

/**
 * What membership in a workspace opens of what is shared with it. All that is not here is the owner's alone: a member gets what a stranger gets.
 */
export const workspaceRoles: RoleTable = {
  'Query.node Workspace': allowed,
  'Query.node User': allowed,
  'Query.user': allowed,
  'Query.workspaceQuotas': allowed,
  'Query.workspaceUsage': allowed,
  'Query.workspaceProviderKeys': forOwners,
  'Mutation.saveWorkspaceProviderKey': forOwners,
  'Mutation.deleteWorkspaceProviderKey': forOwners,
  'Mutation.setWorkspaceQuota': forOwners,
  'Mutation.removeWorkspaceQuota': forOwners,
  'Mutation.updateWorkspace': forOwners,
  'Mutation.inviteToWorkspace': forOwners,
  'Mutation.createWorkspaceInvitationLink': forOwners,
  'Mutation.updateWorkspaceMember': forOwners,
  'Mutation.removeWorkspaceMember': forOwners,
  'Mutation.deleteWorkspace': forOwners,
  // They are gone after it.
  'Mutation.leaveWorkspace': both('ELSEWHERE'),
  'Query.node Persona': allowed,
  'Query.node PromptTemplate': allowed,
  'Query.node KnowledgeBase': allowed,
  'Query.node Document': allowed,
  'Query.nodes': both('ELSEWHERE'),
  'Query.persona': allowed,
  'Query.personas': allowed,
  'Query.promptTemplate': allowed,
  'Query.promptTemplates': allowed,
  'Query.renderPromptTemplate': allowed,
  'Query.knowledgeBase': allowed,
  'Query.knowledgeBases': allowed,
  'Query.document': allowed,
  'Query.searchKnowledge': allowed,
  'Subscription.documentProgress': allowed,
  'Subscription.knowledgeBaseProgress': allowed,
  'Mutation.tryPromptTemplate': allowed,
  'Mutation.createPersona Workspace': forEditors,
  // With a server of the owner's, which nobody else has.
  'Mutation.createPersona PromptTemplate': both('ELSEWHERE'),
  'Mutation.createPromptTemplate': forEditors,
  'Mutation.createKnowledgeBase': forEditors,
  'Mutation.updatePersona': forEditors,
  'Mutation.updatePromptTemplate': forEditors,
  'Mutation.restorePromptTemplate': forEditors,
  'Mutation.updateKnowledgeBase': forEditors,
  'Mutation.addWebPage': forEditors,
  'Mutation.reindexKnowledgeBase': forEditors,
  'Mutation.reindexDocument': forEditors,
  'Mutation.deleteDocument': forEditors,
  'Mutation.deletePersona': forOwners,
  'Mutation.deletePromptTemplate': forOwners,
  'Mutation.deleteKnowledgeBase': forOwners,
};
