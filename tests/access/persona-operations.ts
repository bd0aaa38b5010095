import { mutation, query, type AccessOperation } from './operation.ts';

/** The root fields about personas that take an id. */
export const personaOperations: readonly AccessOperation[] = [
  query('persona', 'id name', 'Persona'),
  {
    field: 'Query.personas',
    document: 'query ($id: ID!) { personas(filter: { workspaceId: $id }) { edges { node { id } } } }',
    variables: (ids) => ({ id: ids.Workspace }),
    forStranger: 'ABSENT',
  },
  {
    field: 'Query.promptTemplates',
    document: 'query ($id: ID!) { promptTemplates(filter: { workspaceId: $id }) { edges { node { id } } } }',
    variables: (ids) => ({ id: ids.Workspace }),
    forStranger: 'ABSENT',
  },
  mutation('updatePersona', 'persona { id }', (ids) => ({ id: ids.Persona, name: 'Renamed' })),
  mutation('addPersona', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, personaId: ids.Persona })),
  mutation('setTurnPolicy', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, policy: 'ROUND_ROBIN' })),
  query('promptTemplate', 'id name', 'PromptTemplate'),
  {
    field: 'Query.renderPromptTemplate',
    document: 'query ($id: ID!) { renderPromptTemplate(id: $id, variables: { name: "Ada" }) }',
    variables: (ids) => ({ id: ids.PromptTemplate }),
    forStranger: 'NOT_FOUND',
  },
  mutation('updatePromptTemplate', 'promptTemplate { id }', (ids) => ({ id: ids.PromptTemplate, name: 'Renamed' })),
  mutation('restorePromptTemplate', 'promptTemplate { id }', (ids) => ({ id: ids.PromptTemplate, version: 1 })),
  mutation('tryPromptTemplate', 'run { id }', (ids) => ({ template: { id: ids.PromptTemplate, variables: { name: 'Ada' } } })),
  mutation('createPersona', 'persona { id }', (ids) => ({ name: 'Shared', handle: 'shared', workspaceId: ids.Workspace })),
  mutation('createPromptTemplate', 'promptTemplate { id }', (ids) => ({ name: 'Shared', text: 'Hello', workspaceId: ids.Workspace })),
  mutation('createPersona', 'persona { id }', (ids) => ({
    name: 'Another',
    handle: 'another',
    templateId: ids.PromptTemplate,
    templateVariables: { name: 'Ada' },
    mcpServerIds: [ids.McpServer],
  })),
  mutation('updateMcpServer', 'mcpServer { id }', (ids) => ({ id: ids.McpServer, approval: 'WRITES' })),
  mutation('checkMcpServer', 'mcpServer { id }', (ids) => ({ id: ids.McpServer })),
  mutation('deleteMcpServer', 'deletedMcpServerId', (ids) => ({ id: ids.McpServer })),
  mutation('deletePromptTemplate', 'deletedPromptTemplateId', (ids) => ({ id: ids.PromptTemplate })),
  mutation('respondToRun', 'run { id }', (ids) => ({ runId: ids.WaitingRun, answer: 'Yes' })),
  mutation('removePersona', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, personaId: ids.Persona })),
  mutation('deletePersona', 'deletedPersonaId', (ids) => ({ id: ids.Persona })),
];
