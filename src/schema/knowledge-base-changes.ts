import { builder } from './builder.ts';
import { rowIdOf } from './input-ids.ts';
import { loadExisting } from './batch.ts';
import { Conversation } from './conversation.ts';
import { KnowledgeBase, KnowledgeLanguageEnum } from './knowledge-base.ts';
import { Document } from './knowledge-document.ts';
import { workspaceIdField } from './sharing.ts';

const modelText =
  'The model that makes vectors of its passages, as `provider:model`: `embedded:english` needs no key; `openai:text-embedding-3-small`, `gemini:gemini-embedding-001` and `ollama:nomic-embed-text` use your own key or the one of the server. Null for none: it is then searched by words alone.';
const rerankText =
  'The model that puts what was found in order where a search does not say, as `provider:model`: any model of `models`. Whoever searches pays for it. Null for none.';

builder.relayMutationField(
  'createKnowledgeBase',
  {
    description: 'What the new knowledge base is like.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'What it is called: 1 to 200 characters.' }),
      description: t.string({ description: 'What is in it, at most 2,000 characters; engines are told.' }),
      language: t.field({ type: KnowledgeLanguageEnum, description: 'The language of its documents; `ENGLISH` when absent. It cannot be changed later.' }),
      embeddingModel: t.string({ description: `${modelText} The default of the server when absent.` }),
      reranker: t.string({ description: rerankText }),
      workspaceId: workspaceIdField(t),
    }),
  },
  {
    description: 'Makes a knowledge base without documents.',
    resolve: async (_root, { input: { workspaceId, ...input } }, { services, viewer }) => ({
      knowledgeBase: await services.knowledgeBases.create(viewer, { ...input, workspaceId: rowIdOf(workspaceId) }),
    }),
  },
  {
    description: 'The new knowledge base.',
    outputFields: (t) => ({ knowledgeBase: t.expose('knowledgeBase', { type: KnowledgeBase, description: 'The new knowledge base.' }) }),
  },
);

builder.relayMutationField(
  'updateKnowledgeBase',
  {
    description: 'What to change: what is absent stays as it is, null clears.',
    inputFields: (t) => ({
      id: t.globalID({ for: KnowledgeBase, required: true, description: 'The knowledge base.' }),
      name: t.string({ description: 'What it is called: 1 to 200 characters.' }),
      description: t.string({ description: 'What is in it, at most 2,000 characters.' }),
      embeddingModel: t.string({ description: `${modelText} Only its owner changes it.` }),
      reranker: t.string({ description: rerankText }),
      workspaceId: workspaceIdField(t),
    }),
  },
  {
    description:
      'Changes a knowledge base of yours, or as an EDITOR one that is shared with a workspace. With another embedding model its passages are embedded anew in the background, and the vectors of before are searched until that is done.',
    resolve: async (_root, { input: { id, name, workspaceId, ...input } }, { services, viewer }) => ({
      knowledgeBase: await services.knowledgeBases.update(viewer, {
        ...input,
        ...(name == null ? {} : { name }),
        id: id.id,
        workspaceId: rowIdOf(workspaceId),
      }),
    }),
  },
  {
    description: 'The changed knowledge base.',
    outputFields: (t) => ({ knowledgeBase: t.expose('knowledgeBase', { type: KnowledgeBase, description: 'As it is now.' }) }),
  },
);

builder.relayMutationField(
  'deleteKnowledgeBase',
  {
    description: 'Which knowledge base to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: KnowledgeBase, required: true, description: 'The knowledge base.' }) }),
  },
  {
    description:
      'Deletes a knowledge base of yours, or as an OWNER one that is shared with a workspace, with its documents and everything that was made of them. Answers that cite them keep the excerpts that they show.',
    resolve: async (_root, { input }, { services, viewer }) => ({ knowledgeBaseId: await services.knowledgeBases.delete(viewer, input.id.id) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedKnowledgeBaseId: t.globalID({
        description: 'The id of the knowledge base.',
        resolve: ({ knowledgeBaseId }) => ({ id: knowledgeBaseId, type: KnowledgeBase }),
      }),
    }),
  },
);

