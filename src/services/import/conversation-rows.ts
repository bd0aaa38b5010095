import type { Prisma } from '../../../prisma/generated/client.ts';
import { storableJson } from '../file/file-row.ts';
import { readDefaults } from '../preference/answer-defaults.ts';
import { tag } from '../conversation/tags.ts';
import type { ConversationHead } from '../export-archive/formats.ts';
import type { PlanningContext } from './conversation-context.ts';
import { insertMembers, turnTakingOf, type MemberWriting } from './conversation-members.ts';
import type { ImportSource } from './import-row.ts';
import type { Tell } from './sources/source-conversation.ts';

type Sql = Pick<Prisma.TransactionClient, '$queryRawUnsafe' | '$executeRawUnsafe'>;

/** A conversation that is to be there, and whose it is. */
export interface NewImportedConversation {
  readonly id: string;
  readonly userId: string;
  /** The data session here that it is about. */
  readonly sessionId: string | null;
  /** What it is about besides; nothing for one that is about a session. */
  readonly context: PlanningContext;
  readonly source: ImportSource;
  readonly head: ConversationHead;
}

const longestTitle = 200;
const mostTags = 20;

function tagsOf(given: readonly string[], tell: Tell): readonly string[] {
  const read = given.flatMap((text) => tag.safeParse(text.toWellFormed()).data ?? []);
  const kept = [...new Set(read)].toSorted().slice(0, mostTags);
  if (kept.length < given.length) tell('A tag that cannot be one here was left out.', given.length - kept.length);
  return kept;
}

/**
 * Writes a conversation with its only participant and the personas and knowledge bases that it had, unless it is there.
 *
 * @returns whether it was new; null when the id is another person's
 */
