import type { DocumentCounts } from '../services/knowledge/knowledge-bases.ts';
import { isEmbedding, storedError, type KnowledgeBaseRow } from '../services/knowledge/knowledge-row.ts';
import { knowledgeLanguages, languageOf, type KnowledgeLanguage } from '../services/knowledge/languages.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { Document, DocumentConnection, KnowledgeError } from './knowledge-document.ts';
import { paginate } from './pagination.ts';
import { Persona } from './persona.ts';
import { sharingFields, sharingFilterOf, Visibility, visibilityOf } from './sharing.ts';
import { User } from './user.ts';
import { Workspace, workspaceOf } from './workspace.ts';

/** Documents that are searched together. */
export const KnowledgeBase = builder.objectRef<KnowledgeBaseRow>('KnowledgeBase');

const languageValues = Object.fromEntries(
  knowledgeLanguages.map((language) => [
    language.toUpperCase(),
    {
      value: language,
      description:
        language === 'simple'
          ? 'Any language: words are found as they are written.'
          : `Words are found in all their forms of ${language.charAt(0).toUpperCase()}${language.slice(1)}.`,
    },
  ]),
);

/** The language of a base. */
export const KnowledgeLanguageEnum = builder.enumType<'KnowledgeLanguage', { [name: string]: { value: KnowledgeLanguage; description: string } }>(
  'KnowledgeLanguage',
  {
    description: 'The language that the words of a knowledge base are indexed by.',
    values: languageValues,
  },
);

const DocumentCountsType = builder.objectRef<DocumentCounts>('DocumentCounts').implement({
  description: 'How many documents are in each state.',
  fields: (t) => ({
    queued: t.exposeInt('QUEUED', { description: 'Those that wait.' }),
    processing: t.exposeInt('PROCESSING', { description: 'Those that are worked at.' }),
    ready: t.exposeInt('READY', { description: 'Those that are found.' }),
    failed: t.exposeInt('FAILED', { description: 'Those that could not be indexed.' }),
  }),
});

const KnowledgeBaseEdge = builder.edgeObject({ type: KnowledgeBase, name: 'KnowledgeBaseEdge', description: 'A knowledge base in a page.' });

const KnowledgeBaseConnection = builder.connectionObject(
  { type: KnowledgeBase, name: 'KnowledgeBaseConnection', description: 'A page of knowledge bases.' },
  KnowledgeBaseEdge,
);

const noDocuments: DocumentCounts = { QUEUED: 0, PROCESSING: 0, READY: 0, FAILED: 0 };

builder.node(KnowledgeBase, {
  description:
    'Documents that are searched together, by their words and by what they mean. Attach it to conversations with `attachKnowledge`, and engines search it and cite it; or give it to a persona, which draws on it wherever it answers. Visible are yours, and those that are shared with a workspace of yours.',
  id: { resolve: (row) => row.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.knowledgeBase.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called.' }),
    description: t.exposeString('description', { nullable: true, description: 'What is in it; engines are told, and decide by it when to search.' }),
    visibility: t.field({ type: Visibility, description: 'Who may read it.', resolve: visibilityOf }),
    workspace: t.field({
      type: Workspace,
      nullable: true,
      description: 'The workspace that it is shared with; null where it is with none, and for whoever is not in it.',
      resolve: workspaceOf,
    }),
    isMine: t.boolean({ description: 'Whether it is yours.', resolve: ({ ownerId }, _arguments, { viewer }) => ownerId === viewer?.userId }),
    owner: t.field({
      type: User,
      nullable: true,
      description: 'Whose it is. What is in it counts for their limits.',
      resolve: ({ ownerId }, _arguments, { loaders }) => loaders.user.load(ownerId),
    }),
    language: t.field({
      type: KnowledgeLanguageEnum,
      description: 'The language that its words are indexed by.',
      resolve: ({ language }) => languageOf(language),
    }),
    embeddingModel: t.exposeString('embeddingModel', {
      nullable: true,
      description: 'The model that makes vectors of its passages, as `provider:model`; null for a base that is searched by words alone.',
    }),
    searchedModel: t.exposeString('vectorModel', {
      nullable: true,
      description: 'The model whose vectors are searched now: another one than `embeddingModel` while the passages are embedded anew.',
    }),
    reranker: t.exposeString('reranker', {
      nullable: true,
      description: 'The model that puts what was found in it in order, where a search does not say, as `provider:model`; null for none.',
    }),
    isEmbedding: t.boolean({
      description: 'Whether passages are yet to be embedded in the background: after a change of the model, or because a quota did not allow it before.',
      resolve: isEmbedding,
    }),
    embeddingProgress: t.exposeFloat('embeddingProgress', { description: '0 to 1: how many passages the model has embedded; 1 when nothing is to do.' }),
    embeddingError: t.field({
      type: KnowledgeError,
      nullable: true,
      description:
        'Why embedding in the background failed last, `QUOTA_EXCEEDED` where a quota does not allow it; it is tried again every few minutes. Null when it did not.',
      resolve: ({ embeddingErrorCode, embeddingErrorMessage }) => storedError(embeddingErrorCode, embeddingErrorMessage),
    }),
    documentCounts: t.field({
      type: DocumentCountsType,
      description: 'How many documents it has.',
      resolve: async ({ id }, _arguments, { loaders }) => (await loaders.documentCounts.load(id)) ?? noDocuments,
    }),
    documents: t.connection(
      {
        type: Document,
        description: 'Its documents, the newest first.',
        resolve: ({ id }, args, { loaders }) =>
          paginate(
            args,
            (page) => loaders.documentsOfBase.load({ id, page }),
            (row) => ({ at: row.createdAt, id: row.id }),
          ),
      },
      DocumentConnection,
    ),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed; its documents have moments of their own.' }),
  }),
});

