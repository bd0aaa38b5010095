/** The columns of a run `r` in SQL, named as Prisma names them; its lease and its idempotency are nobody's business. */
export const runColumns = `r.id, r.conversation_id AS "conversationId", r.user_id AS "userId", r.kind, r.status, r.question_id AS "questionId", r.answer_id AS "answerId",
  r.persona_id AS "personaId", r.round_id AS "roundId", r.turn,
  r.model, r.answered_by AS "answeredBy", r.fallback_reason AS "fallbackReason", r.options, r.finish_reason AS "finishReason", r.error_code AS "errorCode", r.error_message AS "errorMessage", r.is_retryable AS "isRetryable",
  r.data_updated AS "dataUpdated", r.input_tokens AS "inputTokens", r.output_tokens AS "outputTokens", r.cached_input_tokens AS "cachedInputTokens",
  r.reasoning_tokens AS "reasoningTokens", r.cost_micros::int8 AS "costMicros", r.is_usage_estimated AS "isUsageEstimated", r.job_id AS "jobId", r.last_seq AS "lastSeq", r.trimmed_at AS "trimmedAt",
  r.stop_requested_at AS "stopRequestedAt", r.created_at AS "createdAt", r.started_at AS "startedAt", r.finished_at AS "finishedAt"`;