export async function insertConversation(
  transaction: Prisma.TransactionClient,
  { id, userId, sessionId, context, source, head }: NewImportedConversation,
  writing: MemberWriting,
): Promise<boolean | null> {
  const { job, cleaner, tell, now } = writing;
  const { turnPolicy, maxTurns, moderatorModel } = turnTakingOf(head, job.limits, tell);
  const title = cleaner.label(head.title, longestTitle);
  const createdAt = cleaner.past(head.createdAt, head.updatedAt);
  const moment = (value: Date | null): Date | null => (value === null ? null : cleaner.past(value, now));
  const inserted = await transaction.$queryRawUnsafe<unknown[]>(
    `INSERT INTO conversations (id, owner_id, title, title_source, session_id, defaults, expires_at, imported_from, created_at, updated_at, goal_id, weekly_plan_id, daily_plan_id,
       turn_policy, max_turns, moderator_model)
     VALUES ($1::uuid, $2::uuid, $3, $4::"TitleSource", $5::uuid, $6::jsonb, $7::timestamptz, $8, $9::timestamptz, $10::timestamptz, $11::uuid, $12::uuid, $13::uuid,
       $14::"TurnPolicy", $15, $16)
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    id,
    userId,
    title,
    title === null ? 'NONE' : head.titleSource,
    sessionId,
    JSON.stringify(storableJson(readDefaults(head.defaults))),
    head.expiresAt,
    sourceLabel(head.importedFrom) ?? source,
    createdAt,
    cleaner.past(head.updatedAt, createdAt),
    context.goalId,
    context.weeklyPlanId,
    context.dailyPlanId,
    turnPolicy,
    maxTurns,
    moderatorModel,
  );
  if (inserted.length === 0) {
    // Locked, as whoever writes messages does.
    const found = await transaction.$queryRawUnsafe<unknown[]>(
      'SELECT id FROM conversations WHERE id = $1::uuid AND owner_id = $2::uuid FOR UPDATE',
      id,
      userId,
    );
    return found.length === 0 ? null : false;
  }
  await transaction.$executeRawUnsafe(
    `INSERT INTO participants (conversation_id, user_id, role, joined_at, pinned_at, archived_at, read_at, tags)
     VALUES ($1::uuid, $2::uuid, 'OWNER', $3::timestamptz, $4::timestamptz, $5::timestamptz, $6::timestamptz, $7::text[])`,
    id,
    userId,
    cleaner.past(head.joinedAt, createdAt),
    moment(head.pinnedAt),
    moment(head.archivedAt),
    moment(head.readAt),
    tagsOf(head.tags, tell),
  );
  await insertMembers(transaction, id, head, writing);
  return true;
}

function sourceLabel(importedFrom: string | null): string | null {
  return importedFrom === 'chatgpt' || importedFrom === 'claude' ? importedFrom : null;
}

/** The rows of some messages. */
export interface MessageRows {
  readonly messages: readonly {
    readonly id: string;
    readonly parent_id: string | null;
    readonly role: string;
    readonly is_mine: boolean;
    readonly persona_id: string | null;
    readonly persona_name: string | null;
    readonly model: string | null;
    readonly mode: string | null;
    readonly confidence: number | null;
    readonly depth: number;
    readonly created_at: Date;
  }[];
  readonly parts: readonly {
    readonly id: string;
    readonly message_id: string;
    readonly position: number;
    readonly kind: string;
    readonly text: string | null;
    readonly data: unknown;
  }[];
  readonly versions: readonly {
    readonly id: string;
    readonly part_id: string;
    readonly version: number;
    readonly data: unknown;
    readonly instruction: string | null;
    readonly created_at: Date;
  }[];
  readonly sentiments: readonly {
    readonly message_id: string;
    readonly method: string;
    readonly score: number;
    readonly magnitude: number;
    readonly label: string;
    readonly emotion: string | null;
    readonly model: string | null;
    readonly created_at: Date;
  }[];
  readonly feedbacks: readonly {
    readonly message_id: string;
    readonly rating: string;
    readonly comment: string | null;
    readonly created_at: Date;
    readonly updated_at: Date;
  }[];
  readonly runs: readonly RunRow[];
}

/** A run that has ended. */
export interface RunRow {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly question_id: string | null;
  readonly answer_id: string;
  readonly persona_id: string | null;
  readonly model: string;
  readonly answered_by: string | null;
  readonly fallback_reason: string | null;
  readonly options: unknown;
  readonly finish_reason: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly is_retryable: boolean | null;
  readonly data_updated: boolean;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_input_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly cost_micros: string | null;
  readonly is_usage_estimated: boolean;
  readonly last_seq: number | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** A persona of the person's, which is not deleted before this is written. */
const ownPersona = (column: string, owner: string): string =>
  `(SELECT p.id FROM personas p WHERE p.id = ${column} AND p.owner_id = ${owner}::uuid FOR KEY SHARE)`;

// Of each the rows of messages that were not there: `$2` has their ids.
const insertMessages = `
  INSERT INTO messages (id, conversation_id, parent_id, role, author_id, persona_id, persona_name, model, mode, confidence, depth, is_active, created_at)
  SELECT m.id, $2::uuid, m.parent_id, m.role::"MessageRole", CASE WHEN m.is_mine THEN $3::uuid END, ${ownPersona('m.persona_id', '$3')}, m.persona_name, m.model, m.mode, m.confidence, m.depth, false, m.created_at
  FROM json_to_recordset($1::json) AS m (id uuid, parent_id uuid, role text, is_mine boolean, persona_id uuid, persona_name text, model text, mode text, confidence float8, depth int, created_at timestamptz)
  ON CONFLICT (id) DO NOTHING RETURNING id`;
const insertParts = `
  INSERT INTO parts (id, message_id, position, kind, text, data)
  SELECT p.id, p.message_id, p.position, p.kind::"PartKind", p.text, p.data
  FROM json_to_recordset($1::json) AS p (id uuid, message_id uuid, position int, kind text, text text, data jsonb) WHERE p.message_id = ANY($2::uuid[])`;
const insertVersions = `
  INSERT INTO plot_versions (id, part_id, version, data, instruction, created_at)
  SELECT v.id, v.part_id, v.version, v.data, v.instruction, v.created_at
  FROM json_to_recordset($1::json) AS v (id uuid, part_id uuid, version int, data jsonb, instruction text, created_at timestamptz)
  JOIN parts p ON p.id = v.part_id WHERE p.message_id = ANY($2::uuid[])`;
const insertSentiments = `
  INSERT INTO sentiments (message_id, conversation_id, method, score, magnitude, label, emotion, model, created_at)
  SELECT s.message_id, $3::uuid, s.method, s.score, s.magnitude, s.label, s.emotion, s.model, s.created_at
  FROM json_to_recordset($1::json) AS s (message_id uuid, method text, score float8, magnitude float8, label text, emotion text, model text, created_at timestamptz)
  WHERE s.message_id = ANY($2::uuid[])`;
const insertFeedbacks = `
  INSERT INTO feedbacks (message_id, user_id, rating, comment, created_at, updated_at)
  SELECT f.message_id, $3::uuid, f.rating::"FeedbackRating", f.comment, f.created_at, f.updated_at
  FROM json_to_recordset($1::json) AS f (message_id uuid, rating text, comment text, created_at timestamptz, updated_at timestamptz)
  WHERE f.message_id = ANY($2::uuid[])`;
const insertRuns = `
  INSERT INTO runs (id, conversation_id, user_id, kind, status, question_id, answer_id, persona_id, model, answered_by, fallback_reason, options, finish_reason,
    error_code, error_message, is_retryable, data_updated, input_tokens, output_tokens, cached_input_tokens, reasoning_tokens, cost_micros, is_usage_estimated,
    last_seq, trimmed_at, created_at, started_at, finished_at)
  SELECT r.id, $3::uuid, $4::uuid, r.kind::"RunKind", r.status::"RunStatus", r.question_id, r.answer_id, ${ownPersona('r.persona_id', '$4')}, r.model, r.answered_by, r.fallback_reason, r.options,
    r.finish_reason, r.error_code, r.error_message, r.is_retryable, r.data_updated, r.input_tokens, r.output_tokens, r.cached_input_tokens, r.reasoning_tokens,
    r.cost_micros, r.is_usage_estimated, r.last_seq, now(), r.created_at, r.started_at, r.finished_at
  FROM json_to_recordset($1::json) AS r (id uuid, kind text, status text, question_id uuid, answer_id uuid, persona_id uuid, model text, answered_by text, fallback_reason text,
    options jsonb, finish_reason text, error_code text, error_message text, is_retryable boolean, data_updated boolean, input_tokens int, output_tokens int,
    cached_input_tokens int, reasoning_tokens int, cost_micros bigint, is_usage_estimated boolean, last_seq int, created_at timestamptz, started_at timestamptz,
    finished_at timestamptz)
  WHERE r.answer_id = ANY($2::uuid[]) ON CONFLICT DO NOTHING`;

/**
 * Writes messages, hidden as yet, with all that belongs to them; those that are there stay as they are.
 *
 * @returns the ids of those that were new
 */
export async function insertMessageRows(transaction: Sql, conversationId: string, userId: string, rows: MessageRows): Promise<readonly string[]> {
  const json = (value: readonly unknown[]): string => JSON.stringify(value);
  const added = await transaction.$queryRawUnsafe<{ id: string }[]>(insertMessages, json(rows.messages), conversationId, userId);
  const ids = added.map(({ id }) => id);
  if (ids.length === 0) return ids;
  await transaction.$executeRawUnsafe(insertParts, json(rows.parts), ids);
  if (rows.versions.length > 0) await transaction.$executeRawUnsafe(insertVersions, json(rows.versions), ids);
  if (rows.sentiments.length > 0) await transaction.$executeRawUnsafe(insertSentiments, json(rows.sentiments), ids, conversationId);
  if (rows.feedbacks.length > 0) await transaction.$executeRawUnsafe(insertFeedbacks, json(rows.feedbacks), ids, userId);
  if (rows.runs.length > 0) await transaction.$executeRawUnsafe(insertRuns, json(rows.runs), ids, conversationId, userId);
  return ids;
}
