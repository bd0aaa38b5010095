import { storedError, type DocumentRow, type StoredError } from '../services/knowledge/knowledge-row.ts';
import { builder } from './builder.ts';
import { ErrorCodeEnum } from './scalars.ts';

/** A document of a knowledge base. */
export const Document = builder.objectRef<DocumentRow>('Document');

const DocumentStatus = builder.enumType('DocumentStatus', {
  description: 'Where a document stands.',
  values: {
    QUEUED: { description: 'It waits for its turn.' },
    PROCESSING: { description: 'It is being fetched, read and embedded.' },
    READY: { description: 'It is found by searches.' },
    FAILED: { description: 'It could not be indexed; `error` says why. What was stored of it before is still found.' },
  } as const,
});

const DocumentSource = builder.enumType('DocumentSource', {
  description: 'Where a document comes from.',
  values: { UPLOAD: { description: 'It was sent, by `POST /documents`.' }, URL: { description: 'It is a web page, which the server fetched.' } } as const,
});

/** Why something about knowledge failed. */
export const KnowledgeError = builder.objectRef<StoredError>('KnowledgeError').implement({
  description: 'Why a document could not be indexed, or a knowledge base could not be embedded.',
  fields: (t) => ({
    code: t.expose('code', {
      type: ErrorCodeEnum,
      description:
        'For programs: `UNSUPPORTED_FILE` for what cannot be read, `PAYLOAD_TOO_LARGE` for what is more than the limits, `DOCUMENT_UNREADABLE` for what takes too much time or memory, `PAGE_UNREACHABLE`, a code of the provider of the embedding model, or `QUOTA_EXCEEDED` where its calls do not fit into a quota.',
    }),
    message: t.exposeString('message', { description: 'For people.' }),
  }),
});

const DocumentEdge = builder.edgeObject({ type: Document, name: 'DocumentEdge', description: 'A document in a page.' });

/** A page of documents. */
export const DocumentConnection = builder.connectionObject({ type: Document, name: 'DocumentConnection', description: 'A page of documents.' }, DocumentEdge);

builder.node(Document, {
  description:
    'A document of a knowledge base: PDF, DOCX, HTML, Markdown, CSV or plain text, by its bytes. Send one with `POST /documents?knowledgeBase=<id>`, or add a web page with `addWebPage`; it is read, cut into passages and embedded in the background.',
  id: { resolve: (row) => row.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.document.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name it was sent under, or the title of the page: a label.' }),
    mediaType: t.exposeString('mediaType', { nullable: true, description: 'What it is by its bytes, for example `application/pdf`; null until it was read.' }),
    source: t.expose('source', { type: DocumentSource, description: 'Where it comes from.' }),
    url: t.exposeString('url', { nullable: true, description: 'The address of a web page, as it was given; null for what was sent.' }),
    status: t.expose('status', { type: DocumentStatus, description: 'Where it stands.' }),
    progress: t.exposeFloat('progress', { description: '0 to 1: how much of the work at it is done.' }),
    byteSize: t.expose('byteSize', { type: 'BigInt', description: 'How many bytes it has; 0 for a page that was not fetched yet.' }),
    sha256: t.exposeString('hash', { nullable: true, description: 'The SHA-256 of its bytes in hexadecimal. A base has no two documents with the same one.' }),
    pageCount: t.exposeInt('pageCount', { nullable: true, description: 'How many pages a PDF has; null for all others.' }),
    passageCount: t.exposeInt('chunkCount', { description: 'How many passages it was cut into.' }),
    revision: t.exposeInt('revision', { description: 'How often it was indexed.' }),
    error: t.field({
      type: KnowledgeError,
      nullable: true,
      description:
        'Why it failed; null when it did not. Of one that is READY, `QUOTA_EXCEEDED`: it is found by its words alone until its passages are embedded, which begins by itself once there is room.',
      resolve: ({ errorCode, errorMessage }) => storedError(errorCode, errorMessage),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When something was last done with it.' }),
    indexedAt: t.expose('indexedAt', { type: 'DateTime', nullable: true, description: 'When it was last indexed; null before.' }),
  }),
});

builder.queryField('document', (t) =>
  t.field({
    type: Document,
    description: 'One document.',
    args: { id: t.arg.globalID({ for: Document, required: true, description: 'The id of the document.' }) },
    resolve: (_root, { id }, context) => context.services.knowledgeDocuments.get(context.viewer, id.id),
  }),
);

builder.subscriptionField('documentProgress', (t) =>
  t.field({
    type: Document,
    description:
      'Follows a document: as it is now, then after each change, at most a few times a second, until it is READY or FAILED. After a cut, subscribe again: the first event has everything up to now.',
    args: { documentId: t.arg.globalID({ for: Document, required: true, description: 'The id of the document.' }) },
    subscribe: (_root, { documentId }, context) => context.services.knowledgeDocuments.follow(context.viewer, documentId.id),
    resolve: (row) => row,
  }),
);

builder.relayMutationField(
  'reindexDocument',
  {
    description: 'Which document to index anew.',
    inputFields: (t) => ({ id: t.globalID({ for: Document, required: true, description: 'The document.' }) }),
  },
  {
    description: 'Reads a document anew in the background; a web page is fetched anew. What was stored of it is found until that is done.',
    resolve: async (_root, { input }, { services, viewer }) => ({ document: await services.knowledgeDocuments.reindex(viewer, input.id.id) }),
  },
  {
    description: 'The document that waits for its turn.',
    outputFields: (t) => ({ document: t.expose('document', { type: Document, description: 'As it is now.' }) }),
  },
);

builder.relayMutationField(
  'deleteDocument',
  {
    description: 'Which document to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: Document, required: true, description: 'The document.' }) }),
  },
  {
    description: 'Deletes a document with its passages, their vectors and its file. Answers that cite it keep the excerpts that they show.',
    resolve: async (_root, { input }, { services, viewer }) => ({ document: await services.knowledgeDocuments.delete(viewer, input.id.id) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedDocumentId: t.globalID({ description: 'The id of the document.', resolve: ({ document }) => ({ id: document.id, type: Document }) }),
    }),
  },
);
