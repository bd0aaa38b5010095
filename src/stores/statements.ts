import { createHash } from 'node:crypto';
import type { Pool, QueryConfig, QueryResult, QueryResultRow } from 'pg';

/** SQL written by hand, that is asked again and again with other values. */
export interface Statements {
  /** @param text must be one of a few, never made of what people write: each is kept by name on every connection */
  query<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<QueryResult<Row>>;
}

const mostNames = 500;

/**
 * Statements that PostgreSQL parses once a connection, and plans once when all plans cost the same; not behind a pooler, where the pool takes the names away.
 */
export function createStatements({ pool }: { readonly pool: Pool }): Statements {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= mostNames) return known;
    const name = `colloquy_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    names.set(text, name);
    return name;
  };
  return {
    query(text, values) {
      const name = nameOf(text);
      const config: QueryConfig = { text, values: [...values], ...(name !== undefined && { name }) };
      return pool.query(config);
    },
  };
}
