import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Statements } from '../../stores/statements.ts';
import { describedNumbers } from './described-numbers.ts';
import { writtenNumbers } from './written-numbers.ts';
import { supportOf, type StoredResult, type Support } from './support.ts';

/** Evidence of what is said. Limited to conversations that the viewer takes part in. */
export interface Evidence {
  /** The numbers of text parts with what supports them; nothing for parts that the viewer may not see or that are no text of an engine. */
  ofParts(viewer: Viewer | null, partIds: readonly string[]): Promise<ReadonlyMap<string, readonly Support[]>>;
}

/** How far back it looks: messages up the tree, results, rows of a result. */
const bounds = { messages: 60, results: 40, rows: 200 };

interface TextRow {
  readonly id: string;
  readonly messageId: string;
  readonly position: number;
  readonly text: string;
}

interface ResultRow {
  readonly messageId: string;
  /** How many messages above the text; 0 in its own. */
  readonly depth: number;
  readonly position: number;
  readonly partId: string;
  readonly kind: 'QUERY_RESULT' | 'TOOL_EXCHANGE' | 'TEXT';
  /** Of TEXT what a person wrote, else what is stored. */
  readonly data: unknown;
}

const visibleTexts = `
  SELECT p.id, p.message_id AS "messageId", p.position, p.text FROM parts p JOIN messages m ON m.id = p.message_id
  WHERE p.id = ANY($1::uuid[]) AND p.kind = 'TEXT' AND m.role = 'ASSISTANT'
    AND EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = m.conversation_id AND a.user_id = $2::uuid)`;

// Up the tree, as the engine was shown the conversation, once for all texts of a message.
const resultsAbove = `
  WITH RECURSIVE path AS (
    SELECT m.id AS asked, m.id, m.parent_id, m.role, 0 AS depth FROM messages m WHERE m.id = ANY($1::uuid[])
    UNION ALL
    SELECT path.asked, m.id, m.parent_id, m.role, path.depth + 1 FROM path JOIN messages m ON m.id = path.parent_id WHERE path.depth < ${bounds.messages}
  )
  SELECT asked AS "messageId", found.depth, found.position, found.id AS "partId", found.kind,
    CASE found.kind WHEN 'QUERY_RESULT' THEN jsonb_build_object(
      'columns', found.data -> 'columns', 'rowCount', found.data -> 'rowCount', 'rows', jsonb_path_query_array(found.data, '$.rows[0 to ${bounds.rows - 1}]')
    ) WHEN 'TEXT' THEN to_jsonb(found.text) ELSE found.data END AS data
  FROM unnest($1::uuid[]) AS asked CROSS JOIN LATERAL (
    SELECT path.depth, p.id, p.position, p.kind, p.data, p.text FROM path JOIN parts p ON p.message_id = path.id
    WHERE path.asked = asked AND (p.kind IN ('QUERY_RESULT', 'TOOL_EXCHANGE') OR (p.kind = 'TEXT' AND path.role = 'USER'))
    ORDER BY path.depth, p.position DESC LIMIT ${bounds.results}
  ) AS found ORDER BY asked, found.depth, found.position DESC`;

const rows = z.array(z.array(z.json()));
const columns = z.array(z.object({ name: z.string() }));
const queryResult = z.object({ columns, rows, rowCount: z.number() });
const exchange = z.object({ name: z.string(), content: z.string(), isError: z.boolean() });

/** A stored part as a result; nothing where it holds none. */
function resultOf({ partId, kind, data }: ResultRow): readonly StoredResult[] {
  if (kind === 'TEXT') return typeof data === 'string' ? [saidBy(data)] : [];
  if (kind === 'QUERY_RESULT') return tableOf(data, 'QUERY_RESULT', partId);
  const parsed = exchange.safeParse(data);
  if (!parsed.success || parsed.data.isError) return [];
  const content = parseJson(parsed.data.content);
  if (parsed.data.name === 'describe_data') return [{ partId: null, kind: 'DESCRIPTION', columns: [], rows: [describedNumbers(content)], rowCount: null }];
  return parsed.data.name === 'run_sql' ? tableOf(content, 'EXPLORATION', null) : [];
}

function saidBy(text: string): StoredResult {
  return { partId: null, kind: 'QUESTION', columns: [], rows: [writtenNumbers(text).map(({ value }) => value)], rowCount: null };
}

function tableOf(data: unknown, kind: 'QUERY_RESULT' | 'EXPLORATION', partId: string | null): readonly StoredResult[] {
  const parsed = queryResult.safeParse(data);
  if (!parsed.success) return [];
  return [{ partId, kind, columns: parsed.data.columns.map((column) => column.name), rows: parsed.data.rows, rowCount: parsed.data.rowCount }];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Creates the service over the shared pool. */
export function createEvidence({ statements }: { readonly statements: Statements }): Evidence {
  return {
    async ofParts(viewer, partIds) {
      const { userId } = requireViewer(viewer);
      const { rows: texts } = await statements.query<TextRow>(visibleTexts, [partIds, userId]);
      const messageIds = [...new Set(texts.filter(({ text }) => /\d/.test(text)).map(({ messageId }) => messageId))];
      const stored = messageIds.length === 0 ? [] : (await statements.query<ResultRow>(resultsAbove, [messageIds])).rows;
      const above = Map.groupBy(
        stored.map((row) => ({ ...row, results: resultOf(row) })),
        (row) => row.messageId,
      );
      return new Map(
        texts.map(({ id, messageId, position, text }) => {
          const before = (above.get(messageId) ?? []).filter((row) => row.depth > 0 || row.position < position);
          return [
            id,
            supportOf(
              text,
              before.flatMap((row) => row.results),
            ),
          ];
        }),
      );
    },
  };
}
