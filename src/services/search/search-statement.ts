import type { SearchPosition } from './search-cursor.ts';
import type { SearchQuery } from './search-query.ts';
import { searchKinds, searchTypes, type SearchType } from './kinds/kinds.ts';

/** What is asked for. */
export interface SearchRequest {
  readonly userId: string;
  readonly query: SearchQuery;
  readonly types: readonly SearchType[];
  /** Only what was made until then. */
  readonly asOf: Date;
  /** The hits behind it; null for the best ones. */
  readonly after: Pick<SearchPosition, 'score' | 'subjectId'> | null;
  readonly limit: number;
  readonly maxRanked: number;
  /** Whether the database compares words by their trigrams. */
  readonly hasTrigrams: boolean;
}

/** A row of the statement. */
export interface FoundRow {
  readonly subjectId: string;
  readonly kind: SearchType;
  readonly score: number;
  /** How many matches there were to rank, at most one more than are ranked. */
  readonly candidates: number;
}

/** After how many days something counts half as much. */
const halfLifeDays = 90;
/** How many names may be found that only look like the words. */
const mostAlike = 50;

const isVisible = searchTypes.map((type) => `(e.kind = '${type}' AND ${searchKinds[type].isVisible})`).join(' OR ');
const tsquery = `(websearch_to_tsquery('simple', search_fold($2::text)) || websearch_to_tsquery('english', search_fold($2::text)))`;
// The second condition says the same as the first; it is the form that the GIN index answers together with the words.
const isMine = 'e.user_id = $1::uuid AND ARRAY[e.user_id] @> ARRAY[$1::uuid]';
const isWanted = `e.kind = ANY($3::text[]) AND e.at <= $4::timestamptz AND (${isVisible})`;

const alike = `
  UNION ALL (
    SELECT e.subject_id, e.kind, e.at, word_similarity(search_fold($9::text), e.names) / 2 AS rank FROM search_entries e
    WHERE ${isMine} AND e.names IS NOT NULL AND search_fold($9::text) <% e.names AND ${isWanted} ORDER BY rank DESC LIMIT ${mostAlike}
  )`;

/**
 * The hits of a query, best first, as one statement. Only entries of the person are looked at, by the index; of those that match, the newest
 * ones are ranked.
 *
 * The score is the logarithm of the rank of PostgreSQL times a weight that halves every 90 days. Written as a sum it does not depend on the
 * present moment, so that a position means the same tomorrow.
 */
export function searchStatement(request: SearchRequest): { readonly text: string; readonly values: readonly unknown[] } {
  const { query, after } = request;
  const isAlike = request.hasTrigrams && query.isPlain;
  const text = `
    WITH candidates AS MATERIALIZED (
      SELECT e.subject_id, e.kind, e.at, e.document FROM search_entries e WHERE ${isMine} AND e.document @@ ${tsquery} AND ${isWanted}
      ORDER BY e.at DESC LIMIT $5::int + 1
    ), matches AS (
      (SELECT subject_id, kind, at, ts_rank_cd(document, ${tsquery}, 1)::float8 AS rank FROM candidates ORDER BY at DESC LIMIT $5::int)${isAlike ? alike : ''}
    ), ranked AS (
      SELECT subject_id, kind, ln(greatest(max(rank), 1e-6)) + extract(epoch FROM at)::float8 * ln(2::float8) / (86400 * ${halfLifeDays}) AS score
      FROM matches GROUP BY subject_id, kind, at
    )
    SELECT subject_id AS "subjectId", kind, score, (SELECT count(*)::int FROM candidates) AS candidates FROM ranked
    WHERE $6::float8 IS NULL OR (score, subject_id) < ($6::float8, $7::uuid)
    ORDER BY score DESC, subject_id DESC LIMIT $8::int`;
  const values = [
    request.userId,
    query.websearch,
    request.types,
    request.asOf,
    request.maxRanked,
    after?.score ?? null,
    after?.subjectId ?? null,
    request.limit,
  ];
  return { text, values: isAlike ? [...values, query.words.join(' ')] : values };
}
