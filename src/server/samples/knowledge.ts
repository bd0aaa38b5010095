import { variablesOf, type SampleTab } from './sample-tab.ts';

/** Documents, searches, answers that cite. */
export const knowledgeTabs: readonly SampleTab[] = [
  {
    query: `# 24. Knowledge: documents that engines search and cite.
#    Make a base, then send it a document:
#      curl -H "Authorization: Bearer <accessToken>" \\
#        -F file=@handbook.pdf "<this address>/documents?knowledgeBase=<id>"
mutation CreateKnowledgeBase {
  createKnowledgeBase(input: { name: "Handbook", description: "Rules of the shop" }) {
    knowledgeBase { id name language embeddingModel }
  }
}

mutation AddWebPage($baseId: ID!) {
  addWebPage(input: { knowledgeBaseId: $baseId, url: "https://example.org/" }) {
    isDuplicate
    document { id name status }
  }
}

subscription DocumentProgress($documentId: ID!) {
  documentProgress(documentId: $documentId) {
    name status progress mediaType pageCount passageCount
    error { code message }
  }
}

query SearchKnowledge($baseId: ID!) {
  searchKnowledge(input: { query: "How long may I return goods?", knowledgeBaseIds: [$baseId] }) {
    mode
    problem
    hits { documentName place textRank vectorRank excerpt { text marks { start end } } }
  }
}
`,
    variables: variablesOf({ baseId: '<knowledgeBase.id>', documentId: '<document.id>' }),
  },
  {
    query: `# 25. Let a conversation draw on it, and ask: the answer
#    names passages as [1], and brings each as a CitationPart.
mutation AttachKnowledge($conversationId: ID!, $baseId: ID!) {
  attachKnowledge(input: { conversationId: $conversationId, knowledgeBaseIds: [$baseId] }) {
    conversation { id knowledgeBases { id name } }
  }
}

mutation Ask($conversationId: ID!) {
  ask(input: { conversationId: $conversationId, text: "How long may I return goods?" }) {
    run {
      message {
        text
        mode
        confidence
        parts { ... on CitationPart { number documentName place excerpt } }
      }
    }
  }
}

# All of them, with what became of their documents.
query KnowledgeBases {
  knowledgeBases(first: 20) {
    edges {
      node {
        id name isEmbedding embeddingProgress
        documentCounts { queued processing ready failed }
        documents(first: 10) { edges { node { id name status error { message } } } }
      }
    }
  }
}
`,
    variables: variablesOf({ conversationId: '<conversation.id>', baseId: '<knowledgeBase.id>' }),
  },
];
