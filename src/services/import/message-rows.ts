import { z } from 'zod';
import { emotions, judgedMessage } from '../../base/sentiment.ts';
import type { DocumentMessage } from '../export-archive/formats.ts';
import { storableJson } from '../file/file-row.ts';
import { runOptions } from '../run/options.ts';
import { cleanParts, type PartCleaning } from './clean-parts.ts';
import type { MessageRows, RunRow } from './conversation-rows.ts';
import type { DerivedIds } from './derived-ids.ts';

/** A message that is to be written, and where. */
export interface PlacedMessage {
  readonly message: DocumentMessage;
  readonly id: string;
  readonly parentId: string | null;
  readonly depth: number;
  /** The message here of a question there; null where it is not here. */
  readonly questionId: string | null;
}

/** The rows of one message. */
export type RowsOfMessage = MessageRows;

const longest = { model: 300, mode: 40, persona: 80, comment: 2_000, error: 10_000 } as const;
const judgedShape = judgedMessage.omit({ messageId: true, createdAt: true, emotion: true }).extend({ emotion: z.enum(emotions).nullable().catch(null) });
const tokens = z.int32().min(0).nullable().catch(null);

function runRow({ message, id, questionId }: PlacedMessage, ids: DerivedIds, { cleaner, personaIdOf }: PartCleaning, createdAt: Date): RunRow | null {
  const { run } = message;
  if (run === null) return null;
  const label = (value: string | null, most: number): string | null => (value === null ? null : cleaner.text(value, most));
  const began = cleaner.past(run.createdAt, createdAt);
  return {
    id: ids.of('run', run.id),
    kind: run.kind,
    status: run.status,
    question_id: questionId,
    answer_id: id,
    persona_id: run.personaId === null ? null : personaIdOf(run.personaId),
    model: cleaner.text(run.model, longest.model),
    answered_by: label(run.answeredBy, longest.model),
    fallback_reason: label(run.fallbackReason, longest.error),
    options: storableJson(runOptions.catch({}).parse(run.options)),
    finish_reason: label(run.finishReason, longest.mode),
    error_code: label(run.errorCode, longest.mode + 20),
    error_message: label(run.errorMessage, longest.error),
    is_retryable: run.isRetryable,
    data_updated: run.dataUpdated,
    input_tokens: tokens.parse(run.inputTokens),
    output_tokens: tokens.parse(run.outputTokens),
    cached_input_tokens: tokens.parse(run.cachedInputTokens),
    reasoning_tokens: tokens.parse(run.reasoningTokens),
    cost_micros: run.costMicros,
    is_usage_estimated: run.isUsageEstimated,
    last_seq: tokens.parse(run.lastSeq),
    created_at: began,
    started_at: run.startedAt === null ? null : cleaner.past(run.startedAt, began),
    // One without an end would never be trimmed, nor be told of as over.
    finished_at: run.finishedAt === null ? began : cleaner.past(run.finishedAt, began),
  };
}

/** The rows of a message, fit to be stored. */
export async function rowsOf(placed: PlacedMessage, ids: DerivedIds, cleaning: PartCleaning, before: Date): Promise<RowsOfMessage> {
  const { message, id } = placed;
  const { cleaner, tell } = cleaning;
  const { role, sentiment, feedback } = message;
  const createdAt = cleaner.past(message.createdAt, before);
  const parts = await cleanParts(message.parts, cleaning);
  const partIds = parts.map(({ sourceId }, position) => ids.of('part', id, sourceId, String(position)));
  const judged = sentiment === null ? null : judgedShape.safeParse(sentiment);
  if (judged?.success === false) tell('A judgement of a mood cannot be read.');
  const said = role === 'ASSISTANT' ? feedback : null;
  const run = runRow(placed, ids, cleaning, createdAt);
  return {
    messages: [
      {
        id,
        parent_id: placed.parentId,
        role,
        is_mine: message.isMine && role === 'USER',
        persona_id: message.personaId === null || role !== 'ASSISTANT' ? null : cleaning.personaIdOf(message.personaId),
        persona_name: message.personaName === null ? null : cleaner.text(message.personaName, longest.persona),
        model: message.model === null ? null : cleaner.text(message.model, longest.model),
        mode: message.mode === null ? null : cleaner.text(message.mode, longest.mode),
        confidence: message.confidence,
        depth: placed.depth,
        created_at: createdAt,
      },
    ],
    parts: parts.map(({ kind, text, data }, position) => ({ id: partIds[position] ?? '', message_id: id, position, kind, text, data })),
    versions: parts.flatMap(({ versions }, position) =>
      versions.map(({ version, data, instruction, createdAt: at }) => {
        const partId = partIds[position] ?? '';
        return { id: ids.of('version', partId, String(version)), part_id: partId, version, data, instruction, created_at: at };
      }),
    ),
    sentiments: judged?.success === true ? [{ ...judged.data, message_id: id, created_at: cleaner.past(sentiment?.createdAt ?? createdAt, createdAt) }] : [],
    feedbacks:
      said === null
        ? []
        : [
            {
              message_id: id,
              rating: said.rating,
              comment: said.comment === null ? null : cleaner.text(said.comment, longest.comment),
              created_at: cleaner.past(said.createdAt, createdAt),
              updated_at: cleaner.past(said.updatedAt, createdAt),
            },
          ],
    runs: run === null ? [] : [run],
  };
}

/** Nothing yet. */
export const noRows: MessageRows = { messages: [], parts: [], versions: [], sentiments: [], feedbacks: [], runs: [] };

/** The rows of both. */
export function joined(one: MessageRows, other: MessageRows): MessageRows {
  return {
    messages: [...one.messages, ...other.messages],
    parts: [...one.parts, ...other.parts],
    versions: [...one.versions, ...other.versions],
    sentiments: [...one.sentiments, ...other.sentiments],
    feedbacks: [...one.feedbacks, ...other.feedbacks],
    runs: [...one.runs, ...other.runs],
  };
}
