import { encodeGlobalID } from '@pothos/plugin-relay';
import type { Logger } from '../base/logger.ts';
import type { KnowledgeDocuments } from '../services/knowledge/documents.ts';
import type { UploadHandler } from './options.ts';
import { createFileHandler, type FileRoute } from './received-file.ts';
import { knowledgeBaseIdOf } from './uploads-parameters.ts';

/** What `createDocumentHandler` stands on. */
export interface DocumentHandlerOptions extends Pick<FileRoute, 'idleTimeoutMs' | 'transferTimeoutMs' | 'lingerMs'> {
  readonly documents: Pick<KnowledgeDocuments, 'receive'>;
  /** The most bytes of a document. */
  readonly maxBytes: number;
  readonly logger: Logger;
}

/**
 * The route of documents, `POST /documents?knowledgeBase=<id>`; it answers 202 as soon as it is sure that the document will be indexed, and 200 with
 * the document that is there already where the base has the same one.
 */
export function createDocumentHandler({ documents, ...options }: DocumentHandlerOptions): UploadHandler {
  return createFileHandler({
    ...options,
    scope: 'uploads',
    subject: 'a document',
    defaultName: 'document',
    remedy: 'Split it, or send it as it came.',
    oneByOne: 'The first one was taken, send the others one by one.',
    async receive({ viewer, name: clientName, parameters, stream, signal }) {
      const baseId = knowledgeBaseIdOf(parameters.get('knowledgeBase') ?? '');
      const { document, isDuplicate } = await documents.receive(viewer, baseId, clientName, stream, signal);
      const { id, name, status, byteSize } = document;
      return {
        status: isDuplicate ? 200 : 202,
        body: { document: { id: encodeGlobalID('Document', id), name, status, byteSize: Number(byteSize) }, isDuplicate },
        logged: { documentId: id, byteCount: Number(byteSize), isDuplicate },
      };
    },
  });
}
