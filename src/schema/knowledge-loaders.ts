import type { Viewer } from '../auth/viewer.ts';
import type { DocumentCounts } from '../services/knowledge/knowledge-bases.ts';
import type { DocumentRow, KnowledgeBaseRow } from '../services/knowledge/knowledge-row.ts';
import type { Services } from '../services/services.ts';
import { loaderOf, pageLoaderOf } from './batch.ts';

/** The batches of knowledge bases and their documents. */
export function createKnowledgeLoaders(services: Services, viewer: Viewer | null) {
  const { knowledgeBases, knowledgeDocuments, attachedKnowledge } = services;
  return {
    knowledgeBase: loaderOf<KnowledgeBaseRow>((ids) => knowledgeBases.byIds(viewer, ids)),
    documentCounts: loaderOf<DocumentCounts>((ids) => knowledgeBases.countsOf(viewer, ids)),
    document: loaderOf<DocumentRow>((ids) => knowledgeDocuments.byIds(viewer, ids)),
    documentsOfBase: pageLoaderOf<DocumentRow>((ids, page) => knowledgeDocuments.ofBases(viewer, ids, page)),
    knowledgeOfPersona: loaderOf<readonly KnowledgeBaseRow[]>((ids) => services.personas.knowledgeOf(viewer, ids)),
    knowledgeOfConversation: loaderOf<readonly KnowledgeBaseRow[]>((ids) => attachedKnowledge.ofConversations(viewer, ids)),
  };
}
