import type { Pool } from 'pg';
import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { SearchConfig } from '../../base/search-config.ts';
import { parseInput } from '../../base/validate.ts';
import type { Statements } from '../../stores/statements.ts';
import { highlightsOf, type SearchHighlight } from './highlights.ts';
import { searchTypes, type SearchType } from './kinds/kinds.ts';
import { decodeSearchCursor, encodeSearchCursor } from './search-cursor.ts';
import { searchQuery } from './search-query.ts';
import { searchStatement, type FoundRow } from './search-statement.ts';

/** Something that was found. */
export interface SearchHit {
  readonly type: SearchType;
  /** Of the thing that was found. */
  readonly subjectId: string;
  readonly cursor: string;
  /** Empty when they were not asked for. */
  readonly highlights: readonly SearchHighlight[];
}

/** A page of hits, best first. */
export interface SearchPage {
  readonly hits: readonly SearchHit[];
  readonly hasMore: boolean;
  /** Whether there are hits before this page. */
  readonly hasPrevious: boolean;
  /** Whether more matched than are ranked; the older ones are left out then. */
  readonly isTruncated: boolean;
}

/** What to look for. */
export interface SearchInput {
  readonly query: string;
  readonly types?: readonly SearchType[] | null | undefined;
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** Full-text search over what the viewer may see. */
export type Search = ReturnType<typeof createSearch>;

/** What it stands on. */
export interface SearchDependencies {
  readonly pool: Pool;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: SearchConfig;
}

/** How alike a name and what was typed must be, from 0 to 1. The default of PostgreSQL, 0.6, misses two letters that change places. */
const likeness = 0.4;

/** `statement_timeout` of PostgreSQL, as the pool passes it on. */
const isTimeout = (error: unknown): boolean =>
  error instanceof AppError && error.cause instanceof Error && 'code' in error.cause && error.cause.code === '57014';

/** Creates the service. */
export function createSearch({ pool, statements, clock, logger, limits }: SearchDependencies) {
  let trigrams: Promise<boolean> | null = null;
  const hasTrigrams = (): Promise<boolean> => {
    trigrams ??= pool.query<{ isThere: boolean }>(`SELECT to_regproc('word_similarity') IS NOT NULL AS "isThere"`).then(
      ({ rows }) => {
        const isThere = rows[0]?.isThere === true;
        if (!isThere) logger.warn('the extension pg_trgm is not installed: names with typing errors are not found; see docs/search.md');
        return isThere;
      },
      (error: unknown) => {
        trigrams = null;
        throw error;
      },
    );
    return trigrams;
  };

  /** Runs the statement within its time. It has no name, so that it is planned for the words that it is asked with: some are rare, some are everywhere. */
  const find = async (text: string, values: readonly unknown[]): Promise<readonly FoundRow[]> => {
    const client = await pool.connect();
    try {
      await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${limits.timeoutMs}; SET LOCAL pg_trgm.word_similarity_threshold = ${likeness}`);
      const { rows } = await client.query<FoundRow>(text, [...values]);
      await client.query('COMMIT');
      return rows;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      if (!isTimeout(error)) throw error;
      throw new AppError('OPERATION_TIMEOUT', `The search took longer than ${limits.timeoutMs} ms. Be more precise: more words, or fewer types.`, {
        cause: error,
      });
    } finally {
      client.release();
    }
  };

  return {
    /**
     * Finds what holds the words, best first: messages, titles and tags of conversations that the viewer takes part in, the viewer's files, goals, plans and items.
     *
     * @param input.first how many hits, checked by the caller
     * @param options.isHighlighted whether to show where the words were found, which reads the texts
     * @throws AppError BAD_USER_INPUT for a query without words or a foreign cursor, OPERATION_TIMEOUT
     */
    find: async (viewer: Viewer | null, input: SearchInput, options: { readonly isHighlighted: boolean }): Promise<SearchPage> => {
      const { userId } = requireViewer(viewer);
      const { query } = parseInput(z.object({ query: searchQuery }), { query: input.query }, []);
      const after = input.after == null ? null : decodeSearchCursor(input.after);
      const asOf = after?.asOf ?? clock.now();
      const types = input.types == null || input.types.length === 0 ? searchTypes : input.types;
      const { maxRanked } = limits;
      const { text, values } = searchStatement({ userId, query, types, asOf, after, limit: input.first + 1, maxRanked, hasTrigrams: await hasTrigrams() });
      const found = await find(text, values);
      const hits = found.slice(0, input.first);
      const highlights = options.isHighlighted ? await highlightsOf(statements, { userId, words: query.words, hits }) : new Map<string, never>();
      return {
        hits: hits.map(({ kind: type, subjectId, score }) => ({
          type,
          subjectId,
          cursor: encodeSearchCursor({ score, subjectId, asOf }),
          highlights: highlights.get(subjectId) ?? [],
        })),
        hasMore: found.length > hits.length,
        hasPrevious: after !== null,
        isTruncated: (found[0]?.candidates ?? 0) > maxRanked,
      };
    },
  };
}