builder.objectField(Document, 'knowledgeBase', (t) =>
  t.field({
    type: KnowledgeBase,
    nullable: true,
    description: 'The base that it is in; null when that was deleted a moment ago.',
    resolve: ({ knowledgeBaseId }, _arguments, { loaders }) => loaders.knowledgeBase.load(knowledgeBaseId),
  }),
);

builder.objectField(Conversation, 'knowledgeBases', (t) =>
  t.field({
    type: [KnowledgeBase],
    description: 'The knowledge bases that it draws on, as far as you may read them: at most 20, in the order in which they were attached.',
    resolve: async ({ id }, _arguments, { loaders }) => [...((await loaders.knowledgeOfConversation.load(id)) ?? [])],
  }),
);

builder.objectField(Persona, 'knowledgeBases', (t) =>
  t.field({
    type: [KnowledgeBase],
    nullable: true,
    description:
      'The knowledge bases that it draws on wherever it answers, by their names; null for everybody but its owner. Whoever talks to it gets answers and cited passages out of them, and can open neither them nor their documents.',
    resolve: async ({ id, isOwn }, _arguments, { loaders }) => (isOwn ? [...((await loaders.knowledgeOfPersona.load(id)) ?? [])] : null),
  }),
);
const KnowledgeBaseFilter = builder.inputType('KnowledgeBaseFilter', {
  description: 'Which knowledge bases to list. What is absent does not matter; what is given must all be so.',
  fields: (t) => sharingFields(t),
});

builder.queryFields((t) => ({
  knowledgeBases: t.connection(
    {
      type: KnowledgeBase,
      description: 'Your knowledge bases, and those that are shared with a workspace of yours, the newest first.',
      args: { filter: t.arg({ type: KnowledgeBaseFilter, description: 'Which ones; all when absent.' }) },
      resolve: (_root, { filter, ...args }, context) =>
        paginate(
          args,
          (page) => context.services.knowledgeBases.list(context.viewer, sharingFilterOf(filter ?? {}), page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    KnowledgeBaseConnection,
  ),
  knowledgeBase: t.field({
    type: KnowledgeBase,
    description: 'One knowledge base.',
    args: { id: t.arg.globalID({ for: KnowledgeBase, required: true, description: 'The id of the knowledge base.' }) },
    resolve: (_root, { id }, context) => context.services.knowledgeBases.get(context.viewer, id.id),
  }),
}));

builder.subscriptionField('knowledgeBaseProgress', (t) =>
  t.field({
    type: KnowledgeBase,
    description:
      'Follows a knowledge base: as it is now, then after each change of it and whenever one of its documents was added, indexed or deleted. Ends when it is deleted; else it goes on as long as you listen.',
    args: { knowledgeBaseId: t.arg.globalID({ for: KnowledgeBase, required: true, description: 'The id of the knowledge base.' }) },
    subscribe: (_root, { knowledgeBaseId }, context) => context.services.knowledgeBases.follow(context.viewer, knowledgeBaseId.id),
    resolve: (row) => row,
  }),
);
