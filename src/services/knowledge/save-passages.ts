import type { Passage } from '../../documents/document.ts';
import type { Prisma } from '../../../prisma/generated/client.ts';

/** As many go into one statement. */
const rowsAtOnce = 500;

/** Headings and the name of the document weigh more than the text: weights A and B of PostgreSQL. */
const insert = `
  INSERT INTO chunks (id, document_id, knowledge_base_id, position, text, headings, page, page_end, row, row_end, token_count, words)
  SELECT t.id, $2::uuid, $3::uuid, t.position, t.text, t.headings, t.page, t."pageEnd", t.row, t."rowEnd", t."tokenCount",
    setweight(to_tsvector($4::regconfig, array_to_string(t.headings, ' ')), 'A') || setweight(to_tsvector($4::regconfig, $5), 'B') || to_tsvector($4::regconfig, t.text)
  FROM jsonb_to_recordset($1::jsonb) AS t (id uuid, position int, text text, headings text[], page int, "pageEnd" int, row int, "rowEnd" int, "tokenCount" int)`;

/** Where passages go. */
export interface PassagesOf {
  readonly documentId: string;
  readonly knowledgeBaseId: string;
  readonly language: string;
  /** The name of the document. */
  readonly name: string;
}

/** Names are labels such as "return_policy-2026.pdf": their parts are words. */
const wordsIn = (name: string): string => name.replaceAll(/[_./\\-]+/g, ' ');

/** Puts passages in the place of those that a document had. */
export async function replacePassages(
  transaction: Prisma.TransactionClient,
  { documentId, knowledgeBaseId, language, name }: PassagesOf,
  ids: readonly string[],
  passages: readonly Passage[],
): Promise<void> {
  await transaction.$executeRawUnsafe('DELETE FROM chunks WHERE document_id = $1::uuid', documentId);
  const rows = passages.map((passage, position) => ({ ...passage, id: ids[position], position }));
  const words = wordsIn(name);
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    await transaction.$executeRawUnsafe(insert, JSON.stringify(rows.slice(start, start + rowsAtOnce)), documentId, knowledgeBaseId, language, words);
  }
}

/** Of the name of a document. */
const longestName = 100;

/**
 * What a model is given of a passage: the name of its document and its headings say what it is about, as the search by words has both. Measured in
 * docs/performance.md.
 *
 * @param name of the document
 */
export function embeddedText(name: string, { headings, text }: { readonly headings: readonly string[]; readonly text: string }): string {
  const about = wordsIn(name.replace(/\.\w{1,5}$/, ''))
    .slice(0, longestName)
    .toWellFormed();
  return `${about}: ${headings.length === 0 ? text : `${headings.join(' > ')}\n${text}`}`;
}

/** How many passages a base has, and how many of them have a vector of a model. */
export async function countEmbedded(
  client: Pick<Prisma.TransactionClient, '$queryRaw'>,
  knowledgeBaseId: string,
  model: string,
): Promise<{ readonly total: number; readonly done: number }> {
  const [counts] = await client.$queryRaw<{ total: number; done: number }[]>`
    SELECT count(*)::int AS total, count(v.chunk_id)::int AS done FROM chunks c
    LEFT JOIN chunk_vectors v ON v.chunk_id = c.id AND v.model = ${model} WHERE c.knowledge_base_id = ${knowledgeBaseId}::uuid`;
  return counts ?? { total: 0, done: 0 };
}

/** The share of them as it is told: never whole before the last one is done. */
export function shareOf({ total, done }: { readonly total: number; readonly done: number }): number {
  return Math.min(0.99, done / Math.max(1, total));
}
