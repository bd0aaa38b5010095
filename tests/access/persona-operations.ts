import { mutation, query, type AccessOperation } from './operation.ts';

/** The root fields about personas that take an id. */
export const personaOperations: readonly AccessOperation[] = [
  query('persona', 'id name', 'Persona'),
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
  mutation('createPersona', 'persona { id }', (ids) => ({
    name: 'Another',
    handle: 'another',
    templateId: ids.PromptTemplate,
    templateVariables: { name: 'Ada' },
    mcpServerIds: [ids.McpServer],
  })),
  mutation('updateMcpServer', 'mcpServer { id }', (ids) => ({ id: ids.McpServer, approval: 'WRITES' })),
  mutation('checkMcpServer', 'mcpServer { id }', (ids) => ({ id: ids.McpServer })),
  mutation('beginMcpSignIn', 'authorizationUrl', (ids) => ({ id: ids.McpServer, redirectUri: 'http://127.0.0.1/callback' })),
  mutation('finishMcpSignIn', 'mcpServer { id }', (ids) => ({ id: ids.McpServer, code: 'code', state: 'state' })),
  mutation('endMcpSignIn', 'mcpServer { id }', (ids) => ({ id: ids.McpServer })),
  mutation('deleteMcpServer', 'deletedMcpServerId', (ids) => ({ id: ids.McpServer })),
  mutation('deletePromptTemplate', 'deletedPromptTemplateId', (ids) => ({ id: ids.PromptTemplate })),
  mutation('respondToRun', 'run { id }', (ids) => ({ runId: ids.WaitingRun, answer: 'Yes' })),
  mutation('removePersona', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, personaId: ids.Persona })),
  mutation('deletePersona', 'deletedPersonaId', (ids) => ({ id: ids.Persona })),
];
