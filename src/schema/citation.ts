import type { Part as PartRow } from '../../prisma/generated/client.ts';
import { citationPartData, placeInWords } from '../services/knowledge/citation.ts';
import { builder } from './builder.ts';
import { Document } from './knowledge-document.ts';
import { loadPart } from './part-data.ts';

/** A passage that an answer cites, over a part of kind CITATION. */
export const CitationPart = builder.objectRef<PartRow>('CitationPart');

builder.node(CitationPart, {
  description:
    'A passage of a document that the answer rests on. The text of the answer names it by its number in square brackets, `[1]`; a number there that has no such part is text and nothing else.',
  id: { resolve: (part) => part.id, description: 'The global id.' },
  loadOne: (id, context) => loadPart(id, 'CITATION', context),
  fields: (t) => ({
    number: t.int({ description: 'As it stands in the text, from 1; unique within the message.', resolve: (part) => citationPartData.parse(part.data).number }),
    documentName: t.string({ description: 'What the document was called then.', resolve: (part) => citationPartData.parse(part.data).documentName }),
    place: t.string({
      description: 'Where it stands in the document, in words: `page 3, Returns > Refunds`; empty for a document without places.',
      resolve: (part) => placeInWords(citationPartData.parse(part.data)),
    }),
    headings: t.stringList({ description: 'The headings that it stands under, from the top.', resolve: (part) => citationPartData.parse(part.data).headings }),
    page: t.int({ nullable: true, description: 'The page of a PDF that it begins on, from 1.', resolve: (part) => citationPartData.parse(part.data).page }),
    pageEnd: t.int({ nullable: true, description: 'The page of a PDF that it ends on.', resolve: (part) => citationPartData.parse(part.data).pageEnd }),
    row: t.int({
      nullable: true,
      description: 'The first row of a table that it holds, from 1 without the header.',
      resolve: (part) => citationPartData.parse(part.data).row,
    }),
    rowEnd: t.int({ nullable: true, description: 'The last row of a table that it holds.', resolve: (part) => citationPartData.parse(part.data).rowEnd }),
    excerpt: t.string({
      description: 'What it says, at most 400 characters and `…` where it is longer.',
      resolve: (part) => citationPartData.parse(part.data).excerpt,
    }),
    document: t.field({
      type: Document,
      nullable: true,
      description: 'The document itself; null once it was deleted, and for whoever may not read its knowledge base.',
      resolve: (part, _arguments, { loaders }) => loaders.document.load(citationPartData.parse(part.data).documentId),
    }),
  }),
});
