import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { KnowledgeBaseRow } from '../knowledge-row.ts';

/** Passages that are found by their words. */
export interface WordSearch {
  /**
   * The passages of bases of one language that hold words of the question, the best first.
   *
   * @param documentIds only in these documents; null for all
   */
  find(bases: readonly KnowledgeBaseRow[], question: string, documentIds: readonly string[] | null, limit: number): Promise<readonly string[]>;
}

interface Word {
  readonly lexeme: string;
  /** How many passages hold it. */
  readonly count: number;
}

const mostWords = 32;
const mostRemembered = 50_000;
/** Of weights D, C, B and A: a word in the text, -, in the name of the document, in a heading. */
const weights = '{0.6, 0.6, 0.7, 1.0}';

/** What `websearch_to_tsquery` understands: a phrase in quotes, a word with a minus, OR. Whoever writes it means it. */
const hasOperators = (question: string): boolean => /"|(^|\s)-\S|\sOR\s/.test(question);

const mine = `c.knowledge_base_id = ANY($1::uuid[]) AND ARRAY[c.knowledge_base_id] && $1::uuid[]`;
const countStatement = `
  SELECT w.lexeme, (SELECT count(*)::int FROM chunks c WHERE ${mine} AND c.words @@ w.query::tsquery) AS count FROM unnest($2::text[], $3::text[]) AS w (lexeme, query)`;
const totalStatement = 'SELECT COALESCE(sum(d.chunk_count), 0)::int AS total FROM documents d WHERE d.knowledge_base_id = ANY($1::uuid[])';

/**
 * `ts_rank` of one word grows with how often it is there, each time by less, up to 1: it stands where BM25 has its saturated frequency, and the
 * sum by rarity makes of it what PostgreSQL has no function for. Passages are of about one length, so that needs no correction.
 */
const findStatement = `
  SELECT f.id FROM (
    SELECT c.id, c.words FROM chunks c
    WHERE ${mine} AND c.words @@ $2::tsquery AND ($3::tsquery IS NULL OR c.words @@ $3::tsquery) AND ($4::uuid[] IS NULL OR c.document_id = ANY($4::uuid[])) LIMIT $5::int
  ) f CROSS JOIN LATERAL (
    SELECT sum(w.weight * ts_rank('${weights}', f.words, w.query::tsquery)) AS score FROM unnest($6::text[], $7::float8[]) AS w (query, weight)
  ) s ORDER BY s.score DESC, f.id LIMIT $8::int`;

/** A word as a query of PostgreSQL. */
const queryOf = (lexeme: string): string => `'${lexeme.replaceAll(/['\\]/g, '$&$&')}'`;

/**
 * Creates the search by words: a passage counts by the words of the question that it holds, each by how rare it is (the idf of BM25: Robertson
 * and Zaragoza, The probabilistic relevance framework, 2009) and how often it is there.
 *
 * @param options.maxRanked how many passages are ranked: those with the rarest words
 */
export function createWordSearch({ pool, maxRanked }: { readonly pool: Pool; readonly maxRanked: number }): WordSearch {
  const counts = new LRUCache<string, number>({ max: mostRemembered });

  /** The words of a question with how many passages hold each, as they were when the bases last changed. */
  async function count(key: string, baseIds: readonly string[], lexemes: readonly string[]): Promise<readonly Word[]> {
    const unknown = lexemes.filter((lexeme) => !counts.has(`${key} ${lexeme}`));
    if (unknown.length > 0) {
      const { rows } = await pool.query<Word>(countStatement, [baseIds, unknown, unknown.map(queryOf)]);
      for (const row of rows) counts.set(`${key} ${row.lexeme}`, row.count);
    }
    return lexemes.map((lexeme) => ({ lexeme, count: counts.get(`${key} ${lexeme}`) ?? 0 })).filter((word) => word.count > 0);
  }

  async function totalOf(key: string, baseIds: readonly string[]): Promise<number> {
    const known = counts.get(key);
    if (known !== undefined) return known;
    const { rows } = await pool.query<{ total: number }>(totalStatement, [baseIds]);
    const total = rows[0]?.total ?? 0;
    counts.set(key, total);
    return total;
  }

  /** The rarest words, up to as many as have enough passages together: what holds none of them is not ranked. */
  function rarest(words: readonly Word[]): readonly Word[] {
    const sorted = words.toSorted((one, other) => one.count - other.count || (one.lexeme < other.lexeme ? -1 : 1));
    const chosen: Word[] = [];
    let passages = 0;
    for (const word of sorted) {
      if (chosen.length > 0 && passages + word.count > maxRanked) break;
      chosen.push(word);
      passages += word.count;
    }
    return chosen;
  }

  return {
    async find(bases, question, documentIds, limit) {
      const [first] = bases;
      if (first === undefined) return [];
      const baseIds = bases.map(({ id }) => id).toSorted();
      const key = bases
        .map(({ id, version }) => `${id}:${version}`)
        .toSorted()
        .join(' ');
      const { rows } = await pool.query<{ lexeme: string; filter: string | null }>(
        `SELECT t.lexeme, CASE WHEN $3 THEN websearch_to_tsquery($1::regconfig, $2)::text END AS filter FROM unnest(to_tsvector($1::regconfig, $2)) AS t ORDER BY t.positions[1]`,
        [first.language, question, hasOperators(question)],
      );
      const lexemes = rows.slice(0, mostWords).map(({ lexeme }) => lexeme);
      const [words, total] = await Promise.all([count(key, baseIds, lexemes), totalOf(key, baseIds)]);
      if (words.length === 0) return [];
      const weightsOf = words.map((word) => Math.log(1 + (Math.max(total, word.count) - word.count + 0.5) / (word.count + 0.5)));
      const candidates = rarest(words)
        .map(({ lexeme }) => queryOf(lexeme))
        .join(' | ');
      const values = [baseIds, candidates, rows[0]?.filter ?? null, documentIds, maxRanked * 4, words.map(({ lexeme }) => queryOf(lexeme)), weightsOf, limit];
      const found = await pool.query<{ id: string }>(findStatement, values);
      return found.rows.map(({ id }) => id);
    },
  };
}
