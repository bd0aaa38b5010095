import { mutation, query, type AccessOperation } from './operation.ts';

/** The operations of knowledge bases and their documents. Deletions come last. */
export const knowledgeOperations: readonly AccessOperation[] = [
  query('knowledgeBase', 'id name documents { edges { node { id } } }', 'KnowledgeBase'),
  query('document', 'id name', 'Document'),
  {
    field: 'Query.knowledgeBases',
    document: 'query ($id: ID!) { knowledgeBases(filter: { workspaceId: $id }) { edges { node { id } } } }',
    variables: (ids) => ({ id: ids.Workspace }),
    forStranger: 'ABSENT',
  },
  mutation('createKnowledgeBase', 'knowledgeBase { id }', (ids) => ({ name: 'Shared', embeddingModel: null, workspaceId: ids.Workspace })),
  {
    field: 'Query.searchKnowledge',
    document: 'query ($id: ID!) { searchKnowledge(input: { query: "rules", knowledgeBaseIds: [$id] }) { hits { text } } }',
    variables: (ids) => ({ id: ids.KnowledgeBase }),
    forStranger: 'NOT_FOUND',
  },
  mutation('updateKnowledgeBase', 'knowledgeBase { id }', (ids) => ({ id: ids.KnowledgeBase, name: 'Renamed' })),
  mutation('attachKnowledge', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, knowledgeBaseIds: [ids.KnowledgeBase] })),
  mutation('detachKnowledge', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, knowledgeBaseIds: [ids.KnowledgeBase] })),
  mutation('addWebPage', 'document { id }', (ids) => ({ knowledgeBaseId: ids.KnowledgeBase, url: 'https://203.0.113.1/page' })),
  {
    field: 'Subscription.documentProgress',
    document: 'subscription ($id: ID!) { documentProgress(documentId: $id) { status } }',
    variables: (ids) => ({ id: ids.Document }),
    forStranger: 'NOT_FOUND',
  },
  {
    field: 'Subscription.knowledgeBaseProgress',
    document: 'subscription ($id: ID!) { knowledgeBaseProgress(knowledgeBaseId: $id) { id } }',
    variables: (ids) => ({ id: ids.KnowledgeBase }),
    forStranger: 'NOT_FOUND',
  },
  mutation('reindexKnowledgeBase', 'queuedCount', (ids) => ({ id: ids.KnowledgeBase, onlyFailed: true })),
  mutation('reindexDocument', 'document { id }', (ids) => ({ id: ids.Document })),
  mutation('deleteDocument', 'deletedDocumentId', (ids) => ({ id: ids.Document })),
  mutation('deleteKnowledgeBase', 'deletedKnowledgeBaseId', (ids) => ({ id: ids.KnowledgeBase })),
];