builder.relayMutationField(
  'reindexKnowledgeBase',
  {
    description: 'Which documents to index anew.',
    inputFields: (t) => ({
      id: t.globalID({ for: KnowledgeBase, required: true, description: 'The knowledge base.' }),
      onlyFailed: t.boolean({ description: 'Only those that failed; all of them when absent or false.' }),
    }),
  },
  {
    description: 'Indexes the documents of a knowledge base anew, in the background. What was stored of them is found until that is done.',
    resolve: async (_root, { input: { id, onlyFailed } }, { services, viewer }) => ({
      id: id.id,
      queuedCount: await services.knowledgeDocuments.reindexAll(viewer, id.id, onlyFailed ?? false),
    }),
  },
  {
    description: 'What is being indexed.',
    outputFields: (t) => ({
      knowledgeBase: t.field({
        type: KnowledgeBase,
        description: 'As it is now.',
        resolve: ({ id }, _arguments, { loaders }) => loadExisting(loaders.knowledgeBase, id, 'KnowledgeBase'),
      }),
      queuedCount: t.exposeInt('queuedCount', { description: 'How many documents now wait because of this.' }),
    }),
  },
);

builder.relayMutationField(
  'addWebPage',
  {
    description: 'Which page to add.',
    inputFields: (t) => ({
      knowledgeBaseId: t.globalID({ for: KnowledgeBase, required: true, description: 'The knowledge base.' }),
      url: t.string({ required: true, description: 'The address of the page, for example `https://example.org/handbook`. It must lead to a public server.' }),
      name: t.string({ description: 'What to call it; the title of the page when absent.' }),
    }),
  },
  {
    description:
      'Adds a web page to a knowledge base: the server fetches it in the background, following redirects to public addresses alone. HTML, PDF, DOCX, Markdown, CSV and plain text are read.',
    resolve: (_root, { input: { knowledgeBaseId, ...input } }, { services, viewer }) =>
      services.knowledgeDocuments.addWebPage(viewer, { ...input, knowledgeBaseId: knowledgeBaseId.id }),
  },
  {
    description: 'The document that waits for its turn.',
    outputFields: (t) => ({
      document: t.expose('document', { type: Document, description: 'Follow it with `documentProgress`.' }),
      isDuplicate: t.exposeBoolean('isDuplicate', {
        description: 'Whether the base had this address already: nothing was added. `reindexDocument` fetches it anew.',
      }),
    }),
  },
);

for (const [field, isAttaching] of [
  ['attachKnowledge', true],
  ['detachKnowledge', false],
] as const) {
  builder.relayMutationField(
    field,
    {
      description: isAttaching ? 'What to attach to what.' : 'What to take from what.',
      inputFields: (t) => ({
        conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
        knowledgeBaseIds: t.globalIDList({ for: KnowledgeBase, required: true, description: 'The knowledge bases.' }),
      }),
    },
    {
      description: isAttaching
        ? 'Lets a conversation draw on knowledge bases: engines search them with the tool `search_knowledge`, and cite what they find. Of somebody who asks there, only those bases are searched that they may read.'
        : 'Takes knowledge bases from a conversation. Answers that cite them stay.',
      resolve: async (_root, { input: { conversationId, knowledgeBaseIds } }, { services, viewer }) => {
        const ids = knowledgeBaseIds.map(({ id }) => id);
        await (isAttaching
          ? services.attachedKnowledge.attach(viewer, conversationId.id, ids)
          : services.attachedKnowledge.detach(viewer, conversationId.id, ids));
        return { conversationId: conversationId.id };
      },
    },
    {
      description: 'The changed conversation.',
      outputFields: (t) => ({
        conversation: t.field({
          type: Conversation,
          description: 'As it is now.',
          resolve: (payload, _arguments, { loaders }) => loadExisting(loaders.conversation, payload.conversationId, 'Conversation'),
        }),
      }),
    },
  );
}
