import { z } from 'zod';

/** The `data` of a part of kind CITATION: all that it shows, so that it can be read when the document is gone. */
export const citationPartData = z.object({
  /** As it stands in the text, from 1: `[1]`. */
  number: z.int().min(1),
  documentId: z.string(),
  documentName: z.string(),
  chunkId: z.string(),
  headings: z.array(z.string()),
  page: z.int().nullable(),
  pageEnd: z.int().nullable(),
  row: z.int().nullable(),
  rowEnd: z.int().nullable(),
  excerpt: z.string(),
});

/** A passage that an answer rests on. */
export type CitationPartData = z.infer<typeof citationPartData>;

/** What a run was shown of knowledge bases so far: it goes on with the same numbers when it has waited for a person. */
export const shownPassages = z.object({
  /** Each with its number. */
  passages: z.array(citationPartData),
  /** The numbers of those that are parts of the answer already. */
  cited: z.array(z.int()),
});

/** See `shownPassages`. */
export type ShownPassages = z.infer<typeof shownPassages>;

/** Where a passage stands in its document. */
export type PassagePlace = Pick<CitationPartData, 'page' | 'pageEnd' | 'row' | 'rowEnd'> & { readonly headings: readonly string[] };

const range = (name: string, from: number, to: number | null): string => (to === null || to === from ? `${name} ${from}` : `${name}s ${from} to ${to}`);

/** A place in words: `page 3, Returns > Refunds`; empty for a document without places. */
export function placeInWords({ headings, page, pageEnd, row, rowEnd }: PassagePlace): string {
  const parts = [page === null ? '' : range('page', page, pageEnd), row === null ? '' : range('row', row, rowEnd), headings.join(' > ')];
  return parts.filter((part) => part !== '').join(', ');
}

/** Several at once are written `[1][2]` or `[1, 2]`. */
const marker = /\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g;

/** The numbers that a text cites, in the order in which they are first cited. What stands in code is code. */
export function citedNumbers(text: string): readonly number[] {
  const words = text.replaceAll(/```[\s\S]*?(```|$)|`[^`\n]*`/g, ' ');
  return [...new Set([...words.matchAll(marker)].flatMap(([, numbers = '']) => numbers.split(',').map(Number)))];
}
