import { placeInWords } from '../services/knowledge/citation.ts';
import { excerptFor, type KnowledgeExcerpt } from '../services/knowledge/search/excerpt.ts';
import type { KnowledgeSearchMode as Mode, KnowledgeFindings, KnowledgeHit } from '../services/knowledge/search/question.ts';
import { builder } from './builder.ts';
import { KnowledgeBase } from './knowledge-base.ts';
import { Document } from './knowledge-document.ts';
import { SearchMark } from './search.ts';

const modeTexts: Readonly<Record<Mode, string>> = {
  HYBRID: 'By both: the two rankings are put together by reciprocal rank fusion.',
  TEXT: 'By their words, in all their forms: rare words of the query count more than common ones.',
  VECTOR: 'By what they mean: the vectors of passages are compared with that of the query.',
};

const KnowledgeSearchMode = builder.enumType('KnowledgeSearchMode', {
  description: 'How passages are found.',
  values: { HYBRID: { description: modeTexts.HYBRID }, TEXT: { description: modeTexts.TEXT }, VECTOR: { description: modeTexts.VECTOR } } as const,
});

const ExcerptType = builder.objectRef<KnowledgeExcerpt>('KnowledgeExcerpt').implement({
  description: 'The piece of a passage that has the most words of the query.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'The piece as plain text, about 240 characters; `…` stands for what was left out.' }),
    marks: t.field({
      type: [SearchMark],
      description: 'Where the words stand in `text`, in order; none for a passage that was found by its meaning alone.',
      resolve: ({ marks }) => [...marks],
    }),
  }),
});

type HitRow = KnowledgeHit & { readonly query: string };

const KnowledgeHitType = builder.objectRef<HitRow>('KnowledgeHit').implement({
  description: 'A passage that was found.',
  fields: (t) => ({
    document: t.field({
      type: Document,
      nullable: true,
      description: 'The document that it is of; null when that was deleted a moment ago.',
      resolve: ({ documentId }, _arguments, { loaders }) => loaders.document.load(documentId),
    }),
    documentName: t.exposeString('documentName', { description: 'What the document is called.' }),
    text: t.exposeString('text', { description: 'The whole passage.' }),
    excerpt: t.field({ type: ExcerptType, description: 'The best piece of it.', resolve: ({ text, query }) => excerptFor(text, query) }),
    headings: t.stringList({ description: 'The headings that it stands under, from the top.', resolve: ({ headings }) => [...headings] }),
    place: t.string({ description: 'Where it stands, in words: `page 3, Returns > Refunds`.', resolve: placeInWords }),
    page: t.exposeInt('page', { nullable: true, description: 'The page of a PDF that it begins on, from 1.' }),
    pageEnd: t.exposeInt('pageEnd', { nullable: true, description: 'The page of a PDF that it ends on.' }),
    row: t.exposeInt('row', { nullable: true, description: 'The first row of a table that it holds, from 1 without the header.' }),
    rowEnd: t.exposeInt('rowEnd', { nullable: true, description: 'The last row of a table that it holds.' }),
    score: t.exposeFloat('score', { description: 'The sum of 1 / (60 + rank) over the rankings that have it; means something within one answer only.' }),
    textRank: t.exposeInt('textRank', { nullable: true, description: 'Its place among those that were found by their words, from 1; null where it was not.' }),
    vectorRank: t.exposeInt('vectorRank', {
      nullable: true,
      description: 'Its place among those that were found by what they mean, from 1; null where it was not.',
    }),
    rerankRank: t.exposeInt('rerankRank', {
      nullable: true,
      description: 'Its place in the order that a model made, from 1; null where it left it out, and where none was asked.',
    }),
  }),
});

const KnowledgeSearchResult = builder.objectRef<KnowledgeFindings & { readonly query: string }>('KnowledgeSearchResult').implement({
  description: 'What was found. It has no pages: whoever wants more asks for more at once, up to 50, or in other words.',
  fields: (t) => ({
    hits: t.field({
      type: [KnowledgeHitType],
      description: 'The passages, the best first.',
      resolve: ({ hits, query }) => hits.map((hit) => ({ ...hit, query })),
    }),
    mode: t.expose('mode', { type: KnowledgeSearchMode, description: 'How it was searched in the end.' }),
    rerankedBy: t.exposeString('rerankedBy', {
      nullable: true,
      description: 'The model that put the first 24 passages in order, as `provider:model`; null where none did.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description:
        'Why it was searched by words alone although HYBRID was asked for, for example because the provider of the embedding model is away or a quota does not allow its call; or why no model put it in order although one was asked. Null when all went well.',
    }),
  }),
});

const KnowledgeFilter = builder.inputType('KnowledgeFilter', {
  description: 'Which documents to search. What is absent does not matter; what is given must all be so.',
  fields: (t) => ({
    documentIds: t.globalIDList({ for: Document, description: 'Only these documents.' }),
    mediaTypes: t.stringList({ description: 'Only documents of these kinds, for example `application/pdf`.' }),
    addedAfter: t.field({ type: 'DateTime', description: 'Only documents that were added after this moment.' }),
    addedBefore: t.field({ type: 'DateTime', description: 'Only documents that were added before this moment.' }),
  }),
});

const SearchKnowledgeInput = builder.inputType('SearchKnowledgeInput', {
  description: 'What to look for.',
  fields: (t) => ({
    query: t.string({
      required: true,
      description: 'A question, or words: 1 to 1,000 characters. `"Quoted phrases"`, `-excluded` words and `OR` are understood by the search by words.',
    }),
    knowledgeBaseIds: t.globalIDList({ for: KnowledgeBase, required: true, description: 'Where: 1 to 20 knowledge bases.' }),
    mode: t.field({ type: KnowledgeSearchMode, description: 'How; HYBRID when absent.' }),
    first: t.int({ description: 'How many passages: 1 to 50; 10 when absent.' }),
    rerank: t.string({
      description:
        'A model that puts the first 24 passages in order, as `provider:model`: any of `models`, or one with `rerank` in its name at a server of the kind OPENAI_COMPATIBLE, which is asked by `/rerank`. It is asked once, and what it leaves out comes behind. It costs what its tokens cost, 6,000 or so, and a second or more. Absent is what the knowledge bases say (`reranker`), null is none.',
    }),
    filter: t.field({ type: KnowledgeFilter, description: 'Which documents; all when absent.' }),
  }),
});

builder.queryField('searchKnowledge', (t) =>
  t.field({
    type: KnowledgeSearchResult,
    description: 'Finds passages in your knowledge bases.',
    args: { input: t.arg({ type: SearchKnowledgeInput, required: true, description: 'What to look for.' }) },
    resolve: async (_root, { input: { knowledgeBaseIds, filter, ...input } }, { services, viewer }) => {
      const documentIds = filter?.documentIds?.map(({ id }) => id);
      const question = { ...input, knowledgeBaseIds: knowledgeBaseIds.map(({ id }) => id), filter: { ...filter, documentIds } };
      return { ...(await services.knowledgeSearch.find(viewer, question)), query: input.query };
    },
  }),
);
