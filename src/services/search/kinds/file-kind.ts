import type { SearchKind, SearchText } from './search-kind.ts';

/** Uploaded files, by their name and the names of their columns. */
export const fileKind: SearchKind = {
  isVisible: 'EXISTS (SELECT 1 FROM files f WHERE f.id = e.subject_id AND f.owner_id = e.user_id)',
  textsOf: async (statements, userId, ids) => {
    const { rows } = await statements.query<{ id: string; name: string; columns: readonly string[] }>(
      `SELECT f.id, f.name, ARRAY(SELECT entry->>'name' FROM jsonb_array_elements(f.columns) WITH ORDINALITY AS c (entry, place) WHERE place <= 500 ORDER BY place) AS columns
       FROM files f WHERE f.id = ANY($1::uuid[]) AND f.owner_id = $2::uuid`,
      [ids, userId],
    );
    return new Map(
      rows.map(({ id, name, columns }): [string, readonly SearchText[]] => [
        id,
        [{ field: 'NAME', text: name }, ...columns.map((text) => ({ field: 'COLUMN', text }) as const)],
      ]),
    );
  },
};
