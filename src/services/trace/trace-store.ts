import { notFound } from '../../base/errors.ts';
import type { Statements } from '../../stores/statements.ts';
import { storableJsonText } from '../file/file-row.ts';
import { isEditable } from '../workspace/sharing.ts';
import type { TraceSpan } from './trace-span.ts';

const columns = `id, run_id, kind, purpose, name, started_at, ended_at, first_token_ms, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens,
  finish_reason, error_code, error_message, input, output, is_truncated`;

/** As the rows are called in TypeScript. */
const fields = `id uuid, "runId" uuid, kind "SpanKind", purpose "UsagePurpose", name text, "startedAt" timestamptz, "endedAt" timestamptz, "firstTokenMs" int,
  "inputTokens" int, "cachedInputTokens" int, "outputTokens" int, "reasoningTokens" int, "finishReason" text, "errorCode" text, "errorMessage" text,
  input jsonb, output jsonb, "isTruncated" boolean`;

// JSON null is no content, as it is in a column of its own.
const insert = `
  INSERT INTO run_spans (${columns})
  SELECT id, "runId", kind, purpose, name, "startedAt", "endedAt", "firstTokenMs", "inputTokens", "cachedInputTokens", "outputTokens", "reasoningTokens",
    "finishReason", "errorCode", "errorMessage", NULLIF(input, 'null'), NULLIF(output, 'null'), "isTruncated"
  FROM jsonb_to_recordset($1::jsonb) AS s (${fields}) WHERE EXISTS (SELECT 1 FROM runs WHERE runs.id = s."runId")`;

const select = `
  SELECT s.id, s.run_id AS "runId", s.kind::text AS kind, s.purpose::text AS purpose, s.name, s.started_at AS "startedAt", s.ended_at AS "endedAt",
    s.first_token_ms AS "firstTokenMs", s.input_tokens AS "inputTokens", s.cached_input_tokens AS "cachedInputTokens", s.output_tokens AS "outputTokens",
    s.reasoning_tokens AS "reasoningTokens", s.finish_reason AS "finishReason", s.error_code AS "errorCode", s.error_message AS "errorMessage",
    s.input, s.output, s.is_truncated AS "isTruncated"
  FROM run_spans s WHERE s.run_id = $1::uuid ORDER BY s.started_at, s.id LIMIT $2`;

/** Stores spans. Those of runs that are gone are left out. */
export async function storeSpans(statements: Statements, spans: readonly TraceSpan[]): Promise<void> {
  await statements.query(insert, [storableJsonText(spans)]);
}

// The prompt of a persona is for those who may change it, and that of one that is gone for nobody.
const owned = `
  SELECT CASE WHEN r.persona_id IS NULL THEN m.persona_name IS NULL ELSE ${isEditable('p', 'r.user_id')} END AS "maySeePrompt"
  FROM runs r LEFT JOIN messages m ON m.id = r.answer_id LEFT JOIN personas p ON p.id = r.persona_id WHERE r.id = $1::uuid AND r.user_id = $2::uuid`;

/**
 * The spans of a run that a person started, in the order in which they began.
 *
 * @throws AppError NOT_FOUND
 */
export async function readTrace(statements: Statements, userId: string, runId: string, limit: number): Promise<readonly TraceSpan[]> {
  const { rows: runs } = await statements.query<{ readonly maySeePrompt: boolean }>(owned, [runId, userId]);
  const [run] = runs;
  if (run === undefined) throw notFound('Run');
  const { rows } = await statements.query<TraceSpan>(select, [runId, limit]);
  if (run.maySeePrompt) return rows;
  return rows.map((span) => (span.kind === 'MODEL_CALL' && span.input !== null ? { ...span, input: { ...span.input, system: null } } : span));
}

/** Removes old spans, some at a time. @returns how many */
export async function removeSpans(statements: Statements, before: Date, limit: number): Promise<number> {
  const { rowCount } = await statements.query(`DELETE FROM run_spans WHERE id IN (SELECT id FROM run_spans WHERE started_at < $1 LIMIT $2)`, [before, limit]);
  return rowCount ?? 0;
}
